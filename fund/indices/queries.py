"""Which indices are on record, and their levels by day.

Levels are public facts and no secret of anybody: whoever has a role may read them, and `visible_to` says so.
"""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from fund.indices.models import IndexLevel, MarketIndex
from fund.indices.rules import IndexUnknown
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, PageInvalid


@dataclass(frozen=True)
class IndexSheet:
    """An index, how many days have a level, and the first and the last of them."""

    id: int
    code: str
    name: str
    name_en: str
    source: str
    is_invented: bool
    days: int
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True)
class LevelSheet:
    """The level of a day as it was recorded last; `is_correction` says that another one stood there before."""

    on: date
    level: Fraction
    is_correction: bool
    recorded_by: str
    recorded_at: datetime


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The indices that `actor` may see: all, for anybody with a role."""
    return sa.true() if actor.is_system or actor.roles else sa.false()


def indices(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[IndexSheet]:
    """Every index of a fund, by its code."""
    statement = (
        select(
            MarketIndex,
            sa.func.count(sa.distinct(col(IndexLevel.level_on))),
            sa.func.min(IndexLevel.level_on),
            sa.func.max(IndexLevel.level_on),
        )
        .outerjoin(IndexLevel, col(IndexLevel.index_id) == col(MarketIndex.id))
        .where(MarketIndex.fund_id == fund_id)
        .group_by(col(MarketIndex.id))
        .order_by(col(MarketIndex.code))
    )
    if actor is not None:
        statement = statement.where(visible_to(actor))
    return [
        IndexSheet(
            id=row.key,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            source=row.source,
            is_invented=row.is_invented,
            days=days,
            first_on=first_on,
            last_on=last_on,
        )
        for row, days, first_on, last_on in tx.exec(statement)
    ]


def index_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> IndexSheet:
    """One index by its code, in any case."""
    wanted = code.strip().upper()
    for sheet in indices(tx, fund_id=fund_id, actor=actor):
        if sheet.code == wanted:
            return sheet
    raise IndexUnknown(code=wanted)


def levels(tx: Tx, *, index_id: int, known_at: datetime | None = None) -> dict[date, Fraction]:
    """The level of every day that has one: of a day the last that was recorded, by `known_at` where it is given."""
    statement = select(IndexLevel).where(IndexLevel.index_id == index_id)
    if known_at is not None:
        statement = statement.where(IndexLevel.recorded_at <= known_at)
    return {row.level_on: row.level for row in tx.exec(statement.order_by(col(IndexLevel.id)))}


def level_page(
    tx: Tx,
    *,
    index_id: int,
    since: date | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[LevelSheet]:
    """The levels of an index by day, from `since` to `until`, both counted; `after` is the last day seen."""
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    day = col(IndexLevel.level_on)
    later = aliased(IndexLevel)
    corrected = select(later.id).where(col(later.supersedes_id) == col(IndexLevel.id))
    if known_at is not None:
        corrected = corrected.where(col(later.recorded_at) <= known_at)
    statement = select(IndexLevel).where(IndexLevel.index_id == index_id, ~corrected.exists())
    for bound in (
        *([day > _day(after)] if after is not None else []),
        *([day >= since] if since is not None else []),
        *([day <= until] if until is not None else []),
        *([col(IndexLevel.recorded_at) <= known_at] if known_at is not None else []),
    ):
        statement = statement.where(bound)
    rows = tx.exec(statement.order_by(day).limit(limit + 1)).all()
    shown = tuple(
        LevelSheet(row.level_on, row.level, row.supersedes_id is not None, row.recorded_by, row.recorded_at)
        for row in rows[:limit]
    )
    return Page(shown, shown[-1].on.isoformat() if len(rows) > limit else None)


def _day(after: str) -> date:
    """The day that a page before gave. Refused: anything else."""
    try:
        return date.fromisoformat(after)
    except ValueError:
        raise PageInvalid(maximum=MAXIMUM_LIMIT) from None
