"""Entries seen from the accounts: each counts once on its debit side and once on its credit side."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.ledger.models import Entry


def sides(
    fund_id: int,
    as_of: date,
    accounts: Collection[str] | None = None,
    since: date | None = None,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
    *,
    after: date | None = None,
    through_number: int | None = None,
) -> sa.Subquery:
    """Every entry once for each of its sides: account, partner, holding, amount (credit-positive), day, id.

    `since` is the first day that counts, `after` the last that does not; `through_number` the last entry that does.
    Each half is narrowed by itself, so that its own index serves it.
    """
    halves = []
    for account, partner, sign in (
        (col(Entry.credit), col(Entry.credit_partner_id), 1),
        (col(Entry.debit), col(Entry.debit_partner_id), -1),
    ):
        half: Any = sa.select(
            account.label("account"),
            partner.label("partner"),
            col(Entry.holding_id).label("holding"),
            (col(Entry.amount) * sign).label("amount"),
            col(Entry.effective_on).label("effective_on"),
            col(Entry.id).label("id"),
        ).where(col(Entry.fund_id) == fund_id, col(Entry.effective_on) <= as_of)
        if accounts is not None:
            half = half.where(account.in_([str(code) for code in accounts]))
        if since is not None:
            half = half.where(col(Entry.effective_on) >= since)
        if after is not None:
            half = half.where(col(Entry.effective_on) > after)
        if through_number is not None:
            half = half.where(col(Entry.number) <= through_number)
        if known_at is not None:
            half = half.where(col(Entry.recorded_at) <= known_at)
        if partner_id is not None:
            half = half.where(partner == partner_id)
        if holding_id is not None:
            half = half.where(col(Entry.holding_id) == holding_id)
        halves.append(half)
    return sa.union_all(*halves).subquery("sides")


def quarter_of(day: Any) -> sa.ColumnElement[date]:
    """The first day of the quarter of a day."""
    return sa.cast(sa.func.date_trunc("quarter", sa.cast(day, sa.DateTime)), sa.Date)
