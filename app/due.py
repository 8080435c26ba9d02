"""What has fallen due, read from the fund's own rows, and enqueued once under a name of its own."""

from datetime import datetime, timedelta

from fund.capital.queries import calls_due
from fund.charter.queries import FundSheet, funds, versions
from fund.ledger.queries import locked_through
from kernel import work
from kernel.db import Tx
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from pipeline.committee.queries import due as due_motions

# A quarter is closed by timer only when people have had time to mark the holdings and book the receipts.
DAYS_TO_CLOSE = 20
REMIND_DAYS_BEFORE = 5


def quarters(tx: Tx, *, now: datetime) -> list[str]:
    """The close of the last finished quarter of each fund, some weeks after its end."""
    today = day_in_beijing(now)
    quarter = Quarter.containing(today).previous
    if today < quarter.ends_on + timedelta(days=DAYS_TO_CLOSE):
        return []
    return [
        work.enqueue(
            tx,
            job="quarter_close",
            key=f"quarter_close:{fund.code}:{quarter}",
            fund=fund.code,
            quarter=str(quarter),
            at=now.isoformat(),
        )
        for fund in funds(tx)
        if _is_open(tx, fund, quarter)
    ]


def _is_open(tx: Tx, fund: FundSheet, quarter: Quarter) -> bool:
    first_close = versions(tx, fund_id=fund.id)[0].terms.first_close_on
    locked = locked_through(tx, fund_id=fund.id)
    return first_close <= quarter.ends_on and (locked is None or locked < quarter.ends_on)


def votes(tx: Tx, *, now: datetime) -> list[str]:
    """The counting of every committee vote whose deadline has passed."""
    return [
        work.enqueue(
            tx, job="motion_close", key=f"motion_close:{motion_id}", motion_id=motion_id, at=now.isoformat()
        )
        for motion_id in due_motions(tx, now=now)
    ]


def reminders(tx: Tx, *, now: datetime) -> list[str]:
    """One reminder a day while a call is due within days or overdue."""
    today = day_in_beijing(now)
    horizon = today + timedelta(days=REMIND_DAYS_BEFORE)
    return [
        work.enqueue(
            tx,
            job="call_reminder",
            key=f"call_reminder:{call_id}:{today}",
            call_id=call_id,
            at=now.isoformat(),
        )
        for call_id in calls_due(tx, until=horizon)
    ]
