"""What the fund owns, and how each holding is marked. Whoever prepares a mark does not approve it."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    Body,
    FractionField,
    FractionIn,
    Limit,
    MoneyField,
    MoneyIn,
    Out,
    PageOut,
    example,
)
from app.api.whose import AsOf, FundDep, KnownAt
from app.deps import ApiActor, Now, TxDep
from fund.holdings import marks as acts
from fund.holdings import queries
from fund.holdings.help import help_wanted, say_help_wanted
from fund.holdings.mark_rules import Causes, MarkState, Technique
from fund.holdings.position import Status
from fund.holdings.sheets import HoldingSheet
from fund.valuations import actions as valuations
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.paging import sliced

router = APIRouter(prefix="/api/v1", tags=["holdings"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE, Role.LP_USER)


class HoldingOut(Out):
    """A company in the portfolio: all that was ever paid, the cost of what is held, its fair value, what came back."""

    id: int
    code: str
    name: str
    name_en: str
    sector: str
    chain_position: str
    stage: str
    origin: str
    city: str
    deal_code: str
    acquired_on: date | None
    status: Status
    invested: MoneyField
    cost: MoneyField
    value: MoneyField
    proceeds: MoneyField
    income: MoneyField
    realised_gain: MoneyField
    unrealised: MoneyField
    ownership: FractionField | None
    marked_on: date | None


class CausesOut(Out):
    """Why the value moved on its own."""

    company: MoneyField
    market: MoneyField
    rights: MoneyField
    currency: MoneyField


class BridgeOut(Out):
    """From the mark before: opening + bought - sold + causes = the value."""

    opening: MoneyField
    bought: MoneyField
    sold: MoneyField
    causes: CausesOut


class MarkOut(Out):
    """A mark with its working, who prepared it and who approved it."""

    id: int
    instrument: str
    number: int
    marked_on: date
    value: MoneyField
    technique: Technique
    inputs: list[dict[str, Any]]
    calibration: str
    reason: str
    ownership: FractionField | None
    is_permanent_loss: bool
    bridge: BridgeOut
    milestones: list[dict[str, Any]]
    state: MarkState
    supersedes_id: int | None
    prepared_by: str
    prepared_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    rejected_by: str | None
    reject_reason: str


class CausesIn(Body):
    """Why the value moved since the mark before; together they are the whole movement."""

    company: MoneyIn
    market: MoneyIn = MoneyIn(amount="0.00")
    rights: MoneyIn = MoneyIn(amount="0.00")
    currency: MoneyIn = MoneyIn(amount="0.00")


class MilestoneIn(Body):
    """A milestone that the value leans on: what, by when, and when it was met."""

    what: Annotated[str, Field(min_length=1, max_length=200, examples=["首台样机通过测试"])]
    what_en: Annotated[str, Field(max_length=200)] = ""
    due_on: date
    met_on: date | None = None


class MarkIn(Body):
    """A fair value on a day. An unchanged value needs a reason; the price of a round is an input, not a technique."""

    model_config = example(
        marked_on="2026-09-30",
        value={"amount": "20000000.00", "currency": "CNY"},
        technique="milestones",
        reason="首台样机通过测试",
    )

    marked_on: date
    value: MoneyIn
    technique: Technique
    instrument: Annotated[str | None, Field(max_length=32)] = None
    inputs: Annotated[list[dict[str, str]], Field(max_length=50)] = []
    calibration: Annotated[str, Field(max_length=4000)] = ""
    reason: Annotated[str, Field(max_length=4000)] = ""
    causes: CausesIn | None = None
    milestones: Annotated[list[MilestoneIn], Field(max_length=50)] = []
    ownership: Annotated[FractionIn | None, Field(examples=["0.08"])] = None
    is_permanent_loss: bool = False
    supersedes_id: Annotated[
        int | None, Field(description="The last mark of that day, which this one corrects")
    ] = None


class RejectionIn(Body):
    """Why a mark is turned down."""

    reason: Annotated[str, Field(min_length=1, max_length=1000, examples=["可比公司口径不一致"])]


class ApprovalIn(Body):
    """The minute of the valuation committee."""

    model_config = example(minute="估值委员会 2026-07")

    minute: Annotated[str, Field(max_length=400)] = ""


class HelpIn(Body):
    """What a company asks of industry from a day on: a line each, in both languages as "中文 / English"."""

    model_config = example(
        says=["在运行产线上的工业试验窗口 / A window for an industrial trial on a running line"],
        wanted_on="2026-09-30",
    )

    says: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=6)]
    wanted_on: date


class HelpOut(Out):
    """The wishes that hold on a day."""

    says: list[str]


@router.get("/holdings")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[HoldingOut]:
    """Everything acquired by a day, what has left the portfolio too."""
    actor.require(*READERS)
    found = queries.holdings(tx, fund_id=fund.id, as_of=as_of, known_at=known_at, actor=actor)
    page = sliced(found, lambda sheet: sheet.code, after=after, limit=limit)
    return PageOut(items=[HoldingOut.of(sheet, fund.currency) for sheet in page.items], next=page.next)


@router.get("/holdings/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> HoldingOut:
    """One holding."""
    actor.require(*READERS)
    return HoldingOut.of(
        queries.holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor), fund.currency
    )


@router.get("/holdings/{code}/marks")
def marks(
    code: str,
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[MarkOut]:
    """The marks of a holding, newest first; drafts only for those who may see them."""
    actor.require(*READERS)
    found = queries.holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    every = queries.marks(tx, holding_id=found.id, actor=actor)
    page = sliced(every, lambda sheet: sheet.id, after=after, limit=limit)
    return PageOut(items=[MarkOut.of(sheet, fund.currency) for sheet in page.items], next=page.next)


@router.get("/holdings/{code}/help-wanted")
def wanted(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> HelpOut:
    """What the company asks of industry on a day, as the manager wrote it down; the reports print just this."""
    actor.require(*READERS)
    found = queries.holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    return HelpOut(says=list(help_wanted(tx, holding_id=found.id, as_of=as_of)))


@router.post("/holdings/{code}/help-wanted", status_code=201)
def say_wanted(code: str, body: HelpIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> HelpOut:
    """Put on record what help is wanted from a day on; an empty list says that none is."""
    on = day_in_beijing(now)
    found = queries.holding_by_code(tx, fund_id=fund.id, code=code, as_of=on, actor=actor)
    says = "\n".join(body.says)
    lines = say_help_wanted(tx, actor, holding_id=found.id, says=says, wanted_on=body.wanted_on, now=now)
    return HelpOut(says=list(lines))


@router.post("/holdings/{code}/marks", status_code=201, response_model=MarkOut)
def prepare(code: str, body: MarkIn, once: OnceDep, fund: FundDep) -> object:
    """Prepare a mark; it counts once somebody else has approved it."""

    def act() -> MarkOut:
        found = _holding(once, fund.id, code)
        facts = body.model_dump(exclude={"value", "causes", "milestones", "ownership"})
        causes = body.causes and Causes(
            **{name: getattr(body.causes, name).minor() for name in CausesIn.model_fields}
        )
        milestones = [
            {**one.model_dump(mode="json"), "met_on": one.met_on.isoformat() if one.met_on else ""}
            for one in body.milestones
        ]
        facts |= {"causes": causes, "milestones": milestones, "ownership": body.ownership}
        sheet = valuations.prepare_quick(
            once.tx, once.actor, holding_id=found.id, value=body.value.minor(), **facts, now=once.now
        )
        return MarkOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/marks/{mark_id}/approval", status_code=201, response_model=MarkOut)
def approve(mark_id: int, body: ApprovalIn, once: OnceDep, fund: FundDep) -> object:
    """Approve a mark that somebody else prepared; the change of value is booked for each partner."""

    def act() -> MarkOut:
        sheet = valuations.approve(once.tx, once.actor, mark_id=mark_id, minute=body.minute, now=once.now)
        return MarkOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/marks/{mark_id}/rejection", status_code=201, response_model=MarkOut)
def reject(mark_id: int, body: RejectionIn, once: OnceDep, fund: FundDep) -> object:
    """Turn a draft down, or withdraw one's own; the next mark of its day takes its place."""

    def act() -> MarkOut:
        sheet = acts.reject_mark(once.tx, once.actor, mark_id=mark_id, reason=body.reason, now=once.now)
        return MarkOut.of(sheet, fund.currency)

    return once.answer(act)


def _holding(once: OnceDep, fund_id: int, code: str) -> HoldingSheet:
    today = day_in_beijing(once.now)
    return queries.holding_by_code(once.tx, fund_id=fund_id, code=code, as_of=today, actor=once.actor)
