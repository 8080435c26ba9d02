"""What one partner was promised beside the charter, and which of it another may elect. Pure.

A side letter holds a fee of the partner's own, the deals from which it may be excused, whether it may elect what others
were given (most favoured nation), the language of its reports, and clauses in words. A version holds from its
effective day until the next; one that promises nothing ends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.charter.rules import Dimension, Language
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_percent

LONGEST, MOST = 4_000, 50


class Promise(StrEnum):
    """What of a letter can be elected by another partner."""

    FEE_RATE = "fee_rate"
    BASIS_DISCOUNT = "basis_discount"
    EXCUSE = "excuse"
    CLAUSE = "clause"


@dataclass(frozen=True)
class Excuse:
    """The partner may be excused from what lies under `key` of `dimension`."""

    dimension: Dimension
    key: str


@dataclass(frozen=True)
class Clause:
    """A clause in words, in one language at least."""

    heading_zh: str
    heading_en: str
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class LetterTerms:
    """What a letter promises. `fee_rate` None is the charter's; `basis_discount` is the part of the basis that does
    not count for the fee; `language` None is the partner's own.
    """

    fee_rate: Fraction | None = None
    basis_discount: Fraction = Fraction(0)
    has_mfn: bool = False
    language: Language | None = None
    excuses: tuple[Excuse, ...] = ()
    clauses: tuple[Clause, ...] = ()

    def rate(self, charter: Fraction) -> Fraction:
        """The rate on the whole basis that comes to the same."""
        own = charter if self.fee_rate is None else self.fee_rate
        return own * (1 - self.basis_discount)


NOTHING = LetterTerms()


@dataclass(frozen=True)
class Offer:
    """Something better that another partner has; `key` tells excuses and clauses apart."""

    promise: Promise
    key: str


class LetterInvalid(Invalid):
    code = "side_letter_invalid"
    says = "The side letter cannot be written down like this."


class LetterChanged(Conflict):
    code = "side_letter_changed"
    says = "Version {latest} of the side letter was written meanwhile; look at it before writing another."


class LetterTooEarly(Invalid):
    code = "side_letter_too_early"
    says = "The side letter takes effect from {effective_on}; the version before it from {latest}. Take a later day."


class LetterUnknown(NotFound):
    code = "side_letter_unknown"
    says = "There is no such side letter."


class NoElection(Conflict):
    code = "side_letter_no_election"
    says = "The partner has no right to elect what others were given."


class NotOffered(Conflict):
    code = "side_letter_not_offered"
    says = "This is not better than what the partner has, or was given to a partner with a larger commitment."


class ExcuseUngrounded(Conflict):
    code = "excuse_ungrounded"
    says = "No side letter of {partner} lets it be excused from this; say why it is excused all the same."


def check_letter(terms: LetterTerms, *, note: str) -> None:
    """Refuse, naming each fault, what cannot be promised or could not be looked up."""
    faults = []
    rates = {"fee_rate": terms.fee_rate or Fraction(0), "basis_discount": terms.basis_discount}
    for name, rate in rates.items():
        if not 0 <= rate <= 1:
            says = "expected from 0 % to 100 %, got {rate}"
            faults.append(Problem(name, says, {"rate": format_percent(rate)}))
    if len(set(terms.excuses)) < len(terms.excuses):
        faults.append(Problem("excuses", "the same right stands twice"))
    if any(not one.key.strip() for one in terms.excuses):
        faults.append(Problem("excuses", "say from what the partner may be excused"))
    for number, one in enumerate(terms.clauses, start=1):
        if not (one.heading_zh.strip() or one.heading_en.strip()) or not (
            one.text_zh.strip() or one.text_en.strip()
        ):
            faults.append(Problem(f"clause {number}", "a clause needs a heading and words"))
        if max(len(text) for text in vars(one).values()) > LONGEST:
            faults.append(Problem(f"clause {number}", "at most {limit} characters", {"limit": LONGEST}))
    if max(len(terms.excuses), len(terms.clauses)) > MOST:
        faults.append(Problem("clauses", "at most {limit} of a kind", {"limit": MOST}))
    if not note.strip():
        faults.append(Problem("note", "say why"))
    if faults:
        raise LetterInvalid(problems=faults)


def check_version(*, effective_on: date, latest_on: date | None, read: int | None, latest: int) -> None:
    """Refuse a version before the one it follows, and one by somebody who has not read that one (None asks nothing)."""
    if read is not None and read != latest:
        raise LetterChanged(latest=latest)
    if latest_on is not None and effective_on < latest_on:
        raise LetterTooEarly(effective_on=effective_on, latest=latest_on)


def excused_by(terms: LetterTerms, labels: Mapping[Dimension, str]) -> Excuse | None:
    """The right by which the partner may be excused from what bears these labels, if there is one."""
    return next((one for one in terms.excuses if labels.get(one.dimension) == one.key), None)


def offers(own: LetterTerms, other: LetterTerms, *, fee_rate: Fraction) -> list[Offer]:
    """What of another partner's letter is better than one's own; `fee_rate` is the charter's."""
    found = []
    ours, theirs = (fee_rate if one.fee_rate is None else one.fee_rate for one in (own, other))
    if theirs < ours:
        found.append(Offer(Promise.FEE_RATE, ""))
    if other.basis_discount > own.basis_discount:
        found.append(Offer(Promise.BASIS_DISCOUNT, ""))
    found += [Offer(Promise.EXCUSE, excuse_key(one)) for one in other.excuses if one not in own.excuses]
    return found + [
        Offer(Promise.CLAUSE, str(number))
        for number, one in enumerate(other.clauses, start=1)
        if one not in own.clauses
    ]


def excuse_key(one: Excuse) -> str:
    """How a right to be excused is named: "sector:coal"."""
    return f"{one.dimension.value}:{one.key}"


def elected(own: LetterTerms, other: LetterTerms, offer: Offer) -> LetterTerms:
    """One's own letter with what is elected of another's."""
    if offer.promise is Promise.FEE_RATE:
        return replace(own, fee_rate=other.fee_rate)
    if offer.promise is Promise.BASIS_DISCOUNT:
        return replace(own, basis_discount=other.basis_discount)
    if offer.promise is Promise.EXCUSE:
        added = tuple(one for one in other.excuses if excuse_key(one) == offer.key)
        return replace(own, excuses=(*own.excuses, *added))
    return replace(own, clauses=(*own.clauses, other.clauses[int(offer.key) - 1]))


def check_election(*, own: LetterTerms, offered: Sequence[Offer], offer: Offer) -> None:
    """Refuse an election without the right to one, or of what is not offered."""
    if not own.has_mfn:
        raise NoElection()
    if offer not in offered:
        raise NotOffered()
