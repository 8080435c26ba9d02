"""What of the money called has not been used, item by item, and what stands in the way of taking a return back."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.models import Call, CallItem, CallLine
from fund.capital.past import past_items
from fund.capital.positions import standings
from fund.capital.rules import CallKind, CallState
from fund.capital.unused_rules import (
    Called,
    ReturnCalledAgain,
    ReturnSharedAnew,
    Unused,
    unused,
)
from fund.ledger.chart import EXPENSE_ACCOUNTS, Account
from fund.ledger.queries import flows, total
from fund.partners.queries import codes_in_order
from kernel.db import Tx


def unused_money(tx: Tx, *, fund_id: int) -> list[Unused]:
    """Every item of money called for an investment or expense, with what of it may go back."""
    order = list(codes_in_order(tx, fund_id=fund_id))
    paid = {one.item_id: one.amounts for one in past_items(tx, fund_id=fund_id)}
    rows = tx.execute(
        sa.select(CallItem, Call)
        .join(Call, col(Call.id) == col(CallItem.call_id))
        .where(col(CallItem.id).in_(list(paid)))
        .order_by(col(CallItem.id))
    )
    items = [
        Called(
            item.key,
            call.code,
            item.position,
            item.kind,
            item.holding_id,
            item.memo,
            call.due_on,
            {key: paid[item.key][key] for key in order if key in paid[item.key]},
        )
        for item, call in rows
    ]
    spent = -total(tx, fund_id=fund_id, as_of=date.max, accounts=EXPENSE_ACCOUNTS)
    return unused(items, bought=_bought(tx, fund_id), spent=spent)


def check_may_take_back(tx: Tx, *, call: Call) -> None:
    """Refuse to take a return back whose money was called again, or after which a close shared the past anew."""
    own = sa.select(col(CallItem.equalises_id)).where(col(CallItem.call_id) == call.key)
    later = (
        select(Call.code)
        .join(CallItem, col(CallItem.call_id) == col(Call.id))
        .where(
            Call.kind == CallKind.EQUALISATION,
            Call.state == CallState.ISSUED,
            col(Call.id) > call.key,
            col(CallItem.equalises_id).in_(own),
        )
    )
    code = tx.exec(later.limit(1)).first()
    if code is not None:
        raise ReturnSharedAnew(later=code, call=call.code)
    back: dict[int, int] = {}
    for partner_id, amount in tx.execute(_lines(call.key)):
        back[partner_id] = -amount
    for standing in standings(tx, fund_id=call.fund_id, on=call.due_on):
        if standing.remaining < back.get(standing.partner_id, 0):
            raise ReturnCalledAgain(call=call.code)


def _lines(call_id: int) -> sa.Select[int, int]:
    """What a return gives each partner, as negative amounts."""
    summed = sa.cast(sa.func.sum(CallLine.amount), sa.BigInteger)
    lines = sa.select(col(CallLine.partner_id), summed).where(col(CallLine.call_id) == call_id)
    return lines.group_by(col(CallLine.partner_id))


def _bought(tx: Tx, fund_id: int) -> dict[int, int]:
    """The cost of every purchase that stands, by holding."""
    at_cost = Account.INVESTMENTS_AT_COST
    found: dict[int, int] = {}
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[at_cost]):
        if entry.act.startswith("lot:") and entry.holding_id is not None:
            amount = entry.amount if entry.debit == at_cost else -entry.amount
            found[entry.holding_id] = found.get(entry.holding_id, 0) + amount
    return found
