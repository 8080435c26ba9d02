"""Answering the same request once.

A client that is unsure whether its request arrived sends it again under the same key and gets the first answer.
The same key with another body is a mistake of the client's and is refused.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from kernel.audit.rules import canonical
from kernel.db import Tx, lock
from kernel.errors import Conflict, Invalid
from kernel.idempotency.models import AnsweredRequest
from kernel.identity.rules import Actor

LONGEST_KEY = 64


class KeyReused(Conflict):
    code = "idempotency_key_reused"
    says = "The Idempotency-Key {key} was used before for another request; choose a new key."


class KeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    says = "An Idempotency-Key of 1 to {longest} printable characters is needed for this request."


@dataclass(frozen=True)
class Answer:
    """A status code and a JSON body."""

    status: int
    body: dict[str, object]


def request_hash(route: str, body: object) -> str:
    """What must be equal for two requests to be the same: the route and the body."""
    return hashlib.sha256(canonical({"route": route, "body": body})).hexdigest()


def recall(tx: Tx, actor: Actor, *, key: str, request_hash: str) -> Answer | None:
    """The answer given before under `key`, or None; waits for a twin that is still running.

    Refused: a key that was used for another request, and a key that is empty or too long.
    """
    if not key.isprintable() or not 1 <= len(key) <= LONGEST_KEY:
        raise KeyInvalid(longest=LONGEST_KEY)
    lock(tx, f"idempotency:{actor.user_id}:{key}")
    mine = AnsweredRequest.user_id == actor.user_id
    row = tx.exec(select(AnsweredRequest).where(mine, AnsweredRequest.asked_under == key)).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise KeyReused(key=key)
    return Answer(row.status, row.answer)


def remember(tx: Tx, actor: Actor, *, key: str, request_hash: str, answer: Answer, now: datetime) -> None:
    """Keep the answer, in the same transaction as the act it answers."""
    row = AnsweredRequest(
        user_id=actor.user_id or 0,
        asked_under=key,
        request_hash=request_hash,
        status=answer.status,
        answer=answer.body,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
