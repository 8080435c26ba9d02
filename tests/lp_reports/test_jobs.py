"""Closing a quarter and printing its reports as durable work: once each, whatever is killed when."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from sqlmodel import select

from fund.ledger.queries import locked_through
from kernel import work
from kernel.audit.queries import verify
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from lp_reports import actions, queries
from lp_reports.jobs import wait_for_reports
from lp_reports.models import Report, ReportSnapshot
from lp_reports.rules import State
from tests.builders.archive import AFTER, QUARTER, Archive, an_archive
from tests.builders.holdings import held

EDITIONS = 4
"""Two limited partners, two languages."""


@pytest.fixture
def archive(database: Database) -> Archive:
    """The small fund, committed; its quarter is still open."""
    with database.transaction(SYSTEM) as tx:
        return an_archive(tx, closed=False)


@pytest.fixture
def worker(database: Database) -> Iterator[Database]:
    """A database with a worker in this process."""
    work.start_worker(database)
    yield database
    work.stop_worker()


def closed(database: Database, archive: Archive) -> str:
    with database.transaction(SYSTEM) as tx:
        return actions.request_close(tx, archive.manager, fund_id=archive.fund_id, quarter=QUARTER, now=AFTER)


def asked(database: Database, archive: Archive, reason: str | None = None) -> str:
    with database.transaction(SYSTEM) as tx:
        return actions.request_reports(
            tx, archive.analyst, fund_id=archive.fund_id, quarter=QUARTER, reason=reason, now=AFTER
        )


def reports(database: Database) -> list[Report]:
    with database.transaction(SYSTEM) as tx:
        return list(tx.exec(select(Report).order_by(Report.number, Report.language, Report.version)))


def test_a_quarter_is_closed_once(worker: Database, archive: Archive) -> None:
    key = closed(worker, archive)
    assert key == closed(worker, archive)
    assert work.wait(key) == str(QUARTER)
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=archive.fund_id) == QUARTER.ends_on


def test_a_quarter_with_a_holding_unmarked_stays_open(worker: Database, archive: Archive) -> None:
    with worker.transaction(SYSTEM) as tx:
        held(tx, archive.fund_id, name_zh="未估值科技")
    with pytest.raises(work.WorkFailed, match="no approved mark"):
        work.wait(closed(worker, archive))
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=archive.fund_id) is None


def test_an_open_quarter_is_not_reported(worker: Database, archive: Archive) -> None:
    with pytest.raises(work.WorkFailed, match="is not closed yet"):
        wait_for_reports(asked(worker, archive))


def test_reports_are_printed_once_per_partner_and_language(worker: Database, archive: Archive) -> None:
    work.wait(closed(worker, archive))
    drafts = wait_for_reports(asked(worker, archive))
    assert drafts == wait_for_reports(asked(worker, archive))
    rows = reports(worker)
    assert [f"{row.number} {row.language}" for row in rows] == sorted(drafts)
    assert len(rows) == EDITIONS
    assert {row.state for row in rows} == {State.DRAFT}
    assert {row.prepared_by for row in rows} == {archive.analyst.user_id}
    with worker.transaction(SYSTEM) as tx:
        assert queries.prove_reports(tx) == []


def test_a_killed_worker_leaves_exactly_one_report_each(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        archive = an_archive(tx)
    key = asked(database, archive)
    chance = random.Random(11)
    url = database.engine.url.render_as_string(hide_password=False)
    for attempt in range(5):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.lp_reports.report_probe", url, key],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if attempt < 4:
            time.sleep(chance.uniform(0.2, 3.0))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            continue
        output, _ = process.communicate(timeout=240)
        assert output == f"done {EDITIONS}\n"
    rows = reports(database)
    assert len({(row.partner_id, row.quarter, row.language) for row in rows}) == len(rows) == EDITIONS
    with database.transaction(SYSTEM) as tx:
        assert len(tx.exec(select(ReportSnapshot)).all()) == EDITIONS // 2
        assert queries.prove_reports(tx) == []
        assert verify(tx) == []
