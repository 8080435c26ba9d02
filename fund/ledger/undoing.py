"""Taking an act back as a whole: every entry of it reversed, and a row that says so for the rooms above."""

from collections.abc import Sequence
from datetime import date, datetime

from fund.ledger.actions import reverse_entries
from fund.ledger.models import Entry, UndoneAct
from fund.ledger.rules import ReasonMissing
from fund.ledger.stamps import stamp
from fund.ledger.undo_rules import ActUnknown, AlreadyUndone
from fund.ledger.undone import standing, undone_on
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def undo(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    act: str,
    reason: str,
    effective_on: date,
    may_be_empty: bool = False,
    also: Sequence[Entry] = (),
    until: date | None = None,
    now: datetime,
) -> date:
    """Reverse every entry of `act` that stands, with effect from `effective_on` or the act's own last day.

    `also` are entries of other acts that go with it. The rows beside the entries count `until` that day, where it is
    another. The room that owns the act asks its own rules first. Returns the day of effect. Refused: no reason, an
    act that is unknown (one that booked nothing is known where it `may_be_empty`) or undone before, a locked day,
    cash that would end below zero.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    if not reason.strip():
        raise ReasonMissing()
    before = undone_on(tx, fund_id=fund_id, act=act)
    if before is not None:
        raise AlreadyUndone(undone_on=before)
    entries = [*standing(tx, fund_id=fund_id, act=act), *also]
    if not entries and not may_be_empty:
        raise ActUnknown(act=act)
    on = max([effective_on, *(entry.effective_on for entry in entries)])
    reverse_entries(tx, actor, fund_id=fund_id, entries=entries, reason=reason, effective_on=on, now=now)
    at = stamp(tx, fund_id=fund_id, now=now)
    row = UndoneAct(
        fund_id=fund_id,
        act=act,
        undone_on=until or on,
        reason=reason.strip(),
        recorded_by=actor.name,
        recorded_at=at,
    )
    tx.add(row)
    tx.flush()
    return on
