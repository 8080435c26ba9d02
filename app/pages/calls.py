"""Calls: what partners are asked to pay in, from the draft to the last receipt."""

from collections.abc import Callable
from datetime import date
from functools import partial

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import money
from app.pages.call_totals import totals
from app.pages.desk import Desk, DeskDep
from app.pages.due_days import earliest_due, notice_days, provisional_year
from app.pages.frame import STAFF
from app.pages.means import means
from app.pages.papers import Papers, papers
from app.pages.return_view import return_page
from app.pages.side_letters import entitled_names
from app.pages.who import holding_names, partner_names
from fund.capital import calls as acts
from fund.capital import queries, receipts
from fund.capital.netted import joined_in
from fund.capital.reminders import reminders
from fund.capital.rules import CallKind, CallState, Item, ItemKind
from fund.capital.sheets import CallSheet
from fund.defaults.queries import uncured
from fund.holdings.calling import draft_call
from fund.partners.queries import partners
from fund.side_letters.queries import excuses_of
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.letters.queries import letters
from kernel.paging import is_key
from lp_reports.rules import Act

router = APIRouter(include_in_schema=False, prefix="/fund/calls")

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)
FAR = date(9999, 12, 31)
ROWS = 3


@router.get("")
def calls(desk: DeskDep) -> HTMLResponse:
    """Every call, newest first."""
    desk.actor.require(*STAFF)
    fund_id = desk.fund.id
    found = queries.calls(desk.tx, fund_id=fund_id, actor=desk.actor, after=desk.query.raw("after") or None)
    owed: dict[int, int] = {}
    for line in queries.due_calls(desk.tx, fund_id=fund_id, as_of=FAR, actor=desk.actor):
        owed[line.call_id] = owed.get(line.call_id, 0) + line.outstanding
    return desk.show(
        "fund/calls.html",
        calls=found,
        owed=owed,
        totals=totals(desk, sum(owed.values())),
        today=day_in_beijing(desk.now),
        may_draft=desk.actor.has(*BOOKERS),
    )


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """The form of a new call."""
    return draft_page(desk)


def draft_page(desk: Desk) -> HTMLResponse:
    """Up to three items, and the fee of each partner where there is one."""
    desk.actor.require(*BOOKERS)
    today = day_in_beijing(desk.now)
    earliest = earliest_due(desk, today)
    return desk.show(
        "fund/call_new.html",
        rows=range(1, ROWS + 1),
        kinds=[(kind, desk.label(kind)) for kind in (ItemKind.INVESTMENT, ItemKind.EXPENSE)],
        partners=partners(desk.tx, fund_id=desk.fund.id, as_of=today),
        holdings=list(holding_names(desk).items()),
        entitled=entitled_names(desk, today),
        earliest=earliest,
        provisional=provisional_year(desk, earliest),
        may_load=desk.actor.has(Role.MANAGER),
    )


@router.post("")
def draft(desk: DeskDep) -> Response:
    """Work a call out; nothing is booked yet."""
    made: list[int] = []

    def act() -> None:
        purpose, due_on, items = desk.fields.text("purpose"), desk.fields.day("due_on"), read_items(desk)
        notice_on = desk.fields.maybe_day("notice_on")
        desk.fields.check()
        reason = desk.fields.raw("excuse_reason")
        draft = (
            partial(draft_call, excuse_reason=reason)
            if notice_on is None
            else partial(acts.load_call, notice_on=notice_on)
        )
        sheet = draft(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            items=items,
            due_on=due_on,
            purpose=purpose,
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/calls/{made[0]}" if made else "/fund/calls"

    done = "call.loaded" if desk.fields.raw("notice_on") else "call.drafted"
    return desk.act("draft", act, then=then, done=done, again=draft_page)


def read_items(desk: Desk) -> list[Item]:
    """The items that were filled in, and the fee where any partner's part was."""
    fields, items = desk.fields, []
    excused = frozenset(int(key) for key in fields.many("excused") if is_key(key))
    for row in range(1, ROWS + 1):
        if not fields.raw(f"amount{row}"):
            continue
        kind = fields.choice(f"kind{row}", ItemKind)
        amount, memo = fields.money(f"amount{row}"), fields.raw(f"memo{row}")
        holding_id = fields.maybe_whole(f"holding{row}")
        spared = excused if kind is ItemKind.INVESTMENT else frozenset()
        items.append(Item(kind, amount, memo, holding_id, spared))
    if excused and all(item.kind is not ItemKind.INVESTMENT for item in items):
        fields.wrong("excused", "only an investment can be excused; this call has none")
    fees = {
        int(name.removeprefix("fee-")): fields.money(name)
        for name in fields.typed()
        if name.startswith("fee-") and is_key(name.removeprefix("fee-")) and fields.raw(name)
    }
    if fees:
        items.append(Item(ItemKind.FEE, sum(fees.values()), fields.raw("fee_memo"), amounts=fees))
    return items


@router.get("/{call_id:int}")
def call(desk: DeskDep, call_id: int) -> HTMLResponse:
    """One call; a partner's people see their own line of it."""
    return call_page(desk, call_id)


def call_page(desk: Desk, call_id: int) -> HTMLResponse:
    """Items, every partner's line, receipts, and what may be done now."""
    sheet = queries.call_sheet(desk.tx, call_id=call_id, actor=desk.actor)
    if sheet.call.kind is CallKind.RETURN:
        return return_page(desk, sheet, call_papers(desk, sheet))
    books = desk.actor.has(*BOOKERS)
    state, is_own = sheet.call.state, sheet.call.prepared_by == desk.actor.user_id
    names, joined = partner_names(desk), joined_in(desk.tx, call_id=call_id, actor=desk.actor)
    alone = books and joined is None
    owing = [line for line in sheet.lines if line.outstanding > 0]
    return desk.show(
        "fund/call.html",
        sheet=sheet,
        call=sheet.call,
        names=names,
        holdings=holding_names(desk),
        excuses=excuses_of(desk.tx, call_id=call_id),
        receipts=queries.receipts(desk.tx, call_id=call_id, actor=desk.actor),
        reminders=reminders(desk.tx, call_id=call_id, actor=desk.actor),
        sent=letters(desk.tx, actor=desk.actor, about=f"call:{call_id}").items,
        noticed=uncured(
            desk.tx,
            fund_id=sheet.call.fund_id,
            on=day_in_beijing(desk.now),
            actor=desk.actor,
            call_id=call_id,
        ),
        notice=notice_days(desk, sheet, day_in_beijing(desk.now)),
        provisional=provisional_year(desk, sheet.call.due_on),
        today=day_in_beijing(desk.now),
        owing=[(line.partner_id, names.get(line.partner_id, "–")) for line in owing],
        owing_rows=[(names.get(line.partner_id, "–"), None, money(line.outstanding)) for line in owing],
        joined=joined,
        paper=call_papers(desk, sheet),
        may_approve=alone and state is CallState.DRAFT and not is_own,
        waits_for_other=alone and state is CallState.DRAFT and is_own,
        may_issue=alone and state is CallState.APPROVED,
        may_receive=books and state is CallState.ISSUED and sheet.outstanding > 0,
        may_cancel=alone and state is not CallState.CANCELLED and sheet.call.kind is CallKind.DRAWDOWN,
        may_reverse=books and state is CallState.ISSUED and sheet.call.settled_on is None,
        may_pass_on=books and _is_ready(sheet),
        may_take_back=books and sheet.call.settled_on is not None,
        back=-sum(line.amount for line in sheet.lines if line.amount < 0),
        means=means(desk, sheet) if books and state in {CallState.DRAFT, CallState.APPROVED} else None,
    )


def call_papers(desk: Desk, sheet: CallSheet) -> Papers | None:
    """The notices of a call on paper."""
    ids = [line.partner_id for line in sheet.lines]
    return papers(desk, act=Act.CALL, act_id=sheet.id, code=sheet.call.code, partner_ids=ids)


def _is_ready(sheet: CallSheet) -> bool:
    """Whether what the newcomers of a close paid can go on to the earlier partners."""
    is_open = sheet.call.state is CallState.ISSUED and sheet.call.settled_on is None
    return is_open and sheet.call.kind is CallKind.EQUALISATION and not sheet.outstanding


@router.post("/{call_id:int}/approve")
def approve(desk: DeskDep, call_id: int) -> Response:
    """Approve a draft that somebody else prepared."""

    def act() -> None:
        acts.approve_call(desk.tx, desk.actor, call_id=call_id, now=desk.now)

    return call_done(desk, call_id, "approve", act, "call.approved")


@router.post("/{call_id:int}/issue")
def issue(desk: DeskDep, call_id: int) -> Response:
    """Give notice; what each partner owes goes into the books."""

    def act() -> None:
        acts.issue_call(desk.tx, desk.actor, call_id=call_id, now=desk.now)

    return call_done(desk, call_id, "issue", act, "call.issued")


@router.post("/{call_id:int}/receive")
def receive(desk: DeskDep, call_id: int) -> Response:
    """Book money that came in."""

    def act() -> None:
        fields = desk.fields
        partner_id, amount = fields.whole("partner_id"), fields.money("amount")
        received_on, reference = fields.day("received_on"), fields.text("bank_reference")
        fields.check()
        receipts.receive(
            desk.tx,
            desk.actor,
            call_id=call_id,
            partner_id=partner_id,
            amount=amount,
            received_on=received_on,
            bank_reference=reference,
            now=desk.now,
        )

    return call_done(desk, call_id, "receive", act, "call.received")


@router.post("/{call_id:int}/cancel")
def cancel(desk: DeskDep, call_id: int) -> Response:
    """Withdraw a call."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        today = day_in_beijing(desk.now)
        acts.cancel_call(
            desk.tx, desk.actor, call_id=call_id, reason=reason, cancelled_on=today, now=desk.now
        )

    return call_done(desk, call_id, "cancel", act, "call.cancelled")


@router.post("/{call_id:int}/reverse/{receipt_id:int}")
def reverse(desk: DeskDep, call_id: int, receipt_id: int) -> Response:
    """Undo a receipt that was booked by mistake, or that the bank took back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        receipts.reverse_receipt(
            desk.tx, desk.actor, receipt_id=receipt_id, reason=reason, reversed_on=on, now=desk.now
        )

    return call_done(desk, call_id, f"reverse-{receipt_id}", act, "receipt.reversed")


def call_done(desk: Desk, call_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    """Do what was asked of a call and come back to it."""

    def again(refused: Desk) -> Response:
        return call_page(refused, call_id)

    return desk.act(form, act, then=f"/fund/calls/{call_id}", done=said, again=again)
