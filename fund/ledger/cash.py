"""How much cash there is to pay from, never more than on that day and every day after it; and what moved it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from fund.charter.queries import fund
from fund.ledger.chart import Account
from fund.ledger.models import Entry
from fund.ledger.sides import sides
from fund.ledger.stamps import lock_books
from kernel.db import Tx
from kernel.errors import Conflict, Invalid
from kernel.money import format_amount


class CashShort(Conflict):
    code = "cash_short"
    says = (
        "{amount} is to be paid on {on}, but from that day on only {cash} is in the bank; call capital first."
    )


def lowest_cash(tx: Tx, *, fund_id: int, since: date) -> int:
    """The least cash at the end of `since` or of any later day, as booked now. Minor units, cash positive."""
    moved = sides(fund_id, date.max, [Account.CASH])
    running = sa.func.sum(-sa.func.sum(moved.c.amount)).over(order_by=moved.c.effective_on)
    days = sa.select(moved.c.effective_on.label("day"), running.label("cash")).group_by(moved.c.effective_on)
    found = days.subquery("days")
    before = sa.select(found.c.cash).where(found.c.day <= since).order_by(found.c.day.desc()).limit(1)
    after = sa.select(sa.func.min(found.c.cash)).where(found.c.day > since)
    at_once, later = (tx.execute(statement).scalar() for statement in (before, after))
    here = int(at_once or 0)
    return here if later is None else min(here, int(later))


class PaymentToCome(Invalid):
    code = "payment_to_come"
    says = "{on} is still to come; what is paid is booked on the day of the payment, {today} at the latest."


def check_cash(tx: Tx, *, fund_id: int, amount: int, on: date, today: date, promised: int = 0) -> None:
    """Refuse to pay `amount` on a day to come, or if any day from then on would end below what is `promised`.

    A fund that there is not is refused as such, and not for its cash. Whoever asks holds the fund's cash until the
    transaction ends, so that two payments do not both find it there.
    """
    fund(tx, fund_id=fund_id)
    if on > today:
        raise PaymentToCome(on=on, today=today)
    lock_cash(tx, fund_id=fund_id)
    there = lowest_cash(tx, fund_id=fund_id, since=on) - promised
    if amount > there:
        raise CashShort(amount=format_amount(amount), on=on, cash=format_amount(there))


def lock_cash(tx: Tx, *, fund_id: int) -> None:
    """Let all payments of a fund wait for each other. Taken after the locks on capital, fees and holdings.

    The cash stands in the books: it is their lock, so that no two hold one of them each and wait for the other.
    """
    lock_books(tx, fund_id=fund_id)


@dataclass(frozen=True)
class CashMove:
    """What came in (positive) or went out against one account; a reversal stands where what it undoes stands.

    `of_holding` says whether the entries name a holding.
    """

    against: str
    is_payment: bool
    of_holding: bool
    amount: int


def cash_moves(
    tx: Tx, *, fund_id: int, since: date, as_of: date, known_at: datetime | None = None
) -> list[CashMove]:
    """Everything that moved cash from `since` to `as_of`, by the account on its other side."""
    into = col(Entry.debit) == Account.CASH
    against = sa.case((into, col(Entry.credit)), else_=col(Entry.debit)).label("against")
    is_payment = (into == col(Entry.reverses_id).is_not(None)).label("is_payment")
    of_holding = col(Entry.holding_id).is_not(None).label("of_holding")
    summed = sa.func.sum(sa.case((into, col(Entry.amount)), else_=-col(Entry.amount)))
    statement = sa.select(against, is_payment, of_holding, sa.cast(summed, sa.BigInteger)).where(
        col(Entry.fund_id) == fund_id,
        into | (col(Entry.credit) == Account.CASH),
        col(Entry.effective_on) >= since,
        col(Entry.effective_on) <= as_of,
    )
    if known_at is not None:
        statement = statement.where(col(Entry.recorded_at) <= known_at)
    keys = (against, is_payment, of_holding)
    rows = tx.execute(statement.group_by(*keys).order_by(*keys))
    return [CashMove(*row) for row in rows]
