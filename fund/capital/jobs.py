"""Durable work on calls."""

from datetime import datetime

from fund.capital.reminders import record_reminders
from kernel import work
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.letters.post import is_configured


@work.job("call_reminder")
def call_reminder(*, call_id: int, at: str) -> int:
    """Note who is to be reminded of a call, and ask for the letters; returns how many were noted now."""
    return work.in_transaction("note", note, call_id, at)


def note(tx: Tx, call_id: int, at: str) -> int:
    """The job's one step, in its own transaction."""
    noted = record_reminders(tx, SYSTEM, call_id=call_id, now=datetime.fromisoformat(at))
    for one in noted if is_configured() else ():
        work.enqueue(
            tx,
            job="reminder_letters",
            key=f"reminder_letters:{call_id}:{one.partner_id}:{one.kind}",
            call=call_id,
            partner=one.partner_id,
            kind=one.kind,
            at=at,
        )
    return len(noted)
