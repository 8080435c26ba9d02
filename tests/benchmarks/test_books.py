"""Books of 1,000,000 entries beside ledger, hledger, beancount and duckdb: to load them, and to ask what stood."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_benchmark.fixture import BenchmarkFixture

from app.cli.archive import Folder
from app.cli.exporting import exported, written
from app.cli.restoring import fill
from app.migrations.run import app_url
from fund.ledger.actions import lock_period, post
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import balances, total, verify
from fund.ledger.rules import Posting
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.benchmarks.book import Quarterly, a_book, quarters
from tests.benchmarks.measure import TABLES, in_turns
from tests.benchmarks.peers import peers_with
from tests.builders.ledger import Books, books
from tests.conftest import PASSWORD, clone

ENTRIES, PARTNERS, ROUNDS = 1_000_000, 1_000, 5
NOW = datetime(2034, 6, 30, 8, 0, tzinfo=UTC)
# In the middle of the book and of a quarter; and one in the last quarter, which stays open.
PAST, LATE = date(2029, 5, 17), date(2033, 12, 15)


@dataclass(frozen=True)
class Shelf:
    """The book in our database, as postings, and how long it took to post it."""

    database: Database
    books: Books
    quarters: list[Quarterly]
    took: float

    @property
    def postings(self) -> list[Posting]:
        """All of them, in order."""
        return [posting for one in self.quarters for posting in one.postings]


@pytest.fixture(scope="module")
def shelf(server: sa.URL) -> Iterator[Shelf]:
    database = Database(app_url(clone(server, "afund_big_book"), PASSWORD))
    with database.transaction(SYSTEM) as tx:
        opened = books(tx, *[f"LP{number:04d}" for number in range(1, PARTNERS + 1)])
    found = list(a_book(ENTRIES, list(opened.partners.values())))
    start = time.perf_counter()
    for one in found:
        with database.transaction(SYSTEM) as tx:
            post(tx, SYSTEM, fund_id=opened.fund_id, postings=one.postings, now=NOW)
    took = time.perf_counter() - start
    yield Shelf(database, opened, found, took)
    database.close()


def asked(shelf: Shelf, question: Callable[..., Any], **more: Any) -> Any:
    with shelf.database.transaction(SYSTEM) as tx:
        return question(tx, fund_id=shelf.books.fund_id, **more)


def every_account(shelf: Shelf, as_of: date = PAST) -> dict[str, int]:
    found = asked(shelf, balances, as_of=as_of, by=("account",))
    return {str(one.account): one.amount for one in found}


def one_partner(shelf: Shelf, as_of: date = PAST) -> int:
    partner = shelf.books.partners["LP0500"]
    return int(asked(shelf, total, as_of=as_of, accounts=CAPITAL_ACCOUNTS, partner_id=partner))


def test_books(benchmark: BenchmarkFixture, server: sa.URL, shelf: Shelf, tmp_path: Path) -> None:
    plain = (every_account(shelf), one_partner(shelf))
    without = in_turns({"all": lambda: every_account(shelf), "one": lambda: one_partner(shelf)}, ROUNDS)
    start = time.perf_counter()
    with shelf.database.transaction(SYSTEM) as tx:
        _locked(tx, shelf)
    locking = time.perf_counter() - start
    assert (every_account(shelf), one_partner(shelf)) == plain
    benchmark.pedantic(every_account, (shelf,), rounds=ROUNDS)
    times = in_turns(
        {
            "all accounts, a past day": lambda: every_account(shelf),
            "one partner, a past day": lambda: one_partner(shelf),
            "all accounts, in the open quarter": lambda: every_account(shelf, LATE),
        },
        ROUNDS,
    )
    peers = peers_with(
        shelf.postings, tmp_path, partner=shelf.books.partners["LP0500"], day=PAST, rounds=ROUNDS
    )
    for name, peer in peers.items():
        assert (name, peer.accounts, peer.partner) == (name, *plain)
    lines = [f"{ENTRIES:,} entries, {PARTNERS:,} partners, {len(quarters())} quarters"]
    lines.append("seconds to load, and to balance every account on a day in the middle")
    lines.append(f"  {'ours, each entry checked, chained, audited':44}{shelf.took:10.2f}")
    lines.append(f"  {'ours, locking 39 quarters':44}{locking:10.2f}")
    lines.append(
        f"  {'ours, restored: rows, keys, checks, indexes':44}{_restored(server, shelf, tmp_path):10.2f}"
    )
    lines += [f"  {name:44}{peer.load:10.2f}" for name, peer in peers.items()]
    lines.append("milliseconds to ask again")
    lines += [f"  {f'ours, {name}':44}{took.clock * 1000:10.2f}" for name, took in times.items()]
    lines += [
        f"  {f'ours without checkpoints, {name}':44}{took.clock * 1000:10.2f}"
        for name, took in without.items()
    ]
    lines += [
        f"  {f'{name}, {what}':44}{took:10.2f}"
        for name, peer in peers.items()
        for what, took in peer.asked.items()
    ]
    lines.append(_back_dated(shelf))
    TABLES["books of a million entries"] = lines
    with shelf.database.transaction(SYSTEM) as tx:
        assert verify(tx, fund_id=shelf.books.fund_id) == []


def _locked(tx: Any, shelf: Shelf) -> None:
    for one in shelf.quarters[:-1]:
        lock_period(tx, SYSTEM, fund_id=shelf.books.fund_id, quarter=one.quarter, now=NOW)


def _restored(server: sa.URL, shelf: Shelf, folder: Path) -> float:
    """To read the same book, once kept, from an export, as peers read theirs from a file; and balance every account."""
    out = Folder(folder / "export")
    out.begin()
    with shelf.database.transaction(SYSTEM) as tx:
        written(tx, out)
    url = clone(server, "afund_restored_book")
    engine = sa.create_engine(url)
    start = time.perf_counter()
    with engine.begin() as connection:
        for table in exported():
            connection.execute(sa.text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
        fill(connection, exported(), folder / "export")
    engine.dispose()
    database = Database(app_url(url, PASSWORD))
    found = every_account(replace(shelf, database=database))
    took = time.perf_counter() - start
    database.close()
    assert found == every_account(shelf)
    return took


def _back_dated(shelf: Shelf) -> str:
    """What it costs to book 1,000 entries on the first days of the open quarter, and to ask again."""
    extra = next(iter(a_book(40_000, list(shelf.books.partners.values()), seed=2))).postings
    last = shelf.quarters[-1].quarter.starts_on
    dated = [
        Posting(**{**vars(one), "reference": f"L{at}", "effective_on": last}) for at, one in enumerate(extra)
    ]
    start = time.perf_counter()
    asked(shelf, lambda tx, fund_id: post(tx, SYSTEM, fund_id=fund_id, postings=dated, now=NOW))
    posted = time.perf_counter() - start
    again = in_turns({"all": lambda: every_account(shelf, LATE)}, ROUNDS)["all"].clock
    after = f"all accounts after it {again * 1000:.2f} ms"
    return f"{len(dated):,} entries back-dated in the open quarter: {posted:.2f} s; {after}"
