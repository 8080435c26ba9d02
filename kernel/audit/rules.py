"""The audit chain: each event carries the hash of the one before it.

hash = SHA-256 over the canonical JSON of the event, the previous hash included. Canonical means sorted keys, no
spaces, UTF-8, instants as UTC text with microseconds; so anyone can recompute the chain from an export.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kernel.errors import Conflict

GENESIS = "0" * 64


class AuditBroken(Conflict):
    code = "audit_broken"
    says = "The audit trail does not verify at event {event}: {what}."


@dataclass(frozen=True)
class Event:
    """One thing that happened, as it is hashed."""

    number: int
    at: datetime
    actor_id: int | None
    actor_name: str
    action: str
    subject: str
    detail: Mapping[str, object]


@dataclass(frozen=True)
class Break:
    """Where a proof failed: which row, and what is wrong with it."""

    row: str
    what: str


def canonical(value: object) -> bytes:
    """The one way in which a JSON value is written down for hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant_text(at: datetime) -> str:
    """An instant in UTC with microseconds and a Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain_hash(event: Event, previous: str) -> str:
    """The hash of `event` when it follows the event whose hash is `previous`."""
    body = {
        "number": event.number,
        "at": instant_text(event.at),
        "actor_id": event.actor_id,
        "actor_name": event.actor_name,
        "action": event.action,
        "subject": event.subject,
        "detail": dict(event.detail),
        "previous": previous,
    }
    return hashlib.sha256(canonical(body)).hexdigest()
