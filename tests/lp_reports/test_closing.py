"""A close that stops goes on from there, and nothing is booked between its proof and its lock."""

import threading

import pytest

from fund.charter.queries import fund_by_code
from fund.ledger.actions import post
from fund.ledger.queries import balances, locked_through
from fund.results.queries import prove
from kernel import work
from kernel.db import Database, Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM
from lp_reports import jobs
from lp_reports.rules import MarksMissing
from tests.builders.archive import AFTER, QUARTER, Archive
from tests.builders.holdings import held
from tests.builders.ledger import a_posting
from tests.builders.waiting import until_waiting
from tests.lp_reports.test_jobs import FIRST, archive, closed, opened, worker

__all__ = ["archive", "opened", "worker"]

WHICH = ("AF1", str(QUARTER))
AT = AFTER.isoformat()


def test_nothing_slips_in_between_the_proof_and_the_lock(
    database: Database, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []

    def book() -> None:
        try:
            with database.transaction(SYSTEM) as tx:
                late = a_posting(effective_on=QUARTER.ends_on)
                post(tx, SYSTEM, fund_id=archive.fund_id, postings=[late], now=AFTER)
        except Refusal as refusal:
            refused.append(refusal.code)

    booking = threading.Thread(target=book)

    def proved(tx: Tx, fund: str, quarter: str) -> None:
        assert prove(tx, fund_id=fund_by_code(tx, code=fund).id) == []
        booking.start()
        until_waiting(tx, 1)

    monkeypatch.setattr(jobs, "prove_books", proved)
    with database.transaction(SYSTEM) as tx:
        jobs.lock(tx, *WHICH, AT)
    booking.join()
    assert refused == ["period_locked"]


def test_what_was_bought_after_the_marks_were_checked_keeps_the_quarter_open(
    database: Database, opened: Archive
) -> None:
    with database.transaction(SYSTEM) as tx:
        jobs.check_marks(tx, "AF1", str(FIRST))
    with database.transaction(SYSTEM) as tx:
        held(tx, opened.fund_id, name_zh="未估值科技")
    with pytest.raises(MarksMissing), database.transaction(SYSTEM) as tx:
        jobs.lock(tx, "AF1", str(FIRST), AT)
    with database.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=opened.fund_id) is None


def test_a_close_that_stopped_goes_on_and_books_nothing_twice(worker: Database, archive: Archive) -> None:
    with worker.transaction(SYSTEM) as tx:
        jobs.charge_fees(tx, *WHICH, AT)
    with worker.transaction(SYSTEM) as tx:
        jobs.accrue(tx, *WHICH, AT)
        before = balances(tx, fund_id=archive.fund_id, as_of=QUARTER.ends_on)
    work.wait(closed(worker, archive))
    with worker.transaction(SYSTEM) as tx:
        assert balances(tx, fund_id=archive.fund_id, as_of=QUARTER.ends_on) == before
        assert locked_through(tx, fund_id=archive.fund_id) == QUARTER.ends_on
