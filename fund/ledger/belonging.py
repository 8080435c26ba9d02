"""What stands on accounts of what belongs to the time before an act, whenever it takes effect.

It is all that took effect by a day or was written down by an instant, and whatever reverses something of it: an entry
of May that is undone in August leaves what belonged to May.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from fund.ledger.models import Entry
from kernel.db import Tx

Place = tuple[str, int | None]
"""An account and a holding."""


def belonging(
    tx: Tx,
    *,
    fund_id: int,
    places: Collection[Place],
    until: date,
    written_by: datetime,
    acts: Collection[str],
) -> dict[Place, dict[int, int]]:
    """By account and holding what belongs to the time until then by partner, credit-positive.

    Entries of `acts` belong to it as well: what followed on those that do.
    """
    original = aliased(Entry)
    row = Entry
    found: dict[Place, dict[int, int]] = {}
    own = (
        (sa.func.coalesce(col(original.effective_on), col(row.effective_on)) <= until)
        | (sa.func.coalesce(col(original.recorded_at), col(row.recorded_at)) <= written_by)
        | col(row.act).in_(acts)
    )
    for account, holding_id in places:
        sides: list[Any] = [
            sa.select(partner.label("partner"), (sign * col(row.amount)).label("amount"))
            .outerjoin(original, col(original.id) == col(row.reverses_id))
            .where(col(row.fund_id) == fund_id, code == account, _of(holding_id), partner.is_not(None), own)
            for code, partner, sign in (
                (col(row.credit), col(row.credit_partner_id), 1),
                (col(row.debit), col(row.debit_partner_id), -1),
            )
        ]
        both = sa.union_all(*sides).subquery()
        summed = sa.select(both.c.partner, sa.cast(sa.func.sum(both.c.amount), sa.BigInteger))
        found[account, holding_id] = dict(tx.execute(summed.group_by(both.c.partner)).all())
    return found


def _of(holding_id: int | None) -> Any:
    return col(Entry.holding_id).is_(None) if holding_id is None else col(Entry.holding_id) == holding_id
