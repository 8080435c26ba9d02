"""Journals on a page: what was brought in by hand, and taking it back."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.who import account_names
from fund.ledger import journals
from fund.ledger.hand_rules import BY_HAND
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/books/journals")


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """Every journal, and what may stand in one."""
    return listed_page(desk)


def listed_page(desk: Desk) -> HTMLResponse:
    """The journals, the newest first, with the form that takes one back."""
    desk.actor.require(*STAFF)
    names = account_names(desk)
    return desk.show(
        "fund/journals.html",
        found=journals.journals(desk.tx, fund_id=desk.fund.id),
        by_hand=[f"{account.value} {names[account.value]}" for account in BY_HAND if account in names],
        may_undo=desk.actor.has(Role.MANAGER, Role.ACCOUNTANT),
        today=day_in_beijing(desk.now),
    )


@router.post("/{code}/undo")
def undo(desk: DeskDep, code: str) -> Response:
    """Reverse every entry of a journal that stands."""

    def act() -> None:
        on, reason = desk.fields.day("on"), desk.fields.text("reason")
        desk.fields.check()
        journals.undo_journal(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            code=code,
            reason=reason,
            effective_on=on,
            now=desk.now,
        )

    return desk.act(
        f"undo-{code}", act, then="/fund/books/journals", done="journal.reversed", again=listed_page
    )
