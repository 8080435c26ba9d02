"""What may be called, from whom and how much; what may be received; who may approve. Amounts in minor units."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fund.capital.follow_ons import within
from kernel.allocation import allocate
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from kernel.money import format_amount


def _n(says: str) -> str:
    return says


class CallKind(StrEnum):
    """A drawdown asks all partners for money, an equalisation settles a later close, a return gives money back."""

    DRAWDOWN = "drawdown"
    EQUALISATION = "equalisation"
    RETURN = "return"


class ItemKind(StrEnum):
    """What called money is for. Interest and the premium are a newcomer's, outside commitment and contributions."""

    INVESTMENT = "investment"
    EXPENSE = "expense"
    FEE = "fee"
    INTEREST = "interest"
    PREMIUM = "premium"


class CallState(StrEnum):
    """draft -> approved -> issued; a call without receipts can be cancelled at any of them."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    CANCELLED = "cancelled"


class ReminderKind(StrEnum):
    """A partner is reminded once of each."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


class CallUnknown(NotFound):
    code = "call_unknown"
    says = "There is no such call."


class ReceiptUnknown(NotFound):
    code = "receipt_unknown"
    says = "There is no such receipt."


class CommitmentRefused(Conflict):
    code = "commitment_refused"
    says = "These commitments cannot be taken."


class NothingToCall(Invalid):
    code = "nothing_to_call"
    says = "A call needs at least one item with an amount above zero."


class ItemInvalid(Invalid):
    code = "call_item_invalid"
    says = "The items of this call cannot be shared out."


class NobodyToCall(Conflict):
    code = "nobody_to_call"
    says = (
        "Nobody is left to pay {amount}: every partner is excused from it or has nothing left to be called."
    )


class AboveRemaining(Conflict):
    code = "call_above_remaining"
    says = "The call asks for more than is left of a commitment."


class ExcuseTooLarge(Conflict):
    code = "excuse_too_large"
    says = "The others would have to make up for more than half of their own share."


class WrongState(Conflict):
    code = "capital_wrong_state"
    says = "{what} is {state}; this needs it to be {needed}."


class SamePerson(Forbidden):
    code = "approver_is_preparer"
    says = "{what} was prepared by {preparer} and must be approved by somebody else."


class SharesMoved(Conflict):
    code = "shares_moved"
    says = "The shares in {what} have changed since it was drafted; cancel it and draft it again."


class CallHasReceipts(Conflict):
    code = "call_has_receipts"
    says = "{call} has receipts of {received}; reverse them before cancelling the call."


class ReceiptAboveOutstanding(Conflict):
    code = "receipt_above_outstanding"
    says = "{partner} still owes {outstanding} on {call}; a receipt of {amount} is too much."


class ReceiptInvalid(Invalid):
    code = "receipt_invalid"
    says = (
        "A receipt needs an amount above zero and the bank's own reference; got {amount} and “{reference}”."
    )


class BankReferenceTaken(Conflict):
    code = "bank_reference_taken"
    says = "The bank reference {reference} is already booked, on {call}."


class ReasonMissing(Invalid):
    code = "capital_reason_missing"
    says = "Say why: a reason is needed here."


@dataclass(frozen=True)
class Standing:
    """A partner before a call: its commitment and how much of it may still be called."""

    partner_id: int
    code: str
    commitment: int
    remaining: int


@dataclass(frozen=True)
class Item:
    """One thing that money is called for.

    Investments are shared by remaining commitments of those not `excused`, expenses by commitments; a fee comes
    with its own amount per partner in `amounts`, which sum to `amount`. `holding_id` says for what it is; `weights`
    are the shares in that deal, once it was paid for, and go before either commitment. Of history that is loaded
    `as_issued` the `amounts` say what each was asked for, whatever the kind.
    """

    kind: ItemKind
    amount: int
    memo: str = ""
    holding_id: int | None = None
    excused: frozenset[int] = frozenset()
    amounts: Mapping[int, int] = field(default_factory=dict)
    weights: Mapping[int, int] = field(default_factory=dict)
    as_issued: bool = False


def split_call(items: Sequence[Item], standings: Sequence[Standing]) -> list[dict[int, int]]:
    """Each item's shares by partner, without empty ones; every item sums exactly.

    Ties fall to the partner that stands earlier. Of a follow-on nobody pays more than it has left; the others make up
    for it as for an excuse. Refused: no item, an item that cannot be shared, more than a partner has left (each
    partner named with both figures), an excuse that burdens the others too much.
    """
    if not items:
        raise NothingToCall()
    _check_items(items, standings)
    by_place = {place: _shares(item, standings) for place, item in enumerate(items) if not item.weights}
    for place, item in enumerate(items):
        if item.weights:
            by_place[place] = _shares(item, standings, taken=list(by_place.values()))
    shares = [by_place[place] for place in range(len(items))]
    for item, parts in zip(items, shares, strict=True):
        _check_excuse(item, parts, standings)
    _check_remaining(shares, standings)
    return shares


def _check_items(items: Sequence[Item], standings: Sequence[Standing]) -> None:
    known = {standing.partner_id for standing in standings}
    problems = [
        Problem(f"item {place}", says)
        for place, item in enumerate(items, start=1)
        for says, is_wrong in _item_faults(item, known)
        if is_wrong
    ]
    if problems:
        raise ItemInvalid(problems=problems)


def _item_faults(item: Item, known: Set[int]) -> list[tuple[str, bool]]:
    is_fee, amounts = item.kind is ItemKind.FEE, item.amounts.values()
    return [
        ("the amount must be above zero", item.amount <= 0),
        ("a fee needs an amount per partner", is_fee and not amounts),
        ("only a fee comes with an amount per partner", bool(amounts) and not (is_fee or item.as_issued)),
        ("the amounts per partner do not sum to the item", bool(amounts) and sum(amounts) != item.amount),
        (_n("an amount per partner is negative"), any(amount < 0 for amount in amounts)),
        ("it names a partner without a commitment", not {*item.amounts, *item.excused} <= known),
        ("only an investment can be excused", bool(item.excused) and item.kind is not ItemKind.INVESTMENT),
        ("interest cannot be called", item.kind is ItemKind.INTEREST),
        (_n("a premium cannot be called"), item.kind is ItemKind.PREMIUM),
    ]


def _shares(
    item: Item, standings: Sequence[Standing], taken: Sequence[Mapping[int, int]] = ()
) -> dict[int, int]:
    """The parts of an item; of one with shares of its own at most what is left of a commitment after `taken`."""
    if item.kind is ItemKind.FEE or item.as_issued:
        parts = [item.amounts.get(standing.partner_id, 0) for standing in standings]
    else:
        weights = _weights(item, standings)
        kept = [0 if s.partner_id in item.excused else w for s, w in zip(standings, weights, strict=True)]
        if not any(kept):
            raise NobodyToCall(amount=format_amount(item.amount))
        left = [s.remaining - sum(parts.get(s.partner_id, 0) for parts in taken) for s in standings]
        parts = within(item.amount, kept, left) if item.weights else allocate(item.amount, kept)
    return {standing.partner_id: part for standing, part in zip(standings, parts, strict=True) if part}


def _weights(item: Item, standings: Sequence[Standing]) -> list[int]:
    """By what an item is shared before anybody is excused."""
    if item.weights:
        return [item.weights.get(standing.partner_id, 0) for standing in standings]
    if item.kind is ItemKind.INVESTMENT:
        return [max(0, standing.remaining) for standing in standings]
    return [standing.commitment for standing in standings]


def _check_excuse(item: Item, parts: Mapping[int, int], standings: Sequence[Standing]) -> None:
    """Others make up for a share that is excused, or above what is left, up to half of what they would have paid."""
    if item.as_issued or not (item.excused or item.weights):
        return
    own = allocate(item.amount, _weights(item, standings))
    says = "{partner} would pay {amount} instead of {own}"
    problems = [
        Problem("", says, {"partner": s.code, "amount": format_amount(part), "own": format_amount(share)})
        for s, share in zip(standings, own, strict=True)
        if 2 * (part := parts.get(s.partner_id, 0)) > 3 * share
    ]
    if problems:
        raise ExcuseTooLarge(problems=problems)


def _check_remaining(shares: Sequence[Mapping[int, int]], standings: Sequence[Standing]) -> None:
    says = "{partner}: called {called}, remaining commitment {remaining}"
    problems = []
    for standing in standings:
        called = sum(parts.get(standing.partner_id, 0) for parts in shares)
        if called > standing.remaining:
            facts = {
                "partner": standing.code,
                "called": format_amount(called),
                "remaining": format_amount(standing.remaining),
            }
            problems.append(Problem("", says, facts))
    if problems:
        raise AboveRemaining(problems=problems)


def check_approver(*, what: str, preparer_id: int | None, preparer: str, approver_id: int | None) -> None:
    """Refuse an approval by the preparer; the system, which is nobody, cannot approve its own either."""
    if approver_id == preparer_id:
        raise SamePerson(what=what, preparer=preparer)


def check_receipt(*, call: str, partner: str, outstanding: int, amount: int, bank_reference: str) -> None:
    """Refuse a receipt that is empty, unnamed, or above what the partner still owes on the call."""
    if amount <= 0 or not bank_reference.strip():
        raise ReceiptInvalid(amount=format_amount(amount), reference=bank_reference)
    if amount > outstanding:
        raise ReceiptAboveOutstanding(
            partner=partner, call=call, outstanding=format_amount(outstanding), amount=format_amount(amount)
        )


def check_reason(reason: str) -> None:
    """Refuse an empty reason."""
    if not reason.strip():
        raise ReasonMissing()


REMIND_DAYS_BEFORE = 5


def reminder_kind(*, due_on: date, today: date) -> ReminderKind | None:
    """Which reminder is due: from five days before the due date, and from the day after it; else none."""
    days = (due_on - today).days
    if days < 0:
        return ReminderKind.OVERDUE
    return ReminderKind.DUE_SOON if days <= REMIND_DAYS_BEFORE else None
