"""Follow-on reserves, inside the house: what is kept back for companies, against what the fund can still pay."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, MoneyOut, Out, example, money
from app.api.whose import BOOK_READERS, FundDep, ToldOn
from app.deps import ApiActor, Now, TxDep
from fund.forecasts.reserve_rules import LONGEST, ReservePlan
from fund.forecasts.reserves import Reserves, plan_reserve, reserves
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from pipeline.closing.promised import promised

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)


class ReserveIn(Body):
    """What is to be kept back for a holding from today on; nothing ends it."""

    model_config = Body.model_config | example(
        amount={"amount": "5000000.00", "currency": "CNY"}, expected="2027Q2", note="B 轮"
    )

    amount: AmountIn
    expected: Annotated[str, Field(description="The quarter in which it is expected to be needed: 2027Q2")]
    note: Annotated[str, Field(max_length=LONGEST)] = ""


class ReserveOut(Out):
    """A holding's reserve: planned, invested since the plan, and what of it is still kept back."""

    holding: str
    name: str
    planned: MoneyOut
    planned_on: date
    expected: str
    invested: MoneyOut
    left: MoneyOut
    note: str
    recorded_by: str


class QuarterAheadOut(Out):
    """A quarter to come; `left` below zero: the fund's money does not reach."""

    quarter: str
    fee: MoneyOut
    needed: MoneyOut
    left: MoneyOut


class BrokenLimitOut(Out):
    """A limit of the charter that all reserves together would break, were they invested at cost."""

    limit: str
    key: str
    before: FractionField
    current: FractionField
    maximum: FractionField


class ReservesOut(Out):
    """What is kept back on a day. `free` = cash + unfunded - fees to come - kept - promised; no `cover` where nothing
    is kept.

    For use inside the house; no part of it may stand in a partner's document.
    """

    as_of: date
    cash: Annotated[MoneyOut, Field(description="Beside the holdings, less what the fund owes")]
    unfunded: MoneyOut
    fees: Annotated[
        MoneyOut, Field(description="Until the last reserve is needed, by the terms of each quarter")
    ]
    kept: MoneyOut
    promised: Annotated[
        MoneyOut, Field(description="Approved and not paid, beyond what is kept for the same companies")
    ]
    free: MoneyOut
    cover: FractionField | None
    lines: list[ReserveOut]
    ahead: list[QuarterAheadOut]
    breaks: list[BrokenLimitOut]


@router.get("/reserves")
def read(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn) -> ReservesOut:
    """What is kept back for follow-on investments, by company and quarter, against cash and unfunded commitments."""
    actor.require(*BOOK_READERS)
    return _told(
        reserves(tx, fund_id=fund.id, as_of=as_of, promised=promised(tx, fund_id=fund.id, on=as_of)),
        fund.currency,
    )


@router.post("/holdings/{code}/reserve", status_code=201)
def plan(code: str, body: ReserveIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> ReservesOut:
    """Keep money back for a holding from today on. A new plan replaces the one before; both stay on record."""
    said = ReservePlan(body.amount.minor(), Quarter.parse(body.expected), body.note)
    plan_reserve(tx, actor, fund_id=fund.id, holding=code, plan=said, now=now)
    on = day_in_beijing(now)
    unpaid = promised(tx, fund_id=fund.id, on=on)
    return _told(reserves(tx, fund_id=fund.id, as_of=on, promised=unpaid), fund.currency)


def _told(found: Reserves, currency: str) -> ReservesOut:
    def amounts(one: object, *names: str) -> dict[str, MoneyOut]:
        return {name: money(getattr(one, name), currency) for name in names}

    lines = [
        amounts(one, "planned", "invested", "left")
        | {"holding": one.holding.code, "name": one.holding.name, "expected": str(one.expected)}
        | {name: getattr(one, name) for name in ("planned_on", "note", "recorded_by")}
        for one in found.lines
    ]
    ahead = [amounts(one, "fee", "needed", "left") | {"quarter": str(one.quarter)} for one in found.ahead]
    breaks = [
        {
            "limit": one.limit.dimension.value,
            "key": one.key,
            "before": one.before,
            "current": one.current,
            "maximum": one.limit.maximum,
        }
        for one in found.checks
    ]
    own = amounts(found, "cash", "unfunded", "fees", "kept", "promised", "free")
    rest = {"as_of": found.as_of, "cover": found.cover, "lines": lines, "ahead": ahead, "breaks": breaks}
    return ReservesOut.model_validate(own | rest)
