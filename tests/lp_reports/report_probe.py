"""A worker process for `test_jobs`: works until the reports of a quarter are drafted, or until it is killed.

Run as `python -m tests.lp_reports.report_probe URL KEY`; prints "ready" once it works and "done" at the end.
"""

import sys

from kernel import work
from kernel.db import Database
from lp_reports.jobs import wait_for_reports


def main(url: str, key: str) -> None:
    """Work until every report is drafted."""
    database = Database(url)
    work.start_worker(database, executor="probe")
    print("ready", flush=True)
    print("done", len(wait_for_reports(key)), flush=True)
    work.stop_worker()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
