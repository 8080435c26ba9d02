"""Capital: commitments, calls and receipts. A partner's people see their own lines only."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, MoneyField, MoneyIn, Out, PageOut, example
from app.api.undo import UndoIn
from app.api.whose import AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.capital import calls as acts
from fund.capital import queries
from fund.capital import receipts as money_in
from fund.capital.inflows import call_by_code, calls, receipts
from fund.capital.rules import CallKind, CallState, Item, ItemKind
from fund.capital.sheets import CallSheet
from fund.holdings.calling import draft_call
from kernel.identity.rules import Role
from kernel.paging import sliced

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class CallRowOut(Out):
    """A call in a list."""

    code: str
    kind: CallKind
    state: CallState
    purpose: str
    amount: MoneyField
    due_on: date
    notice_on: date | None
    is_loaded: bool
    prepared_name: str
    approved_name: str | None
    settled_on: date | None
    cancel_reason: str | None


class CallItemOut(Out):
    """What called money is for."""

    position: int
    kind: ItemKind
    amount: MoneyField
    memo: str
    holding_id: int | None


class CallLineOut(Out):
    """One partner's part of a call; unfunded before and after it."""

    partner_id: int
    investment: MoneyField
    expense: MoneyField
    fee: MoneyField
    interest: MoneyField
    premium: MoneyField
    amount: MoneyField
    received: MoneyField
    received_on: date | None
    outstanding: MoneyField
    unfunded_before: MoneyField
    unfunded_after: MoneyField


class CallOut(CallRowOut):
    """A call with its items and every line that the actor may see."""

    items: list[CallItemOut]
    lines: list[CallLineOut]


class ReceiptOut(Out):
    """Money that came in on a call, or was set off against a distribution."""

    id: int
    call: str
    partner_id: int
    amount: MoneyField
    interest: MoneyField
    received_on: date
    bank_reference: str
    reference: str
    is_set_off: bool
    reversed_on: date | None
    reverse_reason: str | None


class ItemIn(Body):
    """One item of a call: an investment goes by remaining commitments, an expense by commitments, a fee per partner.

    Of a holding that was paid for before, a follow-on and an expense go by the shares in it.
    """

    kind: ItemKind
    amount: MoneyIn
    memo: Annotated[str, Field(max_length=200)] = ""
    holding_id: int | None = None
    excused: Annotated[list[int], Field(max_length=500, description="Ids of partners that are excused")] = []
    amounts: Annotated[dict[int, MoneyIn], Field(description="Of a fee: each partner's own part")] = {}


class CallIn(Body):
    """A call to be drafted; somebody else approves it."""

    purpose: Annotated[str, Field(min_length=1, max_length=400, examples=["第三期出资：氢储运合金 A 轮"])]
    due_on: date
    items: Annotated[list[ItemIn], Field(min_length=1, max_length=50)]
    excuse_reason: Annotated[
        str, Field(max_length=400, description="Why somebody is excused whose side letter does not grant it")
    ] = ""


class ReceiptIn(Body):
    """Money received, as the bank's statement says."""

    model_config = example(
        partner_id=2,
        amount={"amount": "20000000.00", "currency": "CNY"},
        received_on="2026-09-15",
        bank_reference="20260915-0042",
    )

    partner_id: int
    amount: MoneyIn
    received_on: date
    bank_reference: Annotated[str, Field(min_length=1, max_length=60)]


@router.get("/calls")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: CallState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[CallRowOut]:
    """Calls, newest first."""
    actor.require(*READERS)
    page = calls(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[CallRowOut.of(row, fund.currency) for row in page.items], next=page.next)


class DueOut(Out):
    """What a partner still owes on a call; what a netting will set off of it is not `to_pay`."""

    call: str
    partner_id: int
    due_on: date
    amount: MoneyField
    outstanding: MoneyField
    to_set_off: MoneyField
    to_pay: MoneyField
    days_late: int


@router.get("/calls/due")
def due(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[DueOut]:
    """What was owed on issued calls at the end of a day."""
    actor.require(*READERS)
    found = queries.due_calls(tx, fund_id=fund.id, as_of=as_of, known_at=known_at, actor=actor)
    page = sliced(found, lambda line: f"{line.call_id}.{line.partner_id}", after=after, limit=limit)
    return PageOut(items=[DueOut.of(line, fund.currency) for line in page.items], next=page.next)


@router.post("/calls", status_code=201, response_model=CallOut)
def draft(body: CallIn, once: OnceDep, fund: FundDep) -> object:
    """Draft a call: shared out among the partners at once, booked only when it is issued. An excuse needs a side
    letter that grants it for what the item is for, or `excuse_reason`.
    """

    def act() -> CallOut:
        sheet = draft_call(
            once.tx,
            once.actor,
            fund_id=fund.id,
            items=items_of(body),
            due_on=body.due_on,
            purpose=body.purpose,
            excuse_reason=body.excuse_reason,
            now=once.now,
        )
        return call_out(sheet, fund.currency)

    return once.answer(act)


@router.get("/calls/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> CallOut:
    """One call with every line that the actor may see."""
    actor.require(*READERS)
    return call_out(call_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund.currency)


@router.post("/calls/{code}/approval", status_code=201, response_model=CallOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve a draft that somebody else prepared."""

    def act() -> CallOut:
        found = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        return call_out(acts.approve_call(once.tx, once.actor, call_id=found.id, now=once.now), fund.currency)

    return once.answer(act)


@router.post("/calls/{code}/issue", status_code=201, response_model=CallOut)
def issue(code: str, once: OnceDep, fund: FundDep) -> object:
    """Issue an approved call: the contributions are booked as of the due date."""

    def act() -> CallOut:
        found = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        return call_out(acts.issue_call(once.tx, once.actor, call_id=found.id, now=once.now), fund.currency)

    return once.answer(act)


@router.post("/calls/{code}/cancellation", status_code=201, response_model=CallOut)
def cancel(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Cancel a call without receipts; what was booked is reversed."""

    def act() -> CallOut:
        found = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        sheet = acts.cancel_call(
            once.tx, once.actor, call_id=found.id, reason=body.reason, cancelled_on=body.on, now=once.now
        )
        return call_out(sheet, fund.currency)

    return once.answer(act)


@router.get("/calls/{code}/receipts")
def of_call(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ReceiptOut]:
    """The receipts of a call that the actor may see."""
    actor.require(*READERS)
    found = call_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    return [ReceiptOut.of(row, fund.currency) for row in receipts(tx, call_id=found.id, actor=actor)]


@router.post("/calls/{code}/receipts", status_code=201, response_model=ReceiptOut)
def receive(code: str, body: ReceiptIn, once: OnceDep, fund: FundDep) -> object:
    """Book money received; more than is outstanding, or a bank reference twice, is refused."""

    def act() -> ReceiptOut:
        found = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        facts = body.model_dump(exclude={"amount"})
        sheet = money_in.receive(
            once.tx, once.actor, call_id=found.id, amount=body.amount.minor(), **facts, now=once.now
        )
        return ReceiptOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/receipts/{receipt_id}/reversal", status_code=201, response_model=ReceiptOut)
def reverse(receipt_id: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Undo a receipt that was booked by mistake; both entries stay."""

    def act() -> ReceiptOut:
        sheet = money_in.reverse_receipt(
            once.tx, once.actor, receipt_id=receipt_id, reason=body.reason, reversed_on=body.on, now=once.now
        )
        return ReceiptOut.of(sheet, fund.currency)

    return once.answer(act)


def items_of(body: CallIn) -> list[Item]:
    """The items of a request."""
    return [
        Item(
            kind=item.kind,
            amount=item.amount.minor(),
            memo=item.memo,
            holding_id=item.holding_id,
            excused=frozenset(item.excused),
            amounts={partner: amount.minor() for partner, amount in item.amounts.items()},
        )
        for item in body.items
    ]


def call_out(sheet: CallSheet, currency: str) -> CallOut:
    """A call as the API writes it."""
    own = {name: getattr(sheet.call, name) for name in CallRowOut.model_fields}
    return CallOut.of(own | {"items": sheet.items, "lines": sheet.lines}, currency)
