"""Which remedies a contract gives against a partner that does not pay. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.errors import Problem
from kernel.money import format_percent


class Remedy(StrEnum):
    """What may be done: no new deals and votes; no further calls; a share of the interest to the others; its sale; what
    is owed paid out of the partner's distributions.
    """

    SUSPENSION = "suspension"
    REDUCTION = "reduction"
    FORFEITURE = "forfeiture"
    SALE = "sale"
    SET_OFF = "set_off"


@dataclass(frozen=True)
class Remedies:
    """Which remedies the contract gives, and the most of an interest that may be forfeited."""

    named: tuple[Remedy, ...] = ()
    forfeit: Fraction = Fraction(0)


NO_REMEDIES = Remedies()


def remedy_faults(given: Remedies) -> list[Problem]:
    """What is wrong with the remedies of some terms: a forfeiture names its share, and only it does."""
    problems = []
    if len(set(given.named)) != len(given.named):
        problems.append(Problem("remedies", "the same remedy stands twice"))
    takes = Remedy.FORFEITURE in given.named
    if takes and not 0 < given.forfeit <= 1:
        says = "expected more than 0 % and at most 100 %, got {share}"
        problems.append(Problem("forfeit", says, {"share": format_percent(given.forfeit)}))
    if given.forfeit and not takes:
        problems.append(Problem("forfeit", "a share is forfeited by a forfeiture only"))
    return problems
