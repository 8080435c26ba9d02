"""Releases of carry from escrow: the acts; what is held and every release stand on the page of carry."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from app.pages.carry import carry_page
from app.pages.desk import Desk, DeskDep
from fund.capital import escrow_releases as acts

router = APIRouter(include_in_schema=False, prefix="/fund/carry/escrow")


@router.post("")
def draft(desk: DeskDep) -> Response:
    """Draft a release, if the charter's test allows it."""

    def act() -> None:
        fields = desk.fields
        on, amount, note = fields.day("released_on"), fields.maybe_money("released"), fields.raw("why")
        fields.check()
        acts.draft_release(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            amount=amount,
            released_on=on,
            note=note,
            now=desk.now,
        )

    return _done(desk, "release", act, "escrow.drafted")


@router.post("/{release_id:int}/approve")
def approve(desk: DeskDep, release_id: int) -> Response:
    """Approve a draft that somebody else prepared, and pay it."""

    def act() -> None:
        acts.approve_release(desk.tx, desk.actor, release_id=release_id, now=desk.now)

    return _done(desk, f"approve{release_id}", act, "escrow.released")


@router.post("/{release_id:int}/cancel")
def cancel(desk: DeskDep, release_id: int) -> Response:
    """Withdraw a draft."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.cancel_release(desk.tx, desk.actor, release_id=release_id, reason=reason, now=desk.now)

    return _done(desk, f"cancel{release_id}", act, "escrow.cancelled")


@router.post("/{release_id:int}/undo")
def undo(desk: DeskDep, release_id: int) -> Response:
    """Take a release back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        acts.undo_release(
            desk.tx, desk.actor, release_id=release_id, reason=reason, undone_on=on, now=desk.now
        )

    return _done(desk, f"undo{release_id}", act, "act.undone")


def _done(desk: Desk, form: str, act: Callable[[], None], said: str) -> Response:
    return desk.act(form, act, then="/fund/carry", done=said, again=carry_page)
