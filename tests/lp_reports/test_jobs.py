"""Closing a quarter and printing its reports as durable work: once each, whatever is killed when."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from fund.charter.queries import fund_by_code
from fund.holdings.marks import approve_mark
from fund.ledger.actions import reopen_period
from fund.ledger.queries import locked_through, total
from fund.ledger.rules import Account, EarlierOpen, PeriodBeforeFund
from fund.results.queries import prove
from kernel import work
from kernel.audit.queries import verify
from kernel.blobs.queries import get
from kernel.db import Database
from kernel.errors import Conflict
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports import actions, jobs, queries, requests
from lp_reports.archive import Files
from lp_reports.jobs import wait_for_reports
from lp_reports.models import Report, ReportSnapshot
from lp_reports.progress import CloseStep, WorkState, needing_help, recent
from lp_reports.rules import MarksMissing, QuarterOpen, ReportOutdated, ReportsOutdated, State
from tests.builders.archive import AFTER, QUARTER, Archive, an_archive
from tests.builders.holdings import a_draft, a_mark, held
from tests.builders.ledger import locked
from tests.conftest import Begin
from tests.lp_reports.test_pdf import everything_in, unzipped

FIRST = QUARTER.previous
EDITIONS = 4
"""Two limited partners, two languages."""


def never_closed(database: Database) -> Archive:
    """The small fund, committed; no quarter was ever closed."""
    with database.transaction(SYSTEM) as tx:
        return an_archive(tx, closed=False)


def closed_once(database: Database) -> Archive:
    """The same fund; its first quarter is closed and the second is the next."""
    found = never_closed(database)
    with database.transaction(SYSTEM) as tx:
        locked(tx, found.fund_id, FIRST, now=AFTER)
    return found


@pytest.fixture
def opened(begin: Begin) -> Archive:
    return begin(never_closed)


@pytest.fixture
def archive(begin: Begin) -> Archive:
    return begin(closed_once)


@pytest.fixture
def worker(request: pytest.FixtureRequest, database: Database) -> Iterator[Database]:
    """A database with a worker in this process, once it is filled: filling it takes the database away from under
    whoever is connected.
    """
    for filled in {"opened", "archive"}.intersection(request.fixturenames):
        request.getfixturevalue(filled)
    work.start_worker(database)
    yield database
    work.stop_worker()


def closed(database: Database, archive: Archive, quarter: Quarter = QUARTER) -> str:
    facts = {"fund_id": archive.fund_id, "quarter": quarter, "now": AFTER}
    with database.transaction(SYSTEM) as tx:
        return requests.request_close(tx, archive.manager, **facts)


def asked(database: Database, archive: Archive, reason: str | None = None) -> str:
    with database.transaction(SYSTEM) as tx:
        return requests.request_reports(
            tx, archive.analyst, fund_id=archive.fund_id, quarter=QUARTER, reason=reason, now=AFTER
        )


def due(database: Database, quarter: Quarter, now: datetime = AFTER) -> str:
    """The close as the timer asks for it."""
    with database.transaction(SYSTEM) as tx:
        fund = fund_by_code(tx, code="AF1")
        return requests.close_when_due(tx, fund=fund, quarter=quarter, now=now)


class Stuck(Conflict):
    code = "stuck"
    says = "The {thing} is stuck."


def reports(database: Database) -> list[Report]:
    with database.transaction(SYSTEM) as tx:
        return list(tx.exec(select(Report).order_by(Report.number, Report.language, Report.version)))


def test_a_quarter_is_closed_once(worker: Database, archive: Archive) -> None:
    key = closed(worker, archive)
    assert key == closed(worker, archive)
    assert work.wait(key) == str(QUARTER)
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=archive.fund_id) == QUARTER.ends_on


def test_a_quarter_with_a_holding_unmarked_stays_open(worker: Database, opened: Archive) -> None:
    with worker.transaction(SYSTEM) as tx:
        waiting = held(tx, opened.fund_id, name_zh="未估值科技")
        held(tx, opened.fund_id, name_zh="无估值科技")
        draft = a_draft(tx, opened.analyst, waiting.id, on=FIRST.ends_on, value=21_000_000_00, now=AFTER)
    with pytest.raises(MarksMissing) as refused:
        closed(worker, opened, FIRST)
    named = [str(problem) for problem in refused.value.problems]
    assert named == [
        "H02 未估值科技 · EQ: the mark of 2024-03-31 waits for approval",
        "H03 无估值科技 · EQ: there is no mark of 2024-03-31, nor any before it",
    ]
    with pytest.raises(work.WorkFailed, match="no approved mark") as failed:
        work.wait(due(worker, FIRST))
    assert [str(problem) for problem in failed.value.problems] == named
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=opened.fund_id) is None
        [stands] = needing_help(tx, fund=fund_by_code(tx, code="AF1"))
        assert (stands.state, stands.step, stands.done) == (WorkState.FAILED, CloseStep.MARKS, 2)
        assert [str(problem) for problem in stands.failures[0].problems] == named
        approve_mark(tx, opened.manager, mark_id=draft.id, now=AFTER)
        a_mark(tx, draft.holding_id + 1, on=FIRST.ends_on, value=22_000_000_00, now=AFTER)
    again = due(worker, FIRST, AFTER + timedelta(minutes=1))
    assert work.wait(again) == str(FIRST)


def test_a_timer_leaves_a_refused_close_alone_for_a_day(worker: Database, opened: Archive) -> None:
    with worker.transaction(SYSTEM) as tx:
        held(tx, opened.fund_id, name_zh="未估值科技")
    with pytest.raises(work.WorkFailed):
        work.wait(due(worker, FIRST))
    assert due(worker, FIRST, AFTER + timedelta(hours=23)) == ""
    assert due(worker, FIRST, AFTER + timedelta(hours=24)) == f"quarter_close:AF1:{FIRST}#2"


def test_an_open_quarter_is_not_reported(worker: Database, archive: Archive) -> None:
    with pytest.raises(QuarterOpen, match=r"Still open: 2024Q2\."):
        asked(worker, archive)


def test_a_quarter_before_which_another_is_open_is_not_closed(worker: Database, opened: Archive) -> None:
    with pytest.raises(EarlierOpen, match="2024Q1"):
        closed(worker, opened)
    with pytest.raises(work.WorkFailed, match="still open before it: 2024Q1"):
        work.wait(due(worker, QUARTER))
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=opened.fund_id) is None
        assert (
            total(tx, fund_id=opened.fund_id, as_of=QUARTER.ends_on, accounts=[Account.MANAGEMENT_FEE]) == 0
        )


def test_a_quarter_from_before_the_fund_is_not_asked_for(database: Database, archive: Archive) -> None:
    with pytest.raises(PeriodBeforeFund, match=str(FIRST)):
        closed(database, archive, Quarter(1900, 1))


def test_a_quarter_opened_again_is_closed_and_reported_anew(worker: Database, archive: Archive) -> None:
    work.wait(closed(worker, archive))
    drafts = wait_for_reports(asked(worker, archive))
    later = AFTER + timedelta(hours=1)
    with worker.transaction(SYSTEM) as tx:
        facts = {"fund_id": archive.fund_id, "quarter": QUARTER.previous, "now": later}
        reopen_period(tx, archive.manager, reason="an invoice came late", **facts)
    with pytest.raises(QuarterOpen, match="2024Q1, 2024Q2"):
        asked(worker, archive, reason="an invoice came late")
    with pytest.raises(EarlierOpen, match="2024Q1"):
        closed(worker, archive)
    with worker.transaction(SYSTEM) as tx:
        first = requests.request_close(
            tx, archive.manager, fund_id=archive.fund_id, quarter=QUARTER.previous, now=later
        )
    work.wait(first)
    again = closed(worker, archive)
    assert again == f"quarter_close:AF1:{QUARTER}:again1"
    work.wait(again)
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=archive.fund_id) == QUARTER.ends_on
        assert prove(tx, fund_id=archive.fund_id) == []
        draft = tx.exec(select(Report).where(Report.number == drafts[0].split()[0])).first()
        assert draft is not None
        with pytest.raises(ReportOutdated):
            actions.approve(tx, archive.manager, report_id=draft.key, now=later)
    with pytest.raises(ReportsOutdated):
        asked(worker, archive)
    anew = wait_for_reports(asked(worker, archive, reason="an invoice came late"))
    assert {number.split()[0].rpartition("-")[2] for number in anew} == {"v2"}


def test_a_printing_that_failed_is_told_and_made_once_more(
    worker: Database, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: object) -> Files:
        raise Stuck(thing="printer")

    work.wait(closed(worker, archive))
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "produce", torn)
        with pytest.raises(work.WorkFailed, match="printer is stuck"):
            wait_for_reports(asked(worker, archive))
        for key in ("LP01", "LP02"):
            with pytest.raises(work.WorkFailed):
                work.wait(f"report_print:AF1:{QUARTER}:{key}:v1")
    with worker.transaction(SYSTEM) as tx:
        [failed] = needing_help(tx, fund=fund_by_code(tx, code="AF1"))
        assert (failed.done, failed.of, failed.failures[0].code) == (0, 2, "stuck")
    key = asked(worker, archive)
    assert key.endswith("#2")
    assert len(wait_for_reports(key)) == EDITIONS
    with worker.transaction(SYSTEM) as tx:
        assert needing_help(tx, fund=fund_by_code(tx, code="AF1")) == []


def test_reports_are_printed_once_per_partner_and_language_and_tell_how_far_they_are(
    worker: Database, archive: Archive
) -> None:
    work.wait(closed(worker, archive))
    drafts = wait_for_reports(asked(worker, archive))
    with worker.transaction(SYSTEM) as tx:
        fund = fund_by_code(tx, code="AF1")
        found = [(one.status.job, one.state, one.done, one.of) for one in recent(tx, fund=fund)]
        assert sorted(found) == [
            ("quarter_close", WorkState.DONE, 5, 5),
            ("quarter_report", WorkState.DONE, 2, 2),
        ]
        assert needing_help(tx, fund=fund) == []
    assert drafts == wait_for_reports(asked(worker, archive))
    rows = reports(worker)
    assert [f"{row.number} {row.language}" for row in rows] == sorted(drafts)
    assert len(rows) == EDITIONS
    assert {row.state for row in rows} == {State.DRAFT}
    assert {row.prepared_by for row in rows} == {archive.analyst.user_id}
    with worker.transaction(SYSTEM) as tx:
        assert queries.prove_reports(tx) == []
        own = {row.key: {one for one in ("LP01", "LP02") if one in row.number} for row in rows}
        for row in rows:
            printed = everything_in(get(tx, sha256=row.pdf).content)
            filed = unzipped(get(tx, sha256=row.workbook).content)
            named = {one for one in ("LP01", "LP02") if one in printed or one in filed}
            assert named == own[row.key]


def test_a_killed_worker_leaves_exactly_one_report_each(
    database: Database, pytestconfig: pytest.Config
) -> None:
    kills = pytestconfig.getoption("kills")
    with database.transaction(SYSTEM) as tx:
        archive = an_archive(tx)
    key = asked(database, archive)
    chance, deaths = random.Random(11), 0
    while deaths < kills and not is_printed(database):
        process = probe(database, key)
        time.sleep(chance.uniform(0.05, 3.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        deaths += 1
    output, _ = probe(database, key).communicate(timeout=600)
    assert output == f"done {EDITIONS}\n"
    rows = reports(database)
    assert len({(row.partner_id, row.quarter, row.language) for row in rows}) == len(rows) == EDITIONS
    with database.transaction(SYSTEM) as tx:
        assert len(tx.exec(select(ReportSnapshot)).all()) == EDITIONS // 2
        assert prove(tx, fund_id=archive.fund_id) == []
        assert queries.prove_reports(tx) == []
        assert verify(tx) == []
    print(f"{deaths} of {kills} kills met work under way")


def probe(database: Database, key: str) -> "subprocess.Popen[str]":
    """A worker process that has begun to work."""
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.lp_reports.report_probe", url, key]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def is_printed(database: Database) -> bool:
    """Whether nothing is left to be killed."""
    return len(reports(database)) == EDITIONS
