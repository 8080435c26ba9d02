"""Letters by e-mail: to whom, about what, and what became of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.schemas import LIMIT, REFUSALS, After, Limit, Out, PageOut
from app.deps import ApiActor, TxDep
from kernel.identity.rules import Role
from kernel.letters import queries
from kernel.letters.rules import LetterState

router = APIRouter(prefix="/api/v1/letters", tags=["letters"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class LetterOut(Out):
    """A letter to one recipient. `about` names its occasion: `call:4:overdue`, `report:12`."""

    id: int
    about: str
    partner_id: int | None
    recipient: str
    address: str
    subject: str
    recorded_at: datetime
    state: LetterState
    attempts: int
    reason: str
    sent_at: datetime | None
    next_try: datetime | None


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    about: Annotated[
        str | None, Query(max_length=64, description="Only of one occasion, as `call:4`")
    ] = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[LetterOut]:
    """The letters that the actor may see, newest first; a partner's people see those to their own partner."""
    actor.require(*READERS)
    page = queries.letters(tx, actor=actor, about=about, after=after, limit=limit)
    return PageOut(items=[LetterOut.of(one) for one in page.items], next=page.next)
