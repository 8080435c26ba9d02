"""The instant under which a fund's books write something down: later than all that they hold, whoever began first.

A transaction is told `now` when it begins and may then wait for another to end. Were its entries written down under
that earlier instant, an answer "as known at" an instant between the two would change after it had been given.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.models import Entry, PeriodLock
from kernel.asking import asked_often
from kernel.db import Tx, lock

_TICK = timedelta(microseconds=1)


def lock_books(tx: Tx, *, fund_id: int) -> None:
    """One writer at a time per fund: numbers stay without gaps, nothing slips past a lock, cash is paid out once.

    The last of a fund's locks: what an act needs of bank, capital, fees, income and holdings it takes before.
    """
    lock(tx, f"ledger:{fund_id}")


def stamp(tx: Tx, *, fund_id: int, now: datetime) -> datetime:
    """`now`, or the next instant after the last entry or lock that another transaction has written down, if later.

    Holds the books until the transaction ends, so that nobody writes in between. A transaction keeps to one instant.
    """
    lock_books(tx, fund_id=fund_id)
    last: datetime | None = _last(tx, fund_id=fund_id).scalar_one()
    own: datetime | None = tx.info.get(_key(fund_id))
    at = now if last is None or now >= last or last == own else last + _TICK
    at = at if own is None else max(at, own)
    tx.info[_key(fund_id)] = at
    return at


@asked_often
def _last(*, fund_id: int) -> sa.Executable:
    """When the last entry or lock was written down."""
    entries = select(Entry.recorded_at).where(Entry.fund_id == fund_id).order_by(col(Entry.number).desc())
    locks = (
        select(PeriodLock.recorded_at)
        .where(PeriodLock.fund_id == fund_id)
        .order_by(col(PeriodLock.id).desc())
    )
    return sa.select(sa.func.greatest(entries.limit(1).scalar_subquery(), locks.limit(1).scalar_subquery()))


def _key(fund_id: int) -> str:
    return f"stamp:{fund_id}"
