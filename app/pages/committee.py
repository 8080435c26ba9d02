"""The committee: motions, and what a member does with one: declare, read, vote."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.files import file_answer
from app.pages.keys import key_words
from app.pages.portfolio import Bullet, bullet
from app.pages.vote_state import (
    changed_words,
    is_runner,
    leavers,
    recusals_shown,
    uncounted_words,
)
from fund.parties.conflict_rules import Conflicted, ConflictKind
from kernel.blobs.queries import get
from kernel.errors import NotFound
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.closing.promised import beside
from pipeline.closing.queries import exposure_check, progress
from pipeline.committee import actions, queries
from pipeline.committee.minutes import Vote, minutes
from pipeline.committee.motion_rules import DECLARABLE, INVESTMENTS, UNSEALED, MotionState
from pipeline.committee.rules import Basis, Choice
from pipeline.committee.sheets import MotionSheet
from pipeline.committee.standing import PolicySheet
from pipeline.committee.uncounted import uncounted
from pipeline.deals.queries import DealUnknown, deal
from pipeline.deals.sheets import DealSheet

router = APIRouter(include_in_schema=False, prefix="/committee")


class PaperUnknown(NotFound):
    code = "paper_unknown"
    says = "There is no such paper in this motion."


@dataclass(frozen=True)
class Mine:
    """What the motion asks of the viewer."""

    must_declare: bool
    is_recused: bool
    may_vote: bool
    may_run: bool
    may_close: bool
    may_minute: bool
    choices: tuple[tuple[Choice, str], ...]


@router.get("")
def motions(desk: DeskDep) -> HTMLResponse:
    """Every motion the viewer may know of, and those that wait for the viewer."""
    desk.actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE)
    found = queries.motions(desk.tx, actor=desk.actor, after=desk.query.raw("after") or None)
    return desk.show(
        "committee/motions.html",
        motions=found,
        waiting=queries.waiting(desk.tx, actor=desk.actor, now=desk.now),
        asks=asks_words(desk),
        may_draft=desk.actor.has(Role.MANAGER, Role.ANALYST),
    )


def asks_words(desk: Desk) -> dict[str, str]:
    """What a motion asks of a member, in words."""
    return {
        "declare": desk.say("Declare interests"),
        "vote": desk.say("Vote"),
        "read": desk.say("Voted; may still change"),
    }


@router.get("/{motion_id:int}")
def motion(desk: DeskDep, motion_id: int) -> HTMLResponse:
    """One motion."""
    return motion_page(desk, motion_id)


def motion_page(desk: Desk, motion_id: int) -> HTMLResponse:
    """Papers, seats, the viewer's ballot, and after the close the named votes."""
    sheet = queries.motion_sheet(desk.tx, actor=desk.actor, motion_id=motion_id, now=desk.now)
    cast = votes_of(desk, sheet)
    is_out = sheet.mine is not None and sheet.mine.is_recused
    about = None if is_out else _deal(desk, sheet.line.deal_id)
    return desk.show(
        "committee/motion.html",
        motion=sheet,
        deal=about,
        bullets=limits_with(desk, sheet, about),
        key_words=key_words,
        votes={vote.seat: vote for vote in cast if vote.is_counted},
        receipts=cast,
        satisfied=satisfied(desk, sheet),
        rule=rule_words(desk, sheet.policy),
        mine=asked_of(desk, sheet),
        kinds=[(kind, desk.label(kind)) for kind in ConflictKind],
        waits_for=waits_for(desk, sheet),
        closes_from=closes_from(desk, sheet),
        recusals=recusals_shown(desk, sheet),
        leavers=leavers(desk, sheet),
        changed=changed_words(desk, sheet),
        uncounted=[
            uncounted_words(desk, one)
            for one in uncounted(desk.tx, actor=desk.actor, now=desk.now, motion_id=motion_id)
        ],
    )


def votes_of(desk: Desk, sheet: MotionSheet) -> tuple[Vote, ...]:
    """Every ballot by name; nothing before the close, and nothing for a recused seat."""
    if sheet.decision is None or (sheet.mine is not None and sheet.mine.is_recused):
        return ()
    return minutes(desk.tx, actor=desk.actor, motion_id=sheet.line.id).votes


def satisfied(desk: Desk, sheet: MotionSheet) -> dict[int, bool]:
    """The conditions of the motion, by id, that no longer hold the money back."""
    found = progress(desk.tx, deal_id=sheet.line.deal_id) if sheet.conditions else []
    return {one.condition.id: one.is_confirmed for one in found}


def limits_with(desk: Desk, sheet: MotionSheet, about: DealSheet | None) -> list[Bullet]:
    """Where the amount asked for would bring every limit, for whoever may read the papers."""
    seat = sheet.mine
    is_shut = seat is not None and (seat.is_suspended or not seat.is_declared)
    if about is None or is_shut or not sheet.amount or sheet.line.matter not in INVESTMENTS:
        return []
    on = day_in_beijing(desk.now)
    amount = sheet.amount
    if sheet.decision is not None and sheet.decision.outcome.approves:
        # What has been paid of it is held by now, and would be counted twice.
        amount = beside(desk.tx, about=about, on=on).own
    if not amount:
        return []
    _, checks = exposure_check(desk.tx, about=about, amount=amount, on=on)
    return [bullet(desk, check) for check in checks]


def _deal(desk: Desk, deal_id: int) -> DealSheet | None:
    """The deal behind a motion, where the viewer may know of it."""
    try:
        return deal(desk.tx, deal_id=deal_id, actor=desk.actor)
    except DealUnknown:
        return None


def asked_of(desk: Desk, sheet: MotionSheet) -> Mine:
    """What the viewer may and must do now."""
    seat, state = sheet.mine, sheet.line.state
    is_open = (
        state is MotionState.OPEN and sheet.line.closes_at is not None and desk.now < sheet.line.closes_at
    )
    is_seated = seat is not None and not (seat.is_recused or seat.is_suspended)
    may_vote = bool(is_open and is_seated and seat and seat.is_declared and seat.seat.has_vote)
    choices = [
        (Choice.YES, ""),
        (Choice.CONDITIONS, desk.say("No money moves until they are met.")),
        (Choice.NO, ""),
        (Choice.ABSTAIN, ""),
    ]
    if seat and seat.seat.code in sheet.policy.policy.veto:
        choices.append((Choice.VETO, desk.say("Needs a reason; ends the motion.")))
    runs = is_runner(desk, sheet)
    return Mine(
        must_declare=bool(seat and is_seated and not seat.is_declared and state in DECLARABLE),
        is_recused=bool(seat and seat.is_recused),
        may_vote=may_vote,
        may_run=desk.actor.has(Role.MANAGER, Role.ANALYST) and state not in UNSEALED,
        may_close=runs and state is MotionState.OPEN,
        may_minute=runs and sheet.decision is not None,
        choices=tuple(choices),
    )


def rule_words(desk: Desk, policy: PolicySheet) -> str:
    """The voting rule in one sentence."""
    rule = policy.policy
    of = {
        Basis.ELIGIBLE: desk.say("of all entitled seats"),
        Basis.PRESENT: desk.say("of the seats present"),
        Basis.CAST: desk.say("of the votes cast"),
    }
    return desk.say(
        "At least {share} {of}; {floor} seats at least",
        share=rule.threshold,
        of=of[Basis(rule.basis)],
        floor=rule.floor,
    )


def closes_from(desk: Desk, sheet: MotionSheet) -> datetime:
    """The earliest instant at which a vote opened now may close."""
    return desk.now + timedelta(hours=sheet.policy.window_hours)


def waits_for(desk: Desk, sheet: MotionSheet) -> str:
    """What the motion itself waits for."""
    match sheet.line.state:
        case MotionState.DRAFT:
            return desk.say("The papers have not been locked yet.")
        case MotionState.PAPERS_LOCKED | MotionState.DECLARATIONS:
            return desk.say("The seats declare their interests.")
        case MotionState.OPEN:
            return desk.say("The vote is open; the result appears when it closes.")
        case _:
            return desk.say("The vote is over.")


@router.get("/{motion_id:int}/papers/{sha256}")
def paper(desk: DeskDep, motion_id: int, sha256: str) -> Response:
    """The bytes of one paper, for those who may read it."""
    papers = queries.papers_for(desk.tx, actor=desk.actor, motion_id=motion_id, now=desk.now)
    title = next((one.title for one in papers if one.sha256 == sha256), None)
    if title is None:
        raise PaperUnknown
    return file_answer(get(desk.tx, sha256=sha256), title)


@router.post("/{motion_id:int}/declare")
def declare(desk: DeskDep, motion_id: int) -> Response:
    """Declare ties, or that there are none."""

    def act() -> None:
        fields = desk.fields
        is_nil = fields.raw("ties") == "none"
        told: list[Conflicted] = []
        if not is_nil:
            told = [Conflicted(fields.choice("kind", ConflictKind), fields.text("statement"))]
        fields.check()
        actions.declare(desk.tx, desk.actor, motion_id=motion_id, is_nil=is_nil, conflicts=told, now=desk.now)

    return done(desk, motion_id, "declare", act, "motion.declared")


@router.post("/{motion_id:int}/ballot")
def cast(desk: DeskDep, motion_id: int) -> Response:
    """Cast a ballot, or replace it."""

    def act() -> None:
        fields = desk.fields
        choice = fields.choice("choice", Choice)
        fields.check()
        actions.cast_ballot(
            desk.tx,
            desk.actor,
            motion_id=motion_id,
            choice=choice,
            conditions=fields.lines("conditions") if choice is Choice.CONDITIONS else (),
            reason=fields.raw("reason") or None,
            papers_hash=fields.raw("papers_hash"),
            now=desk.now,
        )

    return done(desk, motion_id, "ballot", act, "ballot.cast")


def done(desk: Desk, motion_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    """Act on a motion; what is refused is shown on its page."""
    return desk.act(
        form,
        act,
        then=f"/committee/{motion_id}",
        done=said,
        again=lambda refused: motion_page(refused, motion_id),
    )
