"""Transfers of interests: who passes what to whom, what would pass, and the acts on it."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.who import account_names, partner_names
from fund.capital.positions import commitments
from fund.capital.transfers import cancel_transfer, draft_transfer
from fund.defaults.transfers import undo_transfer
from fund.fees.transfers import approve_transfer, passes
from fund.interests import queries
from fund.interests.corrections import corrections, of_capital
from fund.interests.rules import TransferState, Words
from fund.partners.queries import partners
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/transfers")


@router.get("")
def transfers(desk: DeskDep) -> HTMLResponse:
    """Every transfer, newest first."""
    desk.actor.require(*STAFF)
    after = desk.query.raw("after") or None
    return desk.show(
        "fund/transfers.html",
        transfers=queries.transfers(desk.tx, fund_id=desk.fund.id, actor=desk.actor, after=after),
        names=partner_names(desk),
        may_draft=desk.actor.has(*BOOKERS),
    )


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """The form of a new transfer."""
    return draft_page(desk)


def draft_page(desk: Desk) -> HTMLResponse:
    """Who sells and who buys, how much and from which day; what each has committed stands beside it."""
    desk.actor.require(*BOOKERS)
    today = day_in_beijing(desk.now)
    limited = [one for one in partners(desk.tx, fund_id=desk.fund.id) if not one.is_general]
    names = partner_names(desk)
    return desk.show(
        "fund/transfer_new.html",
        today=today,
        choices=[(one.id, names[one.id]) for one in limited],
        names=names,
        committed=commitments(desk.tx, fund_id=desk.fund.id, as_of=today),
    )


@router.post("")
def draft(desk: DeskDep) -> Response:
    """Write a transfer down; nothing is booked yet."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        seller_id, buyer_id = fields.whole("seller_id"), fields.whole("buyer_id")
        commitment, price = fields.money("commitment"), fields.money("price")
        effective_on = fields.day("effective_on")
        words = Words(
            fields.text("reason"),
            fields.text("consent"),
            fields.day("consented_on"),
            fields.raw("related_note").strip(),
        )
        fields.check()
        sheet = draft_transfer(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            seller_id=seller_id,
            buyer_id=buyer_id,
            commitment=commitment,
            price=price,
            effective_on=effective_on,
            words=words,
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/transfers/{made[0]}" if made else "/fund/transfers"

    return desk.act("draft", act, then=then, done="transfer.drafted", again=draft_page)


@router.get("/{transfer_id:int}")
def transfer(desk: DeskDep, transfer_id: int) -> HTMLResponse:
    """One transfer; seller and buyer see theirs."""
    return transfer_page(desk, transfer_id)


def transfer_page(desk: Desk, transfer_id: int) -> HTMLResponse:
    """What passes, on what grounds, and what may be done now."""
    row = queries.transfer(desk.tx, transfer_id=transfer_id, actor=desk.actor)
    books, is_own = desk.actor.has(*BOOKERS), row.prepared_by == desk.actor.user_id
    is_draft = row.state is TransferState.DRAFT
    return desk.show(
        "fund/transfer.html",
        row=row,
        names=partner_names(desk),
        passes=passes(desk.tx, sheet=row),
        corrected=of_capital(corrections(desk.tx, transfer_id=row.id)),
        accounts=account_names(desk),
        today=day_in_beijing(desk.now),
        may_approve=books and is_draft and not is_own,
        waits_for_other=books and is_draft and is_own,
        may_cancel=books and is_draft,
        may_undo=desk.actor.has(Role.MANAGER) and row.state is TransferState.APPROVED,
    )


@router.post("/{transfer_id:int}/approve")
def approve(desk: DeskDep, transfer_id: int) -> Response:
    """Approve a draft that somebody else prepared, and book it."""

    def act() -> None:
        approve_transfer(desk.tx, desk.actor, transfer_id=transfer_id, now=desk.now)

    return _done(desk, transfer_id, "approve", act, "transfer.approved")


@router.post("/{transfer_id:int}/cancel")
def cancel(desk: DeskDep, transfer_id: int) -> Response:
    """Withdraw a draft."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        cancel_transfer(desk.tx, desk.actor, transfer_id=transfer_id, reason=reason, now=desk.now)

    return _done(desk, transfer_id, "cancel", act, "transfer.cancelled")


@router.post("/{transfer_id:int}/undo")
def undo(desk: DeskDep, transfer_id: int) -> Response:
    """Take a booked transfer back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        undo_transfer(desk.tx, desk.actor, transfer_id=transfer_id, reason=reason, undone_on=on, now=desk.now)

    return _done(desk, transfer_id, "undo", act, "act.undone")


def _done(desk: Desk, transfer_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return transfer_page(refused, transfer_id)

    then = f"/fund/transfers/{transfer_id}"
    return desk.act(form, act, then=then, done=said, again=again)
