"""What a partner's mandate asks of the portfolio, clause by clause, and whether it is kept. Pure.

A clause measures a part of what the fund has invested: what lies in the partner's industrial chain, what lies under
some labels, the fullest label of a dimension, or what was reinvested for the partner. The part is at least, or at most,
the share that the clause names. A veto measures nothing: it names a class of deals about which the partner is asked
(`veto_rules`). Whether a clause that a deal would break holds its money back, or only warns, is said by the clause.
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
# Several labels of one clause are written one beside the other: "种子期|天使轮".
BETWEEN = "|"
# What is reinvested for a partner is asked as a multiple of what it promised.
MOST_REINVESTED = 10


class Measure(StrEnum):
    """Of what a clause takes the share."""

    CHAIN = "chain"
    LABEL = "label"
    LARGEST = "largest"
    REINVESTMENT = "reinvestment"
    VETO = "veto"


class Bound(StrEnum):
    """On which side of the share the part must lie; at the share itself both are kept."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Consequence(StrEnum):
    """What becomes of a deal that breaks the clause, or that a veto covers and nobody has answered."""

    WARNS = "warns"
    BLOCKS = "blocks"


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
    """A clause: the part `measure` says, of `basis`. LABEL has a dimension and a key, LARGEST a dimension only.

    REINVESTMENT is of what the fund has invested (COST), or of what the partner itself has promised (COMMITMENTS). A
    VETO covers deals under `key` of `dimension`, of a `competitor` of the partner's group, of more than `above` minor
    units; what is named of these must all be so. Its bound and share say nothing.
    """

    measure: Measure
    bound: Bound
    share: Fraction
    basis: Basis = Basis.COST
    dimension: Dimension | None = None
    key: str = ""
    wording: str = ""
    effect: Consequence = Consequence.WARNS
    competitor: bool = False
    above: int | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The labels that the clause counts, one or several."""
        return labels_in(self.key)


@dataclass(frozen=True)
class Own:
    """What is the partner's alone on a day: what was reinvested for it, and what it has promised. Minor units."""

    reinvested: int = 0
    committed: int = 0


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


def labels_in(key: str) -> tuple[str, ...]:
    """The labels that are written one beside the other."""
    return tuple(part for one in key.split(BETWEEN) if (part := one.strip()))


def check_clause(terms: ClauseTerms) -> None:
    """Refuse, naming each fault, a clause that measures nothing or that nothing could meet."""
    faults = _veto_faults(terms) if terms.measure is Measure.VETO else _share_faults(terms)
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


def figure(terms: ClauseTerms, parts: Sequence[Part], in_chain: Sequence[Part], own: Own = Own()) -> Figure:
    """What stands against a clause, of what is held; `in_chain` are the parts in the partner's chain."""
    base = own.committed if terms.basis is Basis.COMMITMENTS else _sum(parts, terms.basis)
    if terms.measure is Measure.REINVESTMENT:
        return Figure(own.reinvested, base, "")
    if terms.dimension is None:
        return Figure(_sum(in_chain, terms.basis), base, "")
    amounts = _by_label(terms.dimension, parts, terms.basis)
    if terms.measure is Measure.LABEL:
        return Figure(sum(amounts.get(key, 0) for key in set(terms.keys)), base, terms.key)
    key = max(sorted(amounts), key=lambda key: amounts[key], default="")
    return Figure(amounts.get(key, 0), base, key)


def is_kept(terms: ClauseTerms, share: Fraction) -> bool:
    """Whether the part lies on the right side."""
    return share >= terms.share if terms.bound is Bound.AT_LEAST else share <= terms.share


def is_worse(terms: ClauseTerms, *, before: Figure, after: Figure) -> bool:
    """Whether a deal leaves the clause broken and further from what it asks than it was; the first deal of all is held
    to the clause itself, since nothing stood before it.
    """
    if is_kept(terms, after.share):
        return False
    further = after.share < before.share if terms.bound is Bound.AT_LEAST else after.share > before.share
    return further or not before.base


def _share_faults(terms: ClauseTerms) -> list[Problem]:
    reinvests = terms.measure is Measure.REINVESTMENT
    most = MOST_REINVESTED if reinvests and terms.basis is Basis.COMMITMENTS else 1
    faults = []
    if not 0 < terms.share <= most:
        says = "expected more than 0 % and at most {most}, got {share}"
        facts = {"share": format_percent(terms.share), "most": format_percent(Fraction(most))}
        faults.append(Problem("share", says, facts))
    if (terms.measure in (Measure.LABEL, Measure.LARGEST)) != (terms.dimension is not None):
        faults.append(Problem("dimension", "it goes with a label or the largest, and with nothing else"))
    has_key, needs_key = bool(terms.keys), terms.measure is Measure.LABEL
    if needs_key and not has_key:
        faults.append(Problem("key", "it is missing; a label names what is measured"))
    if has_key and not needs_key:
        faults.append(Problem("key", "it goes with a label, and with nothing else"))
    if terms.measure is Measure.LARGEST and terms.bound is Bound.AT_LEAST:
        faults.append(Problem("bound", "the largest is held to at most a share"))
    if terms.basis is Basis.COMMITMENTS and not reinvests:
        faults.append(
            Problem("basis", "a share of commitments is a limit of the charter; take cost or value")
        )
    if terms.basis is Basis.VALUE and reinvests:
        faults.append(Problem("basis", "what is reinvested is held against cost or the partner's commitment"))
    if terms.competitor or terms.above is not None:
        faults.append(Problem("above", "a competitor and an amount go with a veto, and with nothing else"))
    return faults


def _veto_faults(terms: ClauseTerms) -> list[Problem]:
    faults = []
    if bool(terms.keys) != (terms.dimension is not None):
        faults.append(Problem("key", "a label and its dimension go together"))
    if not (terms.keys or terms.competitor or terms.above is not None):
        faults.append(Problem("measure", "a veto names the class of deals that it covers"))
    if terms.above is not None and terms.above < 0:
        faults.append(Problem("above", "must not be below zero"))
    return faults


def _by_label(dimension: Dimension, parts: Sequence[Part], basis: Basis) -> Mapping[str, int]:
    amounts: dict[str, int] = {}
    for part in parts:
        key = part.labels.get(dimension, "")
        amounts[key] = amounts.get(key, 0) + part.on(basis)
    return amounts


def _sum(parts: Sequence[Part], basis: Basis) -> int:
    return sum(part.on(basis) for part in parts)
