"""Recusals: conflicts on record in a motion, and letting a seat back in, which takes two people."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.motion_shapes import SeatOut
from app.api.schemas import REFUSALS, Body, Out, example
from app.deps import ApiActor, Now, TxDep
from fund.parties.conflict_rules import ConflictKind
from pipeline.committee import recusals as kept
from pipeline.committee.motion_rules import Source
from pipeline.committee.sheets import seat_facts

router = APIRouter(prefix="/api/v1", tags=["motions"], responses=REFUSALS)


class RecusalOut(Out):
    """A conflict that keeps a seat out; `asked_for` is why it should be let back in, where somebody has asked."""

    id: int
    seat: str
    kind: ConflictKind
    source: Source
    statement: str
    recorded_at: datetime
    asked_for: str
    withdrawn_at: datetime | None


class WithdrawalIn(Body):
    """Why the seat should be let back in."""

    model_config = example(reason="填报时误选了议案")

    reason: Annotated[str, Field(min_length=1, max_length=400)]


@router.get("/motions/{motion_id}/recusals")
def listed(motion_id: int, tx: TxDep, actor: ApiActor) -> list[RecusalOut]:
    """The conflicts on record in a motion, those that were withdrawn included."""
    return [RecusalOut.of(sheet) for sheet in kept.recusals(tx, actor=actor, motion_id=motion_id)]


@router.post("/motions/{motion_id}/conflicts", status_code=201)
def look(motion_id: int, tx: TxDep, actor: ApiActor, now: Now) -> list[SeatOut]:
    """Hold every seat against the relations on record again, and write down what they show."""
    seats = kept.look_for_conflicts(tx, actor, motion_id=motion_id, now=now)
    return [SeatOut.of(seat_facts(one)) for one in seats]


@router.post("/recusals/{recusal_id}/withdrawal", status_code=204)
def ask(recusal_id: int, body: WithdrawalIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Ask to let a recused seat back in: its holder, or a manager. A second person confirms it."""
    kept.ask_withdrawal(tx, actor, recusal_id=recusal_id, reason=body.reason, now=now)


@router.post("/recusals/{recusal_id}/withdrawal/confirmation", status_code=204)
def confirm(recusal_id: int, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Let the seat back in, as a second person who neither asked nor gains by it."""
    kept.confirm_withdrawal(tx, actor, recusal_id=recusal_id, now=now)
