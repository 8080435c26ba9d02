"""Distributions that partners give back so that the fund can pay a liability: how much there is, and each giveback."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.papers import papers
from app.pages.terms_form import shown
from app.pages.who import partner_names
from app.pages.wording import TERM_WORDS
from fund.capital import giveback_receipts as receipts
from fund.capital import indemnities as acts
from fund.charter.queries import terms
from fund.indemnities.queries import indemnities, indemnity
from fund.indemnities.rules import IndemnityReceiptUnknown, IndemnityState
from fund.workdays.queries import calendar
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from lp_reports.rules import Act

router = APIRouter(include_in_schema=False, prefix="/fund/indemnities")

TERMS = ("giveback_cap", "giveback_months", "giveback_restores", "notice_business_days")


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """How far each partner could be asked today, and every giveback."""
    return list_page(desk)


def list_page(desk: Desk) -> HTMLResponse:
    """The charter's term, what is left of it by partner, the givebacks, and the form that drafts one."""
    desk.actor.require(*STAFF)
    today = day_in_beijing(desk.now)
    charter = terms(desk.tx, fund_id=desk.fund.id, as_of=today)
    reaches = acts.reaches(desk.tx, fund_id=desk.fund.id, on=today)
    return desk.show(
        "fund/indemnities.html",
        facts=[(desk.say(TERM_WORDS[name]), shown(desk, getattr(charter, name))) for name in TERMS],
        is_promised=charter.giveback_cap is not None,
        reaches=reaches,
        left=sum(one.most for one in reaches),
        found=indemnities(
            desk.tx, fund_id=desk.fund.id, actor=desk.actor, after=desk.query.raw("after") or None
        ),
        may_draft=desk.actor.has(*BOOKERS),
        earliest=calendar(desk.tx).add_business_days(today, charter.notice_business_days),
        today=today,
        names=partner_names(desk),
    )


@router.post("")
def draft(desk: DeskDep) -> Response:
    """Work out what each partner gives back of an amount."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        amount, due_on, reason = fields.money("amount"), fields.day("due_on"), fields.text("why")
        fields.check()
        sheet = acts.draft_indemnity(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            amount=amount,
            reason=reason,
            due_on=due_on,
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/indemnities/{made[0]}" if made else "/fund/indemnities"

    return desk.act("draft", act, then=then, done="indemnity.drafted", again=list_page)


@router.get("/{indemnity_id:int}")
def one(desk: DeskDep, indemnity_id: int) -> HTMLResponse:
    """One giveback; a partner's people see their own part."""
    return one_page(desk, indemnity_id)


def one_page(desk: Desk, indemnity_id: int) -> HTMLResponse:
    """Every partner's part, why it is as it is, what came in, and what may be done now."""
    row = indemnity(desk.tx, indemnity_id=indemnity_id, actor=desk.actor)
    books, is_own = desk.actor.has(*BOOKERS), row.prepared_by == desk.actor.user_id
    is_draft, names = row.state is IndemnityState.DRAFT, partner_names(desk)
    is_live = row.state in {IndemnityState.APPROVED, IndemnityState.RECEIVED}
    owing = [line for line in row.lines if line.outstanding]
    return desk.show(
        "fund/indemnity.html",
        row=row,
        names=names,
        paper=papers(
            desk,
            act=Act.INDEMNITY,
            act_id=indemnity_id,
            code=row.code,
            partner_ids=[line.partner_id for line in row.lines],
        ),
        today=day_in_beijing(desk.now),
        cap=shown(desk, row.cap),
        owing=[(line.partner_id, names.get(line.partner_id, "–")) for line in owing],
        may_approve=books and is_draft and not is_own,
        waits_for_other=books and is_draft and is_own,
        may_receive=books and row.state is IndemnityState.APPROVED,
        may_reverse=books and is_live,
        may_cancel=books and is_draft,
        may_undo=desk.actor.has(Role.MANAGER) and is_live,
    )


@router.post("/{indemnity_id:int}/approve")
def approve(desk: DeskDep, indemnity_id: int) -> Response:
    """Approve a draft that somebody else prepared; notice is given and what is due is booked."""

    def act() -> None:
        acts.approve_indemnity(desk.tx, desk.actor, indemnity_id=indemnity_id, now=desk.now)

    return _done(desk, indemnity_id, "approve", act, "indemnity.approved")


@router.post("/{indemnity_id:int}/receive")
def receive(desk: DeskDep, indemnity_id: int) -> Response:
    """Book money of a partner's."""

    def act() -> None:
        fields = desk.fields
        partner_id, amount = fields.whole("partner_id"), fields.money("amount")
        on, reference = fields.day("received_on"), fields.text("bank_reference")
        fields.check()
        receipts.receive_giveback(
            desk.tx,
            desk.actor,
            indemnity_id=indemnity_id,
            partner_id=partner_id,
            amount=amount,
            received_on=on,
            bank_reference=reference,
            now=desk.now,
        )

    return _done(desk, indemnity_id, "receive", act, "indemnity.received")


@router.post("/{indemnity_id:int}/receipts/{receipt_id:int}/reverse")
def reverse(desk: DeskDep, indemnity_id: int, receipt_id: int) -> Response:
    """Take one receipt back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        sheet = indemnity(desk.tx, indemnity_id=indemnity_id, actor=desk.actor)
        if receipt_id not in {one.id for one in sheet.receipts}:
            raise IndemnityReceiptUnknown()
        receipts.reverse_giveback_receipt(
            desk.tx, desk.actor, receipt_id=receipt_id, reason=reason, reversed_on=on, now=desk.now
        )

    return _done(desk, indemnity_id, f"reverse{receipt_id}", act, "indemnity.receipt_reversed")


@router.post("/{indemnity_id:int}/cancel")
def cancel(desk: DeskDep, indemnity_id: int) -> Response:
    """Withdraw a draft."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.cancel_indemnity(desk.tx, desk.actor, indemnity_id=indemnity_id, reason=reason, now=desk.now)

    return _done(desk, indemnity_id, "cancel", act, "indemnity.cancelled")


@router.post("/{indemnity_id:int}/undo")
def undo(desk: DeskDep, indemnity_id: int) -> Response:
    """Take it back with all that came in on it."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        acts.undo_indemnity(
            desk.tx, desk.actor, indemnity_id=indemnity_id, reason=reason, undone_on=on, now=desk.now
        )

    return _done(desk, indemnity_id, "undo", act, "act.undone")


def _done(desk: Desk, indemnity_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return one_page(refused, indemnity_id)

    return desk.act(form, act, then=f"/fund/indemnities/{indemnity_id}", done=said, again=again)
