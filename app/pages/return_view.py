"""The page of money that goes back to the partners unused: a call turned round."""

from fastapi.responses import HTMLResponse

from app.pages.desk import Desk
from app.pages.papers import Papers
from app.pages.who import holding_names, partner_names
from fund.capital.acts import cash
from fund.capital.rules import CallState
from fund.capital.sheets import CallSheet
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing


def return_page(desk: Desk, sheet: CallSheet, paper: Papers | None) -> HTMLResponse:
    """Each partner's part, and what may be done now."""
    books = desk.actor.has(Role.MANAGER, Role.ACCOUNTANT)
    state, is_own = sheet.call.state, sheet.call.prepared_by == desk.actor.user_id
    today = day_in_beijing(desk.now)
    return desk.show(
        "fund/return.html",
        sheet=sheet,
        paper=paper,
        call=sheet.call,
        names=partner_names(desk),
        holdings=holding_names(desk),
        cash=cash(desk.tx, fund_id=sheet.call.fund_id, on=today) if books else None,
        may_approve=books and state is CallState.DRAFT and not is_own,
        waits_for_other=books and state is CallState.DRAFT and is_own,
        may_pay=books and state is CallState.APPROVED,
        may_cancel=books and state is not CallState.CANCELLED,
    )
