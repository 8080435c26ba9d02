"""Durable work on calls."""

from datetime import datetime

from fund.capital.reminders import record_reminders
from kernel import work
from kernel.db import Tx
from kernel.identity.rules import SYSTEM


@work.job("call_reminder")
def call_reminder(*, call_id: int, at: str) -> int:
    """Note who is to be reminded of a call; returns how many were noted now."""
    return work.in_transaction("note", note, call_id, at)


def note(tx: Tx, call_id: int, at: str) -> int:
    """The job's one step, in its own transaction."""
    return len(record_reminders(tx, SYSTEM, call_id=call_id, now=datetime.fromisoformat(at)))
