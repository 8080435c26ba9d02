"""The valuation committee: who sits on a file, what each has said, and saying it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, Body, Out, example
from app.api.valuation_shapes import Told
from app.api.valuations import READERS
from app.deps import ApiActor, Now, TxDep
from fund.parties.conflict_rules import ConflictKind
from fund.valuations.committee import CommitteeSheet, committee_on, give_opinion
from fund.valuations.committee_rules import CommitteeStanding, NoCommittee, Opinion
from kernel.instants import day_in_beijing

router = APIRouter(prefix="/api/v1", tags=["valuations"], responses=REFUSALS)


class OpinionIn(Body):
    """An answer to the file that was read; an objection says why."""

    model_config = Body.model_config | example(opinion="approve", file_sha256="9f" * 32)

    opinion: Opinion
    file_sha256: Annotated[
        str, Field(pattern="^[0-9a-f]{64}$", description="Fingerprint of the file that was read")
    ]
    reason: Told = ""


class ConflictOut(Out):
    """Why a member is recused."""

    kind: ConflictKind
    statement: str


class MemberOut(Out):
    """A member of the committee; who is recused does not count."""

    login: str
    name: str
    is_recused: bool
    is_preparer: bool
    conflicts: list[ConflictOut]
    opinion: Opinion | None
    reason: str
    answered_at: datetime | None


class OutcomeOut(Out):
    """The count; `quorum` and `needed` are numbers of members."""

    standing: CommitteeStanding
    eligible: int
    quorum: int
    needed: int
    approved: int
    objected: int


class CommitteeOut(Out):
    """The committee on the file that holds; `voided` answers were given to earlier files."""

    file_number: int
    file_sha256: str
    outcome: OutcomeOut
    members: list[MemberOut]
    voided: int
    is_resolved: bool
    resolved_at: datetime | None


@router.get("/marks/{mark_id}/committee")
def committee(mark_id: int, tx: TxDep, actor: ApiActor, now: Now) -> CommitteeOut:
    """Who sits on the file of a mark, who is recused and why, and what each has said."""
    actor.require(*READERS)
    found = committee_on(tx, mark_id=mark_id, on=day_in_beijing(now), actor=actor)
    if found is None:
        raise NoCommittee()
    return _told(found)


@router.post("/marks/{mark_id}/opinions", status_code=201, response_model=CommitteeOut)
def answer(mark_id: int, body: OpinionIn, once: OnceDep) -> object:
    """Approve or object to the file of a draft mark, once, as a member of its committee."""

    def act() -> CommitteeOut:
        return _told(
            give_opinion(
                once.tx,
                once.actor,
                mark_id=mark_id,
                file_sha256=body.file_sha256,
                opinion=body.opinion,
                reason=body.reason,
                now=once.now,
            )
        )

    return once.answer(act)


def _told(found: CommitteeSheet) -> CommitteeOut:
    return CommitteeOut(
        file_number=found.file_number,
        file_sha256=found.file_sha256,
        outcome=OutcomeOut.of(found.outcome),
        members=[MemberOut.of(one) for one in found.members],
        voided=found.voided,
        is_resolved=found.resolution is not None,
        resolved_at=found.resolution.recorded_at if found.resolution else None,
    )
