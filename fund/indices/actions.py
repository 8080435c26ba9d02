"""Putting the levels of a market index on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.queries import fund
from fund.indices.models import IndexLevel, MarketIndex
from fund.indices.queries import levels as known_levels
from fund.indices.rules import Level, NoLevels, check_name, fault
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


@dataclass(frozen=True)
class Added:
    """How many levels were new, how many corrected another, and how many were on record as they are."""

    new: int
    corrected: int
    known: int


def add_levels(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    code: str,
    name: str,
    name_en: str = "",
    source: str = "",
    is_invented: bool = False,
    levels: Sequence[Level],
    now: datetime,
) -> Added:
    """Put levels on record, all or none; the index itself with its first. Levels that are known already are
    passed over, so a longer list of the same index may be brought in again.

    Refused: no such fund, no level, a new index without a name, another name for a known one, and what
    `rules.fault` finds.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    if not levels:
        raise NoLevels(code=code)
    wanted, days = code.strip().upper(), [one.on for one in levels]
    lock(tx, f"indices:{fund(tx, fund_id=fund_id).id}")
    index = tx.exec(
        select(MarketIndex).where(MarketIndex.fund_id == fund_id, MarketIndex.code == wanted)
    ).one_or_none()
    check_name(code=wanted, name=name, known=index.name if index else None)
    if index is None:
        index = MarketIndex(
            fund_id=fund_id,
            code=wanted,
            name=name,
            name_en=name_en,
            source=source,
            is_invented=is_invented,
            recorded_by=actor.name,
            recorded_at=now,
        )
        tx.add(index)
        tx.flush()
    done = _written(tx, actor, index_id=index.key, levels=levels, now=now)
    detail = {"new": done.new, "corrected": done.corrected, "first": str(min(days)), "last": str(max(days))}
    record(tx, actor, action="index.levels_added", subject=f"index:{wanted}", detail=detail, now=now)
    return done


def _written(tx: Tx, actor: Actor, *, index_id: int, levels: Sequence[Level], now: datetime) -> Added:
    known = known_levels(tx, index_id=index_id)
    today, before = day_in_beijing(now), len(known)
    corrected = 0
    for one in levels:
        refusal = fault(one, known=known, today=today)
        if refusal is not None:
            raise refusal
        if known.get(one.on) == one.level:
            continue
        supersedes_id = _last_of(tx, index_id, one) if one.on in known else None
        corrected += supersedes_id is not None
        tx.add(
            IndexLevel(
                index_id=index_id,
                level_on=one.on,
                level=one.level,
                supersedes_id=supersedes_id,
                recorded_by=actor.name,
                recorded_at=now,
            )
        )
        known[one.on] = one.level
    tx.flush()
    new = len(known) - before
    return Added(new, corrected, len(levels) - new - corrected)


def _last_of(tx: Tx, index_id: int, level: Level) -> int | None:
    """The row that holds for the day of a correction."""
    wanted = select(sa.func.max(col(IndexLevel.id))).where(
        IndexLevel.index_id == index_id, IndexLevel.level_on == level.on
    )
    return tx.exec(wanted).one()
