"""Which notices of holidays are on record, and the calendar that they make.

A notice is published by the State Council and no secret of anybody: whoever has a role may read it.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.workdays.models import HolidayNotice
from fund.workdays.rules import DayKind, NoticeDay, announced
from kernel.calendar import Calendar
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class HolidaySheet:
    """The notice for a year as it was entered last."""

    year: int
    document: str
    days: tuple[NoticeDay, ...]
    recorded_by: str
    recorded_at: datetime


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The notices that `actor` may see: all, for anybody with a role."""
    return sa.true() if actor.is_system or actor.roles else sa.false()


def notices(tx: Tx, *, actor: Actor | None = None) -> list[HolidaySheet]:
    """The latest notice of each year that one was entered for, by year."""
    statement = select(HolidayNotice).order_by(col(HolidayNotice.id))
    if actor is not None:
        statement = statement.where(visible_to(actor))
    latest = {row.year: _sheet(row) for row in tx.exec(statement)}
    return [latest[year] for year in sorted(latest)]


def calendar(tx: Tx) -> Calendar:
    """The business days as they are known now."""
    return Calendar({one.year: announced(one.days) for one in notices(tx)})


def _sheet(row: HolidayNotice) -> HolidaySheet:
    days = tuple(NoticeDay(date.fromisoformat(on), DayKind(kind), name) for on, kind, name in row.days)
    return HolidaySheet(row.year, row.document, days, row.recorded_by, row.recorded_at)
