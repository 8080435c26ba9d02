"""What partners paid in and were paid, line by line, whoever holds the interest by now.

From the day of a transfer on, what passed is taken from the seller and added to the buyer: both sides of it are lines,
so that the fund's sums stay what they are.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.models import Call, CallItem, CallLine, Distribution, DistributionLine
from fund.capital.rules import ItemKind
from fund.capital.standing import call_stands, distribution_stands
from fund.interests.models import TransferLine
from fund.interests.queries import as_of_holding, passed_lines
from fund.interests.rules import LineKind


def paid_lines(
    fund_id: int,
    as_of: date,
    kinds: Collection[ItemKind],
    *,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> sa.Subquery:
    """What was called by `as_of`, item by item, and what of it has passed to another partner: it sums to the same."""
    called: Any = (
        sa.select(
            col(CallLine.partner_id),
            col(CallItem.id).label("item_id"),
            col(CallItem.kind).label("kind"),
            col(CallLine.amount),
            col(Call.due_on),
            col(CallItem.counts_from),
            col(CallItem.holding_id),
            col(Call.id).label("call_id"),
            col(Call.issued_at),
        )
        .select_from(CallLine)
        .join(CallItem, col(CallItem.id) == col(CallLine.item_id))
        .join(Call, col(Call.id) == col(CallLine.call_id))
        .where(
            col(Call.fund_id) == fund_id,
            col(Call.due_on) <= as_of,
            call_stands(as_of, known_at),
            col(CallItem.kind).in_(list(kinds)),
        )
    )
    line = TransferLine
    nothing = sa.null()
    moved = (
        passed_lines(fund_id, LineKind.CONTRIBUTION, as_of_holding(as_of, held_on), known_at)
        .with_only_columns(
            col(line.partner_id),
            col(line.item_id),
            col(line.item_kind),
            col(line.amount),
            col(line.happened_on),
            col(line.counts_from),
            col(line.holding_id),
            sa.cast(nothing, sa.BigInteger),
            sa.cast(nothing, sa.DateTime(timezone=True)),
        )
        .where(col(line.item_kind).in_([kind.value for kind in kinds]))
    )
    return sa.union_all(called, moved).subquery("paid")


def distributed_lines(
    fund_id: int, as_of: date, *, known_at: datetime | None = None, held_on: date | None = None
) -> sa.Subquery:
    """What was paid out by `as_of`, and what of it has passed to another partner: it sums to the same."""
    paid = DistributionLine
    made: Any = (
        sa.select(
            col(paid.partner_id),
            col(Distribution.id).label("distribution_id"),
            col(Distribution.pay_on),
            col(Distribution.recallable),
            col(Distribution.holding_id),
            col(paid.gross),
            col(paid.carry),
            col(paid.return_of_capital),
        )
        .select_from(paid)
        .join(Distribution, col(Distribution.id) == col(paid.distribution_id))
        .where(col(Distribution.fund_id) == fund_id, distribution_stands(as_of, known_at))
    )
    line = TransferLine
    moved = passed_lines(
        fund_id, LineKind.DISTRIBUTION, as_of_holding(as_of, held_on), known_at
    ).with_only_columns(
        col(line.partner_id),
        col(line.distribution_id),
        col(line.happened_on),
        col(line.recallable),
        col(line.holding_id),
        col(line.gross),
        col(line.gross) - col(line.amount),
        col(line.return_of_capital),
    )
    return sa.union_all(made, moved).subquery("paid_out")


def capital_back(return_of_capital: Any, gross: Any) -> Any:
    """The capital in a line; where carry was received, no more than the line's own share of the distribution.

    What has passed to another partner is negative and counts alike.
    """
    least = sa.func.least(sa.func.abs(return_of_capital), sa.func.abs(gross))
    return sa.case((gross < 0, -least), else_=least)
