"""The investment committee: motions, declarations, sealed ballots, decisions."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.motion_shapes import (
    BallotIn,
    BallotOut,
    CloseIn,
    DecisionOut,
    DeclarationIn,
    MotionIn,
    MotionLineOut,
    MotionOut,
    OpenIn,
    OtherPapersIn,
    PapersIn,
    PolicyOut,
    SeatOut,
    StandingOut,
    SuspensionIn,
)
from app.api.once import OnceDep
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    Limit,
    PageOut,
)
from app.deps import ApiActor, Now, TxDep
from fund.parties.conflict_rules import Conflicted
from kernel.instants import day_in_beijing
from pipeline.closing.promised import beside_motion
from pipeline.committee import actions, drafting, queries, suspensions
from pipeline.committee.motion_rules import MotionState, Paper
from pipeline.committee.sheets import MotionSheet, seat_facts
from pipeline.deals.queries import deal_by_code

router = APIRouter(prefix="/api/v1/motions", tags=["motions"], responses=REFUSALS)


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    state: Annotated[MotionState | None, Query()] = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[MotionLineOut]:
    """The motions that the actor may see, newest first."""
    page = queries.motions(tx, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[MotionLineOut.of(line) for line in page.items], next=page.next)


@router.post("", status_code=201)
def draft(body: MotionIn, tx: TxDep, actor: ApiActor, now: Now) -> MotionLineOut:
    """Draft a motion on a deal that is before the committee."""
    about = deal_by_code(tx, code=body.deal, actor=actor)
    line = drafting.draft_motion(
        tx,
        actor,
        deal_id=about.id,
        matter=body.matter,
        title=body.title,
        proposal=body.proposal,
        amount=body.amount.minor() if body.amount else None,
        now=now,
    )
    return MotionLineOut.of(line)


@router.get("/{motion_id}")
def one(motion_id: int, tx: TxDep, actor: ApiActor, now: Now) -> MotionOut:
    """One motion."""
    return motion_out(queries.motion_sheet(tx, actor=actor, motion_id=motion_id, now=now))


@router.post("/{motion_id}/papers", status_code=201)
def lock_papers(motion_id: int, body: PapersIn, tx: TxDep, actor: ApiActor, now: Now) -> MotionLineOut:
    """Pin the papers by what they hold; seats may then declare their conflicts."""
    papers = [Paper(paper.title, paper.sha256) for paper in body.papers]
    return MotionLineOut.of(
        drafting.lock_papers(
            tx,
            actor,
            motion_id=motion_id,
            papers=papers,
            promised=beside_motion(tx, motion_id=motion_id, on=day_in_beijing(now)),
            now=now,
        )
    )


@router.post("/{motion_id}/papers/replacement", status_code=201)
def replace_papers(
    motion_id: int, body: OtherPapersIn, tx: TxDep, actor: ApiActor, now: Now
) -> MotionLineOut:
    """Put other papers in the place of the locked ones: a new round, in which ballots already cast are void."""
    papers = [Paper(paper.title, paper.sha256) for paper in body.papers]
    return MotionLineOut.of(
        drafting.replace_papers(
            tx,
            actor,
            motion_id=motion_id,
            papers=papers,
            reason=body.reason,
            promised=beside_motion(tx, motion_id=motion_id, on=day_in_beijing(now)),
            now=now,
        )
    )


@router.get("/{motion_id}/papers/{sha256}", response_class=Response)
def paper(motion_id: int, sha256: str, tx: TxDep, actor: ApiActor, now: Now) -> Response:
    """The bytes of a paper, for those who may read it."""
    blob = queries.read_paper(tx, actor=actor, motion_id=motion_id, sha256=sha256, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:16]}"'}
    return Response(blob.content, media_type=blob.media_type, headers=headers)


@router.post("/{motion_id}/declarations", status_code=201, response_model=StandingOut)
def declare(motion_id: int, body: DeclarationIn, once: OnceDep) -> object:
    """Declare one's conflicts, or that there is none; a listed kind recuses at once."""
    conflicts = [Conflicted(conflict.kind, conflict.statement) for conflict in body.conflicts]
    return once.answer(
        lambda: StandingOut.of(
            actions.declare(
                once.tx,
                once.actor,
                motion_id=motion_id,
                is_nil=not conflicts,
                conflicts=conflicts,
                now=once.now,
            )
        )
    )


@router.post("/{motion_id}/open", status_code=201)
def open_vote(motion_id: int, body: OpenIn, tx: TxDep, actor: ApiActor, now: Now) -> MotionLineOut:
    """Open the vote under the policy in force."""
    return MotionLineOut.of(
        actions.open_motion(tx, actor, motion_id=motion_id, closes_at=body.closes_at, now=now)
    )


@router.post("/{motion_id}/ballots", status_code=201, response_model=BallotOut)
def cast(motion_id: int, body: BallotIn, once: OnceDep) -> object:
    """Cast one's ballot, sealed until the close from everybody else."""
    return once.answer(
        lambda: BallotOut.of(
            actions.cast_ballot(
                once.tx,
                once.actor,
                motion_id=motion_id,
                choice=body.choice,
                conditions=body.conditions,
                reason=body.reason,
                papers_hash=body.papers_hash,
                now=once.now,
            )
        )
    )


@router.post("/{motion_id}/suspensions", status_code=201)
def suspend(motion_id: int, body: SuspensionIn, tx: TxDep, actor: ApiActor, now: Now) -> SeatOut:
    """Suspend the seat of a holder who has left in an open vote; a ballot it cast before stands."""
    one = suspensions.suspend(
        tx, actor, motion_id=motion_id, seat=body.seat.strip().upper(), reason=body.reason, now=now
    )
    return SeatOut.of(seat_facts(one))


@router.post("/{motion_id}/close", status_code=201, response_model=DecisionOut)
def close(motion_id: int, body: CloseIn, once: OnceDep) -> object:
    """Close the vote at its deadline and count it; a closed motion gives its decision again."""
    return once.answer(
        lambda: DecisionOut.of(
            actions.close_motion(once.tx, once.actor, motion_id=motion_id, early=body.early, now=once.now)
        )
    )


def motion_out(sheet: MotionSheet) -> MotionOut:
    """A motion as the API writes it."""
    own = {name: getattr(sheet, name) for name in MotionOut.model_fields if hasattr(sheet, name)}
    line = {name: getattr(sheet.line, name) for name in MotionLineOut.model_fields}
    rule = sheet.policy.policy
    facts = {
        "policy": {name: getattr(rule, name) for name in PolicyOut.model_fields if hasattr(rule, name)}
        | {"version": sheet.policy.version, "effective_on": sheet.policy.effective_on},
        "seats": [seat_facts(one) for one in sheet.seats],
    }
    return MotionOut.of(own | line | facts, sheet.currency)
