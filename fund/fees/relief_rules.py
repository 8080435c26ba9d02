"""What makes the management fee smaller: offsets recognised and applied, waivers and rebates. Pure.

An offset is a fee that the manager or its people received from a company of the portfolio; the share that the terms
name is set off against the partners' management fee. It is recognised on the day it was received, without an entry,
and applied against the next fee charged, never below nil; what is left is carried forward. A waiver is a fee that the
manager does not take, a rebate one that it pays back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from kernel.money import format_amount

LONGEST = 400


class ReliefKind(StrEnum):
    """How the fee becomes smaller."""

    OFFSET = "offset"
    WAIVER = "waiver"
    REBATE = "rebate"


class OffsetKind(StrEnum):
    """For what the manager was paid; one row each of the ILPA reporting template (`OFFSET_ROWS`)."""

    ADVISORY = "advisory"
    BROKEN_DEAL = "broken_deal"
    TRANSACTION = "transaction"
    DIRECTORS = "directors"
    MONITORING = "monitoring"
    CAPITAL_MARKETS = "capital_markets"
    ARRANGEMENT = "arrangement"
    ORIGINATION = "origination"
    ORGANISATION = "organisation"
    PLACEMENT = "placement"
    OTHER = "other"


# Rows 64 to 74 of the template in their order.
OFFSET_ROWS: Mapping[OffsetKind, int] = {kind: row for row, kind in enumerate(OffsetKind, start=64)}
# Rows 119 to 127: the same fees as they were received, before the share that is set off. Costs of organisation and of
# placement that are set off are the fund's own and received from no company.
RECEIVED_ROWS: Mapping[OffsetKind, int] = {
    kind: row
    for row, kind in enumerate(
        (kind for kind in OffsetKind if kind not in {OffsetKind.ORGANISATION, OffsetKind.PLACEMENT}),
        start=119,
    )
}
OTHER_RECEIVED = RECEIVED_ROWS[OffsetKind.OTHER]


class ReliefInvalid(Invalid):
    code = "relief_invalid"
    says = "This cannot be taken off the fee."


class ReliefTaken(Conflict):
    code = "relief_taken"
    says = "{reference} is written down already."


class ReliefUnknown(NotFound):
    code = "relief_unknown"
    says = "There is no offset, waiver or rebate {reference}."


class ReliefDecided(Conflict):
    code = "relief_decided"
    says = "{reference} has been decided on before."


class ReliefNotBooked(Conflict):
    code = "relief_not_booked"
    says = "{reference} was never approved; there is nothing to take back."


class ReliefBySamePerson(Forbidden):
    code = "relief_same_person"
    says = "You prepared {reference}; somebody else must approve it."


class ReliefTooLarge(Conflict):
    code = "relief_too_large"
    says = "{amount} is more than the {left} that {partner} is charged for {quarter} and has not been let off yet."


class ReliefBeforeFee(Conflict):
    code = "relief_before_fee"
    says = "The fee of {quarter} takes effect on {effective_on}; nothing comes off it before that day."


class RebateNotPaid(Conflict):
    code = "rebate_not_paid"
    says = "{paid} of the fee was paid and not paid back yet; {amount} is more. Waive what is not paid."


class FeeRelieved(Conflict):
    code = "fee_relieved"
    says = "{reference} was taken off the fee of {quarter}; take that back first."


class OffsetApplied(Conflict):
    code = "offset_applied"
    says = "Of {reference} only {left} is not applied to a fee yet for {partner}; take that fee back first."


class OffsetWithoutNewcomers(Conflict):
    code = "close_after_offset"
    says = (
        "{reference} of {on} was shared out without the newcomers, who count from {closed_on} on; take it back before "
        "the close and write it down again after it."
    )


class OffsetOfNewcomers(Conflict):
    code = "close_offset_stands"
    says = (
        "Of {reference} of {on} a part is {partner}'s, who counts by the close alone; take that back first."
    )


class OffsetsLeft(Conflict):
    code = "transfer_offsets_left"
    says = (
        "Of the offsets {left} is not applied to the fee of {seller} yet, who pays none any more once its whole "
        "interest has passed; it passes when they are used up, or all but a part of it."
    )


@dataclass(frozen=True)
class Turn:
    """Something recognised (positive) or applied (negative) on a day."""

    on: date
    amount: int


@dataclass(frozen=True)
class RollForward:
    """Offsets not applied yet over a period: what there was, what was added by kind, what was used, what is left."""

    opening: int
    recognised: Mapping[OffsetKind, int]
    applied: int

    @property
    def added(self) -> int:
        """All that was recognised."""
        return sum(self.recognised.values())

    @property
    def closing(self) -> int:
        """What is left."""
        return self.opening + self.added - self.applied


def offset_amount(received: int, share: Fraction) -> int:
    """The part of a fee received that is set off, to the nearest minor unit, halves up."""
    exact = received * share
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def check_used_up(*, seller: str, left: int) -> None:
    """Refuse that a whole interest passes while its seller has offsets for fees to come."""
    if left > 0:
        raise OffsetsLeft(seller=seller, left=format_amount(left))


def free(turns: Iterable[Turn], on: date) -> int:
    """What can still be applied from `on`: the least that is left at the end of that day or of any later one."""
    by_day: dict[date, int] = {}
    for turn in turns:
        day = max(turn.on, on)
        by_day[day] = by_day.get(day, 0) + turn.amount
    if on not in by_day:
        return 0
    left, least = 0, []
    for day in sorted(by_day):
        left += by_day[day]
        least.append(left)
    return max(min(least), 0)


def applied(fees: Mapping[int, int], there: Mapping[int, int]) -> dict[int, int]:
    """What is set off against each partner's fee: all that it has, and never more than the fee."""
    parts = {key: min(amount, there.get(key, 0)) for key, amount in fees.items()}
    return {key: part for key, part in parts.items() if part > 0}


def check_offset(*, reference: str, received: int, share: Fraction, reason: str) -> None:
    """Refuse, naming each fault, an offset of nothing or one that nobody could look up."""
    faults = _plain_faults(reference, reason)
    if received <= 0:
        faults.append(Problem("amount", "expected an amount above zero"))
    elif not offset_amount(received, share):
        faults.append(Problem("amount", "the terms set nothing of it off"))
    if faults:
        raise ReliefInvalid(problems=faults)


def check_within(received: int, *, committed: int) -> None:
    """Refuse that the manager received more than all that the fund's partners have committed: a slip of the pen."""
    if received > committed:
        facts = {"committed": format_amount(committed)}
        raise ReliefInvalid(
            problems=[
                Problem("received", "more than the {committed} that the partners have committed", facts)
            ]
        )


def check_relief(*, reference: str, amounts: Sequence[int], reason: str) -> None:
    """Refuse, naming each fault, a waiver or rebate of nothing, or without a reason."""
    faults = _plain_faults(reference, reason)
    if not amounts or min(amounts) <= 0:
        faults.append(Problem("amount", "expected an amount above zero"))
    if faults:
        raise ReliefInvalid(problems=faults)


def _plain_faults(reference: str, reason: str) -> list[Problem]:
    faults = []
    if not reference.strip():
        faults.append(Problem("reference", "a reference is needed"))
    if not reason.strip():
        faults.append(Problem("reason", "say why"))
    if len(reason) > LONGEST:
        faults.append(Problem("reason", "at most {limit} characters", {"limit": LONGEST}))
    return faults


def check_left(*, quarter: str, partner: str, amount: int, left: int) -> None:
    """Refuse to let a partner off more than it is charged for the quarter."""
    if amount > left:
        raise ReliefTooLarge(
            amount=format_amount(amount), left=format_amount(left), partner=partner, quarter=quarter
        )


def check_paid(*, amount: int, paid: int) -> None:
    """Refuse to have more paid back than was paid."""
    if amount > paid:
        raise RebateNotPaid(amount=format_amount(amount), paid=format_amount(paid))


def check_after_fee(on: date, *, effective_on: date, quarter: str) -> None:
    """Refuse to take something off a fee before it is one: a newcomer's is one as of the due date of its close."""
    if on < effective_on:
        raise ReliefBeforeFee(quarter=quarter, effective_on=effective_on)


def check_second(*, reference: str, preparer_id: int | None, approver_id: int | None) -> None:
    """Refuse an approval by whoever prepared it."""
    if preparer_id == approver_id:
        raise ReliefBySamePerson(reference=reference)
