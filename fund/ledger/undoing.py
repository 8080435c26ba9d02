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
    each_on_its_day: bool = False,
    now: datetime,
) -> date:
    """Reverse every entry of `act` that stands, with effect from `effective_on` or the act's own last day.

    `also` are entries of other acts that go with it. With `each_on_its_day` an entry that takes effect later than
    `effective_on` is reversed on its own day, and the act counts no more from `effective_on`. The room that owns the
    act asks its own rules first. Returns the day of effect. Refused: no reason, an act that is unknown (one that booked
    nothing is known where it `may_be_empty`) or undone before, a locked day, cash that would end below zero.
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
    days = _by_day(entries, effective_on)
    on = effective_on if each_on_its_day else max([effective_on, *days])
    for day, some in sorted(days.items()) if each_on_its_day else [(on, entries)]:
        reverse_entries(tx, actor, fund_id=fund_id, entries=some, reason=reason, effective_on=day, now=now)
    at = stamp(tx, fund_id=fund_id, now=now)
    row = UndoneAct(
        fund_id=fund_id,
        act=act,
        undone_on=on,
        reason=reason.strip(),
        recorded_by=actor.name,
        recorded_at=at,
    )
    tx.add(row)
    tx.flush()
    return on


def _by_day(entries: Sequence[Entry], on: date) -> dict[date, list[Entry]]:
    """Entries by the first day from `on` on as of which each can be reversed."""
    found: dict[date, list[Entry]] = {}
    for entry in entries:
        found.setdefault(max(on, entry.effective_on), []).append(entry)
    return found
