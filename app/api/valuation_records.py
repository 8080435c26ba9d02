"""What stands beside valuation files: the fund's policy, calibrations at purchases, later events."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, JsonValue

from app.api.schemas import (
    REFUSALS,
    AmountIn,
    Body,
    FractionField,
    FractionIn,
    MoneyField,
    Out,
    example,
)
from app.api.valuation_shapes import RightsIn, Told, minor_of
from app.api.valuations import READERS
from app.api.whose import AsOf, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.holdings.mark_rules import Technique
from fund.holdings.queries import holding_by_code
from fund.valuations import queries, records
from fund.valuations.calibration import CalibrationKind, Facts
from fund.valuations.policy import Policy, PolicySheet
from kernel.instants import day_in_beijing

router = APIRouter(prefix="/api/v1", tags=["valuations"], responses=REFUSALS)
EVENT: dict[str, JsonValue] = {
    "happened_on": "2026-09-12",
    "says": "最大客户终止采购",
    "source": "企业来函",
}
Days = Annotated[int, Field(ge=0, le=3660)]


class CalibrationOut(Out):
    """What a round implied on its day."""

    instrument: str
    number: int
    calibrated_on: date
    kind: str
    parameter: str
    implied: FractionField
    source: str
    recorded_by: str
    recorded_at: datetime


class EventOut(Out):
    """Something that may have changed a company's value."""

    happened_on: date
    says: str
    source: str
    recorded_by: str
    recorded_at: datetime


class PolicyIn(Body):
    """How the fund values from a day on. `techniques` by stage: a stage that is not named may use all."""

    model_config = Body.model_config | example(
        effective_on="2026-10-01",
        note="估值委员会 2026 年第 3 号决议",
        stale_days=100,
        milestone_days=30,
        rounding="0.01",
        file_from={"amount": "20000000.00", "currency": "CNY"},
        techniques={"种子期": ["milestones", "scenarios"]},
    )

    effective_on: date
    note: Told
    stale_days: Days = 100
    milestone_days: Days = 30
    rounding: FractionIn = Field(default="0.01", validate_default=True)
    file_from: AmountIn | None = None
    needs_minute: bool = True
    approvers: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=20)] = []
    techniques: dict[str, list[Technique]] = {}
    committee: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(max_length=20, description="Members who answer each file; nobody: there is no committee"),
    ] = []
    quorum: FractionIn = Field(default="0.5", validate_default=True)
    threshold: FractionIn = Field(default="2/3", validate_default=True)

    def said(self) -> Policy:
        """The room's value."""
        return Policy(
            self.stale_days,
            self.milestone_days,
            self.rounding,
            minor_of(self.file_from),
            self.needs_minute,
            tuple(self.approvers),
            {stage: tuple(allowed) for stage, allowed in self.techniques.items()},
            tuple(self.committee),
            self.quorum,
            self.threshold,
        )


class PolicyOut(Out):
    """One version of the policy; without `file_from` only an interested partner's company needs a full file."""

    number: int
    effective_on: date
    note: str
    stale_days: int
    milestone_days: int
    rounding: FractionField
    file_from: MoneyField | None
    needs_minute: bool
    approvers: list[str]
    techniques: dict[str, list[Technique]]
    committee: list[str]
    quorum: FractionField
    threshold: FractionField
    recorded_by: str
    recorded_at: datetime


class CalibrationIn(Body):
    """A round and what stands against its price: the figure of a multiple, proceeds of a rate or chance, a cap table.

    multiple = price / metric; rate = (probability x proceeds / price) ^ (1 / years) - 1; probability = price /
    proceeds; equity by backsolve from `rights`.
    """

    model_config = Body.model_config | example(
        calibrated_on="2026-03-20",
        kind="multiple",
        parameter="企业价值 / 收入",
        price={"amount": "200000000.00", "currency": "CNY"},
        metric={"amount": "60000000.00", "currency": "CNY"},
        source="投资协议",
    )

    calibrated_on: date
    kind: CalibrationKind
    parameter: Annotated[str, Field(max_length=200)]
    source: Annotated[str, Field(max_length=400)]
    instrument: Annotated[str | None, Field(max_length=32)] = None
    price: AmountIn = AmountIn(amount="0")
    metric: AmountIn = AmountIn(amount="0")
    proceeds: AmountIn = AmountIn(amount="0")
    years: FractionIn = Field(default="0", validate_default=True)
    probability: FractionIn = Field(default="1", validate_default=True)
    rights: RightsIn | None = None

    def facts(self) -> Facts:
        """The room's value."""
        return Facts(
            self.price.minor(),
            self.metric.minor(),
            self.proceeds.minor(),
            self.years,
            self.probability,
            self.rights.said() if self.rights else None,
        )


class EventIn(Body):
    """What happened to a company, and how it is known."""

    model_config = Body.model_config | example(**EVENT)

    happened_on: date
    says: Told
    source: Told


@router.get("/valuation-policy")
def policies(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[PolicyOut]:
    """Every version of the fund's valuation policy, oldest first."""
    actor.require(*READERS)
    return [_policy(one, fund.currency) for one in queries.versions(tx, fund_id=fund.id)]


@router.post("/valuation-policy", status_code=201)
def set_policy(body: PolicyIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> PolicyOut:
    """Lay down how the fund values from a day on."""
    made = records.set_policy(
        tx,
        actor,
        fund_id=fund.id,
        policy=body.said(),
        effective_on=body.effective_on,
        note=body.note,
        now=now,
    )
    return _policy(made, fund.currency)


@router.get("/holdings/{code}/calibrations")
def calibrations(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[CalibrationOut]:
    """What the rounds of a holding implied up to a day."""
    actor.require(*READERS)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    return [CalibrationOut.of(one) for one in queries.calibrations(tx, holding_id=found.id, until=as_of)]


@router.post("/holdings/{code}/calibrations", status_code=201)
def calibrate(
    code: str, body: CalibrationIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> CalibrationOut:
    """Put on record what the price of a round implies; later files say what it is then and why it moved."""
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=day_in_beijing(now), actor=actor)
    said = body.model_dump(include={"calibrated_on", "kind", "parameter", "source", "instrument"})
    made = records.calibrate(tx, actor, holding_id=found.id, facts=body.facts(), **said, now=now)
    return CalibrationOut.of(made)


@router.get("/holdings/{code}/events")
def events(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[EventOut]:
    """What happened to a company up to a day."""
    actor.require(*READERS)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    return [EventOut.of(one) for one in queries.events(tx, holding_ids=[found.id], until=as_of)]


@router.post("/holdings/{code}/events", status_code=201)
def note_event(code: str, body: EventIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> EventOut:
    """Put on record what may have changed a company's value; marks of days before it become stale."""
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=day_in_beijing(now), actor=actor)
    return EventOut.of(records.note_event(tx, actor, holding_id=found.id, **body.model_dump(), now=now))


def _policy(sheet: PolicySheet, currency: str) -> PolicyOut:
    said: dict[str, Any] = {name: getattr(sheet.policy, name) for name in Policy.__dataclass_fields__}
    own = {name: getattr(sheet, name) for name in ("number", "effective_on", "note", "recorded_by")}
    people = {"approvers": list(sheet.policy.approvers), "committee": list(sheet.policy.committee)}
    more = {**people, "recorded_at": sheet.recorded_at}
    return PolicyOut.model_validate({**said, **own, **more}, context={"currency": currency})
