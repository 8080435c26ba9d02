"""Reminders of calls: who is to be told, once of each kind; the letters are the roof's affair."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from fund.capital.models import CallReminder
from fund.capital.positions import seen
from fund.capital.queries import due_lines
from fund.capital.rules import ReminderKind, reminder_kind
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


@dataclass(frozen=True)
class ReminderSheet:
    """A partner that is to be reminded of a call."""

    call_id: int
    partner_id: int
    kind: ReminderKind
    outstanding: int
    recorded_at: datetime


def record_reminders(tx: Tx, actor: Actor, *, call_id: int, now: datetime) -> list[ReminderSheet]:
    """Note every partner that still owes on a call which is due soon or overdue on the day of `now`.

    A partner is noted once of each kind; only those noted now come back. Safe to run any number of times.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    today = day_in_beijing(now)
    noted = []
    for line in due_lines(tx, call_id=call_id, as_of=today):
        kind = reminder_kind(due_on=line.due_on, today=today)
        if kind is None or not line.to_pay:
            continue
        statement = (
            insert(CallReminder)
            .values(
                call_id=call_id,
                partner_id=line.partner_id,
                kind=kind,
                outstanding=line.to_pay,
                recorded_at=now,
            )
            .on_conflict_do_nothing(index_elements=["call_id", "partner_id", "kind"])
            .returning(col(CallReminder.id))
        )
        if tx.execute(statement).first() is not None:
            noted.append(ReminderSheet(call_id, line.partner_id, kind, line.to_pay, now))
    return noted


def reminders(tx: Tx, *, call_id: int, actor: Actor | None = None) -> list[ReminderSheet]:
    """Every reminder of a call, in the order in which they were noted."""
    statement = select(CallReminder).where(CallReminder.call_id == call_id).order_by(col(CallReminder.id))
    rows = tx.exec(seen(statement, actor, col(CallReminder.partner_id)))
    return [ReminderSheet(r.call_id, r.partner_id, r.kind, r.outstanding, r.recorded_at) for r in rows]
