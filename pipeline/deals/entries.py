"""Writing the history of a deal: every change is one entry, one version more and one line of the audit trail."""

from datetime import datetime

from sqlmodel import col

from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.numbering import next_number
from pipeline.deals.models import Deal, DealEvent
from pipeline.deals.queries import DealUnknown, deal
from pipeline.deals.rules import Kind
from pipeline.deals.sheets import DealSheet


def locked(tx: Tx, *, deal_id: int) -> Deal:
    """The deal's row, locked until the transaction ends; whoever changes the deal waits here."""
    row = tx.get(Deal, deal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise DealUnknown(deal=deal_id)
    return row


def event_here(row: Deal, *, reason: str) -> DealEvent:
    """An entry that leaves the deal at its stage."""
    return DealEvent(from_stage=row.stage, to_stage=row.stage, reason=reason)


def tell(tx: Tx, actor: Actor, *, row: Deal, kind: Kind, event: DealEvent, now: datetime) -> DealSheet:
    """Write the entry, count the version up, and show the deal as it is now."""
    number = next_number(tx, of=DealEvent.number, within=col(DealEvent.deal_id) == row.key)
    event.deal_id, event.number, event.kind, event.at = row.key, number, kind, now
    event.actor_id, event.actor_name = actor.user_id, actor.name
    if kind != Kind.REGISTERED:
        row.version += 1
    tx.add(event)
    tx.flush()
    detail = {"stage": row.stage.value, "status": row.status.value, "version": row.version}
    record(tx, actor, action=f"deal.{kind}", subject=f"deal:{row.key}", detail=detail, now=now)
    return deal(tx, deal_id=row.key)
