"""The portfolio by technology readiness: cost and value under each level, which sum to what is held."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col

from fund.holdings.queries import holdings, worth_by_quarter
from fund.results.reading import see
from fund.valuations.queries import readiness_told
from kernel.db import Tx
from kernel.periods import Quarter
from pipeline.channel.assessed import levels_assessed
from pipeline.channel.rules import Scale, project_level
from pipeline.deals.models import Deal
from valuation.exposure import Position, hhi, shares

LEVEL = "readiness"
UNSAID = "0"


@dataclass(frozen=True)
class LevelSlice:
    """What lies at one level, None where none is known. Amounts in minor units; `share` of the value, exact."""

    level: int | None
    cost: int
    value: int
    share: Fraction
    names: tuple[str, ...]


@dataclass(frozen=True)
class ReadinessSpread:
    """The portfolio by level, the readiest first. `concentration` is the HHI of shares in percent, 0-10000."""

    as_of: date
    slices: tuple[LevelSlice, ...]
    concentration: float | None


@dataclass(frozen=True)
class LevelMoment:
    """The portfolio by level at the end of a quarter."""

    quarter: Quarter
    spread: ReadinessSpread


def readiness_spread(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> ReadinessSpread:
    """The portfolio on a day under the levels assessed by then, for whoever reads the whole fund.

    A company's level is that of the achievement behind its deal, its least ready critical element; without one, the
    level that its last approved valuation file gives. A portfolio worth nothing has no shares.
    """
    see(tx, fund_id=fund_id, partner_id=None)
    held = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    levels = levels_on(tx, fund_id=fund_id, days=[as_of], known_at=known_at)[as_of]
    return _spread(as_of, [(one.name, one.cost, one.value, levels.get(one.id)) for one in held])


def readiness_history(
    tx: Tx, *, fund_id: int, through: Quarter, known_at: datetime | None = None
) -> tuple[LevelMoment, ...]:
    """The same at the end of every quarter from the first purchase on, under the levels known of each day."""
    see(tx, fund_id=fund_id, partner_id=None)
    found = worth_by_quarter(tx, fund_id=fund_id, through=through, known_at=known_at)
    days = [quarter.ends_on for quarter in found]
    levels = levels_on(tx, fund_id=fund_id, days=days, known_at=known_at)
    moments = []
    for quarter, held in found.items():
        known = levels[quarter.ends_on]
        parts = [(one.name, one.worth.cost, one.worth.value, known.get(one.holding_id)) for one in held]
        moments.append(LevelMoment(quarter, _spread(quarter.ends_on, parts)))
    return tuple(moments)


def levels_on(
    tx: Tx, *, fund_id: int, days: Collection[date], known_at: datetime | None = None
) -> dict[date, dict[int, int]]:
    """The level of every holding that has one on each of the days, by holding; read in one go."""
    last = max(days, default=date.min)
    sheets = holdings(tx, fund_id=fund_id, as_of=last, known_at=known_at)
    codes = {one.deal_code for one in sheets if one.deal_code}
    behind = {
        code: key
        for code, key in tx.execute(
            sa.select(col(Deal.code), col(Deal.achievement_id)).where(col(Deal.code).in_(codes))
        )
        if key is not None
    }
    made = levels_assessed(tx, achievement_ids=set(behind.values()), scale=Scale.TRL, known_at=known_at)
    told = readiness_told(tx, fund_id=fund_id, until=last, known_at=known_at)
    found: dict[date, dict[int, int]] = {day: {} for day in days}
    for sheet in sheets:
        elements, assessed = made.get(behind.get(sheet.deal_code or "", 0), ({}, []))
        for day, levels in found.items():
            by_then = [one for one in assessed if one.assessed_on <= day]
            level = project_level(elements, by_then, Scale.TRL)
            if level is None:
                level = next((of for on, of in reversed(told.get(sheet.id, [])) if on <= day), None)
            if level is not None:
                levels[sheet.id] = level
    return found


def _spread(as_of: date, parts: Sequence[tuple[str, int, int, int | None]]) -> ReadinessSpread:
    """Name, cost, value and level of each holding, by level."""
    held = [one for one in parts if one[1] or one[2]]
    if sum(value for _, _, value, _ in held) <= 0:
        return ReadinessSpread(as_of, (), None)
    costs: dict[str, int] = {}
    positions = []
    for name, cost, value, level in held:
        key = str(level or UNSAID)
        costs[key] = costs.get(key, 0) + cost
        positions.append(Position(name, value, {LEVEL: key}))
    found = shares(positions, LEVEL)
    slices = [
        LevelSlice(
            None if one.key == UNSAID else int(one.key), costs[one.key], int(one.value), one.share, one.names
        )
        for one in sorted(found, key=lambda one: -int(one.key))
    ]
    return ReadinessSpread(as_of, tuple(slices), hhi([100 * one.share for one in found]))
