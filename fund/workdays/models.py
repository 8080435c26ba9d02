"""Notices of holidays as rows: the latest of a year counts. Append-only."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class HolidayNotice(Row, table=True):
    """The State Council's notice for a year: `days` as [["2027-01-01", "off", "元旦"], ...]."""

    __tablename__ = "holiday_notice"
    __table_args__ = (
        sa.CheckConstraint("year BETWEEN 2020 AND 2100", name="year_near"),
        sa.Index("ix_holiday_notice_year", "year"),
    )

    year: int = columns.number()
    document: str = columns.text()
    days: list[Any] = columns.jsonb()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.append_only("holiday_notice")
walls.readable("holiday_notice", "afund_reach() <> ''")
