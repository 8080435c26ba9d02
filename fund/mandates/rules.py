"""What a partner's mandate asks of the portfolio, clause by clause, and whether it is kept. Pure.

A clause measures a part of what the fund has invested: what lies in the partner's industrial chain, what lies under one
label, or the fullest label of a dimension. The part is at least, or at most, the share that the clause names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.charter.rules import Basis, Dimension
from fund.results.exposure_rules import Part
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_percent

LONGEST = 200


class Measure(StrEnum):
    """Of what a clause takes the share."""

    CHAIN = "chain"
    LABEL = "label"
    LARGEST = "largest"


class Bound(StrEnum):
    """On which side of the share the part must lie; at the share itself both are kept."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class ClauseInvalid(Invalid):
    code = "clause_invalid"
    says = "The clause cannot be taken down like this."


class ClauseUnknown(NotFound):
    code = "clause_unknown"
    says = "There is no such clause."


class ClauseEnded(Conflict):
    code = "clause_ended"
    says = "The clause has ended already, on {ended_on}."


class EndsBeforeItBegins(Invalid):
    code = "clause_ends_before_it_begins"
    says = "The clause holds from {effective_on}; it cannot end on {ended_on}."


@dataclass(frozen=True)
class ClauseTerms:
    """A clause: the part `measure` says, of `basis`. LABEL has a dimension and a key, LARGEST a dimension only."""

    measure: Measure
    bound: Bound
    share: Fraction
    basis: Basis = Basis.COST
    dimension: Dimension | None = None
    key: str = ""
    wording: str = ""


@dataclass(frozen=True)
class Figure:
    """What stands against a clause: `amount` of `base`; `key` is the fullest label where that is asked for."""

    amount: int
    base: int
    key: str

    @property
    def share(self) -> Fraction:
        """The part, exact; nothing of nothing is none."""
        return Fraction(self.amount, self.base) if self.base else Fraction(0)


def check_clause(terms: ClauseTerms) -> None:
    """Refuse, naming each fault, a clause that measures nothing or that nothing could meet."""
    faults = []
    if not 0 < terms.share <= 1:
        says = "expected more than 0 % and at most 100 %, got {share}"
        faults.append(Problem("share", says, {"share": format_percent(terms.share)}))
    if (terms.measure is Measure.CHAIN) == (terms.dimension is not None):
        faults.append(Problem("dimension", "it goes with a label or the largest, and not with a chain"))
    has_key, needs_key = bool(terms.key.strip()), terms.measure is Measure.LABEL
    if needs_key and not has_key:
        faults.append(Problem("key", "it is missing; a label names what is measured"))
    if has_key and not needs_key:
        faults.append(Problem("key", "it goes with a label, and with nothing else"))
    if terms.measure is Measure.LARGEST and terms.bound is Bound.AT_LEAST:
        faults.append(Problem("bound", "the largest is held to at most a share"))
    if terms.basis is Basis.COMMITMENTS:
        faults.append(
            Problem("basis", "a share of commitments is a limit of the charter; take cost or value")
        )
    if max(len(terms.key), len(terms.wording)) > LONGEST:
        faults.append(Problem("wording", "at most {limit} characters", {"limit": LONGEST}))
    if faults:
        raise ClauseInvalid(problems=faults)


def check_end(*, effective_on: date, ended_on: date, before: date | None) -> None:
    """Refuse to end a clause twice, or before it begins."""
    if before is not None:
        raise ClauseEnded(ended_on=before)
    if ended_on < effective_on:
        raise EndsBeforeItBegins(effective_on=effective_on, ended_on=ended_on)


def figure(terms: ClauseTerms, parts: Sequence[Part], in_chain: Sequence[Part]) -> Figure:
    """What stands against a clause, of what is held; `in_chain` are the parts in the partner's chain."""
    base = _sum(parts, terms.basis)
    if terms.dimension is None:
        return Figure(_sum(in_chain, terms.basis), base, "")
    amounts = _by_label(terms.dimension, parts, terms.basis)
    if terms.measure is Measure.LABEL:
        return Figure(amounts.get(terms.key, 0), base, terms.key)
    key = max(sorted(amounts), key=lambda key: amounts[key], default="")
    return Figure(amounts.get(key, 0), base, key)


def is_kept(terms: ClauseTerms, share: Fraction) -> bool:
    """Whether the part lies on the right side."""
    return share >= terms.share if terms.bound is Bound.AT_LEAST else share <= terms.share


def _by_label(dimension: Dimension, parts: Sequence[Part], basis: Basis) -> Mapping[str, int]:
    amounts: dict[str, int] = {}
    for part in parts:
        key = part.labels.get(dimension, "")
        amounts[key] = amounts.get(key, 0) + part.on(basis)
    return amounts


def _sum(parts: Sequence[Part], basis: Basis) -> int:
    return sum(part.on(basis) for part in parts)
