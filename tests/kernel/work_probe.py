"""A worker process for `test_work`: works off one job of many small database steps until told to stop.

Run as `python -m tests.kernel.work_probe URL`; prints "ready" once it works and "done" when the job has ended.
"""

import sys
from datetime import UTC, datetime

from kernel import work
from kernel.db import Database, Tx
from kernel.identity.models import SignInFailure

STEPS = 40
KEY = "probe:1"


def leave_a_mark(tx: Tx, number: int) -> int:
    """One row per step; the table has no constraint that would hide a second one."""
    tx.add(SignInFailure(login=f"step {number}", client="", at=datetime(2026, 1, 1, tzinfo=UTC)))
    return number


@work.job("probe")
def probe(*, steps: int) -> int:
    """So many steps, one after the other."""
    return sum(work.in_transaction(f"step {number}", leave_a_mark, number) for number in range(steps))


def main(url: str) -> None:
    """Work until the job has ended."""
    database = Database(url)
    work.start_worker(database, executor="probe")
    print("ready", flush=True)
    print("done", work.wait(KEY), flush=True)
    work.stop_worker()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1])
