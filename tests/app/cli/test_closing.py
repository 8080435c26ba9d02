"""`afund quarter close` says at which step a close has stopped."""

import pytest

from kernel.db import Database, Tx
from kernel.errors import Problem
from kernel.identity.rules import SYSTEM
from lp_reports import jobs
from lp_reports.rules import BooksUnproved
from tests.app.cli.conftest import Afund
from tests.builders.archive import QUARTER, an_archive

FIRST = str(QUARTER.previous)


def test_a_close_that_stopped_says_where_and_goes_on(
    afund: Afund, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction(SYSTEM) as tx:
        an_archive(tx, closed=False)

    def unproved(tx: Tx, fund: str, quarter: str) -> None:
        raise BooksUnproved(fund=fund, quarter=quarter, problems=[Problem("entry 1", "was altered")])

    with monkeypatch.context() as broken:
        broken.setattr(jobs, "prove_books", unproved)
        stopped = afund("quarter", "close", FIRST)
    assert stopped.is_plain_refusal, stopped
    assert f"{FIRST} is closing, stopped at the step “Lock”" in stopped.err
    assert "entry 1: was altered" in stopped.err
    done = afund("quarter", "close", FIRST)
    assert (done.status, done.out[: len(FIRST) + 10]) == (0, f"{FIRST} is closed")
