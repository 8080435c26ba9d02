"""Who else is concerned by a deal: interested enterprises, and the mark of a conflict."""

from datetime import datetime

from sqlmodel import col, select

from fund.parties.queries import party
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from pipeline.deals.entries import event_here, locked, tell
from pipeline.deals.models import Deal, DealInterest
from pipeline.deals.rules import Kind


class InterestUnknown(Conflict):
    code = "interest_unknown"
    says = "{name} is not on record as interested in {deal}."


def note_interest(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    party_id: int,
    now: datetime,
    is_co_diligence: bool = False,
    note: str = "",
) -> None:
    """Put an enterprise on record as interested, so that its people see the teaser; repeating it updates it."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    name = party(tx, party_id=party_id).name_zh
    interest = _live(tx, deal_id, party_id)
    if interest is None:
        interest = DealInterest(deal_id=deal_id, party_id=party_id, recorded_at=now)
        tx.add(interest)
    interest.is_co_diligence, interest.note = is_co_diligence, note.strip()
    detail: dict[str, object] = {"party": party_id, "name": name, "co_diligence": is_co_diligence}
    _tell(tx, actor, row, note, detail, now)


def end_interest(tx: Tx, actor: Actor, *, deal_id: int, party_id: int, reason: str, now: datetime) -> None:
    """End an enterprise's interest; its people no longer see the deal."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    name = party(tx, party_id=party_id).name_zh
    interest = _live(tx, deal_id, party_id)
    if interest is None:
        raise InterestUnknown(name=name, deal=row.code)
    interest.ended_at = now
    detail: dict[str, object] = {"party": party_id, "name": name, "ended": True}
    _tell(tx, actor, row, reason, detail, now)


def mark_conflict(tx: Tx, actor: Actor, *, deal_id: int, note: str, now: datetime) -> None:
    """Mark a deal with a conflict of interest in one line; a blank line takes the mark away.

    Whoever declares a conflict marks it, a member of the committee too.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.COMMITTEE)
    row = locked(tx, deal_id=deal_id)
    row.conflict_note = note.strip()
    event = event_here(row, reason=row.conflict_note)
    tell(tx, actor, row=row, kind=Kind.CONFLICT, event=event, now=now)


def _live(tx: Tx, deal_id: int, party_id: int) -> DealInterest | None:
    statement = select(DealInterest).where(
        DealInterest.deal_id == deal_id,
        DealInterest.party_id == party_id,
        col(DealInterest.ended_at).is_(None),
    )
    return tx.exec(statement).one_or_none()


def _tell(tx: Tx, actor: Actor, row: Deal, reason: str, detail: dict[str, object], now: datetime) -> None:
    event = event_here(row, reason=reason.strip())
    event.detail = detail
    tell(tx, actor, row=row, kind=Kind.INTEREST, event=event, now=now)
