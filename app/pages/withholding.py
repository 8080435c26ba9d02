"""Tax withheld from distributions: its rates, what is owed to the tax office, and what was paid."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import partner_names
from fund.parties.rules import PartyKind
from fund.withholding import actions, queries
from fund.withholding.rules import Owed
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/withholding")
HOME = "/fund/withholding"


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """Rates, what is owed, what was paid."""
    return withholding_page(desk)


def withholding_page(desk: Desk) -> HTMLResponse:
    """The page, with the forms of those who may write a rate down or pay."""
    desk.actor.require(*STAFF)
    fund_id = desk.fund.id
    owed: dict[str, list[Owed]] = {}
    for one in queries.owed(desk.tx, fund_id=fund_id):
        owed.setdefault(one.distribution, []).append(one)
    names = partner_names(desk)
    return desk.show(
        "fund/withholding.html",
        rates=queries.rates(desk.tx, fund_id=fund_id)[::-1],
        owed=owed,
        payments=queries.payments(desk.tx, fund_id=fund_id),
        names=names,
        kinds=[(kind.value, desk.label(kind)) for kind in PartyKind],
        today=day_in_beijing(desk.now),
        may_set=desk.actor.has(Role.MANAGER),
        may_pay=desk.actor.has(*BOOKERS),
    )


@router.post("/rate")
def set_rate(desk: DeskDep) -> Response:
    """Write a rate down."""

    def act() -> None:
        fields = desk.fields
        partner_id = fields.maybe_whole("partner_id")
        kind = fields.choice("party_kind", PartyKind) if fields.raw("party_kind") else None
        effective_on, reason = fields.day("effective_on"), fields.text("reason")
        income, gain = fields.percent("income"), fields.percent("gain")
        fields.check()
        actions.set_rate(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            partner_id=partner_id,
            party_kind=kind,
            effective_on=effective_on,
            income=income,
            gain=gain,
            reason=reason,
            now=desk.now,
        )

    return desk.act("rate", act, then=HOME, done="withholding.rate_set", again=withholding_page)


@router.post("/pay/{code}")
def pay(desk: DeskDep, code: str) -> Response:
    """Pay the tax withheld from a distribution."""

    def act() -> None:
        fields = desk.fields
        on = fields.day("paid_on")
        fields.check()
        actions.pay_tax(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            distributions=[code],
            paid_on=on,
            memo=fields.raw("memo"),
            now=desk.now,
        )

    return _done(desk, f"pay-{code}", act, _n("Pay the tax office"), "tax.paid")


@router.post("/undo/{code}")
def undo(desk: DeskDep, code: str) -> Response:
    """Take a payment back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        actions.undo_tax_payment(
            desk.tx, desk.actor, fund_id=desk.fund.id, code=code, reason=reason, undone_on=on, now=desk.now
        )

    return _done(desk, f"undo-{code}", act, _n("Take the payment back"), "act.undone")


def _done(desk: Desk, form: str, act: Callable[[], None], says: str, done: str) -> Response:
    return act_after_showing(
        desk,
        form,
        act,
        says=says,
        button=says,
        back=HOME,
        then=HOME,
        done=done,
        again=withholding_page,
    )
