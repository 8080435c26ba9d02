"""What moved cash, one item for each payment that a bank would show.

Money that passes to or from a partner is one payment each; whatever else an act moves is one payment, however many
entries it is shared over. What was taken back counts as nothing from the day of its reversal.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from fund.ledger.chart import Account
from fund.ledger.models import Entry
from kernel.db import Tx

PER_PARTNER = (
    Account.CONTRIBUTIONS_RECEIVABLE,
    Account.CONTRIBUTIONS,
    Account.DISTRIBUTIONS_PAYABLE,
    Account.EQUALISATION_PAYABLE,
)


@dataclass(frozen=True)
class CashItem:
    """One payment in the books: `key` is its act, and where it is a partner's own "act/partner id".

    `amount` is what came in (positive) or went out; `on` is the first day on which it counts.
    """

    key: str
    act: str
    partner_id: int | None
    amount: int
    on: date
    memo: str


def cash_items(
    tx: Tx,
    *,
    fund_id: int,
    since: date = date.min,
    as_of: date = date.max,
    keys: Collection[str] | None = None,
) -> list[CashItem]:
    """Every payment booked from `since` to `as_of`, or those named, the oldest first; nothing that sums to nothing."""
    into = col(Entry.debit) == Account.CASH
    against = sa.case((into, col(Entry.credit)), else_=col(Entry.debit))
    named = sa.case((into, col(Entry.credit_partner_id)), else_=col(Entry.debit_partner_id))
    # Interest on a default comes in once and is owed to several; it is paid on to each.
    each = against.in_([str(one) for one in PER_PARTNER]) | col(Entry.act).startswith("defaultpay:")
    partner = sa.case((each, named), else_=None)
    key = sa.func.concat_ws("/", col(Entry.act), partner)
    summed = sa.cast(sa.func.sum(sa.case((into, col(Entry.amount)), else_=-col(Entry.amount))), sa.BigInteger)
    first = sa.func.min(col(Entry.effective_on))
    memo = sa.func.min(sa.case((col(Entry.reverses_id).is_(None), col(Entry.memo)), else_=None))
    statement = sa.select(key, col(Entry.act), partner, summed, first, sa.func.coalesce(memo, "")).where(
        col(Entry.fund_id) == fund_id,
        into | (col(Entry.credit) == Account.CASH),
        col(Entry.effective_on) >= since,
        col(Entry.effective_on) <= as_of,
    )
    if keys is not None:
        statement = statement.where(key.in_(list(keys)))
    found = statement.group_by(key, col(Entry.act), partner).having(summed != 0)
    return [CashItem(*row) for row in tx.execute(found.order_by(first, key))]
