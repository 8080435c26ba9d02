"""What carry the general partner gives back, when, and to whom. Pure; amounts in minor units.

On the day of a test the clawback (see `fund.capital.clawback`) says what each partner is owed. A final test is made
once the fund is at its end, an interim one before: it counts what a sale of everything would bring. What is given back
goes to the partners by what each is owed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import format_amount


class ClawbackTest(StrEnum):
    """An interim test counts what is still held at its value; the final one is made at the fund's end."""

    INTERIM = "interim"
    FINAL = "final"


class CarryReturnState(StrEnum):
    """draft -> approved, which books what is owed -> received from the general partner -> paid to the partners."""

    DRAFT = "draft"
    APPROVED = "approved"
    RECEIVED = "received"
    PAID = "paid"
    CANCELLED = "cancelled"


class CarryReturnUnknown(NotFound):
    code = "carry_return_unknown"
    says = "There is no such return of carry."


class NothingOwedBack(Conflict):
    code = "carry_return_nothing_owed"
    says = "As of {on} the general partner owes nothing back: the test comes to nil."


class AboveOwedBack(Conflict):
    code = "carry_return_above_owed"
    says = "As of {on} the general partner owes {owed} back; {amount} is more."


class ReturnNotPositive(Invalid):
    code = "carry_return_not_positive"
    says = "The amount to be returned is {amount}; expected more than nil."


class NotAtItsEnd(Conflict):
    code = "carry_return_not_final"
    says = (
        "On {on} the term runs and something is still held: the final test is made at the fund's end. "
        "Make an interim one."
    )


class ReturnToCome(Invalid):
    code = "carry_return_to_come"
    says = "{on} is still to come; the test is made on what is known, {today} at the latest."


class DueBeforeTest(Invalid):
    code = "carry_return_due_before_test"
    says = "Payment is due on {due_on}, before the day of the test, {on}."


class ReturnOvertaken(Conflict):
    code = "carry_return_out_of_order"
    says = "{latest} counts from {latest_on}; test on a later day, or take it back first."


class ReturnRestedOn(Conflict):
    code = "carry_return_rested_on"
    says = "{latest}, of {latest_on}, was worked out with {code} counted in; take that back first."


class ReturnDayInvalid(Invalid):
    code = "carry_return_day_invalid"
    says = "Take a day from {first} on and {today} at the latest, not {on}."


class ReturnReferenceMissing(Invalid):
    code = "carry_return_reference_missing"
    says = "Give the bank's reference of the payment."


class CarryReturnOpen(Conflict):
    code = "carry_return_open"
    says = "{code} owes {partner} carry that was not paid to it yet; that is paid first, or taken back."


def shares(owed: Mapping[int, int], *, amount: int | None, on: date) -> dict[int, int]:
    """What of `amount` (None: of all that is owed) goes to each partner, by what it is owed; nobody gets more.

    Refused: nothing owed, nothing asked for, more than is owed.
    """
    whole = sum(owed.values())
    if whole <= 0:
        raise NothingOwedBack(on=on)
    if amount is None:
        amount = whole
    if amount <= 0:
        raise ReturnNotPositive(amount=format_amount(amount))
    if amount > whole:
        raise AboveOwedBack(on=on, owed=format_amount(whole), amount=format_amount(amount))
    parts = allocate(amount, list(owed.values()))
    return {key: part for key, part in zip(owed, parts, strict=True) if part}


def check_test(*, kind: ClawbackTest, is_ended: bool, on: date, due_on: date, today: date) -> None:
    """Refuse a test on a day to come, a payment due before it, and a final test before the fund's end."""
    if on > today:
        raise ReturnToCome(on=on, today=today)
    if due_on < on:
        raise DueBeforeTest(due_on=due_on, on=on)
    if kind is ClawbackTest.FINAL and not is_ended:
        raise NotAtItsEnd(on=on)


def check_reference(reference: str) -> None:
    """Refuse a payment without the bank's reference."""
    if not reference.strip():
        raise ReturnReferenceMissing()


def check_step_day(on: date, *, first: date, today: date) -> None:
    """Refuse a step on a day before the one before it, or on a day to come."""
    if not first <= on <= today:
        raise ReturnDayInvalid(first=first, on=on, today=today)


@dataclass(frozen=True)
class Returned:
    """Carry that the general partner gave back to a partner; it counts from the day of the test."""

    on: date
    amount: int


@dataclass(frozen=True)
class Passing:
    """What of carry returned passed from one partner to another with an interest, on a day."""

    on: date
    seller_id: int
    buyer_id: int
    amount: int


def held_by(
    own: Mapping[int, Sequence[Returned]], passings: Sequence[Passing]
) -> dict[int, tuple[Returned, ...]]:
    """Carry returned by who holds the interest by now: what passed is taken from the seller's and added to the buyer's,
    each test by itself.
    """
    found = {key: list(rows) for key, rows in own.items()}
    for one in passings:
        before = [row for row in found.get(one.seller_id, []) if row.on <= one.on]
        parts = allocate(one.amount, [row.amount for row in before])
        moved = [Returned(row.on, part) for row, part in zip(before, parts, strict=True)]
        left = [Returned(row.on, row.amount - part) for row, part in zip(before, parts, strict=True)]
        found[one.seller_id] = [*left, *(row for row in found[one.seller_id] if row.on > one.on)]
        found[one.buyer_id] = [*found.get(one.buyer_id, []), *moved]
    return {
        key: tuple(sorted((row for row in rows if row.amount), key=lambda row: row.on))
        for key, rows in found.items()
    }
