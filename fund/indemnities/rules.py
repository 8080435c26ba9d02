"""What partners give back of distributions they received, so that the fund can pay a liability. Pure; minor units.

The charter says up to which share of what a partner has received, and for how long after a distribution. What was
given back before came out of the latest distributions then received, as contracts have it: they are the first to go
back. Carry is no part of it; it goes back by the clawback (`fund.givebacks`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount
from kernel.periods import months_after


class IndemnityState(StrEnum):
    """draft -> approved, which gives notice and books what is due -> received from every partner."""

    DRAFT = "draft"
    APPROVED = "approved"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class IndemnityUnknown(NotFound):
    code = "indemnity_unknown"
    says = "There is no such giveback."


class GivebackNotPromised(Conflict):
    code = "giveback_not_promised"
    says = "The charter in force on {on} has no term by which partners give distributions back."


class NothingToGiveBack(Conflict):
    code = "giveback_nothing_left"
    says = "As of {on} nothing is left that partners would have to give back."


class AboveGiveback(Conflict):
    code = "giveback_above_left"
    says = "As of {on} partners give back {left} at most; {amount} is more."


class GivebackNotPositive(Invalid):
    code = "giveback_not_positive"
    says = "The amount to be given back is {amount}; expected more than nil."


class IndemnityReceiptUnknown(NotFound):
    code = "indemnity_receipt_unknown"
    says = "There is no such receipt of this giveback, or it was reversed before."


class IndemnityRestedOn(Conflict):
    code = "giveback_rested_on"
    says = "{latest}, of {latest_on}, was worked out with {code} counted in; take that back first."


class IndemnityOpen(Conflict):
    code = "giveback_open"
    says = "{partner} has not given back its part in {code} yet; that is paid first, or taken back."


class DistributionGivenBack(Conflict):
    code = "distribution_given_back"
    says = "{indemnity}, of {notice_on}, was worked out with {distribution} counted in; take that back first."


@dataclass(frozen=True)
class Money:
    """An amount on a day: a distribution when it was paid, a giveback when it was due."""

    on: date
    amount: int


@dataclass(frozen=True)
class Term:
    """What the charter says: the cap as a share of what was received, and for how many months (None: for ever)."""

    cap: Fraction
    months: int | None


@dataclass(frozen=True)
class Reach:
    """How far one partner can be asked: of what it `received` in all, `given` back before, `within` what is still in
    the period and not given back, and `most`, which the cap leaves of it.
    """

    partner_id: int
    received: int
    given: int
    within: int
    most: int


def reach(
    partner_id: int, *, received: Iterable[Money], given: Iterable[Money], term: Term, on: date
) -> Reach:
    """How far a partner can be asked by a notice of a day; a distribution is free from the day after its months."""
    paid, back = list(received), list(given)
    whole, gone = sum(one.amount for one in paid), sum(one.amount for one in back)
    within = sum(
        one.amount
        for one in not_given(paid, back)
        if term.months is None or months_after(one.on, term.months) >= on
    )
    return Reach(partner_id, whole, gone, within, max(0, min(within, int(term.cap * whole) - gone)))


def not_given(received: Sequence[Money], given: Sequence[Money]) -> list[Money]:
    """What of each distribution was not given back: each giveback took the latest ones before it first."""
    left = {place: one.amount for place, one in enumerate(received)}
    latest_first = sorted(left, key=lambda place: received[place].on, reverse=True)
    for back in sorted(given, key=lambda one: one.on):
        wanted = back.amount
        for place in latest_first:
            if received[place].on <= back.on:
                part = min(wanted, left[place])
                left[place], wanted = left[place] - part, wanted - part
    return [Money(received[place].on, amount) for place, amount in left.items() if amount]


def shares(amount: int, reaches: Sequence[Reach], *, codes: Mapping[int, str], on: date) -> dict[int, int]:
    """What each gives back: by what it has received within the period, nobody more than its most; what is beyond one
    partner's most falls to the others in the same proportion.

    Refused: nothing asked for, nothing left, more than is left (each partner's most named).
    """
    if amount <= 0:
        raise GivebackNotPositive(amount=format_amount(amount))
    left = sum(one.most for one in reaches)
    if not left:
        raise NothingToGiveBack(on=on)
    if amount > left:
        says = "{most} at most: {within} within the period, {received} received in all, {given} given back"
        problems = [Problem(codes[one.partner_id], says, _told(one)) for one in reaches if one.received]
        facts = {"left": format_amount(left), "amount": format_amount(amount)}
        raise AboveGiveback(problems=problems, on=on, **facts)
    parts = _poured(amount, [one for one in reaches if one.most])
    return {one.partner_id: parts[one.partner_id] for one in reaches if parts.get(one.partner_id)}


def _poured(amount: int, open_: list[Reach]) -> dict[int, int]:
    parts: dict[int, int] = {}
    while open_:
        split = allocate(amount, [one.within for one in open_])
        full = [one for one, part in zip(open_, split, strict=True) if part > one.most]
        if not full:
            return parts | {one.partner_id: part for one, part in zip(open_, split, strict=True)}
        parts |= {one.partner_id: one.most for one in full}
        amount -= sum(one.most for one in full)
        open_ = [one for one in open_ if one not in full]
    return parts


def _told(one: Reach) -> dict[str, str]:
    return {name: format_amount(getattr(one, name)) for name in ("most", "within", "received", "given")}
