"""What is kept from a partner since it did not pay: a part of its commitment, new deals, votes. As of a day."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.interests.models import InterestReduction, InterestSuspension
from fund.ledger.undone import undone_acts
from fund.parties.queries import groups
from fund.partners.queries import partners
from kernel.asking import asked_often
from kernel.db import Tx


def reduced(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> Mapping[int, int]:
    """By how much each partner's commitment is cut on a day, as known at an instant."""
    found: Counter[int] = Counter()
    for row in _standing(tx, InterestReduction, "reduction", fund_id, as_of, known_at):
        found[row.partner_id] += row.amount
    return found


def suspended(tx: Tx, *, fund_id: int, as_of: date) -> dict[int, str]:
    """The partners that take no part in new deals on a day, each with the reason."""
    rows = _standing(tx, InterestSuspension, "suspension", fund_id, as_of, None)
    return {row.partner_id: row.reason for row in rows}


def suspended_parties(tx: Tx, *, fund_id: int, as_of: date) -> frozenset[int]:
    """The parties whose people do not vote on a day: the suspended partners and their groups."""
    keys = suspended(tx, fund_id=fund_id, as_of=as_of)
    parties = [one.party_id for one in partners(tx, fund_id=fund_id) if one.id in keys]
    return frozenset().union(*groups(tx, party_ids=parties, as_of=as_of).values())


def _standing(
    tx: Tx, model: Any, kind: str, fund_id: int, as_of: date, known_at: datetime | None
) -> list[Any]:
    rows = _rows(tx, model=model, fund_id=fund_id, as_of=as_of, known_at=known_at).scalars().all()
    gone = undone_acts(tx, kind=kind, fund_id=fund_id, known_at=known_at) if rows else {}
    return [row for row in rows if as_of < gone.get(f"{kind}:{row.key}", date.max)]


@asked_often
def _rows(*, model: Any, fund_id: int, as_of: date, known_at: datetime | None) -> sa.Executable:
    """All of a kind up to a day, in the order in which they were written."""
    statement = sa.select(model).where(model.fund_id == fund_id, model.effective_on <= as_of)
    if known_at is not None:
        statement = statement.where(model.recorded_at <= known_at)
    return statement.order_by(col(model.id))
