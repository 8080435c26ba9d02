"""What has fallen due, read from the fund's own rows, and enqueued once under a name of its own."""

from datetime import datetime, timedelta

from fund.capital.queries import calls_due
from fund.charter.queries import FundSheet, funds
from fund.ledger.queries import open_through, reopenings
from kernel import work
from kernel.db import Tx
from kernel.instants import day_in_beijing
from kernel.letters.actions import ask
from kernel.letters.post import is_configured
from kernel.letters.queries import waiting
from kernel.periods import Quarter
from lp_reports.requests import close_when_due
from pipeline.committee.queries import due as due_motions
from pipeline.committee.queries import lapsed
from pipeline.committee.uncounted import count_key

# A quarter is closed by timer only when people have had time to mark the holdings and book the receipts.
DAYS_TO_CLOSE = 20
REMIND_DAYS_BEFORE = 5
# Work that failed is tried again now and then, not at every sweep.
PATIENCE = timedelta(hours=1)


def quarters(tx: Tx, *, now: datetime) -> list[str]:
    """The close of each fund's earliest open quarter whose end is some weeks past: one after another, in order.

    What was missed is caught up sweep by sweep; a close that was refused holds up those after it. People close what
    they have opened again, and what was over before the fund was entered here: both are still being worked on.
    """
    last = Quarter.containing(day_in_beijing(now) - timedelta(days=DAYS_TO_CLOSE - 1)).previous
    asked = []
    for fund in funds(tx):
        still = open_through(tx, fund_id=fund.id, through=last)
        if still and not _left_to_people(tx, fund, still[0]):
            asked.append(close_when_due(tx, fund=fund, quarter=still[0], now=now))
    return [key for key in asked if key]


def _left_to_people(tx: Tx, fund: FundSheet, quarter: Quarter) -> bool:
    entered_on = day_in_beijing(fund.recorded_at)
    return quarter.ends_on < entered_on or bool(reopenings(tx, fund_id=fund.id, quarter=quarter))


def votes(tx: Tx, *, now: datetime) -> list[str]:
    """The counting of every committee vote whose deadline has passed."""
    asked = [
        work.enqueue_due(
            tx,
            job="motion_close",
            key=count_key(motion_id),
            now=now,
            patience=PATIENCE,
            motion_id=motion_id,
        )
        for motion_id in due_motions(tx, now=now)
    ]
    return [key for key in asked if key]


def lapses(tx: Tx, *, now: datetime) -> list[str]:
    """The end of every approval that was not carried out by its last day."""
    return [
        work.enqueue(
            tx, job="motion_lapse", key=f"motion_lapse:{motion_id}", motion_id=motion_id, at=now.isoformat()
        )
        for motion_id in lapsed(tx, on=day_in_beijing(now))
    ]


def reminders(tx: Tx, *, now: datetime) -> list[str]:
    """One reminder a day while a call is due within days or overdue."""
    today = day_in_beijing(now)
    horizon = today + timedelta(days=REMIND_DAYS_BEFORE)
    asked = [
        work.enqueue_due(
            tx,
            job="call_reminder",
            key=f"call_reminder:{call_id}:{today}",
            now=now,
            patience=PATIENCE,
            call_id=call_id,
        )
        for call_id in calls_due(tx, until=horizon)
    ]
    return [key for key in asked if key]


def watches(tx: Tx, *, now: datetime) -> list[str]:
    """A look at every fund's limits, once a day: values, commitments and terms move without anybody closing a deal."""
    today = day_in_beijing(now)
    asked = [
        work.enqueue_due(
            tx,
            job="exposure_watch",
            key=f"exposure_watch:{fund.code}:{today}",
            now=now,
            patience=PATIENCE,
            fund_id=fund.id,
        )
        for fund in funds(tx)
    ]
    return [key for key in asked if key]


def letters(tx: Tx, *, now: datetime) -> list[str]:
    """A further attempt at every letter that was not taken yet and has waited long enough."""
    if not is_configured():
        return []
    return [ask(tx, letter_id=one.id, attempt=one.attempts + 1, now=now) for one in waiting(tx, now=now)]
