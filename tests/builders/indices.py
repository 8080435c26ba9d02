"""A market index with a level for every day."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from fund.indices.actions import Added, add_levels
from fund.indices.rules import Level
from kernel.db import Tx
from kernel.identity.rules import SYSTEM

FROM, UNTIL = date(2024, 1, 1), date(2026, 9, 30)


def steady(from_on: date = FROM, until: date = UNTIL, *, but: Collection[date] = ()) -> list[Level]:
    """Levels that begin at 1000 and rise by a tenth of a point a day, without the days in `but`."""
    days = [from_on + timedelta(days=at) for at in range((until - from_on).days + 1)]
    return [Level(day, 1000 + Fraction((day - FROM).days, 10)) for day in days if day not in but]


def an_index(tx: Tx, fund_id: int, levels: list[Level] | None = None, *, code: str = "TECH50") -> Added:
    """The index on record, by the evening of its last day."""
    given = steady() if levels is None else levels
    return add_levels(
        tx,
        SYSTEM,
        fund_id=fund_id,
        code=code,
        name="科技五十指数",
        name_en="Technology 50",
        source="made up",
        is_invented=True,
        levels=given,
        now=datetime.combine(max(one.on for one in given), time(10), UTC),
    )
