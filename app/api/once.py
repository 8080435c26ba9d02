"""Requests that move money or cast votes are answered once, however often they are sent.

The client chooses an `Idempotency-Key`; the first answer is kept in the same transaction as the act and given again
to every repetition. The same key with another body is refused.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.deps import ApiActor, Now, TxDep
from kernel.db import Tx
from kernel.idempotency.actions import Answer, recall, remember, request_hash
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class Once:
    """One request under its key."""

    tx: Tx
    actor: Actor
    now: datetime
    key: str
    hash: str

    def answer(self, act: Callable[[], BaseModel], *, status: int = 201) -> JSONResponse:
        """Run `act` and keep its answer, or give the answer that was kept."""
        kept = recall(self.tx, self.actor, key=self.key, request_hash=self.hash)
        if kept is not None:
            return JSONResponse(kept.body, kept.status, {"Idempotency-Replayed": "true"})
        body = act().model_dump(mode="json")
        remember(
            self.tx,
            self.actor,
            key=self.key,
            request_hash=self.hash,
            answer=Answer(status, body),
            now=self.now,
        )
        return JSONResponse(body, status)


async def _body(request: Request) -> object:
    raw = await request.body()
    try:
        found = json.loads(raw) if raw else None
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # not JSON, half a character, or nested without end
        return raw.hex()
    return found


def once(
    request: Request,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    body: Annotated[object, Depends(_body)],
    idempotency_key: Annotated[
        str,
        Header(min_length=1, max_length=64, description="A fresh key per request; repeat it to retry safely"),
    ],
) -> Once:
    """The key of this request and the hash of what it asks."""
    route = f"{request.method} {request.url.path}"
    return Once(tx, actor, now, idempotency_key, request_hash(route, body))


OnceDep = Annotated[Once, Depends(once)]
