"""Running a vote: drafting a motion, locking its papers, opening, closing, minutes."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from app.pages.committee import done
from app.pages.desk import Desk, DeskDep
from app.uploads import content_of
from fund.results.exposure_rules import Promised
from kernel.blobs.actions import put
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.paging import MAXIMUM_LIMIT
from pipeline.closing.promised import beside_motion
from pipeline.committee import actions, drafting
from pipeline.committee.minutes import adopt_minutes, as_json, minutes
from pipeline.committee.motion_rules import Matter, Paper
from pipeline.deals.filters import Wanted
from pipeline.deals.queries import deal_by_code, table
from pipeline.deals.rules import Stage

router = APIRouter(include_in_schema=False, prefix="/committee")

PAPERS = 5
BEFORE = (Stage.COMMITTEE, Stage.HELD)


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """The form of a motion."""
    return draft_page(desk)


def draft_page(desk: Desk) -> HTMLResponse:
    """Which deal, what is proposed, how much at most."""
    desk.actor.require(Role.MANAGER, Role.ANALYST)
    found = table(
        desk.tx,
        actor=desk.actor,
        fund_id=desk.fund.id,
        now=desk.now,
        wanted=Wanted(stages=BEFORE),
        limit=MAXIMUM_LIMIT,
    )
    return desk.show(
        "committee/new.html",
        deals=[(card.code, f"{card.code} {card.name}") for card in found.items],
        matters=[(matter, desk.label(matter)) for matter in Matter],
        asked=desk.query.raw("deal"),
    )


@router.post("")
def draft(desk: DeskDep) -> Response:
    """Write a motion down; nobody but the fund's people sees a draft."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        code, matter = fields.text("deal"), fields.choice("matter", Matter)
        title, amount = fields.text("title"), fields.maybe_money("amount")
        fields.check()
        line = drafting.draft_motion(
            desk.tx,
            desk.actor,
            deal_id=deal_by_code(desk.tx, code=code, actor=desk.actor).id,
            matter=matter,
            title=title,
            proposal=fields.raw("proposal"),
            amount=amount,
            now=desk.now,
        )
        made.append(line.id)

    def then() -> str:
        return f"/committee/{made[0]}" if made else "/committee"

    return desk.act("draft", act, then=then, done="motion.drafted", again=draft_page)


@router.post("/{motion_id:int}/papers")
def lock_papers(desk: DeskDep, motion_id: int) -> Response:
    """Pin the papers by what they hold."""

    def act() -> None:
        papers = uploaded(desk)
        drafting.lock_papers(
            desk.tx,
            desk.actor,
            motion_id=motion_id,
            papers=papers,
            promised=_beside(desk, motion_id),
            now=desk.now,
        )

    return done(desk, motion_id, "papers", act, "motion.papers")


@router.post("/{motion_id:int}/replace")
def replace_papers(desk: DeskDep, motion_id: int) -> Response:
    """Put other papers in their place: ballots already cast are void."""

    def act() -> None:
        reason, papers = desk.fields.text("reason"), uploaded(desk)
        desk.fields.check()
        drafting.replace_papers(
            desk.tx,
            desk.actor,
            motion_id=motion_id,
            papers=papers,
            reason=reason,
            promised=_beside(desk, motion_id),
            now=desk.now,
        )

    return done(desk, motion_id, "replace", act, "motion.papers")


def _beside(desk: Desk, motion_id: int) -> tuple[Promised, ...]:
    """What is approved for other deals and not paid, beside which mandates are answered."""
    return beside_motion(desk.tx, motion_id=motion_id, on=day_in_beijing(desk.now))


def uploaded(desk: Desk) -> list[Paper]:
    """The papers of the form, kept under what they hold."""
    found = []
    for number in range(1, PAPERS + 1):
        file = desk.fields.file(f"paper{number}")
        if file is not None:
            found.append(
                Paper(
                    desk.fields.raw(f"title{number}") or file.filename or "",
                    kept(desk, file, f"paper{number}"),
                )
            )
    return found


def kept(desk: Desk, file: UploadFile, field: str) -> str:
    """The SHA-256 under which an uploaded file is kept."""
    media_type = file.content_type or "application/octet-stream"
    content = content_of(file, field=field)
    return put(desk.tx, content=content, media_type=media_type, now=desk.now)


@router.post("/{motion_id:int}/open")
def open_vote(desk: DeskDep, motion_id: int) -> Response:
    """Open the vote."""

    def act() -> None:
        closes_at = desk.fields.maybe_instant("closes_at")
        desk.fields.check()
        actions.open_motion(desk.tx, desk.actor, motion_id=motion_id, closes_at=closes_at, now=desk.now)

    return done(desk, motion_id, "open", act, "motion.opened")


@router.post("/{motion_id:int}/close")
def close_vote(desk: DeskDep, motion_id: int) -> Response:
    """Close the vote and count it."""

    def act() -> None:
        early = desk.fields.ticked("early")
        actions.close_motion(desk.tx, desk.actor, motion_id=motion_id, early=early, now=desk.now)

    return done(desk, motion_id, "close", act, "motion.closed")


@router.post("/{motion_id:int}/minutes")
def adopt(desk: DeskDep, motion_id: int) -> Response:
    """Keep the minutes as they stand."""

    def act() -> None:
        adopt_minutes(desk.tx, desk.actor, motion_id=motion_id, now=desk.now)

    return done(desk, motion_id, "minutes", act, "motion.minuted")


@router.get("/{motion_id:int}/minutes")
def minutes_file(desk: DeskDep, motion_id: int) -> Response:
    """The minutes in the form in which they are kept and hashed."""
    sheet = minutes(desk.tx, actor=desk.actor, motion_id=motion_id)
    headers = {"content-disposition": f'attachment; filename="{sheet.code}-minutes.json"'}
    return Response(as_json(sheet), media_type="application/json", headers=headers)
