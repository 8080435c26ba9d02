"""The timers: what is due is read from the fund's own rows, and a firing only enqueues.

Every firing enqueues under an identity made of the job and what it is for, so it does not matter how many processes
run timers, how often one fires, or whether one was down when work fell due: the next sweep finds what was missed.
APScheduler keeps no store of its own.
"""

import os
import socket
from datetime import timedelta
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app import due
from kernel import work
from kernel.beats.actions import beat
from kernel.clock import Clock
from kernel.db import Database
from kernel.identity.rules import SYSTEM

WORKER = f"{socket.gethostname()[:40]}:{os.getpid()}"
SWEEP = timedelta(minutes=1)
# A sweep is harmless late, so one that was held up still runs; two at once would only wait for each other.
GRACE = timedelta(hours=1)


class Clockwork:
    """Sweeps for due work once at start and then every minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": int(GRACE.total_seconds()),
            },
            timezone="UTC",
        )

    def start(self) -> None:
        """Catch up on what was missed, then keep sweeping."""
        self.sweep()
        self.scheduler.add_job(self.sweep, "interval", seconds=SWEEP.total_seconds())
        self.scheduler.start()

    def stop(self) -> None:
        """Stop sweeping."""
        self.scheduler.shutdown(wait=True)

    def wait(self) -> None:
        """Block for ever; the timers run in threads of their own."""
        Event().wait()

    def sweep(self) -> list[str]:
        """Say that this process works, and enqueue everything that is due now; returns the keys of the work."""
        now = self.clock()
        with self.database.transaction(SYSTEM) as tx:
            if work.is_working():
                beat(tx, worker=WORKER, now=now)
            kinds = (due.quarters, due.votes, due.lapses, due.reminders, due.watches, due.letters)
            return [key for kind in kinds for key in kind(tx, now=now)]
