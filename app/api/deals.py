"""Deals: the board, the table, one deal, and what may be done with it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from app.api.schemas import (
    LIMIT,
    REFUSALS,
    Body,
    FractionField,
    Limit,
    MoneyField,
    MoneyIn,
    Out,
    PageOut,
)
from app.api.whose import FundDep
from app.deps import ApiActor, Now, TxDep
from kernel.errors import Invalid
from pipeline.channel.rules import ChainPosition
from pipeline.deals import actions, interests, queries
from pipeline.deals.filters import Sort, Wanted
from pipeline.deals.funnel import funnel
from pipeline.deals.rules import Origin, PassReason, Stage, Status
from pipeline.deals.sheets import DealSheet

router = APIRouter(prefix="/api/v1/deals", tags=["deals"], responses=REFUSALS)


class VersionNeeded(Invalid):
    code = "if_match_needed"
    says = 'Send the version that was read as `If-Match: "3"`.'


class CardOut(Out):
    """A deal at a glance."""

    code: str
    name: str
    technology: str
    sector: str
    origin: Origin
    stage: Stage
    status: Status
    amount: MoneyField | None
    score: Decimal | None
    trl: int | None
    mrl: int | None
    days_in_stage: int
    limit_days: int | None
    owner: str
    next_step: str
    next_step_on: date | None
    next_step_late: bool
    conflict_note: str
    interested: list[str]
    moves: list[Stage]
    version: int


class ColumnOut(Out):
    """A stage with how many deals stand there and for how much."""

    stage: Stage
    limit_days: int | None
    count: int
    total: MoneyField | None
    cards: list[CardOut]


class BoardOut(Out):
    """All stages in their order."""

    columns: list[ColumnOut]
    count: int
    total: MoneyField | None


class DealOut(Out):
    """One deal. `version` goes back as `If-Match` with an edit."""

    id: int
    code: str
    name: str
    technology: str
    sector: str
    chain_position: ChainPosition | None
    development_stage: str
    city: str
    origin: Origin
    round_name: str
    instrument: str
    amount: MoneyField | None
    pre_money: MoneyField | None
    stage: Stage
    status: Status
    entered_stage_at: datetime
    pass_reason: PassReason | None
    pass_note: str
    next_step: str
    next_step_on: date | None
    score: FractionField | None
    conflict_note: str
    spinout_id: int | None
    achievement_id: int | None
    trl: int | None
    mrl: int | None
    version: int


class EventOut(Out):
    """One thing that happened to a deal."""

    number: int
    kind: str
    from_stage: Stage | None
    to_stage: Stage
    pass_reason: PassReason | None
    reason: str
    actor_name: str
    at: datetime


class FunnelOut(Out):
    """How many deals of one origin stand at one stage with one status."""

    origin: Origin
    stage: Stage
    status: Status
    count: int
    amount: MoneyField


class DealFacts(Body):
    """What a deal says of itself; what is left out stays as it is."""

    name: Annotated[str | None, Field(min_length=1, max_length=160, examples=["氢储运合金 A 轮"])] = None
    technology: Annotated[str | None, Field(max_length=400)] = None
    sector: Annotated[str | None, Field(max_length=80)] = None
    chain_position: ChainPosition | None = None
    development_stage: Annotated[str | None, Field(max_length=80)] = None
    city: Annotated[str | None, Field(max_length=80)] = None
    origin: Origin | None = None
    round_name: Annotated[str | None, Field(max_length=80)] = None
    instrument: Annotated[str | None, Field(max_length=80)] = None
    amount: MoneyIn | None = None
    pre_money: MoneyIn | None = None
    owner_id: int | None = None
    next_step: Annotated[str | None, Field(max_length=400)] = None
    next_step_on: date | None = None
    spinout_id: int | None = None
    achievement_id: int | None = None

    def given(self) -> dict[str, object]:
        """The facts that were sent, amounts in whole minor units."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: value.minor() if isinstance(value, MoneyIn) else value for name, value in sent.items()}


class NewDeal(DealFacts):
    """A deal to be registered."""

    name: Annotated[str, Field(min_length=1, max_length=160, examples=["氢储运合金 A 轮"])]
    origin: Origin
    code: Annotated[str | None, Field(max_length=16, pattern=r"^[A-Za-z0-9-]+$", examples=["D26-041"])] = None


class MoveIn(Body):
    """Where to. Gated moves are made by the room that proves the gate."""

    to: Stage
    reason: Annotated[str | None, Field(max_length=400)] = None


class ReasonIn(Body):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=400)]


class PassIn(Body):
    """Why the fund lets the deal go."""

    kind: PassReason
    reason: Annotated[str, Field(max_length=400)] = ""


class InterestIn(Body):
    """An enterprise that wants to know of this deal, or to test it with us."""

    party_id: int
    is_co_diligence: bool = False
    note: Annotated[str, Field(max_length=400)] = ""


def wanted(
    text: Annotated[str, Query(max_length=80)] = "",
    stage: Annotated[list[Stage] | None, Query()] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    origin: Annotated[list[Origin] | None, Query()] = None,
    sector: Annotated[list[str] | None, Query(max_length=20)] = None,
    late: bool = False,
) -> Wanted:
    """Which deals are wanted: active and held ones unless a status is named."""
    return Wanted(
        text=text,
        stages=tuple(stage or ()),
        statuses=tuple(status or (Status.ACTIVE, Status.ON_HOLD)),
        origins=tuple(origin or ()),
        sectors=tuple(sector or ()),
        is_late=late,
    )


def _answer(sheet: DealSheet, response: Response) -> DealOut:
    response.headers["ETag"] = f'"{sheet.version}"'
    return DealOut.of(sheet)


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    fund: FundDep,
    text: Annotated[str, Query(max_length=80)] = "",
    stage: Annotated[list[Stage] | None, Query()] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    late: bool = False,
    sort: Sort = Sort.CODE,
    order: Literal["up", "down"] = "up",
    after: Annotated[str | None, Query(max_length=400)] = None,
    limit: Limit = LIMIT,
) -> PageOut[CardOut]:
    """The deals that the actor may see, as a table."""
    page = queries.table(
        tx,
        actor=actor,
        fund_id=fund.id,
        now=now,
        wanted=wanted(text, stage, status, late=late),
        sort=sort,
        descending=order == "down",
        after=after,
        limit=limit,
    )
    return PageOut(items=[CardOut.of(card) for card in page.items], next=page.next)


@router.get("/board")
def board(
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    fund: FundDep,
    text: Annotated[str, Query(max_length=80)] = "",
    status: Annotated[list[Status] | None, Query()] = None,
    late: bool = False,
) -> BoardOut:
    """All stages with count, money total and cards."""
    sheet = queries.board(
        tx, actor=actor, fund_id=fund.id, now=now, wanted=wanted(text, None, status, late=late)
    )
    return BoardOut.of(sheet, fund.currency)


@router.get("/funnel")
def by_origin(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[FunnelOut]:
    """Where deals come from and how far they have come; the rows sum to all deals."""
    return [FunnelOut.of(row, fund.currency) for row in funnel(tx, actor=actor, fund_id=fund.id)]


@router.post("", status_code=201)
def register(
    body: NewDeal, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep, response: Response
) -> DealOut:
    """Register a deal at the first stage."""
    facts = body.given()
    code, name, origin = facts.pop("code", None), str(facts.pop("name")), Origin(str(facts.pop("origin")))
    sheet = actions.register(
        tx,
        actor,
        fund_id=fund.id,
        name=name,
        origin=origin,
        code=str(code) if code else None,
        now=now,
        **facts,
    )
    return _answer(sheet, response)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, response: Response) -> DealOut:
    """One deal; its version comes as `ETag`."""
    return _answer(queries.deal_by_code(tx, code=code, actor=actor), response)


@router.get("/{code}/history")
def history(code: str, tx: TxDep, actor: ApiActor) -> list[EventOut]:
    """What happened to the deal, oldest first."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    return [EventOut.of(event) for event in queries.history(tx, deal_id=found.id, actor=actor)]


@router.patch("/{code}")
def edit(
    code: str,
    body: DealFacts,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
    if_match: Annotated[str | None, Header(examples=['"3"'])] = None,
) -> DealOut:
    """Change facts of a deal that was read at the version in `If-Match`; a stale one is refused."""
    version = (if_match or "").strip('W/" ')
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise VersionNeeded
    found = queries.deal_by_code(tx, code=code, actor=actor)
    sheet = actions.edit(tx, actor, deal_id=found.id, version=int(version), changes=body.given(), now=now)
    return _answer(sheet, response)


@router.post("/{code}/moves", status_code=201)
def move(code: str, body: MoveIn, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> DealOut:
    """Move a deal; a blocked move answers with everything that is missing."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    return _answer(
        actions.move(tx, actor, deal_id=found.id, to=body.to, reason=body.reason, now=now), response
    )


@router.post("/{code}/moves/undo", status_code=201)
def undo(code: str, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> DealOut:
    """Take back the last move, where nothing hangs on it."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    return _answer(actions.undo(tx, actor, deal_id=found.id, now=now), response)


@router.post("/{code}/hold", status_code=201)
def hold(code: str, body: ReasonIn, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> DealOut:
    """Put a deal on hold at its stage."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    return _answer(actions.hold(tx, actor, deal_id=found.id, reason=body.reason, now=now), response)


@router.post("/{code}/pass", status_code=201)
def pass_on(code: str, body: PassIn, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> DealOut:
    """Let a deal go; it keeps its stage."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    sheet = actions.pass_on(tx, actor, deal_id=found.id, kind=body.kind, reason=body.reason, now=now)
    return _answer(sheet, response)


@router.post("/{code}/reactivate", status_code=201)
def reactivate(
    code: str, body: ReasonIn, tx: TxDep, actor: ApiActor, now: Now, response: Response
) -> DealOut:
    """Take up a deal again that was on hold or passed on."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    return _answer(actions.reactivate(tx, actor, deal_id=found.id, reason=body.reason, now=now), response)


@router.post("/{code}/interests", status_code=204)
def note_interest(code: str, body: InterestIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Note that an enterprise is interested, or tests the deal with us."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    interests.note_interest(tx, actor, deal_id=found.id, **body.model_dump(), now=now)
