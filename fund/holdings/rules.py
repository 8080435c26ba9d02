"""What may happen to a holding: purchases, disposals, income, and whose gain or loss it is."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.holdings.position import Disposal, DisposalKind, Lot, Position
from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount


class InstrumentKind(StrEnum):
    """What is held of a company."""

    REGISTERED_CAPITAL = "registered_capital"
    ORDINARY = "ordinary"
    PREFERRED = "preferred"
    CONVERTIBLE = "convertible"


class IncomeKind(StrEnum):
    """What a company pays while it is held."""

    DIVIDEND = "dividend"
    INTEREST = "interest"


MOST_WISHES, LONGEST_WISH = 6, 200


class HelpTooLong(Invalid):
    code = "help_wanted_too_long"
    says = "A report has room for {lines} wishes of at most {length} characters each."


class HoldingUnknown(NotFound):
    code = "holding_unknown"
    says = "There is no such holding."


class HoldingTaken(Conflict):
    code = "holding_taken"
    says = "There is already a holding {holding} in this fund."


class HoldingInvalid(Invalid):
    code = "holding_invalid"
    says = "The holding cannot be opened like this."


class InstrumentUnknown(NotFound):
    code = "instrument_unknown"
    says = "{holding} has no instrument {instrument}; it has: {known}."


class InstrumentDiffers(Conflict):
    code = "instrument_differs"
    says = "The instrument {instrument} of {holding} is {kind}, not {given}."


class QuantityInvalid(Invalid):
    code = "quantity_invalid"
    says = "The quantity is {quantity}; it must be above zero."


class AmountInvalid(Invalid):
    code = "amount_invalid"
    says = "The amount of {what} is {amount}; it may not be below {least}."


class ChangeInFuture(Invalid):
    code = "holding_change_in_future"
    says = "{on} is still to come; today is {today}."


class ChangeOutOfOrder(Conflict):
    code = "holding_change_out_of_order"
    says = (
        "The last change of this instrument was on {last}; what is booked now cannot lie before it, on {on}."
    )


class ChangeBehindMark(Conflict):
    code = "holding_change_behind_mark"
    says = "The value on {marked_on} is approved and counts all that was held then; {on} is too early."


class SaleAboveQuantity(Conflict):
    code = "sale_above_quantity"
    says = "{quantity} cannot be sold: {held} is held."


class WriteOffReasonMissing(Invalid):
    code = "write_off_reason_missing"
    says = "Say why it is written off."


class NothingHeld(Conflict):
    code = "nothing_held"
    says = "Nothing of this is held on {on}."


class NobodyParticipates(Conflict):
    code = "nobody_participates"
    says = "No partner has a part in this holding on {on}; gains and losses would be nobody's."


class LeftThatDay(Conflict):
    code = "left_that_day"
    says = (
        "Something of this left on {on}; purchases of a day are booked before, so book this one a day later."
    )


class IncomeBeforePurchase(Conflict):
    code = "income_before_purchase"
    says = "{holding} was first bought on {first}; it has no income for the fund on {on}, before that."


class PurchaseSold(Conflict):
    code = "purchase_sold"
    says = "Some of what was bought on {bought_on} has left since; take that back first."


class ChangedSince(Conflict):
    code = "holding_changed_since"
    says = (
        "{holding} was bought, sold or valued after {sold_on}; take that back first, or buy back what was sold, "
        "as an exception with its reason."
    )


class TradeUnknown(NotFound):
    code = "trade_unknown"
    says = "There is no such purchase, sale or income of {holding}."


def check_holding(*, name: str, labels: Mapping[str, str]) -> None:
    """Refuse a holding without a name or without one of its labels, all faults at once."""
    empty = [field for field, value in {"name": name, **labels}.items() if not value.strip()]
    if empty:
        raise HoldingInvalid(problems=[Problem(field, "it is missing") for field in empty])


def check_not_future(*, on: date, today: date) -> None:
    """Refuse a day to come."""
    if on > today:
        raise ChangeInFuture(on=on, today=today)


def check_change(position: Position, *, on: date, today: date) -> None:
    """Refuse a purchase or disposal in the future, before the last one or before the day as of which one was taken back
    (until then it counts), or on a day an approved mark covers.
    """
    check_not_future(on=on, today=today)
    last = position.last_change_on
    if last is not None and on < last:
        raise ChangeOutOfOrder(last=last, on=on)
    if position.mark is not None and on <= position.mark.marked_on:
        raise ChangeBehindMark(marked_on=position.mark.marked_on, on=on)


def check_income_day(positions: Iterable[Position], *, holding: str, on: date) -> None:
    """Refuse income on a day before anything of a holding was bought, purchases taken back not counted.

    It may come after all was sold: a dividend is declared before and paid later.
    """
    first = min((lot.bought_on for position in positions for lot in position.kept), default=None)
    if first is None:
        raise NothingHeld(on=on)
    if on < first:
        raise IncomeBeforePurchase(holding=holding, first=first, on=on)


def check_purchase_undo(position: Position, *, lot: Lot, on: date, today: date) -> None:
    """Refuse to take a purchase back of which some has left, and as any change on a day that is not the last."""
    check_change(position, on=on, today=today)
    still = position.until(date.max).open_lots()
    left = next((open_lot.quantity for open_lot in still if open_lot.id == lot.id), 0)
    if left != lot.quantity:
        raise PurchaseSold(bought_on=lot.bought_on)


def check_disposal_undo(
    position: Position, *, holding: str, sold_on: date, is_last: bool, on: date, today: date
) -> None:
    """Refuse to take a disposal back after which anything was bought, sold or valued, and as of a day on which a later
    one still counts.
    """
    check_not_future(on=on, today=today)
    stands = position.until(date.max)
    days = [lot.bought_on for lot in stands.kept]
    days += [gone.sold_on for gone in _left_with_value(stands)]
    marked = stands.mark is not None and stands.mark.marked_on >= sold_on
    if not is_last or marked or max(days, default=sold_on) > sold_on:
        raise ChangedSince(holding=holding, sold_on=sold_on)
    gone = [one.undone_on for one in position.disposals if one.undone_on and one.undone_on > one.sold_on]
    last = max(gone, default=sold_on)
    if max(on, sold_on) < last:
        raise ChangeOutOfOrder(last=last, on=on)


def check_amount(amount: int, *, what: str, least: int) -> None:
    """Refuse an amount below `least` minor units."""
    if amount < least:
        raise AmountInvalid(what=what, amount=format_amount(amount), least=format_amount(least))


def check_bought_after(position: Position, *, on: date) -> None:
    """Refuse a purchase on the day on which something left: of one day purchases count first, so its part would be
    worked out anew. A purchase taken back at cost has no such part.
    """
    if any(gone.sold_on == on for gone in _left_with_value(position)):
        raise LeftThatDay(on=on)


def _left_with_value(position: Position) -> list[Disposal]:
    """The disposals whose part of the value depends on what else was held; a purchase taken back at cost has none."""
    marked_on = position.mark.marked_on if position.mark else date.min
    valued = {lot.id for lot in position.lots if lot.bought_on <= marked_on}
    return [
        gone for gone in position.disposals if gone.kind is not DisposalKind.UNDONE or gone.lot_id in valued
    ]


def check_purchase(*, quantity: Fraction, cost: int) -> None:
    """Refuse a purchase of nothing, or at a negative cost; shares may come free."""
    if quantity <= 0:
        raise QuantityInvalid(quantity=quantity)
    check_amount(cost, what="the purchase", least=0)


def check_disposal(position: Position, *, quantity: Fraction, proceeds: int) -> None:
    """Refuse to sell nothing, more than is held, or for less than nothing."""
    if quantity <= 0:
        raise QuantityInvalid(quantity=quantity)
    if quantity > position.quantity:
        raise SaleAboveQuantity(quantity=quantity, held=position.quantity)
    check_amount(proceeds, what="the proceeds", least=0)


def check_write_off(*, reason: str) -> None:
    """Refuse a write-off without a reason."""
    if not reason.strip():
        raise WriteOffReasonMissing()


def split(amount: int, participation: Mapping[int, int], *, on: date) -> dict[int, int]:
    """`amount` by the partners' parts, in the order of the partners; partners with nothing are left out."""
    if not any(participation.values()):
        raise NobodyParticipates(on=on)
    parts = allocate(amount, list(participation.values()))
    return {partner: part for partner, part in zip(participation, parts, strict=True) if part}


def check_help(says: str) -> tuple[str, ...]:
    """The wishes of a text, a line each, without empty ones; refuses more than a report's page has room for."""
    lines = tuple(line.strip() for line in says.splitlines() if line.strip())
    if len(lines) > MOST_WISHES or any(len(line) > LONGEST_WISH for line in lines):
        raise HelpTooLong(lines=MOST_WISHES, length=LONGEST_WISH)
    return lines
