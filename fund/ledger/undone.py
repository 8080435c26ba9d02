"""What of an act still stands in the books, and which acts were taken back as a whole."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.models import Entry, UndoneAct
from kernel.asking import asked_often
from kernel.db import Tx


def standing(tx: Tx, *, fund_id: int, act: str) -> Sequence[Entry]:
    """The entries of an act that were not reversed and reverse none, in their order."""
    return _standing(tx, fund_id, col(Entry.act) == act)


def standing_of(tx: Tx, *, fund_id: int, partner_ids: Collection[int]) -> Sequence[Entry]:
    """The entries that stand and name one of the partners, in their order."""
    named = col(Entry.debit_partner_id).in_(partner_ids) | col(Entry.credit_partner_id).in_(partner_ids)
    return _standing(tx, fund_id, named)


def standing_since(tx: Tx, *, fund_id: int, effective_on: date, recorded_at: datetime) -> Sequence[Entry]:
    """Entries that stand, of that day or later, written down at that instant or later."""
    which = sa.and_(col(Entry.effective_on) >= effective_on, col(Entry.recorded_at) >= recorded_at)
    return _standing(tx, fund_id, which)


def _standing(tx: Tx, fund_id: int, which: sa.ColumnElement[bool]) -> Sequence[Entry]:
    reversed_ids = select(Entry.reverses_id).where(
        Entry.fund_id == fund_id, which, col(Entry.reverses_id).is_not(None)
    )
    statement = select(Entry).where(
        Entry.fund_id == fund_id, which, col(Entry.reverses_id).is_(None), col(Entry.id).not_in(reversed_ids)
    )
    return tx.exec(statement.order_by(col(Entry.number))).all()


def first_number(tx: Tx, *, fund_id: int, act: str) -> int | None:
    """The number of the first entry of an act, undone or not; None where it booked nothing."""
    own = sa.select(sa.func.min(col(Entry.number))).where(
        col(Entry.fund_id) == fund_id, col(Entry.act) == act
    )
    number = tx.execute(own).scalar()
    return None if number is None else int(number)


def undone_on(tx: Tx, *, fund_id: int, act: str) -> date | None:
    """The day from which an act counts no more; None while it stands."""
    statement = select(col(UndoneAct.undone_on)).where(UndoneAct.fund_id == fund_id, UndoneAct.act == act)
    return tx.exec(statement).first()


def undone_acts(
    tx: Tx, *, kind: str, fund_id: int | None = None, known_at: datetime | None = None
) -> dict[str, date]:
    """The acts of a kind that were taken back, each with the day from which it counts no more."""
    found = _undone_acts(tx, kind=kind, fund_id=fund_id, known_at=known_at)
    return dict(found.all())


@asked_often
def _undone_acts(*, kind: str, fund_id: int | None, known_at: datetime | None) -> sa.Executable:
    statement = sa.select(col(UndoneAct.act), col(UndoneAct.undone_on)).where(
        col(UndoneAct.act).startswith(f"{kind}:", autoescape=True)
    )
    if fund_id is not None:
        statement = statement.where(col(UndoneAct.fund_id) == fund_id)
    if known_at is not None:
        statement = statement.where(col(UndoneAct.recorded_at) <= known_at)
    return statement
