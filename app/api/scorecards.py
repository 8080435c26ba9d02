"""Screening: versioned scorecards, rounds of sealed scoring, results, and the two gates they open."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from app.api.deal_shapes import DealOut
from app.api.edits import tell_version
from app.api.once import OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, Limit, PageOut
from app.api.scorecard_shapes import (
    AbandonIn,
    CardIn,
    CardOut,
    ExcuseIn,
    ResultOut,
    RoundIn,
    RoundOut,
    ScorerIn,
    ScorerOut,
    ScoresIn,
    SheetOut,
)
from app.deps import ApiActor, Now, TxDep
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.paging import sliced
from pipeline.deals.queries import deal_by_code
from pipeline.screening import actions, queries, scoring
from pipeline.screening.rules import Criterion, Scorecard, Share
from pipeline.screening.sheets import CardSheet, ResultSheet, RoundSheet

router = APIRouter(prefix="/api/v1", tags=["scorecards"], responses=REFUSALS)
READERS = (
    Role.MANAGER,
    Role.ANALYST,
    Role.ACCOUNTANT,
    Role.AUDITOR,
    Role.COMMITTEE,
    Role.LP_EXPERT,
    Role.TECHNOLOGY_MANAGER,
)


@router.get("/scorecards")
def cards(tx: TxDep, actor: ApiActor, after: After = None, limit: Limit = LIMIT) -> PageOut[CardOut]:
    """Every version of every scorecard, the newest first."""
    actor.require(*READERS)
    found = queries.scorecards(tx)
    page = sliced(found, lambda sheet: sheet.id, after=after, limit=limit)
    return PageOut(items=[card_out(sheet) for sheet in page.items], next=page.next)


@router.post("/scorecards", status_code=201)
def publish(body: CardIn, tx: TxDep, actor: ApiActor, now: Now) -> CardOut:
    """Publish the next version of a scorecard."""
    card = Scorecard(
        criteria=tuple(Criterion(**dict(one)) for one in body.criteria),
        shares={audience: Share(**dict(one)) for audience, one in body.shares.items()},
        pass_mark=body.pass_mark,
        spread_limit=body.spread_limit,
    )
    sheet = actions.publish_scorecard(
        tx, actor, name=body.name, card=card, effective_on=body.effective_on, now=now
    )
    return card_out(sheet)


@router.get("/deals/{code}/rounds")
def rounds(code: str, tx: TxDep, actor: ApiActor) -> list[RoundOut]:
    """The deal's screening rounds that the actor may know of, oldest first."""
    about = deal_by_code(tx, code=code, actor=actor)
    return [round_out(sheet) for sheet in queries.rounds_of(tx, deal_id=about.id, actor=actor)]


@router.post("/deals/{code}/rounds", status_code=201)
def start(code: str, body: RoundIn, tx: TxDep, actor: ApiActor, now: Now) -> RoundOut:
    """Open a round for a deal in screening."""
    about = deal_by_code(tx, code=code, actor=actor)
    key = actions.open_round(tx, actor, deal_id=about.id, card_name=body.scorecard, now=now)
    return _round(tx, actor, key)


@router.get("/rounds/{round_id}")
def one(round_id: int, tx: TxDep, actor: ApiActor) -> RoundOut:
    """One round; a scorer sees the deal, the card and the own sheet."""
    return _round(tx, actor, round_id)


@router.post("/rounds/{round_id}/scorers", status_code=201)
def seat(round_id: int, body: ScorerIn, tx: TxDep, actor: ApiActor, now: Now) -> RoundOut:
    """Give somebody a seat in an open round."""
    scoring.seat_scorer(tx, actor, round_id=round_id, user_id=body.user_id, audience=body.audience, now=now)
    return _round(tx, actor, round_id)


@router.post("/rounds/{round_id}/excuses", status_code=201)
def excuse(round_id: int, body: ExcuseIn, tx: TxDep, actor: ApiActor, now: Now) -> RoundOut:
    """Excuse a scorer, so that the round no longer waits."""
    scoring.excuse_scorer(tx, actor, round_id=round_id, user_id=body.user_id, reason=body.reason, now=now)
    return _round(tx, actor, round_id)


@router.post("/rounds/{round_id}/scores", status_code=201, response_model=RoundOut)
def submit(round_id: int, body: ScoresIn, once: OnceDep) -> object:
    """Submit one's scores, sealed until everybody's are in."""

    def act() -> RoundOut:
        scoring.submit_scores(
            once.tx, once.actor, round_id=round_id, points=body.points, comment=body.comment, now=once.now
        )
        return _round(once.tx, once.actor, round_id)

    return once.answer(act)


@router.post("/rounds/{round_id}/conclusion", status_code=201)
def conclude(round_id: int, tx: TxDep, actor: ApiActor, now: Now) -> ResultOut:
    """Conclude a round: exact totals, knock-outs, spread; the deal's score is published."""
    return result_out(scoring.conclude_round(tx, actor, round_id=round_id, now=now))


@router.post("/rounds/{round_id}/abandonment", status_code=201)
def abandon(round_id: int, body: AbandonIn, tx: TxDep, actor: ApiActor, now: Now) -> RoundOut:
    """End a round without a result, with a reason."""
    scoring.abandon_round(tx, actor, round_id=round_id, reason=body.reason, now=now)
    return _round(tx, actor, round_id)


@router.post("/deals/{code}/project-approval", status_code=201)
def to_approval(code: str, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> DealOut:
    """Let a well-screened deal go on to project approval; refused with everything that is missing."""
    about = deal_by_code(tx, code=code, actor=actor)
    sheet = actions.pass_to_project_approval(tx, actor, deal_id=about.id, now=now)
    tell_version(response, sheet.version)
    return DealOut.of(sheet)


@router.post("/deals/{code}/due-diligence", status_code=201)
def to_diligence(code: str, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> DealOut:
    """Approve the project: the deal goes on to due diligence; refused with everything that is missing."""
    about = deal_by_code(tx, code=code, actor=actor)
    sheet = actions.pass_to_diligence(tx, actor, deal_id=about.id, now=now)
    tell_version(response, sheet.version)
    return DealOut.of(sheet)


def _round(tx: Tx, actor: Actor, round_id: int) -> RoundOut:
    return round_out(queries.round_sheet(tx, round_id=round_id, actor=actor))


def card_out(sheet: CardSheet) -> CardOut:
    """A scorecard as the API writes it."""
    own = {name: getattr(sheet, name) for name in ("id", "name", "version", "effective_on")}
    card = sheet.card
    marks = {"pass_mark": card.pass_mark, "spread_limit": card.spread_limit}
    return CardOut.of(own | marks | {"shares": dict(card.shares), "criteria": list(card.criteria)})


def result_out(sheet: ResultSheet) -> ResultOut:
    """A round's result as the API writes it; who knocked a deal out is not told."""
    return ResultOut.of(asdict(sheet.result) | {"concluded_at": sheet.concluded_at})


def round_out(sheet: RoundSheet) -> RoundOut:
    """A round as the API writes it."""
    names = set(RoundOut.model_fields) - {"card", "seats", "sheets", "result"}
    own = {name: getattr(sheet, name) for name in names}
    seats = [
        ScorerOut.of({**asdict(one.seat), "name": one.name, "excuse": one.excuse}) for one in sheet.seats
    ]
    sheets = [
        SheetOut.of(
            {name: getattr(one, name) for name in ("name", "total", "comment", "recorded_at")}
            | {"audience": one.sheet.audience, "points": dict(one.sheet.points)}
        )
        for one in sheet.sheets
    ]
    result = result_out(sheet.result) if sheet.result else None
    return RoundOut.of(
        {**own, "card": card_out(sheet.card), "seats": seats, "sheets": sheets, "result": result}
    )
