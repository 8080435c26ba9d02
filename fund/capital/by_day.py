"""What was paid in and paid out, day by day: each partner's flows as its waterfall counts them, and what fees took."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.lines import distributed_lines, paid_lines
from fund.capital.models import Call, CallItem, CallLine
from fund.capital.positions import CONTRIBUTED, whole
from fund.capital.rules import ItemKind
from fund.capital.standing import call_stands
from fund.capital.waterfall import Flow
from fund.indemnities.queries import given_lines
from kernel.asking import asked_often
from kernel.db import Tx

Source = Literal["paid in", "given back", "paid out"]


def waterfall_flows(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> dict[int, list[Flow]]:
    """Each partner's flows for its waterfall: contributions from the day they count, distributions before carry.

    What it gave back of distributions is paid in from its due date on: it comes back first, with the hurdle on it.
    """
    flows: dict[int, list[Flow]] = {}
    sources: dict[Source, bool] = {"paid in": True, "given back": True, "paid out": False}
    for source, is_contribution in sources.items():
        found = _by_day(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, source=source)
        for partner_id, on, amount in found:
            if amount:
                flows.setdefault(partner_id, []).append(Flow(on, is_contribution, amount))
    return flows


@asked_often
def _by_day(*, fund_id: int, as_of: date, known_at: datetime | None, source: Source) -> sa.Executable:
    """What each partner paid or was paid in one of the ways, day by day."""
    if source == "paid in":
        lines = paid_lines(fund_id, as_of, CONTRIBUTED, known_at=known_at)
        day, money = lines.c.counts_from, lines.c.amount
    elif source == "given back":
        lines = given_lines(fund_id, as_of, known_at=known_at)
        day, money = lines.c.due_on, lines.c.amount
    else:
        lines = distributed_lines(fund_id, as_of, known_at=known_at)
        day, money = lines.c.pay_on, lines.c.gross
    partner = lines.c.partner_id
    return sa.select(partner, day, whole(sa.func.sum(money))).group_by(partner, day)


def fees_called(tx: Tx, *, fund_id: int) -> list[tuple[date, int]]:
    """What was called for the fee from all partners, by the day from which it counts, oldest first."""
    lines = paid_lines(fund_id, date.max, (ItemKind.FEE,))
    on, summed = lines.c.counts_from, whole(sa.func.sum(lines.c.amount))
    statement = sa.select(on, summed).group_by(on).having(summed != 0).order_by(on)
    return [(day, amount) for day, amount in tx.execute(statement)]


def called_ahead(tx: Tx, *, fund_id: int, as_of: date) -> list[tuple[date, ItemKind, int]]:
    """What is asked for by calls that were made by a day and fall due after it: due day, kind, all partners' amount."""
    return [(on, kind, amount) for on, kind, amount in _ahead(tx, fund_id=fund_id, as_of=as_of) if amount]


@asked_often
def _ahead(*, fund_id: int, as_of: date) -> sa.Executable:
    keys = col(Call.due_on), col(CallItem.kind)
    return (
        sa.select(*keys, whole(sa.func.sum(col(CallLine.amount))))
        .join(CallItem, col(CallItem.call_id) == col(Call.id))
        .join(CallLine, col(CallLine.item_id) == col(CallItem.id))
        .where(
            col(Call.fund_id) == fund_id,
            col(Call.notice_on) <= as_of,
            col(Call.due_on) > as_of,
            call_stands(as_of),
            col(CallItem.kind).in_(CONTRIBUTED),
        )
        .group_by(*keys)
        .order_by(*keys)
    )


def general_partners_own(
    tx: Tx, *, fund_id: int, as_of: date, partner_ids: Collection[int]
) -> list[tuple[date, int]]:
    """What was distributed on the general partner's own interest, by day; its carry is no part of it."""
    lines = distributed_lines(fund_id, as_of)
    own = lines.c.partner_id.in_(partner_ids)
    statement = sa.select(lines.c.pay_on, whole(sa.func.sum(lines.c.gross))).where(own)
    found = tx.execute(statement.group_by(lines.c.pay_on).order_by(lines.c.pay_on))
    return [(on, amount) for on, amount in found if amount]
