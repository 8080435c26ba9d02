"""The audit trail."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.schemas import LIMIT, REFUSALS, After, Limit, Out, PageOut
from app.deps import ApiActor, TxDep
from kernel.audit import queries
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=REFUSALS)


class EventOut(Out):
    """One thing that happened; `hash` covers the event and the hash before it."""

    number: int
    at: datetime
    actor_name: str
    action: str
    subject: str
    detail: dict[str, object]
    hash: str


class ProofOut(Out):
    """Whether the chain verifies; every break names its row."""

    events: int
    hash: str
    breaks: list[dict[str, str]]


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    after: After = None,
    limit: Limit = LIMIT,
    subject: Annotated[str | None, Query(max_length=64, examples=["call:4"])] = None,
    action: Annotated[str | None, Query(max_length=64, examples=["call."])] = None,
) -> PageOut[EventOut]:
    """The newest events first."""
    actor.require(Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR)
    page = queries.events(tx, subject=subject, action=action, before=after, limit=limit)
    return PageOut(items=[EventOut.model_validate(sheet) for sheet in page.items], next=page.next)


@router.get("/proof")
def proof(tx: TxDep, actor: ApiActor) -> ProofOut:
    """Recompute the whole chain from the rows."""
    actor.require(Role.AUDITOR, Role.MANAGER)
    number, digest = queries.head(tx)
    breaks = [{"row": found.row, "what": found.what} for found in queries.verify(tx)]
    return ProofOut(events=number, hash=digest, breaks=breaks)
