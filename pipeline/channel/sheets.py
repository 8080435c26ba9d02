"""What is told about demands, achievements and matches."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from fund.parties.models import Party
from pipeline.channel.models import Achievement, Demand, Match
from pipeline.channel.rules import (
    AchievementState,
    ChainPosition,
    DemandState,
    MatchState,
    RightKind,
    RightStatus,
    Scale,
    Spec,
    Urgency,
)


@dataclass(frozen=True)
class DemandSheet:
    """A demand with the name of its enterprise; `budget` in minor units of `currency`."""

    id: int
    code: str
    party_id: int
    enterprise_zh: str
    enterprise_en: str
    title: str
    problem: str
    specification: tuple[Spec, ...]
    sector: str
    wanted_trl: int | None
    site: str
    budget: int | None
    currency: str
    deadline_on: date | None
    market_capacity: str
    urgency: Urgency
    chain_position: ChainPosition
    is_common_need: bool
    is_confidential: bool
    state: DemandState
    version: int


@dataclass(frozen=True)
class AchievementSheet:
    """An achievement in a list; `trl` and `mrl` are the project's levels (None: not all assessed)."""

    id: int
    code: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    discipline: str
    sector: str
    site: str
    cost: int | None
    currency: str
    available_on: date | None
    state: AchievementState
    trl: int | None
    mrl: int | None
    version: int


@dataclass(frozen=True)
class MemberSheet:
    """A person of the team."""

    name: str
    role: str
    party_id: int | None


@dataclass(frozen=True)
class RightSheet:
    """An item of intellectual property and where it stands."""

    number: str
    title: str
    kind: RightKind
    status: RightStatus
    as_of: date


@dataclass(frozen=True)
class ReadinessSheet:
    """One assessment of one element; `is_newest` tells the one that counts."""

    element: str
    is_critical: bool
    scale: Scale
    level: int
    evidence: str
    assessor: str
    assessed_on: date
    is_newest: bool


@dataclass(frozen=True)
class AchievementDetail:
    """An achievement with its team, rights, elements (name: critical or not) and all assessments."""

    sheet: AchievementSheet
    team: tuple[MemberSheet, ...]
    rights: tuple[RightSheet, ...]
    elements: Mapping[str, bool]
    readiness: tuple[ReadinessSheet, ...]


@dataclass(frozen=True)
class Reason:
    """One component of a score: its points of 1000, its weight in hundredths, and why (a template with facts)."""

    name: str
    weight: int
    score: int
    says: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class MatchSheet:
    """A match from both sides; `score` is 0..1000."""

    id: int
    demand_id: int
    demand: str
    demand_title: str
    achievement_id: int
    achievement: str
    title_zh: str
    title_en: str
    score: int
    reasons: tuple[Reason, ...]
    state: MatchState
    reason: str
    decided_by: str
    decided_at: datetime | None


def demand_sheet(row: Demand, party: Party) -> DemandSheet:
    """A demand and its enterprise as they are shown."""
    facts = _same_named(row, DemandSheet)
    facts["specification"] = tuple(Spec(**line) for line in row.specification)
    return DemandSheet(**facts, enterprise_zh=party.name_zh, enterprise_en=party.name_en)


def achievement_sheet(row: Achievement) -> AchievementSheet:
    """An achievement as it is shown in a list."""
    return AchievementSheet(**_same_named(row, AchievementSheet))


def match_sheet(row: Match, demand: Demand, achievement: Achievement) -> MatchSheet:
    """A match as it is shown from either side."""
    facts = _same_named(row, MatchSheet)
    facts["reasons"] = tuple(reason_of(component) for component in row.components)
    return MatchSheet(
        **facts,
        demand=demand.code,
        demand_title=demand.title,
        achievement=achievement.code,
        title_zh=achievement.title_zh,
        title_en=achievement.title_en,
    )


def reason_of(component: Mapping[str, Any]) -> Reason:
    """A component of a score as it was kept."""
    return Reason(**{field.name: component[field.name] for field in fields(Reason)})


def _same_named(row: object, sheet: type) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(sheet) if hasattr(row, field.name)}
