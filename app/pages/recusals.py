"""Who stays out of a vote: conflicts looked for again, seats let back in by two people, leavers suspended."""

from fastapi import APIRouter, Response

from app.pages.committee import done
from app.pages.desk import DeskDep
from pipeline.committee import recusals, suspensions

router = APIRouter(include_in_schema=False, prefix="/committee")


@router.post("/{motion_id:int}/conflicts")
def look(desk: DeskDep, motion_id: int) -> Response:
    """Hold every seat against the relations on record again."""

    def act() -> None:
        recusals.look_for_conflicts(desk.tx, desk.actor, motion_id=motion_id, now=desk.now)

    return done(desk, motion_id, "conflicts", act, "motion.conflicts")


@router.post("/{motion_id:int}/recusals/{recusal_id:int}")
def withdraw(desk: DeskDep, motion_id: int, recusal_id: int) -> Response:
    """Ask to let a seat back in, with a reason; or confirm it as the second person."""
    confirms = desk.fields.ticked("confirm")

    def act() -> None:
        if confirms:
            recusals.confirm_withdrawal(desk.tx, desk.actor, recusal_id=recusal_id, now=desk.now)
            return
        reason = desk.fields.raw("reason")
        recusals.ask_withdrawal(desk.tx, desk.actor, recusal_id=recusal_id, reason=reason, now=desk.now)

    form = f"recusal-{recusal_id}"
    return done(desk, motion_id, form, act, "recusal.withdrawn" if confirms else "recusal.asked")


@router.post("/{motion_id:int}/suspend")
def suspend(desk: DeskDep, motion_id: int) -> Response:
    """Suspend the seat of a holder who has left."""

    def act() -> None:
        seat, reason = desk.fields.text("seat"), desk.fields.text("reason")
        desk.fields.check()
        suspensions.suspend(desk.tx, desk.actor, motion_id=motion_id, seat=seat, reason=reason, now=desk.now)

    return done(desk, motion_id, "suspend", act, "seat.suspended")
