"""The audit trail's rows: append-only, numbered without gaps, chained by hash."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from kernel import columns, walls
from kernel.audit.rules import GENESIS


class AuditEvent(SQLModel, table=True):
    """One event. `previous` is the hash of event `number` - 1."""

    __tablename__ = "audit_event"

    number: int = columns.number(primary_key=True, autoincrement=False)
    at: datetime = columns.instant(index=True)
    actor_id: int | None = columns.number(nullable=True, index=True)
    actor_name: str = columns.text()
    action: str = columns.code(index=True)
    subject: str = columns.code(index=True)
    detail: dict[str, object] = columns.jsonb()
    previous: str = columns.code()
    hash: str = columns.code(unique=True)


class AuditHead(SQLModel, table=True):
    """The last number and hash: one row, so that a trail cut off at its end is noticed."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    number: int = columns.number(default=0)
    hash: str = columns.code(default=GENESIS)


walls.append_only("audit_event")
# Anybody's act is recorded, so anybody may insert; only those who run or audit the fund may read.
walls.readable("audit_event", "afund_reach() = 'all' OR actor_id = afund_user()")
walls.guard(
    "audit_event_speaks_for_its_actor",
    "audit_event",
    """
    IF afund_reach() = '' OR (afund_user() IS NOT NULL AND NEW.actor_id IS DISTINCT FROM afund_user()
                              AND NEW.actor_id IS NOT NULL) THEN
        RAISE EXCEPTION 'nobody records the act of another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    """,
)
walls.kept("audit_head")
walls.guard(
    "audit_head_moves_on",
    "audit_head",
    """
    IF NEW.id <> 1 OR (TG_OP = 'UPDATE' AND NEW.number <> OLD.number + 1) THEN
        RAISE EXCEPTION 'the audit head only moves on by one' USING ERRCODE = 'restrict_violation';
    END IF;
    """,
)
