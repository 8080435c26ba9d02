"""Passing on to the earlier partners what the newcomers of a later close have paid."""

from fastapi import APIRouter, Response

from app.pages.calls import call_done
from app.pages.desk import DeskDep
from fund.capital import passing_on

router = APIRouter(include_in_schema=False, prefix="/fund/calls")


@router.post("/{call_id:int}/pass-on")
def pass_on(desk: DeskDep, call_id: int) -> Response:
    """Pay what the newcomers paid in on to the earlier partners."""

    def act() -> None:
        on = desk.fields.day("paid_on")
        desk.fields.check()
        passing_on.pay_equalisation(desk.tx, desk.actor, call_id=call_id, paid_on=on, now=desk.now)

    return call_done(desk, call_id, "pass-on", act, "call.passed_on")


@router.post("/{call_id:int}/take-back")
def take_back(desk: DeskDep, call_id: int) -> Response:
    """Take the payment to the earlier partners back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        passing_on.undo_equalisation(
            desk.tx, desk.actor, call_id=call_id, reason=reason, undone_on=on, now=desk.now
        )

    return call_done(desk, call_id, "take-back", act, "act.undone")
