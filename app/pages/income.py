"""Income that is earned before it is received, by page: booked, received, released, and taken back."""

from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.costs import last_quarter_end, undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import holding_names
from fund.income import actions
from fund.income.queries import EarnedSheet, earned
from fund.income.rules import EarnedKind
from kernel.instants import day_in_beijing


def _n(says: str) -> str:
    return says


HOME = "/fund/income"
router = APIRouter(include_in_schema=False, prefix=HOME)


@router.get("")
def income(desk: DeskDep) -> HTMLResponse:
    """What is earned and still to come."""
    return income_page(desk)


def income_page(desk: Desk) -> HTMLResponse:
    """The page, with the forms of those who keep the books."""
    desk.actor.require(*STAFF)
    today = day_in_beijing(desk.now)
    as_of = desk.query.maybe_day("as_of") or today
    desk.query.check()
    names = holding_names(desk)
    return desk.show(
        "fund/income.html",
        earned=listed(desk, as_of),
        as_of=as_of,
        today=today,
        earn_on=last_quarter_end(desk, today),
        kinds=[(one.value, desk.label(one)) for one in EarnedKind],
        holdings=list(names.items()),
        names=names,
        may_book=desk.actor.has(*BOOKERS),
    )


def listed(desk: Desk, on: date) -> list[EarnedSheet]:
    """What is to come on a day, and what was to come lately and is settled, so that a receipt can be taken back."""
    found = earned(desk.tx, fund_id=desk.fund.id, as_of=on)
    return [one for one in found if one.counts and (one.open or one.earned_on.year >= on.year - 1)]


@router.post("")
def earn(desk: DeskDep) -> Response:
    """Book income as earned."""

    def act() -> None:
        fields = desk.fields
        reference, kind = fields.text("reference"), fields.choice("kind", EarnedKind)
        amount, on = fields.money("amount"), fields.day("earned_on")
        key = fields.maybe_whole("holding")
        fields.check()
        actions.earn(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            kind=kind,
            amount=amount,
            earned_on=on,
            payer=fields.raw("payer"),
            memo=fields.raw("memo"),
            holding_id=key,
            now=desk.now,
        )

    return _shown(desk, "earn", act, _n("Book the income as earned"), _n("Book it"), "income.earned")


@router.post("/{reference}/receive")
def receive(desk: DeskDep, reference: str) -> Response:
    """Take in what was earned."""

    def act() -> None:
        amount, on = desk.fields.money("amount"), desk.fields.day("received_on")
        desk.fields.check()
        actions.receive_earned(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            amount=amount,
            received_on=on,
            now=desk.now,
        )

    says = _n("Receive what was earned")
    return _shown(desk, f"receive-{reference}", act, says, _n("Receive it"), "income.received")


@router.post("/{reference}/release")
def release(desk: DeskDep, reference: str) -> Response:
    """Release what never comes."""

    def act() -> None:
        amount, on = desk.fields.money("amount"), desk.fields.day("released_on")
        reason = desk.fields.text("reason")
        desk.fields.check()
        actions.release_earned(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            amount=amount,
            released_on=on,
            reason=reason,
            now=desk.now,
        )

    says = _n("Release what never comes")
    return _shown(desk, f"release-{reference}", act, says, _n("Release it"), "income.released")


@router.post("/{reference}/undo")
def undo(desk: DeskDep, reference: str) -> Response:
    """Take income back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        actions.undo_earned(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    says = _n("Take the income back")
    return _shown(desk, f"undo-{reference}", act, says, _n("Take it back"), "act.undone")


@router.post("/{reference}/undo/{number}")
def undo_settlement(desk: DeskDep, reference: str, number: int) -> Response:
    """Take a receipt or release back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        actions.undo_income_settlement(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            number=number,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    says = _n("Take the receipt or release back")
    return _shown(desk, f"undo-{reference}.{number}", act, says, _n("Take it back"), "act.undone")


def _shown(desk: Desk, form: str, act: Callable[[], object], says: str, button: str, done: str) -> Response:
    return act_after_showing(
        desk, form, act, says=says, button=button, back=HOME, then=HOME, done=done, again=income_page
    )
