"""How far the books are locked, which quarters are still open, and how often a quarter was opened again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.charter.queries import first_quarter
from fund.ledger.models import PeriodLock
from fund.ledger.rules import check_lock, open_quarters
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class LockSheet:
    """One turn of the key: the books were locked, or opened again, up to `through`."""

    quarter: str
    through: date
    reopened: bool
    reason: str
    number: int
    recorded_by: str
    recorded_at: datetime


def locks(tx: Tx, *, fund_id: int) -> list[LockSheet]:
    """Every turn of the key, oldest first."""
    statement = select(PeriodLock).where(PeriodLock.fund_id == fund_id).order_by(col(PeriodLock.id))
    return [
        LockSheet(r.quarter, r.through, r.reopened, r.reason, r.number, r.recorded_by, r.recorded_at)
        for r in tx.exec(statement)
    ]


def locked_through(tx: Tx, *, fund_id: int) -> date | None:
    """The last day on which nothing more can take effect; None while the books were never locked."""
    statement = select(col(PeriodLock.through)).where(PeriodLock.fund_id == fund_id)
    return tx.exec(statement.order_by(col(PeriodLock.id).desc()).limit(1)).first()


def locked_at(tx: Tx, *, fund_id: int, quarter: Quarter) -> datetime | None:
    """The instant at which `quarter` was locked last; None while it never was."""
    statement = select(col(PeriodLock.recorded_at)).where(
        PeriodLock.fund_id == fund_id, PeriodLock.quarter == str(quarter), ~col(PeriodLock.reopened)
    )
    return tx.exec(statement.order_by(col(PeriodLock.id).desc()).limit(1)).first()


def open_through(tx: Tx, *, fund_id: int, through: Quarter) -> list[Quarter]:
    """The fund's quarters up to `through` that are not locked, in the order in which they must be."""
    first = first_quarter(tx, fund_id=fund_id)
    return open_quarters(first, through, locked_through=locked_through(tx, fund_id=fund_id))


def reopenings(tx: Tx, *, fund_id: int, quarter: Quarter) -> list[LockSheet]:
    """Every time that `quarter` was opened again, by itself or with one before it, oldest first."""
    found = [turn for turn in locks(tx, fund_id=fund_id) if turn.reopened]
    return [turn for turn in found if Quarter.parse(turn.quarter) <= quarter]


def check_may_lock(tx: Tx, *, fund_id: int, quarter: Quarter, today: date) -> None:
    """Refuse a quarter that may not be locked on `today`; what is open before it is named."""
    first = first_quarter(tx, fund_id=fund_id)
    check_lock(quarter, first=first, locked_through=locked_through(tx, fund_id=fund_id), today=today)
