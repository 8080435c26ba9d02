"""What was written down between two instants, and how a day's balances differ for it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from fund.ledger.balances import balances
from fund.ledger.entries import LINE, EntrySheet, linked
from fund.ledger.models import Entry
from kernel.db import Tx


@dataclass(frozen=True)
class Difference:
    """An account, or a partner's part of it, as known at two instants; credit-positive, in minor units."""

    account: str
    partner_id: int | None
    first: int
    second: int

    @property
    def moved(self) -> int:
        """By how much the second answer is above the first."""
        return self.second - self.first


def differences(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    first: datetime,
    second: datetime,
    partner_id: int | None = None,
    by_partner: bool = False,
) -> list[Difference]:
    """Every account with a balance at the end of `as_of` as known at either instant; `by_partner` tells the parts."""

    def stood(at: datetime) -> dict[tuple[str, int | None], int]:
        found = balances(
            tx,
            fund_id=fund_id,
            as_of=as_of,
            known_at=at,
            partner_id=partner_id,
            by=("account", "partner") if by_partner else ("account",),
        )
        return {(str(one.account), one.partner_id): one.amount for one in found}

    before, after = stood(first), stood(second)
    keys = sorted({*before, *after}, key=lambda key: (key[0], key[1] or 0))
    return [Difference(*key, before.get(key, 0), after.get(key, 0)) for key in keys]


def recorded_between(
    tx: Tx, *, fund_id: int, as_of: date, first: datetime, second: datetime, partner_id: int | None = None
) -> list[EntrySheet]:
    """The entries that take effect by `as_of` and were recorded after `first` and by `second`, in their order."""
    statement = sa.select(*LINE).where(
        col(Entry.fund_id) == fund_id,
        col(Entry.effective_on) <= as_of,
        col(Entry.recorded_at) > first,
        col(Entry.recorded_at) <= second,
    )
    if partner_id is not None:
        named = (col(Entry.debit_partner_id) == partner_id) | (col(Entry.credit_partner_id) == partner_id)
        statement = statement.where(named)
    return linked(tx, lines=tx.execute(statement.order_by(col(Entry.id))).all())
