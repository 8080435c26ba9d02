"""Who on the committee is recused from a deal: as long as that lasts, the deal is not there for them.

The committee says so with `keep_out` and `let_in`. Those who run or audit the fund see the deal all the same, and an
enterprise's people its teaser: they need it for that work, in which a seat on the committee plays no part.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from pipeline.deals.models import Deal, DealRecusal


def is_out(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether `actor` is recused from the deal that a statement is about."""
    return _live(actor.user_id).where(DealRecusal.deal_id == Deal.id).exists()


def kept_out(tx: Tx, *, actor: Actor) -> frozenset[int]:
    """The deals that a member of the committee is recused from; nobody else is kept out of any."""
    if actor.reach == "all" or not actor.has(Role.COMMITTEE):
        return frozenset()
    return frozenset(row.deal_id for row in tx.exec(_live(actor.user_id)))


def keep_out(tx: Tx, *, deal_id: int, user_id: int, now: datetime) -> None:
    """From now on the deal is not there for somebody on the committee; repeating it changes nothing."""
    if _row(tx, deal_id, user_id) is None:
        tx.add(DealRecusal(deal_id=deal_id, user_id=user_id, recorded_at=now))
        tx.flush()


def let_in(tx: Tx, *, deal_id: int, user_id: int, now: datetime) -> None:
    """Let somebody see the deal again."""
    row = _row(tx, deal_id, user_id)
    if row is not None:
        row.ended_at = now
        tx.add(row)
        tx.flush()


def _live(user_id: int | None) -> SelectOfScalar[DealRecusal]:
    return select(DealRecusal).where(DealRecusal.user_id == user_id, col(DealRecusal.ended_at).is_(None))


def _row(tx: Tx, deal_id: int, user_id: int) -> DealRecusal | None:
    return tx.exec(_live(user_id).where(DealRecusal.deal_id == deal_id)).one_or_none()
