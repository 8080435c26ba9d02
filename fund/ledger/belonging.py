"""Entries side by side with the day to which each belongs, whenever it takes effect.

What reverses an entry belongs to the day of that entry: one of May that is undone in August leaves what was of May.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from fund.ledger.models import Entry
from kernel.db import Tx

Place = tuple[str, int | None]
"""An account and a holding."""


class Side(NamedTuple):
    """What an entry does to a partner's part of a place, credit-positive. `first`, `written_at` and `number` are of the
    entry that it reverses, where it does.
    """

    place: Place
    partner_id: int
    amount: int
    on: date
    first: date
    written_at: datetime
    act: str
    reference: str
    is_reversal: bool
    number: int = 0


def partners_sides(
    tx: Tx,
    *,
    fund_id: int,
    accounts: Collection[str] = (),
    places: Collection[Place] = (),
    acts: Collection[str] = (),
    partner_ids: Collection[int] = (),
    on: date | None = None,
) -> list[Side]:
    """The sides that name a partner, in the order of the books: of all places on some accounts, or of some places.

    With `acts` or `partner_ids` those of these alone, with `on` those that take effect on a day.
    """
    row, original = Entry, aliased(Entry)
    wanted = {*accounts, *(account for account, _ in places)}
    sides: list[Any] = [
        sa.select(
            code.label("account"),
            col(row.holding_id),
            partner.label("partner_id"),
            (sign * col(row.amount)).label("amount"),
            col(row.effective_on),
            sa.func.coalesce(col(original.effective_on), col(row.effective_on)).label("first"),
            sa.func.coalesce(col(original.recorded_at), col(row.recorded_at)).label("written_at"),
            col(row.act),
            col(row.reference),
            col(row.reverses_id).is_not(None).label("is_reversal"),
            sa.func.coalesce(col(original.number), col(row.number)).label("first_number"),
            col(row.number),
        )
        .outerjoin(original, col(original.id) == col(row.reverses_id))
        .where(
            col(row.fund_id) == fund_id,
            code.in_(wanted),
            partner.is_not(None),
            *([_of(places)] if places else []),
            *([col(row.act).in_(acts)] if acts else []),
            *([partner.in_(partner_ids)] if partner_ids else []),
            *([] if on is None else [col(row.effective_on) == on]),
        )
        for code, partner, sign in (
            (col(row.credit), col(row.credit_partner_id), 1),
            (col(row.debit), col(row.debit_partner_id), -1),
        )
    ]
    both = sa.union_all(*sides).subquery()
    found = tx.execute(sa.select(both).order_by(both.c.number))
    lines = [Side((line[0], line[1]), *line[2:11]) for line in found]
    return [one for one in lines if not places or one.place in places]


def _of(places: Collection[Place]) -> sa.ColumnElement[bool]:
    """Entries of the holdings of some places, or of none."""
    held = {holding_id for _, holding_id in places}
    known = col(Entry.holding_id).in_([one for one in held if one is not None])
    return known | col(Entry.holding_id).is_(None) if None in held else known
