"""What waits for a second person or for money in the closings of all deals."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from kernel.db import Tx
from kernel.identity.rules import Actor
from pipeline.closing.models import ConditionEvidence, DealClosing, LimitException
from pipeline.committee.models import Condition
from pipeline.deals.models import Deal
from pipeline.deals.queries import visible_to


@dataclass(frozen=True)
class Waiting:
    """One thing that waits about a deal, since when, and who began it (who may not be the one to finish it)."""

    deal_code: str
    deal_name: str
    says: str
    amount: int | None
    since: date | datetime
    begun_by_id: int | None
    begun_by: str


def conditions_to_confirm(tx: Tx, *, actor: Actor) -> list[Waiting]:
    """Conditions whose evidence was given and is neither confirmed nor returned, the oldest first."""
    statement = (
        sa.select(Deal, Condition, ConditionEvidence)
        .join(Condition, col(Condition.deal_id) == col(Deal.id))
        .join(ConditionEvidence, col(ConditionEvidence.condition_id) == col(Condition.id))
        .where(visible_to(actor), col(ConditionEvidence.confirmed_at).is_(None))
        .where(col(ConditionEvidence.returned_at).is_(None))
        .order_by(col(ConditionEvidence.id))
    )
    return [
        Waiting(
            deal.code,
            deal.name,
            condition.says,
            None,
            one.satisfied_at,
            one.satisfied_by_id,
            one.satisfied_by,
        )
        for deal, condition, one in tx.execute(statement)
    ]


def exceptions_to_approve(tx: Tx, *, actor: Actor) -> list[Waiting]:
    """Exceptions from limits that were asked for and not approved, the oldest first."""
    statement = (
        sa.select(Deal, LimitException)
        .join(LimitException, col(LimitException.deal_id) == col(Deal.id))
        .where(visible_to(actor), col(LimitException.approved_at).is_(None))
        .order_by(col(LimitException.id))
    )
    return [
        Waiting(deal.code, deal.name, one.reason, one.amount, one.recorded_at, one.asked_by_id, one.asked_by)
        for deal, one in tx.execute(statement)
    ]


def closings_to_settle(tx: Tx, *, actor: Actor, fund_id: int) -> list[Waiting]:
    """Closed tranches of which something is still payable, the oldest first."""
    statement = (
        sa.select(Deal, DealClosing)
        .join(DealClosing, col(DealClosing.deal_id) == col(Deal.id))
        .where(visible_to(actor), col(DealClosing.fund_id) == fund_id)
        .where(col(DealClosing.payable) > 0, col(DealClosing.settled_on).is_(None))
        .order_by(col(DealClosing.id))
    )
    return [
        Waiting(deal.code, deal.name, one.instrument, one.payable, one.closed_on, None, one.recorded_by)
        for deal, one in tx.execute(statement)
    ]
