"""Carry: what the charter promises of it, what of it would be owed back, and what is given back."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.statements import span
from app.pages.terms_form import shown
from app.pages.who import partner_names
from app.pages.wording import TERM_WORDS
from fund.capital import carry_returns as acts
from fund.capital.clawbacks import clawbacks
from fund.charter.queries import terms
from fund.givebacks.escrow import held, held_for, releases
from fund.givebacks.queries import carry_return, carry_returns
from fund.givebacks.rules import CarryReturnState, ClawbackTest
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/carry")

# The terms that carry goes by, in the order in which they are read.
TERMS = (
    "carry_form",
    "hurdle",
    "compounding",
    "catch_up",
    "carry",
    "carry_tax",
    "carry_escrow",
    "escrow_test",
)


@router.get("")
def carry(desk: DeskDep) -> HTMLResponse:
    """Carry received and the clawback, as of a day and as known at an instant."""
    return carry_page(desk)


def carry_page(desk: Desk) -> HTMLResponse:
    """The terms of that day, the formula of the clawback partner by partner, and every return of carry."""
    desk.actor.require(*STAFF)
    then = span(desk)
    charter = terms(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at)
    after = desk.query.raw("after") or None
    return desk.show(
        "fund/carry.html",
        then={"as_of": then.as_of, "known_at": then.known_at, "query": then.query},
        facts=[(desk.say(TERM_WORDS[name]), shown(desk, getattr(charter, name))) for name in TERMS],
        tiers=[shown(desk, one) for one in charter.further],
        found=clawbacks(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at),
        returns=carry_returns(desk.tx, fund_id=desk.fund.id, actor=desk.actor, after=after),
        share=charter.carry_escrow,
        held=held(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at),
        held_for=held_for(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at),
        releases=releases(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items,
        may_undo=desk.actor.has(Role.MANAGER),
        today=day_in_beijing(desk.now),
        kinds=[(one.value, desk.label(one)) for one in ClawbackTest],
        may_draft=desk.actor.has(*BOOKERS),
        names=partner_names(desk),
    )


@router.post("/returns")
def draft(desk: DeskDep) -> Response:
    """Test the clawback and draft what is to be returned."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        kind = fields.choice("kind", ClawbackTest)
        tested_on, due_on = fields.day("tested_on"), fields.day("due_on")
        amount, note = fields.maybe_money("amount"), fields.raw("note")
        fields.check()
        sheet = acts.draft_return(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            kind=kind,
            tested_on=tested_on,
            due_on=due_on,
            amount=amount,
            note=note,
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/carry/returns/{made[0]}" if made else "/fund/carry"

    return desk.act("draft", act, then=then, done="carry_return.drafted", again=carry_page)


@router.get("/returns/{return_id:int}")
def one_return(desk: DeskDep, return_id: int) -> HTMLResponse:
    """One return of carry; a partner's people see their own line."""
    return return_page(desk, return_id)


def return_page(desk: Desk, return_id: int) -> HTMLResponse:
    """Every partner's part with the formula behind it, and what may be done now."""
    row = carry_return(desk.tx, return_id=return_id, actor=desk.actor)
    books, is_own = desk.actor.has(*BOOKERS), row.prepared_by == desk.actor.user_id
    is_draft = row.state is CarryReturnState.DRAFT
    return desk.show(
        "fund/carry_return.html",
        row=row,
        names=partner_names(desk),
        today=day_in_beijing(desk.now),
        may_approve=books and is_draft and not is_own,
        waits_for_other=books and is_draft and is_own,
        may_receive=books and row.state is CarryReturnState.APPROVED,
        may_pay=books and row.state is CarryReturnState.RECEIVED,
        may_cancel=books and is_draft,
        may_undo=desk.actor.has(Role.MANAGER) and (row.is_open or row.state is CarryReturnState.PAID),
    )


@router.post("/returns/{return_id:int}/approve")
def approve(desk: DeskDep, return_id: int) -> Response:
    """Approve a draft that somebody else prepared; what is owed is booked."""

    def act() -> None:
        acts.approve_return(desk.tx, desk.actor, return_id=return_id, now=desk.now)

    return _done(desk, return_id, "approve", act, "carry_return.approved")


@router.post("/returns/{return_id:int}/receive")
def receive(desk: DeskDep, return_id: int) -> Response:
    """Book the general partner's payment."""

    def act() -> None:
        on, reference = desk.fields.day("received_on"), desk.fields.text("bank_reference")
        desk.fields.check()
        acts.receive_return(
            desk.tx,
            desk.actor,
            return_id=return_id,
            received_on=on,
            bank_reference=reference,
            now=desk.now,
        )

    return _done(desk, return_id, "receive", act, "carry_return.received")


@router.post("/returns/{return_id:int}/pay")
def pay(desk: DeskDep, return_id: int) -> Response:
    """Pay the partners."""

    def act() -> None:
        on = desk.fields.day("paid_on")
        desk.fields.check()
        acts.pay_return(desk.tx, desk.actor, return_id=return_id, paid_on=on, now=desk.now)

    return _done(desk, return_id, "pay", act, "carry_return.paid")


@router.post("/returns/{return_id:int}/cancel")
def cancel(desk: DeskDep, return_id: int) -> Response:
    """Withdraw a draft."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.cancel_return(desk.tx, desk.actor, return_id=return_id, reason=reason, now=desk.now)

    return _done(desk, return_id, "cancel", act, "carry_return.cancelled")


@router.post("/returns/{return_id:int}/undo")
def undo(desk: DeskDep, return_id: int) -> Response:
    """Take it back, as far as it has come."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        acts.undo_return(desk.tx, desk.actor, return_id=return_id, reason=reason, undone_on=on, now=desk.now)

    return _done(desk, return_id, "undo", act, "act.undone")


def _done(desk: Desk, return_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return return_page(refused, return_id)

    return desk.act(form, act, then=f"/fund/carry/returns/{return_id}", done=said, again=again)
