"""Market indices that a fund is compared with, and their levels by day. Both are append-only."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class MarketIndex(Row, table=True):
    """An index that a fund is compared with; an invented one is shown as such wherever it stands."""

    __tablename__ = "market_index"
    __table_args__ = (sa.UniqueConstraint("fund_id", "code"),)

    fund_id: int = columns.ref("fund.id")
    code: str = columns.code()
    name: str = columns.text()
    name_en: str = columns.text()
    source: str = columns.text()
    is_invented: bool = columns.flag()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class IndexLevel(Row, table=True):
    """The level at the end of a day. The first of a day supersedes none; each later one names the one before."""

    __tablename__ = "index_level"
    __table_args__ = (
        sa.Index(
            "uq_index_level_first",
            "index_id",
            "level_on",
            unique=True,
            postgresql_where=sa.text("supersedes_id IS NULL"),
        ),
    )

    index_id: int = columns.ref("market_index.id", index=True)
    level_on: date = columns.day()
    level: Fraction = columns.fraction()
    supersedes_id: int | None = columns.ref("index_level.id", nullable=True, unique=True)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("market_index", "index_level"):
    walls.append_only(_table)
walls.readable("market_index", "afund_reach() <> ''")
walls.readable("index_level", "EXISTS (SELECT FROM market_index i WHERE i.id = index_level.index_id)")
