"""Changing demands and achievements that were read at a version, and assessing readiness."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from app.api.channel import AchievementOut, DemandOut
from app.api.edits import VersionDep, tell_version
from app.api.schemas import REFUSALS, Body, MoneyIn
from app.deps import ApiActor, Now, TxDep
from pipeline.channel import achievements, demands, queries
from pipeline.channel.rules import AchievementState, ChainPosition, DemandState, Scale, Spec, Urgency

router = APIRouter(prefix="/api/v1", tags=["channel"], responses=REFUSALS)
Title = Annotated[str, Field(min_length=1, max_length=200)]
Long = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=200)]
Element = Annotated[str, Field(min_length=1, max_length=80)]


class Facts(Body):
    """What is left out stays as it is."""

    def given(self) -> dict[str, object]:
        """The facts that were sent, amounts in whole minor units, specifications as the channel keeps them."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields_set}


class SpecIn(Body):
    """One line of a specification."""

    name: Annotated[str, Field(min_length=1, max_length=80, examples=["tensile strength"])]
    value: Annotated[str, Field(min_length=1, max_length=80, examples=["≥ 80"])]
    unit: Annotated[str, Field(max_length=40, examples=["MPa"])] = ""


class DemandFacts(Facts):
    """What an open demand says."""

    title: Annotated[Title | None, Field(examples=["高炉富氢喷吹用耐热合金"])] = None
    problem: Annotated[str | None, Field(min_length=1, max_length=4000)] = None
    specification: Annotated[list[SpecIn] | None, Field(max_length=50)] = None
    sector: Annotated[str | None, Field(min_length=1, max_length=80)] = None
    wanted_trl: Annotated[int | None, Field(ge=1, le=9)] = None
    site: Short | None = None
    budget: MoneyIn | None = None
    deadline_on: date | None = None
    market_capacity: Annotated[str | None, Field(max_length=400)] = None
    urgency: Urgency | None = None
    chain_position: ChainPosition | None = None
    is_common_need: bool | None = None
    is_confidential: bool | None = None


class AchievementFacts(Facts):
    """What an achievement says."""

    title_zh: Annotated[Short | None, Field(examples=["抗氢脆耐热合金及其喷吹枪"])] = None
    title_en: Short | None = None
    summary_zh: Long | None = None
    summary_en: Long | None = None
    discipline: Annotated[str | None, Field(min_length=1, max_length=80)] = None
    sector: Annotated[str | None, Field(min_length=1, max_length=80)] = None
    site: Short | None = None
    cost: MoneyIn | None = None
    available_on: date | None = None


class DemandEnd(Body):
    """Whether the demand has been answered or withdrawn."""

    state: Annotated[DemandState, Field(examples=["answered"])]


class NewState(Body):
    """The state that the achievement comes to."""

    state: Annotated[AchievementState, Field(examples=["in_transformation"])]


class ElementIn(Body):
    """An element of an achievement whose readiness is assessed on its own."""

    name: Annotated[Element, Field(examples=["alloy"])]
    is_critical: bool


class AssessmentIn(Body):
    """How ready one element was on a day, with the evidence."""

    element: Annotated[Element, Field(examples=["alloy"])]
    scale: Scale
    level: Annotated[int, Field(ge=1, le=10, examples=[6])]
    evidence: Annotated[str, Field(min_length=1, max_length=400, examples=["检测报告 2026-118"])]
    assessor: Annotated[str, Field(min_length=1, max_length=80, examples=["第三方检测中心"])]
    assessed_on: date


@router.patch("/demands/{code}")
def edit_demand(
    code: str,
    body: DemandFacts,
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> DemandOut:
    """Change an open demand that was read at the version in `If-Match`; a stale one is refused."""
    found = queries.demand_by_code(tx, code=code, actor=actor)
    sheet = demands.edit_demand(tx, actor, demand_id=found.id, version=version, changes=body.given(), now=now)
    tell_version(response, sheet.version)
    return DemandOut.of(sheet)


@router.post("/demands/{code}/end", status_code=201)
def end_demand(code: str, body: DemandEnd, tx: TxDep, actor: ApiActor, now: Now) -> DemandOut:
    """Mark an open demand as answered or withdrawn."""
    found = queries.demand_by_code(tx, code=code, actor=actor)
    return DemandOut.of(demands.close_demand(tx, actor, demand_id=found.id, state=body.state, now=now))


@router.patch("/achievements/{code}")
def edit_achievement(
    code: str,
    body: AchievementFacts,
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> AchievementOut:
    """Change an achievement that was read at the version in `If-Match`; a stale one is refused."""
    found = queries.achievement_by_code(tx, code=code, actor=actor)
    sheet = achievements.edit_achievement(
        tx, actor, achievement_id=found.id, version=version, changes=body.given(), now=now
    )
    tell_version(response, sheet.version)
    return AchievementOut.of(sheet)


@router.post("/achievements/{code}/state", status_code=201)
def change_state(code: str, body: NewState, tx: TxDep, actor: ApiActor, now: Now) -> AchievementOut:
    """Wake an achievement, bring it into transformation, call it transformed, or one step back."""
    found = queries.achievement_by_code(tx, code=code, actor=actor)
    sheet = achievements.change_state(tx, actor, achievement_id=found.id, state=body.state, now=now)
    return AchievementOut.of(sheet)


@router.post("/achievements/{code}/elements", status_code=201)
def add_element(code: str, body: ElementIn, tx: TxDep, actor: ApiActor, now: Now) -> AchievementOut:
    """Add an element; a critical one that is not assessed leaves the achievement without a level."""
    found = queries.achievement_by_code(tx, code=code, actor=actor)
    sheet = achievements.add_element(tx, actor, achievement_id=found.id, **body.model_dump(), now=now)
    return AchievementOut.of(sheet)


@router.post("/achievements/{code}/assessments", status_code=201)
def assess(code: str, body: AssessmentIn, tx: TxDep, actor: ApiActor, now: Now) -> AchievementOut:
    """Assess one element; the achievement's level is the lowest over its critical elements."""
    found = queries.achievement_by_code(tx, code=code, actor=actor)
    sheet = achievements.assess(tx, actor, achievement_id=found.id, **body.model_dump(), now=now)
    return AchievementOut.of(sheet)


def _plain(value: object) -> object:
    if isinstance(value, MoneyIn):
        return value.minor()
    if isinstance(value, list):
        return [Spec(one.name, one.value, one.unit) for one in value]
    return value
