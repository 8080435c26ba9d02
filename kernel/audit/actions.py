"""Writing the audit trail, in the same transaction as the act it records."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from kernel.audit.models import AuditEvent, AuditHead
from kernel.audit.queries import RECORDED
from kernel.audit.rules import GENESIS, Event, chain_hash
from kernel.db import Tx, lock
from kernel.identity.rules import Actor

# The head row is locked rather than the last event read: a reader with reach 'own' may not see that event.
_HEAD = sa.text("SELECT number, hash FROM audit_head WHERE id = 1 FOR UPDATE")

_EVENTS, _HEADS = (SQLModel.metadata.tables[str(row.__tablename__)] for row in (AuditEvent, AuditHead))
_FACTS = tuple(column.name for column in _EVENTS.columns)
# The event, and where the trail now ends, in one statement.
_WRITTEN = (
    sa.update(_HEADS)
    .where(_HEADS.c.id == 1)
    .values(number=sa.bindparam("new_number"), hash=sa.bindparam("new_hash"))
    .add_cte(sa.insert(_EVENTS).values({name: sa.bindparam(f"new_{name}") for name in _FACTS}).cte())
)


def record(
    tx: Tx,
    actor: Actor,
    *,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
    now: datetime,
) -> None:
    """Append one event: `actor` did `action` ("call.issued") to `subject` ("call:12").

    `detail` must be plain JSON and hold no secret: it can be read by every auditor for ever. Events of concurrent
    transactions wait for each other here, so record near the end of an action.
    """
    head = tx.execute(_HEAD).one_or_none()
    if head is None:
        lock(tx, "audit_head")
        head = tx.execute(_HEAD).one_or_none()
    if head is None:
        tx.add(AuditHead())
        tx.flush()
    number, previous = (head.number, head.hash) if head else (0, GENESIS)
    event = Event(
        number=number + 1,
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        subject=subject,
        detail=detail or {},
    )
    tx.info.setdefault(RECORDED, []).append(event)
    digest = chain_hash(event, previous)
    facts = {**vars(event), "detail": dict(event.detail), "previous": previous, "hash": digest}
    tx.execute(_WRITTEN, {f"new_{name}": facts[name] for name in _FACTS})
