"""What was called in the past, item by item, and what each partner has paid for it on balance."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.equalisation import PastItem
from fund.capital.models import Call, CallItem, CallLine
from fund.capital.rules import CallState, ItemKind
from fund.interests.models import TransferLine
from fund.interests.queries import passed_lines
from fund.interests.rules import LineKind
from kernel.db import Tx


def past_items(tx: Tx, *, fund_id: int) -> list[PastItem]:
    """Every investment and expense item issued so far with what each partner has paid for it on balance."""
    root = sa.func.coalesce(CallItem.equalises_id, CallItem.id)
    paid: dict[int, dict[int, int]] = {}
    lines = (
        sa.select(root, col(CallLine.partner_id), sa.cast(sa.func.sum(CallLine.amount), sa.BigInteger))
        .join(CallLine, col(CallLine.item_id) == col(CallItem.id))
        .join(Call, col(Call.id) == col(CallItem.call_id))
        .where(col(Call.fund_id) == fund_id, col(Call.state) == CallState.ISSUED)
        .group_by(root, col(CallLine.partner_id))
        .order_by(root, col(CallLine.partner_id))
    )
    for item_id, partner_id, amount in tx.execute(lines):
        paid.setdefault(item_id, {})[partner_id] = amount
    for item_id, partner_id, amount in tx.execute(_passed_by_item(fund_id, root)):
        of_item = paid.setdefault(item_id, {})
        of_item[partner_id] = of_item.get(partner_id, 0) + amount
    originals = (
        sa.select(CallItem, col(Call.code))
        .join(Call, col(Call.id) == col(CallItem.call_id))
        .where(
            col(Call.fund_id) == fund_id,
            col(Call.state) == CallState.ISSUED,
            col(CallItem.equalises_id).is_(None),
            col(CallItem.kind).in_([ItemKind.INVESTMENT, ItemKind.EXPENSE]),
        )
        .order_by(col(CallItem.id))
    )
    found = (
        PastItem(
            item.key, code, item.counts_from, {key: part for key, part in paid[item.key].items() if part}
        )
        for item, code in tx.execute(originals)
    )
    # Of an item whose money has all gone back there is nothing to share.
    return [one for one in found if one.amounts]


def _passed_by_item(fund_id: int, root: Any) -> sa.Select[Any]:
    """What of each item has passed from one partner to another, with its interest."""
    line = TransferLine
    summed = sa.cast(sa.func.sum(col(line.amount)), sa.BigInteger)
    moved = passed_lines(fund_id, LineKind.CONTRIBUTION, date.max)
    found = moved.join(CallItem, col(CallItem.id) == col(line.item_id))
    return found.with_only_columns(root, col(line.partner_id), summed).group_by(root, col(line.partner_id))
