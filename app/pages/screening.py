"""Scoring a deal: a round, its sealed sheets, and the two gates that it opens."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.board import MOVERS
from app.pages.deal_page import on_deal
from app.pages.desk import Desk, DeskDep
from kernel.identity.queries import users
from kernel.identity.rules import Role
from kernel.paging import MAXIMUM_LIMIT
from pipeline.screening import actions, scoring
from pipeline.screening.queries import round_sheet
from pipeline.screening.rules import Audience, RoundState
from pipeline.screening.sheets import RoundSheet

router = APIRouter(include_in_schema=False)

SCORERS = {
    Audience.FUND: {Role.MANAGER, Role.ANALYST},
    Audience.UNIVERSITY: {Role.TECHNOLOGY_MANAGER},
    Audience.ENTERPRISE: {Role.LP_EXPERT, Role.LP_USER},
}


@router.get("/screening/{round_id:int}")
def screening(desk: DeskDep, round_id: int) -> HTMLResponse:
    """One round."""
    return round_page(desk, round_id)


def round_page(desk: Desk, round_id: int) -> HTMLResponse:
    """The card, the seats, the viewer's own sheet, and the result once it is concluded."""
    sheet = round_sheet(desk.tx, round_id=round_id, actor=desk.actor)
    runs = desk.actor.has(*MOVERS) and sheet.state is RoundState.OPEN
    mine = sheet.mine if sheet.mine and sheet.mine.is_pending and sheet.state is RoundState.OPEN else None
    return desk.show(
        "deals/round.html",
        round=sheet,
        mine=mine,
        criteria=sheet.card.card.of(mine.audience) if mine else (),
        shown=[(audience, sheet.card.card.of(audience)) for audience in sheet.card.card.shares],
        may_run=runs,
        audiences=[(one, desk.label(one)) for one in Audience],
        people=_people(desk, sheet) if runs else [],
        pending=[(one.seat.user_id, one.name) for one in sheet.seats if one.seat.is_pending],
    )


def _people(desk: Desk, sheet: RoundSheet) -> list[tuple[int, str]]:
    """Those who could be given a seat."""
    seated = {one.seat.user_id for one in sheet.seats}
    able = frozenset().union(*SCORERS.values())
    found = users(desk.tx, limit=MAXIMUM_LIMIT).items
    return [
        (one.id, one.name)
        for one in found
        if one.is_active and one.id not in seated and able.intersection(one.roles)
    ]


@router.post("/screening/{round_id:int}/scores")
def submit(desk: DeskDep, round_id: int) -> Response:
    """Seal one's own points."""

    def act() -> None:
        fields = desk.fields
        given = {
            name.removeprefix("points-"): fields.whole(name)
            for name in fields.typed()
            if name.startswith("points-")
        }
        fields.check()
        comment = fields.raw("comment")
        scoring.submit_scores(
            desk.tx, desk.actor, round_id=round_id, points=given, comment=comment, now=desk.now
        )

    return _done(desk, round_id, "scores", act, "scores.sealed")


@router.post("/screening/{round_id:int}/seat")
def seat(desk: DeskDep, round_id: int) -> Response:
    """Ask somebody to score."""

    def act() -> None:
        user_id, audience = desk.fields.whole("user_id"), desk.fields.choice("audience", Audience)
        desk.fields.check()
        scoring.seat_scorer(
            desk.tx, desk.actor, round_id=round_id, user_id=user_id, audience=audience, now=desk.now
        )

    return _done(desk, round_id, "seat", act, "scorer.seated")


@router.post("/screening/{round_id:int}/excuse")
def excuse(desk: DeskDep, round_id: int) -> Response:
    """No longer wait for somebody."""

    def act() -> None:
        user_id, reason = desk.fields.whole("user_id"), desk.fields.text("reason")
        desk.fields.check()
        scoring.excuse_scorer(
            desk.tx, desk.actor, round_id=round_id, user_id=user_id, reason=reason, now=desk.now
        )

    return _done(desk, round_id, "excuse", act, "scorer.excused")


@router.post("/screening/{round_id:int}/conclude")
def conclude(desk: DeskDep, round_id: int) -> Response:
    """Open the sheets and compute the result."""

    def act() -> None:
        scoring.conclude_round(desk.tx, desk.actor, round_id=round_id, now=desk.now)

    return _done(desk, round_id, "conclude", act, "round.concluded")


def _done(desk: Desk, round_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return round_page(refused, round_id)

    return desk.act(form, act, then=f"/screening/{round_id}", done=said, again=again)


@router.post("/deals/{code}/round")
def open_round(desk: DeskDep, code: str) -> Response:
    """Open a round for a deal in screening."""

    def act(deal_id: int) -> None:
        card = desk.fields.text("card")
        desk.fields.check()
        actions.open_round(desk.tx, desk.actor, deal_id=deal_id, card_name=card, now=desk.now)

    return on_deal(desk, code, "round", act, "round.opened")


@router.post("/deals/{code}/to-approval")
def to_approval(desk: DeskDep, code: str) -> Response:
    """Through the first gate of screening."""

    def act(deal_id: int) -> None:
        actions.pass_to_project_approval(desk.tx, desk.actor, deal_id=deal_id, now=desk.now)

    return on_deal(desk, code, "gate", act, "deal.moved")


@router.post("/deals/{code}/to-diligence")
def to_diligence(desk: DeskDep, code: str) -> Response:
    """Through the second: the project is approved."""

    def act(deal_id: int) -> None:
        actions.pass_to_diligence(desk.tx, desk.actor, deal_id=deal_id, now=desk.now)

    return on_deal(desk, code, "gate", act, "deal.moved")
