"""Reading the audit trail and proving that nobody has touched it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from kernel.audit.models import AuditEvent, AuditHead
from kernel.audit.rules import GENESIS, Break, Event, chain_hash
from kernel.db import Tx
from kernel.paging import MAXIMUM_LIMIT, Page, PageInvalid, is_key

# Under this name a transaction remembers what it has recorded.
RECORDED = "audit.recorded"


@dataclass(frozen=True)
class EventSheet:
    """One audit event as people read it."""

    number: int
    at: datetime
    actor_name: str
    action: str
    subject: str
    detail: dict[str, object]
    hash: str


def events(
    tx: Tx,
    *,
    subject: str | None = None,
    action: str | None = None,
    actor_name: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> Page[EventSheet]:
    """The newest events first, optionally of one subject, kind of action or actor."""
    statement = select(AuditEvent)
    if subject:
        statement = statement.where(AuditEvent.subject == subject)
    if action:
        statement = statement.where(col(AuditEvent.action).startswith(action, autoescape=True))
    if actor_name:
        statement = statement.where(col(AuditEvent.actor_name).contains(actor_name, autoescape=True))
    if before is not None:
        if not is_key(before):
            raise PageInvalid(maximum=MAXIMUM_LIMIT)
        statement = statement.where(AuditEvent.number < int(before))
    rows = list(tx.exec(statement.order_by(col(AuditEvent.number).desc()).limit(limit + 1)))
    more = len(rows) > limit
    sheets = tuple(_sheet(row) for row in rows[:limit])
    return Page(sheets, str(sheets[-1].number) if more else None)


def head(tx: Tx) -> tuple[int, str]:
    """The number and hash of the last event: what a printed document pins."""
    row = tx.exec(select(AuditHead)).one_or_none()
    return (row.number, row.hash) if row else (0, GENESIS)


def verify(tx: Tx) -> list[Break]:
    """Recompute the whole chain from the rows; every break names its event."""
    breaks: list[Break] = []
    expected_number, previous = 1, GENESIS
    for row in _all(tx):
        where = f"audit_event {row.number}"
        if row.number != expected_number:
            breaks.append(Break(where, f"event {expected_number} is missing before it"))
        if row.previous != previous:
            breaks.append(Break(where, "does not follow from the event before it"))
        if row.hash != chain_hash(_event(row), row.previous):
            breaks.append(Break(where, "its content does not match its hash"))
        expected_number, previous = row.number + 1, row.hash
    last_number, last_hash = head(tx)
    if (expected_number - 1, previous) != (last_number, last_hash):
        breaks.append(
            Break("audit_head", f"the trail ends at event {expected_number - 1}, not at {last_number}")
        )
    return breaks


def _all(tx: Tx) -> Iterator[AuditEvent]:
    statement = select(AuditEvent).order_by(col(AuditEvent.number))
    yield from tx.exec(statement.execution_options(yield_per=1000))


def _event(row: AuditEvent) -> Event:
    return Event(row.number, row.at, row.actor_id, row.actor_name, row.action, row.subject, row.detail)


def _sheet(row: AuditEvent) -> EventSheet:
    return EventSheet(row.number, row.at, row.actor_name, row.action, row.subject, row.detail, row.hash)


def recorded(tx: Tx) -> tuple[Event, ...]:
    """What was recorded in this transaction so far, also by an act of it that was refused and undone since."""
    found: list[Event] = tx.info.get(RECORDED, [])
    return tuple(found)
