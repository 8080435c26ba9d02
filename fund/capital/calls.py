"""Calling money: draft, approve by somebody else, issue with notice; cancel as long as nothing came in.

Calls from before the fund used this software are loaded as they were issued.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.acts import lock_capital, locked_call, naming_a_holding, next_of_fund
from fund.capital.call_days import CallSettled, check_after_closes
from fund.capital.due_days import check_due_day
from fund.capital.inflows import asked, call_sheet
from fund.capital.models import Call, CallItem, CallLine, Receipt
from fund.capital.participation import by_the_deal
from fund.capital.past_rules import check_loaded
from fund.capital.positions import standings
from fund.capital.rules import (
    CallHasReceipts,
    CallKind,
    CallState,
    Item,
    ItemKind,
    SharesMoved,
    check_approver,
    check_reason,
    split_call,
)
from fund.capital.shared_since import check_shared_alike, shared_since
from fund.capital.sheets import CallSheet
from fund.capital.telling import tell
from fund.capital.unused import check_may_take_back
from fund.capital.unused_rules import ReturnNotIssued
from fund.charter.queries import terms
from fund.ledger.actions import post, reverse_entries
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.ledger.undone import standing
from fund.nettings.queries import check_apart
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount


def draft_call(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    items: Sequence[Item],
    due_on: date,
    purpose: str,
    now: datetime,
) -> CallSheet:
    """Keep a call as a draft. Refused: items that cannot be shared, more than is left of a commitment, a due date that
    has passed or is no business day.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)
    check_due_day(tx, notice_on=day_in_beijing(now), due_on=due_on, notice_business_days=0)
    call = _draft(tx, actor, fund_id, items, due_on, purpose, now)
    return told(tx, actor, call=call, action="call.drafted", now=now)


def load_call(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    items: Sequence[Item],
    notice_on: date,
    due_on: date,
    purpose: str,
    number: int | None = None,
    now: datetime,
) -> CallSheet:
    """Write down a call that was issued before the fund used this software, as it was issued then.

    It is booked as of its due date and says that it was loaded; receipts can be booked on it at once. Its notice and
    its `number` are not judged. Refused: to all but the manager, a notice not in the past or after the due date, a
    locked period, and what `draft_call` refuses of items.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    check_loaded(notice_on=notice_on, due_on=due_on, today=day_in_beijing(now))
    call = _draft(tx, actor, fund_id, items, due_on, purpose, now)
    if number is not None:
        call.number, call.code = number, f"CALL-{number:03}"
    at = stamp(tx, fund_id=fund_id, now=now)
    call.state, call.notice_on, call.issued_at, call.is_loaded = CallState.ISSUED, notice_on, at, True
    tx.flush()
    post(tx, actor, fund_id=fund_id, postings=contribution_postings(tx, call=call), now=now)
    return told(tx, actor, call=call, action="call.loaded", now=now)


def approve_call(tx: Tx, actor: Actor, *, call_id: int, now: datetime) -> CallSheet:
    """Approve a draft; refused for whoever drafted it."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    call = locked_call(tx, call_id=call_id, needed=[CallState.DRAFT])
    check_approver(
        what=call.code, preparer_id=call.prepared_by, preparer=call.prepared_name, approver_id=actor.user_id
    )
    call.state = CallState.APPROVED
    call.approved_by, call.approved_name = actor.user_id, actor.name
    tx.flush()
    return told(tx, actor, call=call, action="call.approved", now=now)


def issue_call(tx: Tx, actor: Actor, *, call_id: int, together: bool = False, now: datetime) -> CallSheet:
    """Give notice of an approved call on the day of `now` and book what each partner owes as of the due date.

    Refused: a notice shorter than the charter's, shares that have changed since the draft, a locked period, one that
    is joined with a distribution by itself (`together` says that the two go on as one).
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    call = locked_call(tx, call_id=call_id, needed=[CallState.APPROVED])
    if call.kind is CallKind.RETURN:
        raise ReturnNotIssued(call=call.code)
    check_apart(tx, what=call.code, call_id=call_id, together=together)
    notice_on = day_in_beijing(now)
    needed = terms(tx, fund_id=call.fund_id, as_of=call.due_on).notice_business_days
    check_due_day(tx, notice_on=notice_on, due_on=call.due_on, notice_business_days=needed)
    _check_shares(tx, call)
    at = stamp(tx, fund_id=call.fund_id, now=now)
    call.state, call.notice_on, call.issued_at = CallState.ISSUED, notice_on, at
    tx.flush()
    post(tx, actor, fund_id=call.fund_id, postings=contribution_postings(tx, call=call), now=now)
    tell(tx, of="call", act_id=call.key, alone=not together, now=now)
    return told(tx, actor, call=call, action="call.issued", now=now)


def cancel_call(
    tx: Tx,
    actor: Actor,
    *,
    call_id: int,
    reason: str,
    cancelled_on: date,
    together: bool = False,
    now: datetime,
) -> CallSheet:
    """Withdraw a call; an issued one is undone in the books by reversals, from its due date at the earliest.

    A return of unused money is taken back like that too. Refused: a call with receipts, one that a later close has
    settled, a return whose money was called again, one joined with a distribution, no reason, what `shared_since` says.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_reason(reason)
    live = [CallState.DRAFT, CallState.APPROVED, CallState.ISSUED]
    call = locked_call(tx, call_id=call_id, needed=live)
    check_apart(tx, what=call.code, call_id=call_id, together=together)
    was_issued = call.state is CallState.ISSUED
    _check_can_cancel(tx, call)
    cancelled_on = max(cancelled_on, call.due_on) if was_issued else cancelled_on
    shared = shared_since(tx, fund_id=call.fund_id, since=cancelled_on, marks=True)
    call.state, call.cancelled_on = CallState.CANCELLED, cancelled_on
    call.cancelled_at, call.cancel_reason = now, reason
    tx.flush()
    if was_issued:
        reverse_entries(
            tx,
            actor,
            fund_id=call.fund_id,
            entries=standing(tx, fund_id=call.fund_id, act=f"call:{call.key}"),
            reason=reason,
            effective_on=call.cancelled_on,
            now=now,
        )
        call.cancelled_at = stamp(tx, fund_id=call.fund_id, now=now)
        tx.flush()
    check_shared_alike(tx, fund_id=call.fund_id, shared=shared)
    return told(tx, actor, call=call, action="call.cancelled", now=now)


def contribution_postings(tx: Tx, *, call: Call) -> list[Posting]:
    """What the call books per partner and kind: the receivable against the contribution, from the due date."""
    codes = codes_in_order(tx, fund_id=call.fund_id)
    return [
        Posting(
            reference=f"{call.code}/{codes[line.partner_id]}/{kind.value}",
            effective_on=call.due_on,
            debit=Account.CONTRIBUTIONS_RECEIVABLE,
            credit=Account.CONTRIBUTIONS,
            amount=amount,
            memo=call.purpose,
            act=f"call:{call.key}",
            debit_partner_id=line.partner_id,
            credit_partner_id=line.partner_id,
        )
        for line in asked(tx, call_id=call.key)
        for kind, amount in (
            (ItemKind.INVESTMENT, line.investment),
            (ItemKind.EXPENSE, line.expense),
            (ItemKind.FEE, line.fee),
        )
        if amount > 0
    ]


def _draft(
    tx: Tx, actor: Actor, fund_id: int, items: Sequence[Item], due_on: date, purpose: str, now: datetime
) -> Call:
    """A call with every partner's part of every item, as of its due date."""
    check_after_closes(tx, fund_id=fund_id, due_on=due_on)
    shared = by_the_deal(tx, fund_id=fund_id, items=items, on=due_on)
    shares = split_call(shared, standings(tx, fund_id=fund_id, on=due_on))
    number = next_of_fund(tx, model=Call, fund_id=fund_id)
    call = Call(
        fund_id=fund_id,
        number=number,
        code=f"CALL-{number:03}",
        kind=CallKind.DRAWDOWN,
        state=CallState.DRAFT,
        purpose=purpose,
        amount=sum(item.amount for item in items),
        due_on=due_on,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(call)
    tx.flush()
    for position, (item, parts) in enumerate(zip(items, shares, strict=True), start=1):
        _write_item(tx, call, position, item, parts)
    return call


def _write_item(tx: Tx, call: Call, position: int, item: Item, parts: Mapping[int, int]) -> None:
    row = CallItem(
        call_id=call.key,
        position=position,
        kind=item.kind,
        amount=item.amount,
        memo=item.memo,
        holding_id=item.holding_id,
        excused=sorted(item.excused),
        counts_from=call.due_on,
    )
    with naming_a_holding(tx, holding_id=item.holding_id):
        tx.add(row)
        tx.flush()
    tx.add_all(
        CallLine(call_id=call.key, item_id=row.key, partner_id=partner_id, amount=amount)
        for partner_id, amount in parts.items()
    )
    tx.flush()


def _check_shares(tx: Tx, call: Call) -> None:
    """Refuse when the partners' standings have moved since the draft: its lines would not be right any more."""
    check_after_closes(tx, fund_id=call.fund_id, due_on=call.due_on)
    rows = tx.exec(select(CallItem).where(CallItem.call_id == call.key).order_by(col(CallItem.position)))
    items, drafted = [], []
    for row in rows:
        found = tx.exec(select(CallLine).where(CallLine.item_id == row.key))
        parts = {line.partner_id: line.amount for line in found}
        amounts = parts if row.kind is ItemKind.FEE else {}
        items.append(Item(row.kind, row.amount, row.memo, row.holding_id, frozenset(row.excused), amounts))
        drafted.append(parts)
    shared = by_the_deal(tx, fund_id=call.fund_id, items=items, on=call.due_on)
    if split_call(shared, standings(tx, fund_id=call.fund_id, on=call.due_on)) != drafted:
        raise SharesMoved(what=call.code)


def _check_can_cancel(tx: Tx, call: Call) -> None:
    if call.kind is CallKind.EQUALISATION:
        raise CallSettled(call=call.code)
    if call.kind is CallKind.RETURN and call.state is CallState.ISSUED:
        check_may_take_back(tx, call=call)
    own = sa.select(col(CallItem.id)).where(col(CallItem.call_id) == call.key)
    settled = (
        select(CallItem.id)
        .join(Call, col(Call.id) == CallItem.call_id)
        .where(
            col(CallItem.equalises_id).in_(own),
            Call.state == CallState.ISSUED,
            Call.kind == CallKind.EQUALISATION,
        )
    )
    if tx.exec(settled.limit(1)).first() is not None:
        raise CallSettled(call=call.code)
    statement = select(sa.func.coalesce(sa.func.sum(Receipt.amount), 0)).where(
        Receipt.call_id == call.key, col(Receipt.reversed_on).is_(None)
    )
    received = int(tx.exec(statement).one())
    if received:
        raise CallHasReceipts(call=call.code, received=format_amount(received))


def told(tx: Tx, actor: Actor, *, call: Call, action: str, now: datetime) -> CallSheet:
    """Record what became of a call, and the call as it stands then."""
    detail = {"code": call.code, "amount": call.amount, "due_on": call.due_on.isoformat()}
    detail |= {} if call.cancel_reason is None else {"reason": call.cancel_reason}
    record(tx, actor, action=action, subject=f"call:{call.key}", detail=detail, now=now)
    return call_sheet(tx, call_id=call.key)
