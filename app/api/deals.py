"""Deals: the board, the table, one deal, and what may be done with it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.api.deal_shapes import (
    BoardOut,
    CardOut,
    DealFacts,
    DealOut,
    EventOut,
    FunnelOut,
    InterestIn,
    MoveIn,
    NewDeal,
    PassIn,
)
from app.api.edits import VersionDep, tell_version
from app.api.schemas import LIMIT, REFUSALS, Limit, PageOut
from app.api.undo import ReasonIn
from app.api.whose import FundDep
from app.deps import ApiActor, Now, TxDep
from pipeline.deals import actions, interests, queries
from pipeline.deals.filters import Sort, Wanted
from pipeline.deals.funnel import funnel
from pipeline.deals.rules import Origin, Stage, Status
from pipeline.deals.sheets import DealSheet

router = APIRouter(prefix="/api/v1/deals", tags=["deals"], responses=REFUSALS)


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
    tell_version(response, sheet.version)
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
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> DealOut:
    """Change facts of a deal that was read at the version in `If-Match`; a stale one is refused."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    sheet = actions.edit(tx, actor, deal_id=found.id, version=version, changes=body.given(), now=now)
    return _answer(sheet, response)


@router.post("/{code}/moves", status_code=201)
def move(
    code: str,
    body: MoveIn,
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> DealOut:
    """Move a deal that was read at the version in `If-Match`; a blocked move answers with all that is missing."""
    found = queries.deal_by_code(tx, code=code, actor=actor)
    sheet = actions.move(
        tx, actor, deal_id=found.id, to=body.to, reason=body.reason, version=version, now=now
    )
    return _answer(sheet, response)


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
