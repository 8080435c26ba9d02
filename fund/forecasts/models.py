"""Scenarios as they were kept. What they yield is worked out anew: the same scenario and day give the same figures."""

from datetime import datetime
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
