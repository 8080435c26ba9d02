"""Giving unused money back: drafted, approved by somebody else, paid; as if it had not been called from that day on.

It is a call turned round: its lines are negative and name the items whose money goes back. So it lowers what was paid
in, can be called again, and the preferred return ends on its day; it is no distribution. Withdrawing it undoes it.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.acts import lock_capital, locked_call, next_of_fund, promised
from fund.capital.calls import told
from fund.capital.distributions import PaidBeforeItsDay
from fund.capital.forms import waterfalls
from fund.capital.inflows import asked
from fund.capital.models import Call, CallItem, CallLine
from fund.capital.rules import CallKind, CallState, ItemKind, SharesMoved
from fund.capital.shared_since import Shared, check_shared_alike, shared_since
from fund.capital.sheets import CallSheet
from fund.capital.unused import unused_money
from fund.capital.unused_rules import (
    Back,
    Called,
    NotAReturn,
    ReturnOutstrips,
    ReturnUnpaid,
    given_back,
    to_give_back,
)
from fund.capital.waterfall import Working
from fund.ledger.actions import post
from fund.ledger.cash import check_cash
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount


def draft_return(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    items: Sequence[Back],
    pay_on: date,
    purpose: str,
    now: datetime,
) -> CallSheet:
    """Work out what each partner is given back of the items named, by what it has paid for them; nothing is booked.

    Refused: more than was called and not used (each item named with the figures), a partner that has not paid yet or
    whose contributions have come back already, a day before the call was due.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)
    wanted = [Back(one.call.strip().upper(), one.position, one.amount) for one in items]
    parts = _parts(tx, fund_id, wanted, pay_on)
    number = next_of_fund(tx, model=Call, fund_id=fund_id)
    row = Call(
        fund_id=fund_id,
        number=number,
        code=f"CALL-{number:03}",
        kind=CallKind.RETURN,
        state=CallState.DRAFT,
        purpose=purpose,
        amount=-sum(one.amount for one in wanted),
        due_on=pay_on,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    for position, (item, lines) in enumerate(parts, start=1):
        _write_item(tx, row, position, item, lines)
    return told(tx, actor, call=row, action="call.return_drafted", now=now)


def pay_return(tx: Tx, actor: Actor, *, call_id: int, now: datetime) -> CallSheet:
    """Pay an approved return: it is booked as of its day, each partner's part out of the bank.

    Refused: before its day, when what may go back or the parts have moved since the draft, without the cash; as of a
    day before something of a holding was shared by what each had paid for it, which it would change.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_call(tx, call_id=call_id, needed=[CallState.APPROVED])
    if row.kind is not CallKind.RETURN:
        raise NotAReturn(call=row.code)
    today = day_in_beijing(now)
    if today < row.due_on:
        raise PaidBeforeItsDay(distribution=row.code, pay_on=row.due_on)
    _check_unmoved(tx, row)
    kept = promised(tx, fund_id=row.fund_id)
    check_cash(tx, fund_id=row.fund_id, amount=-row.amount, on=row.due_on, today=today, promised=kept)
    at, shared = stamp(tx, fund_id=row.fund_id, now=now), _shared(tx, row)
    row.state, row.notice_on, row.issued_at, row.settled_on = CallState.ISSUED, today, at, None
    tx.flush()
    post(tx, actor, fund_id=row.fund_id, postings=_postings(tx, row), now=now)
    check_shared_alike(tx, fund_id=row.fund_id, shared=shared)
    return told(tx, actor, call=row, action="call.return_paid", now=now)


def _shared(tx: Tx, row: Call) -> Shared:
    return shared_since(tx, fund_id=row.fund_id, since=row.due_on, marks=True)


def _parts(tx: Tx, fund_id: int, wanted: Sequence[Back], pay_on: date) -> list[tuple[Called, dict[int, int]]]:
    """Each item named with what every partner gets of it."""
    chosen = to_give_back(unused_money(tx, fund_id=fund_id), wanted, on=pay_on)
    parts = [(item, given_back(item, amount)) for item, amount in chosen]
    _check_paid(tx, fund_id, [item for item, _ in parts])
    sums: dict[int, int] = {}
    for _, lines in parts:
        for partner_id, amount in lines.items():
            sums[partner_id] = sums.get(partner_id, 0) + amount
    codes, form = codes_in_order(tx, fund_id=fund_id), waterfalls(tx, fund_id=fund_id, on=pay_on)
    for partner_id, amount in sums.items():
        working = form.sold(partner_id, 0)
        # Deal by deal only a part of the contributions counts; what is left of all of them is not told by it.
        if isinstance(working, Working) and amount > working.before.unreturned:
            above = amount - working.before.unreturned
            raise ReturnOutstrips(partner=codes[partner_id], amount=format_amount(above))
    return parts


def _check_paid(tx: Tx, fund_id: int, items: Sequence[Called]) -> None:
    """Refuse as long as somebody owes on a call of which money goes back."""
    codes = codes_in_order(tx, fund_id=fund_id)
    of = sa.select(col(Call.id), col(Call.code)).where(
        col(Call.id).in_(
            sa.select(col(CallItem.call_id)).where(col(CallItem.id).in_([one.item_id for one in items]))
        )
    )
    problems = [
        Problem(
            codes[line.partner_id],
            "owes {amount} on {call}",
            {"amount": format_amount(line.outstanding), "call": call},
        )
        for call_id, call in tx.execute(of.order_by(col(Call.id)))
        for line in asked(tx, call_id=call_id)
        if line.outstanding > 0
    ]
    if problems:
        raise ReturnUnpaid(problems=problems)


def _write_item(tx: Tx, row: Call, position: int, item: Called, lines: dict[int, int]) -> None:
    made = CallItem(
        call_id=row.key,
        position=position,
        kind=item.kind,
        amount=-sum(lines.values()),
        memo=f"{item.call} · {item.memo}" if item.memo else item.call,
        holding_id=item.holding_id,
        excused=[],
        counts_from=row.due_on,
        equalises_id=item.item_id,
    )
    tx.add(made)
    tx.flush()
    tx.add_all(
        CallLine(call_id=row.key, item_id=made.key, partner_id=partner_id, amount=-amount)
        for partner_id, amount in lines.items()
    )
    tx.flush()


def _check_unmoved(tx: Tx, row: Call) -> None:
    drafted = select(CallItem).where(CallItem.call_id == row.key).order_by(col(CallItem.position))
    items = tx.exec(drafted).all()
    known = {one.item.item_id: one.item for one in unused_money(tx, fund_id=row.fund_id)}
    roots = [known[item.equalises_id or 0] for item in items if item.equalises_id in known]
    wanted = [Back(root.call, root.position, -item.amount) for root, item in zip(roots, items, strict=False)]
    was = []
    for item in items:
        lines = tx.exec(select(CallLine).where(CallLine.item_id == item.key))
        was.append((item.equalises_id, {line.partner_id: -line.amount for line in lines}))
    parts = _parts(tx, row.fund_id, wanted, row.due_on)
    if [(item.item_id, lines) for item, lines in parts] != was:
        raise SharesMoved(what=row.code)


def _postings(tx: Tx, row: Call) -> list[Posting]:
    codes = codes_in_order(tx, fund_id=row.fund_id)
    return [
        Posting(
            reference=f"{row.code}/{codes[line.partner_id]}/{kind.value}-back",
            effective_on=row.due_on,
            debit=Account.CONTRIBUTIONS,
            credit=Account.CASH,
            amount=-amount,
            memo=row.purpose,
            act=f"call:{row.key}",
            debit_partner_id=line.partner_id,
        )
        for line in asked(tx, call_id=row.key)
        for kind, amount in ((ItemKind.INVESTMENT, line.investment), (ItemKind.EXPENSE, line.expense))
        if amount
    ]
