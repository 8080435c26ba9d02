"""What a file says a technique gives, against the working of class rights that stands in the same file."""

from collections.abc import Sequence

from fund.holdings.mark_rules import Technique
from fund.valuations.file import Rights, RightsMethod, Weighed
from kernel.errors import Invalid, Problem
from kernel.money import format_amount

# What is found by the rights of the classes and by nothing else.
BY_RIGHTS = frozenset({Technique.OPTION_PRICING})


class WorkingDiffers(Invalid):
    code = "valuation_working_differs"
    says = (
        "{technique} is said to give {value}, its working by the class rights in the file gives {working}; leave the"
        " value empty to take the working."
    )


class WorkingMissing(Invalid):
    code = "valuation_working_missing"
    says = (
        "{technique} has no value without its working: hand in a valuation file with the class rights, its own or"
        " those on record."
    )


class RightsUnused(Invalid):
    code = "valuation_rights_unused"
    says = (
        "The class rights in the file give {working}, and no technique takes it; leave the value of one empty, or leave"
        " the rights out."
    )


def check_working(techniques: Sequence[Weighed], *, rights: Rights | None, held: int | None) -> None:
    """Refuse option pricing without a working of class rights, a typed value beside a working of the same technique
    that gives another, and a working that none takes.

    `held`: what the class rights give for all that is held; None without them.
    """
    if rights is None or held is None:
        for one in techniques:
            check_has_working(one.technique, where="rights_method")
        return
    for one in techniques:
        if _is_worked(one.technique, rights.method) and one.value not in (None, held):
            raise WorkingDiffers(
                technique=one.technique, value=format_amount(one.value or 0), working=format_amount(held)
            )
    if all(one.value not in (None, held) for one in techniques):
        raise RightsUnused(working=format_amount(held))


def check_has_working(technique: Technique, *, where: str = "technique") -> None:
    """Refuse, in the field `where`, a technique that is nothing but a working of class rights where there is none,
    whatever value is typed. Scenarios may be of the whole company and need none.
    """
    if technique in BY_RIGHTS:
        says = "{technique} is a working of class rights: give the method, the class, the shares and what it needs"
        raise WorkingMissing(technique=technique, problems=[Problem(where, says, {"technique": technique})])


def _is_worked(technique: Technique, method: RightsMethod) -> bool:
    """Whether the computation of class rights is the technique's own working."""
    by_scenarios = method is RightsMethod.PROBABILITY_WEIGHTED
    return technique in BY_RIGHTS or (technique is Technique.SCENARIOS and by_scenarios)
