"""What is owed for expenses, from the page of fees and expenses: booked, paid, released, and taken back."""

from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Response

from app.pages.costs import HOME, book_expense, costs_page, undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.rehearsal import act_after_showing
from fund.fees import accruals as acts


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/costs/owed")


@router.post("")
def accrue(desk: DeskDep) -> Response:
    """Book an expense that is not paid yet."""

    def act() -> None:
        book_expense(desk, is_accrued=True)

    return _shown(desk, "accrue", act, _n("Book the expense as owed"), _n("Book it"), "expense.accrued")


@router.post("/{reference}/pay")
def pay(desk: DeskDep, reference: str) -> Response:
    """Pay what is owed, or a part of it."""

    def act() -> None:
        amount, on = desk.fields.money("amount"), desk.fields.day("paid_on")
        desk.fields.check()
        acts.pay_expense(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            amount=amount,
            paid_on=on,
            now=desk.now,
        )

    return _shown(desk, f"pay-{reference}", act, _n("Pay what is owed"), _n("Pay it"), "expense.paid")


@router.post("/{reference}/release")
def release(desk: DeskDep, reference: str) -> Response:
    """Give back what is not owed after all."""

    def act() -> None:
        amount, on = desk.fields.money("amount"), desk.fields.day("released_on")
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.release_expense(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            amount=amount,
            released_on=on,
            reason=reason,
            now=desk.now,
        )

    says = _n("Release what is not owed after all")
    return _shown(desk, f"release-{reference}", act, says, _n("Release it"), "expense.released")


@router.post("/{reference}/undo/{number}")
def undo(desk: DeskDep, reference: str, number: int) -> Response:
    """Take a payment or release back."""

    def act() -> date:
        reason, on = undo_fields(desk)
        return acts.undo_settlement(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            number=number,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    says = _n("Take the payment or release back")
    return _shown(desk, f"undo-payable-{reference}.{number}", act, says, _n("Take it back"), "act.undone")


def _shown(desk: Desk, form: str, act: Callable[[], object], says: str, button: str, done: str) -> Response:
    return act_after_showing(
        desk, form, act, says=says, button=button, back=HOME, then=HOME, done=done, again=costs_page
    )
