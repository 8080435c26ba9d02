"""Partners that do not pay: what is overdue, notices and how they stand, interest in from them and on to the others."""

from collections.abc import Callable
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.costs import undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import partner_names
from fund.defaults import actions, queries, sharing
from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.remedied import remedies
from fund.defaults.remedy_rules import Say
from fund.defaults.rules import DefaultTerms
from fund.ledger.undone import undone_acts
from fund.partners.queries import partners
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/defaults")
HOME = "/fund/defaults"


@router.get("")
def defaults(desk: DeskDep) -> HTMLResponse:
    """What is overdue, and every default as it stands today."""
    return defaults_page(desk)


def defaults_page(desk: Desk) -> HTMLResponse:
    """The page, with the forms of those who keep the books."""
    desk.actor.require(*STAFF)
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    versions = queries.versions(desk.tx, fund_id=fund_id)
    gone = undone_acts(desk.tx, kind="defaultpay", fund_id=fund_id)
    found = queries.defaults(desk.tx, fund_id=fund_id, as_of=today, actor=desk.actor)
    names = partner_names(desk)
    return desk.show(
        "fund/defaults.html",
        overdue=queries.overdue(desk.tx, fund_id=fund_id, as_of=today),
        found=found,
        payable=sharing.payable_by_partner(desk.tx, fund_id=fund_id),
        payments=[act for act in sharing.payments(desk.tx, fund_id=fund_id) if act not in gone],
        versions=versions,
        has_terms=any(one.effective_on <= today for one in versions),
        names=names,
        remedies=remedies(desk.tx, fund_id=fund_id, actor=desk.actor),
        promised={
            one.id: queries.default_terms(desk.tx, fund_id=fund_id, as_of=one.noticed_on).remedies
            for one in found
        },
        all_remedies=list(Remedy),
        says=[(one.value, desk.label(one)) for one in Say],
        others=[(one.id, names[one.id]) for one in partners(desk.tx, fund_id=fund_id) if not one.is_general],
        today=today,
        may_book=desk.actor.has(*actions.BOOKERS),
        may_promise=desk.actor.has(Role.MANAGER),
    )


@router.post("/terms")
def terms(desk: DeskDep) -> Response:
    """Write the terms of default down."""

    def act() -> None:
        fields = desk.fields
        effective_on, days, rate = (
            fields.day("effective_on"),
            fields.whole("cure_days"),
            fields.percent("rate"),
        )
        promised = _promised(desk)
        fields.check()
        actions.set_terms(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            terms=DefaultTerms(days, rate, promised),
            effective_on=effective_on,
            note=fields.raw("note"),
            now=desk.now,
        )

    return desk.act("terms", act, then=HOME, done="default.terms", again=defaults_page)


def _promised(desk: Desk) -> Remedies:
    """The remedies that were ticked, and the most that may be forfeited."""
    named = tuple(one for one in Remedy if desk.fields.ticked(f"remedy-{one.value}"))
    share = desk.fields.percent("forfeit") if desk.fields.raw("forfeit") else Fraction(0)
    return Remedies(named, share)


@router.post("/notice/{call_id:int}/{partner_id:int}")
def notice(desk: DeskDep, call_id: int, partner_id: int) -> Response:
    """Give notice of a default."""

    def act() -> None:
        noticed_on = desk.fields.day("noticed_on")
        desk.fields.check()
        actions.give_notice(
            desk.tx, desk.actor, call_id=call_id, partner_id=partner_id, noticed_on=noticed_on, now=desk.now
        )

    form = f"notice-{call_id}-{partner_id}"
    return desk.act(form, act, then=HOME, done="default.noticed", again=defaults_page)


@router.post("/{default_id:int}/withdraw")
def withdraw(desk: DeskDep, default_id: int) -> Response:
    """Withdraw a notice."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        actions.withdraw_notice(desk.tx, desk.actor, default_id=default_id, reason=reason, now=desk.now)

    return desk.act(f"withdraw-{default_id}", act, then=HOME, done="default.withdrawn", again=defaults_page)


@router.post("/{default_id:int}/interest")
def interest(desk: DeskDep, default_id: int) -> Response:
    """Book interest that came in."""

    def act() -> None:
        fields = desk.fields
        amount, on = fields.money("amount"), fields.day("received_on")
        reference = fields.text("bank_reference")
        fields.check()
        actions.receive_interest(
            desk.tx,
            desk.actor,
            default_id=default_id,
            amount=amount,
            received_on=on,
            bank_reference=reference[:60],
            now=desk.now,
        )

    form = f"interest-{default_id}"
    return _shown(desk, form, act, _n("Book the interest"), _n("Book it"), "default.interest")


@router.post("/{default_id:int}/undo-interest/{number:int}")
def undo_interest(desk: DeskDep, default_id: int, number: int) -> Response:
    """Take interest back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        actions.undo_interest(
            desk.tx,
            desk.actor,
            default_id=default_id,
            number=number,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    form = f"undo-interest-{default_id}-{number}"
    return _shown(desk, form, act, _n("Take the interest back"), _n("Take it back"), "act.undone")


@router.post("/pay-on")
def pay_on(desk: DeskDep) -> Response:
    """Pay the other partners their interest."""

    def act() -> None:
        paid_on = desk.fields.day("paid_on")
        desk.fields.check()
        sharing.pay_on(desk.tx, desk.actor, fund_id=desk.fund.id, paid_on=paid_on, now=desk.now)

    return _shown(desk, "pay-on", act, _n("Pay the interest on"), _n("Pay it"), "default.paid_on")


@router.post("/undo-payment/{number:int}")
def undo_payment(desk: DeskDep, number: int) -> Response:
    """Take a payment of interest to the partners back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        sharing.undo_pay_on(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            number=number,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    form = f"undo-payment-{number}"
    return _shown(desk, form, act, _n("Take the payment back"), _n("Take it back"), "act.undone")


def _shown(desk: Desk, form: str, act: Callable[[], None], says: str, button: str, done: str) -> Response:
    return act_after_showing(
        desk, form, act, says=says, button=button, back=HOME, then=HOME, done=done, again=defaults_page
    )
