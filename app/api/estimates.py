"""The estimate of calls that is published, and inside the house every method's own beside it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from app.api.schemas import REFUSALS, Body, MoneyOut, Out, example, money
from app.api.whose import BOOK_READERS, EndedQuarter, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.estimates.queries import EstimateSheet, estimates
from fund.estimates.rules import LONGEST, CallMethod, QuarterCalls
from fund.forecasts.calls import call_ways, publish_estimate
from fund.forecasts.queries import scenario
from kernel.identity.rules import Role
from kernel.periods import Quarter

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)


class EstimateIn(Body):
    """What is to be published: what one method says at the end of a quarter that is over."""

    model_config = Body.model_config | example(quarter="2026Q3", method="plan", scenario=1, note="")

    quarter: Annotated[str, Field(pattern="^(19|20)[0-9]{2}Q[1-4]$")]
    method: CallMethod
    scenario: Annotated[
        int | None, Field(ge=1, lt=2**31, description="For a plan or a simulation: one that was kept")
    ] = None
    note: Annotated[str, Field(max_length=LONGEST, description="Stays inside the house")] = ""


class QuarterCallsOut(Out):
    """What is expected to be called in a quarter; low and high where the method gives a range."""

    quarter: str
    fee: MoneyOut
    investment: MoneyOut
    total: MoneyOut
    low: MoneyOut | None
    high: MoneyOut | None


class EstimateOut(Out):
    """An estimate that was published. `calls` are the fund's, to a partner's people their own part."""

    number: int
    quarter: Annotated[str, Field(description="From the books of its end")]
    method: CallMethod
    scenario: int | None
    seed: int | None
    note: Annotated[str | None, Field(description="None to who is not of the house")]
    recorded_by: str
    recorded_at: datetime
    calls: list[QuarterCallsOut]


class WayOut(Out):
    """What one method says, or why it says nothing."""

    method: CallMethod
    calls: list[QuarterCallsOut]
    total: MoneyOut
    refused: str | None


class CallWaysOut(Out):
    """Every method's calls of the quarters to come, beside what is published of them."""

    quarters: list[str]
    published: Annotated[int | None, Field(description="The number of the estimate that holds")]
    estimate: list[QuarterCallsOut]
    ways: list[WayOut]


@router.get("/call-estimates")
def published(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[EstimateOut]:
    """Every estimate of calls that was published, newest first; the first one holds."""
    actor.require(*BOOK_READERS, Role.LP_USER)
    inside = actor.has(*BOOK_READERS)
    return [_estimate(one, fund.currency, inside) for one in estimates(tx, fund_id=fund.id, actor=actor)]


@router.post("/call-estimates", status_code=201)
def publish(body: EstimateIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> EstimateOut:
    """Publish one: from now on it is what partners' reports tell."""
    found = publish_estimate(
        tx,
        actor,
        fund_id=fund.id,
        quarter=Quarter.parse(body.quarter),
        method=body.method,
        scenario_number=body.scenario,
        note=body.note,
        now=now,
    )
    return _estimate(found, fund.currency, inside=True)


@router.get("/forecasts/{number}/calls")
def ways(
    number: Annotated[int, Path(ge=1, lt=2**31)],
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: EndedQuarter,
) -> CallWaysOut:
    """What every method says from a quarter's end on, a scenario's by the one named; for use inside the house."""
    actor.require(*BOOK_READERS)
    kept = scenario(tx, fund_id=fund.id, number=number)
    found = call_ways(tx, fund_id=fund.id, quarter=quarter, scenario=kept.scenario)
    return CallWaysOut(
        quarters=[str(one) for one in found.quarters],
        published=found.published.number if found.published else None,
        estimate=[_calls(one, fund.currency) for one in found.estimate],
        ways=[
            WayOut(
                method=one.method,
                calls=[_calls(call, fund.currency) for call in one.calls],
                total=money(one.total, fund.currency),
                refused=one.refused.code if one.refused else None,
            )
            for one in found.ways
        ],
    )


def _estimate(sheet: EstimateSheet, currency: str, inside: bool) -> EstimateOut:
    return EstimateOut(
        number=sheet.number,
        quarter=str(sheet.quarter),
        method=sheet.method,
        scenario=sheet.scenario,
        seed=sheet.seed,
        note=sheet.note if inside else None,
        recorded_by=sheet.recorded_by,
        recorded_at=sheet.recorded_at,
        calls=[_calls(one, currency) for one in sheet.calls()],
    )


def _calls(one: QuarterCalls, currency: str) -> QuarterCallsOut:
    return QuarterCallsOut(
        quarter=str(one.quarter),
        fee=money(one.fee, currency),
        investment=money(one.investment, currency),
        total=money(one.total, currency),
        low=None if one.low is None else money(one.low, currency),
        high=None if one.high is None else money(one.high, currency),
    )
