"""Unused money: what was called and not used, and giving it back."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS, call_done
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.who import holding_names
from fund.capital.recycling import return_by
from fund.capital.returns import draft_return, pay_return
from fund.capital.unused import unused_money
from fund.capital.unused_rules import Back
from fund.charter.queries import terms
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/calls")


@router.get("/unused")
def unused(desk: DeskDep) -> HTMLResponse:
    """What was called and not used."""
    return unused_page(desk)


def unused_page(desk: Desk) -> HTMLResponse:
    """Every item with something left, and the form that gives it back."""
    desk.actor.require(*STAFF)
    found = unused_money(desk.tx, fund_id=desk.fund.id)
    promised = {
        one.item.item_id: return_by(
            terms(desk.tx, fund_id=desk.fund.id, as_of=one.item.due_on), one.item.due_on
        )
        for one in found
        if one.amount
    }
    return desk.show(
        "fund/unused.html",
        found=[one for one in found if one.amount][::-1],
        promised=promised,
        holdings=holding_names(desk),
        today=day_in_beijing(desk.now),
        may_draft=desk.actor.has(*BOOKERS),
    )


@router.post("/unused")
def draft(desk: DeskDep) -> Response:
    """Work out who gets what of it back."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        items = []
        for one in unused_money(desk.tx, fund_id=desk.fund.id):
            name = f"back-{one.item.item_id}"
            if fields.raw(name):
                items.append(Back(one.item.call, one.item.position, fields.money(name)))
        pay_on, purpose = fields.day("pay_on"), fields.text("purpose")
        fields.check()
        sheet = draft_return(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            items=items,
            pay_on=pay_on,
            purpose=purpose,
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/calls/{made[0]}" if made else "/fund/calls/unused"

    return desk.act("unused", act, then=then, done="call.return_drafted", again=unused_page)


@router.post("/{call_id:int}/pay-back")
def pay_back(desk: DeskDep, call_id: int) -> Response:
    """Pay it."""

    def act() -> None:
        pay_return(desk.tx, desk.actor, call_id=call_id, now=desk.now)

    return call_done(desk, call_id, "pay-back", act, "call.return_paid")
