"""The two-way channel: enterprises' demands, the university's achievements, each with what it needs to be matched."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, MoneyField, MoneyIn, Out, PageOut
from app.deps import ApiActor, Now, TxDep
from pipeline.channel import queries
from pipeline.channel.achievements import register_achievement as register_the_achievement
from pipeline.channel.demands import register_demand as register_the_demand
from pipeline.channel.rules import (
    AchievementState,
    ChainPosition,
    DemandState,
    RightKind,
    RightStatus,
    Scale,
    Urgency,
)

router = APIRouter(prefix="/api/v1", tags=["channel"], responses=REFUSALS)
Text = Annotated[str, Query(max_length=80, description="Words in Chinese or English")]
Code = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$")]


class SpecOut(Out):
    """One line of a specification."""

    name: str
    value: str
    unit: str


class DemandOut(Out):
    """An enterprise's need; a confidential one is shown to no other enterprise."""

    code: str
    party_id: int
    enterprise_zh: str
    enterprise_en: str
    title: str
    problem: str
    specification: list[SpecOut]
    sector: str
    wanted_trl: int | None
    site: str
    budget: MoneyField | None
    deadline_on: date | None
    market_capacity: str
    urgency: Urgency
    chain_position: ChainPosition
    is_common_need: bool
    is_confidential: bool
    state: DemandState
    version: int


class DemandIn(Body):
    """A need as the enterprise states it; the code that it states itself is kept under its own mark (P5-N26-001)."""

    code: Annotated[Code, Field(examples=["N26-001"])]
    party_id: int
    title: Annotated[str, Field(min_length=1, max_length=200)]
    problem: Annotated[str, Field(min_length=1, max_length=4000)]
    sector: Annotated[str, Field(min_length=1, max_length=80)]
    chain_position: ChainPosition
    wanted_trl: Annotated[int | None, Field(ge=1, le=9)] = None
    site: Annotated[str, Field(max_length=200)] = ""
    budget: MoneyIn | None = None
    deadline_on: date | None = None
    market_capacity: Annotated[str, Field(max_length=400)] = ""
    urgency: Urgency = next(iter(Urgency))
    is_common_need: bool = False
    is_confidential: bool = False


class AchievementOut(Out):
    """What the university has; its readiness is the lowest over its critical elements."""

    id: int
    code: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    discipline: str
    sector: str
    site: str
    cost: MoneyField | None
    available_on: date | None
    state: AchievementState
    trl: int | None
    mrl: int | None
    version: int


class AchievementIn(Body):
    """An achievement; team, rights and readiness follow."""

    code: Annotated[Code, Field(examples=["A26-061"])]
    discipline: Annotated[str, Field(min_length=1, max_length=80)]
    sector: Annotated[str, Field(min_length=1, max_length=80)]
    title_zh: Annotated[str, Field(max_length=200)] = ""
    title_en: Annotated[str, Field(max_length=200)] = ""
    summary_zh: Annotated[str, Field(max_length=4000)] = ""
    summary_en: Annotated[str, Field(max_length=4000)] = ""
    site: Annotated[str, Field(max_length=200)] = ""


class MemberOut(Out):
    """Somebody of the team."""

    name: str
    role: str


class RightOut(Out):
    """A piece of intellectual property and how it stood on a day."""

    number: str
    title: str
    kind: RightKind
    status: RightStatus
    as_of: date


class ReadinessOut(Out):
    """One assessment of one element, with its evidence."""

    element: str
    is_critical: bool
    scale: Scale
    level: int
    evidence: str
    assessor: str
    assessed_on: date
    is_newest: bool


class AchievementDetailOut(AchievementOut):
    """An achievement with its team, rights and readiness."""

    team: list[MemberOut]
    rights: list[RightOut]
    readiness: list[ReadinessOut]


@router.get("/demands")
def demands(
    tx: TxDep,
    actor: ApiActor,
    text: Text = "",
    sector: Annotated[str, Query(max_length=80)] = "",
    state: DemandState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[DemandOut]:
    """The demands that the actor may see."""
    page = queries.demands(tx, actor=actor, text=text, sector=sector, state=state, after=after, limit=limit)
    return PageOut(items=[DemandOut.of(sheet) for sheet in page.items], next=page.next)


@router.post("/demands", status_code=201)
def register_demand(body: DemandIn, tx: TxDep, actor: ApiActor, now: Now) -> DemandOut:
    """Register a need."""
    facts = body.model_dump(exclude={"budget"})
    budget = body.budget.minor() if body.budget else None
    return DemandOut.of(register_the_demand(tx, actor, **facts, budget=budget, now=now))


@router.get("/demands/{code}")
def demand(code: str, tx: TxDep, actor: ApiActor) -> DemandOut:
    """One demand."""
    return DemandOut.of(queries.demand_by_code(tx, code=code, actor=actor))


@router.get("/achievements")
def achievements(
    tx: TxDep,
    actor: ApiActor,
    text: Text = "",
    sector: Annotated[str, Query(max_length=80)] = "",
    state: AchievementState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[AchievementOut]:
    """The achievements that the actor may see."""
    page = queries.achievements(
        tx, actor=actor, text=text, sector=sector, state=state, after=after, limit=limit
    )
    return PageOut(items=[AchievementOut.of(sheet) for sheet in page.items], next=page.next)


@router.post("/achievements", status_code=201)
def register_achievement(body: AchievementIn, tx: TxDep, actor: ApiActor, now: Now) -> AchievementOut:
    """Register an achievement."""
    return AchievementOut.of(register_the_achievement(tx, actor, **body.model_dump(), now=now))


@router.get("/achievements/{code}")
def achievement(code: str, tx: TxDep, actor: ApiActor) -> AchievementDetailOut:
    """One achievement with team, rights and readiness."""
    found = queries.achievement_by_code(tx, code=code, actor=actor)
    detail = queries.achievement_detail(tx, achievement_id=found.id, actor=actor)
    own = {name: getattr(detail.sheet, name) for name in AchievementOut.model_fields}
    more = {"team": detail.team, "rights": detail.rights, "readiness": detail.readiness}
    return AchievementDetailOut.of(own | more, detail.sheet.currency)
