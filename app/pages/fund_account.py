"""The account that partners pay to, on the page of the bank: prepared by one person and approved by another."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from app.pages.bank import HOME, bank_page
from app.pages.desk import Desk, DeskDep
from fund.bank.account import decide_account, propose_account

router = APIRouter(include_in_schema=False, prefix="/fund/bank/account")


@router.post("")
def change(desk: DeskDep) -> Response:
    """Prepare new details."""

    def act() -> None:
        fields = desk.fields
        given = {name: fields.text(name) for name in ("bank_name", "account_name", "account_no", "reason")}
        since_on = fields.day("since_on")
        fields.check()
        propose_account(desk.tx, desk.actor, fund_id=desk.fund.id, since_on=since_on, now=desk.now, **given)

    return _done(desk, "account", act, "bank.proposed")


@router.post("/approve")
def approve(desk: DeskDep) -> Response:
    """Put in force what somebody else has prepared."""
    return _decide(desk, is_approved=True)


@router.post("/refuse")
def refuse(desk: DeskDep) -> Response:
    """Turn the change down."""
    return _decide(desk, is_approved=False)


def _decide(desk: Desk, *, is_approved: bool) -> Response:
    def act() -> None:
        seen = desk.fields.whole("change")
        desk.fields.check()
        decide_account(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            change_id=seen,
            is_approved=is_approved,
            now=desk.now,
        )

    return _done(desk, "decide-account", act, "fund_account.approved" if is_approved else "bank.refused")


def _done(desk: Desk, form: str, act: Callable[[], None], said: str) -> Response:
    return desk.act(form, act, then=HOME, done=said, again=bank_page)
