"""The investment committee: motions, declarations, sealed ballots, decisions."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    Body,
    FractionField,
    Limit,
    MoneyField,
    MoneyIn,
    Out,
    PageOut,
)
from app.deps import ApiActor, Now, TxDep
from pipeline.committee import actions, drafting, queries
from pipeline.committee.motion_rules import Conflicted, ConflictKind, Matter, MotionState, Paper
from pipeline.committee.rules import Basis, Choice, Verdict
from pipeline.committee.sheets import MotionSheet
from pipeline.deals.queries import deal_by_code

router = APIRouter(prefix="/api/v1/motions", tags=["motions"], responses=REFUSALS)

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]


class MotionLineOut(Out):
    """A motion in a list; `verdict` only once it is counted."""

    id: int
    code: str
    deal_id: int
    matter: Matter
    title: str
    state: MotionState
    closes_at: datetime | None
    verdict: Verdict | None


class PaperOut(Out):
    """A paper, named by what it holds."""

    title: str
    sha256: str


class SeatOut(Out):
    """A seat and where it stands in this motion; how it votes is nobody's business before the close."""

    code: str
    name: str
    capacity: str
    is_chair: bool
    is_declared: bool
    is_recused: bool


class OutcomeOut(Out):
    """The count: how many were eligible, needed and cast."""

    state: Verdict
    eligible: int
    present: int
    quorum: int
    needed: int
    yes: int
    no: int
    abstain: int


class DecisionOut(Out):
    """How the vote ended; `amount` is the most it commits and `expires_on` its last day."""

    papers_hash: str
    outcome: OutcomeOut
    decided_at: datetime
    expires_on: date | None


class BallotOut(Out):
    """One's own ballot. `commitment` is what the audit trail holds of it while it is sealed."""

    choice: Choice
    conditions: list[str]
    reason: str
    papers_hash: str
    commitment: str
    cast_at: datetime


class ConditionOut(Out):
    """A condition of an approval; money flows only once it is satisfied."""

    id: int
    number: int
    seat: str
    says: str


class PolicyOut(Out):
    """The rule of the count in force for this motion; the threshold is an exact fraction."""

    version: int
    effective_on: date
    threshold: FractionField
    basis: Basis
    quorum: FractionField
    quorum_floor: int
    floor: int


class MotionOut(MotionLineOut):
    """A motion as the actor may see it: papers where they may be read, and only one's own ballot."""

    proposal: str
    amount: MoneyField | None
    round: int
    papers_hash: str | None
    papers: list[PaperOut]
    policy: PolicyOut
    seats: list[SeatOut]
    ballot: BallotOut | None
    opened_at: datetime | None
    closed_at: datetime | None
    decision: DecisionOut | None
    conditions: list[ConditionOut]


class MotionIn(Body):
    """A motion on a deal; `amount` is the most an approval commits (the deal's when left out)."""

    deal: Annotated[str, Field(max_length=16, examples=["D26-012"])]
    matter: Matter = Matter.NEW_DEAL
    title: Annotated[str, Field(min_length=1, max_length=200)]
    proposal: Annotated[str, Field(max_length=4000)] = ""
    amount: MoneyIn | None = None


class PaperIn(Body):
    """A paper already uploaded, named by what it holds."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    sha256: Hash


class PapersIn(Body):
    """The papers in their order."""

    papers: Annotated[list[PaperIn], Field(min_length=1, max_length=100)]


class OpenIn(Body):
    """When voting ends; the policy's window when left out."""

    closes_at: datetime | None = None


class CloseIn(Body):
    """`early` closes before the deadline, where the policy allows it."""

    early: bool = False


class ConflictIn(Body):
    """What the member, or the member's organisation, is to the company."""

    kind: ConflictKind
    statement: Annotated[str, Field(min_length=1, max_length=1000)]


class DeclarationIn(Body):
    """One's conflicts of interest; an empty list declares that there is none."""

    conflicts: Annotated[list[ConflictIn], Field(max_length=20)] = []


class StandingOut(Out):
    """Where one's seat stands after declaring."""

    is_declared: bool
    is_recused: bool


class BallotIn(Body):
    """A ballot on the papers with `papers_hash`. A change before the close needs a reason."""

    choice: Annotated[Choice, Field(examples=["yes"])]
    papers_hash: Hash
    conditions: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(max_length=20)
    ] = []
    reason: Annotated[str | None, Field(max_length=2000)] = None


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
    return MotionLineOut.of(drafting.lock_papers(tx, actor, motion_id=motion_id, papers=papers, now=now))


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
        "seats": [
            {name: getattr(one.seat, name) for name in ("code", "name", "capacity", "is_chair")}
            | {"is_declared": one.is_declared, "is_recused": one.is_recused}
            for one in sheet.seats
        ],
    }
    return MotionOut.of(own | line | facts, sheet.currency)
