"""What is told about deals: the sheet of one, the card of one, and the board.

Without the right to see the whole deal only the teaser's facts are filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from kernel.errors import Problem
from kernel.instants import day_in_beijing
from pipeline.channel.rules import ChainPosition
from pipeline.deals.models import Deal, DealEvent
from pipeline.deals.rules import (
    LIMIT_DAYS,
    Age,
    DealFacts,
    Gate,
    Kind,
    Origin,
    PassReason,
    Stage,
    Status,
    age,
    days_in_stage,
    possible_moves,
)

# What an enterprise that is merely interested is not told.
NOT_IN_TEASER: Mapping[str, object] = MappingProxyType(
    {
        "round_name": "",
        "instrument": "",
        "amount": None,
        "pre_money": None,
        "pass_reason": None,
        "pass_note": "",
        "owner_id": None,
        "next_step": "",
        "next_step_on": None,
        "score": None,
        "conflict_note": "",
        "spinout_id": None,
    }
)


@dataclass(frozen=True)
class DealSheet:
    """Everything about a deal. Amounts are minor units of `currency`; `score` is 0..100 with two decimals.

    Without `is_whole` it is the teaser: what is left out is empty.
    """

    id: int
    code: str
    fund_id: int
    name: str
    technology: str
    sector: str
    chain_position: ChainPosition | None
    development_stage: str
    city: str
    origin: Origin
    round_name: str
    instrument: str
    amount: int | None
    pre_money: int | None
    currency: str
    stage: Stage
    status: Status
    entered_stage_at: datetime
    pass_reason: PassReason | None
    pass_note: str
    owner_id: int | None
    next_step: str
    next_step_on: date | None
    score: Fraction | None
    conflict_note: str
    spinout_id: int | None
    achievement_id: int | None
    trl: int | None
    mrl: int | None
    version: int
    recorded_at: datetime
    is_whole: bool = True


@dataclass(frozen=True)
class EventSheet:
    """One entry of a deal's history."""

    number: int
    kind: Kind
    from_stage: Stage | None
    to_stage: Stage
    gate: Gate | None
    pass_reason: PassReason | None
    reason: str
    detail: dict[str, object]
    actor_name: str
    at: datetime


@dataclass(frozen=True)
class Found:
    """A deal as a search finds it."""

    code: str
    name: str
    technology: str
    stage: Stage
    status: Status


@dataclass(frozen=True)
class Card:
    """A deal at a glance. `interested` and `interested_en` name the enterprises; `moves` is where it may go."""

    id: int
    code: str
    name: str
    technology: str
    sector: str
    origin: Origin
    stage: Stage
    status: Status
    amount: int | None
    currency: str
    score: Decimal | None
    trl: int | None
    mrl: int | None
    days_in_stage: int
    limit_days: int | None
    age: Age
    owner: str
    next_step: str
    next_step_on: date | None
    next_step_late: bool
    conflict_note: str
    interested: tuple[str, ...]
    interested_en: tuple[str, ...]
    moves: tuple[Stage, ...]
    version: int


@dataclass(frozen=True)
class Column:
    """One stage of the board: all its deals counted and totalled, the longest waiting shown."""

    stage: Stage
    limit_days: int | None
    count: int
    total: int | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Board:
    """All stages in order. Totals are minor units, None for a viewer who sees only teasers."""

    columns: tuple[Column, ...]
    count: int
    total: int | None


def facts_of(sheet: DealSheet, *, rights_missing: tuple[Problem, ...] = ()) -> DealFacts:
    """A sheet as the rules see it."""
    known = {
        field.name: getattr(sheet, field.name) for field in fields(DealFacts) if hasattr(sheet, field.name)
    }
    return DealFacts(**known, rights_missing=rights_missing)


def hundredths(value: int | None) -> Decimal | None:
    """A score kept in hundredths as it is shown: 8167 -> 81.67."""
    return None if value is None else Decimal(value).scaleb(-2)


def sheet_of(row: Deal, trl: int | None, mrl: int | None, *, whole: bool) -> DealSheet:
    """The sheet of a row; without `whole` only the teaser's facts are filled in."""
    names = [field.name for field in fields(DealSheet) if hasattr(row, field.name)]
    facts: dict[str, Any] = {name: getattr(row, name) for name in names}
    left_out = {} if whole else dict(NOT_IN_TEASER)
    return DealSheet(**(facts | left_out | {"trl": trl, "mrl": mrl, "is_whole": whole}))


def event_of(row: DealEvent) -> EventSheet:
    return EventSheet(
        row.number,
        row.kind,
        row.from_stage,
        row.to_stage,
        row.gate,
        row.pass_reason,
        row.reason,
        row.detail,
        row.actor_name,
        row.at,
    )


def card_of(row: Any, *, whole: bool, now: datetime) -> Card:
    """The card of a row that `cards.statement` has read."""
    sheet = sheet_of(row.Deal, row.trl, row.mrl, whole=whole)
    days = days_in_stage(sheet.entered_stage_at, now)
    names: list[tuple[str, str]] = sorted(row.interested or []) if whole else []
    return Card(
        id=sheet.id,
        code=sheet.code,
        name=sheet.name,
        technology=sheet.technology,
        sector=sheet.sector,
        origin=sheet.origin,
        stage=sheet.stage,
        status=sheet.status,
        amount=sheet.amount,
        currency=sheet.currency,
        score=hundredths(row.Deal.score_hundredths) if whole else None,
        trl=sheet.trl,
        mrl=sheet.mrl,
        days_in_stage=days,
        limit_days=LIMIT_DAYS.get(sheet.stage),
        age=age(sheet.stage, days),
        owner=row.owner or "" if whole else "",
        next_step=sheet.next_step,
        next_step_on=sheet.next_step_on,
        next_step_late=sheet.next_step_on is not None and sheet.next_step_on < day_in_beijing(now),
        conflict_note=sheet.conflict_note,
        interested=tuple(name for name, _ in names),
        interested_en=tuple(english or name for name, english in names),
        moves=possible_moves(sheet.stage) if whole and sheet.status == Status.ACTIVE else (),
        version=sheet.version,
    )
