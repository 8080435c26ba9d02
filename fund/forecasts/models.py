"""Scenarios and reserves as they were kept. What they yield is worked out anew: the same day gives the same figures."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class ForecastScenario(Row, table=True):
    """A scenario under its number; a changed one is another."""

    __tablename__ = "forecast_scenario"
    __table_args__ = (sa.UniqueConstraint("fund_id", "number"),)

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    name: str = columns.text()
    facts: dict[str, Any] = columns.jsonb()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.append_only("forecast_scenario")
# A forecast is for those who run the fund: no partner reads one.
walls.readable("forecast_scenario", "afund_reach() = 'all'")


class HoldingReserve(Row, table=True):
    """What is kept back for a company from a day on; the newest row of a holding holds, one of nothing ends it."""

    __tablename__ = "holding_reserve"
    __table_args__ = (sa.CheckConstraint("amount >= 0", name="amount_not_negative"),)

    fund_id: int = columns.ref("fund.id", index=True)
    holding_id: int = columns.ref("holding.id", index=True)
    planned_on: date = columns.day()
    amount: int = columns.minor()
    expected: str = columns.code()
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.append_only("holding_reserve")
walls.readable("holding_reserve", "afund_reach() = 'all'")
