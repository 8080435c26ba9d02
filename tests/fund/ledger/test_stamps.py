"""What was known at an instant stays what was known: entries are written down in the order of their instants."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import sqlalchemy as sa

from fund.ledger.actions import reopen_period
from fund.ledger.models import Entry
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from fund.ledger.stamps import lock_books, stamp
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.ledger import Books, a_posting, booked, books, locked
from tests.builders.waiting import until_waiting

EARLY = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
LATE = EARLY + timedelta(seconds=30)


def cost_known(tx: Tx, fund: Books, at: datetime) -> int:
    accounts = [Account.INVESTMENTS_AT_COST]
    found = balances(tx, fund_id=fund.fund_id, as_of=date.max, accounts=accounts, known_at=at)
    return sum(-one.amount for one in found)


def test_what_began_earlier_and_ends_later_was_not_known_before(database: Database) -> None:
    """The earlier transaction waits while the later one books and ends; only then is it told what is known."""
    with database.transaction(SYSTEM) as tx:
        fund = books(tx)

    def buy_early() -> None:
        with database.transaction(SYSTEM) as tx:
            booked(tx, fund.fund_id, [a_posting(reference="EARLY")], now=EARLY)

    waiting = Thread(target=buy_early)
    with database.transaction(SYSTEM) as tx:
        lock_books(tx, fund_id=fund.fund_id)
        waiting.start()
        until_waiting(tx, 1)
        booked(tx, fund.fund_id, [a_posting(reference="LATE")], now=LATE)
        told = cost_known(tx, fund, LATE)
    waiting.join()
    with database.transaction(SYSTEM) as tx:
        assert cost_known(tx, fund, LATE) == told == 100_00
        assert cost_known(tx, fund, EARLY) == 0
        rows = tx.execute(sa.select(Entry.reference, Entry.recorded_at).order_by(Entry.number)).all()
    assert [tuple(row) for row in rows] == [("LATE", LATE), ("EARLY", LATE + timedelta(microseconds=1))]


def test_a_transaction_keeps_to_its_instant(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = books(tx)
        booked(tx, fund.fund_id, [a_posting(reference="ONE")], now=LATE)
    with database.transaction(SYSTEM) as tx:
        first = stamp(tx, fund_id=fund.fund_id, now=EARLY)
        [entry] = booked(tx, fund.fund_id, [a_posting(reference="TWO")], now=EARLY)
        assert (entry.recorded_at, stamp(tx, fund_id=fund.fund_id, now=EARLY)) == (first, first)
        assert stamp(tx, fund_id=fund.fund_id, now=LATE + timedelta(hours=1)) == LATE + timedelta(hours=1)
    with database.transaction(SYSTEM) as tx:
        assert stamp(tx, fund_id=fund.fund_id, now=first) == first
        assert stamp(tx, fund_id=books(tx, code="AF2").fund_id, now=EARLY) == EARLY


def test_what_waits_for_a_reopening_is_written_down_after_it(tx: Tx) -> None:
    """Else a checkpoint would hold at an instant between the two, and an entry behind it would not be seen."""
    fund = books(tx)
    locked(tx, fund.fund_id, Quarter(2024, 1), now=LATE)
    tx.info.clear()
    reopened = LATE + timedelta(days=1)
    facts = {"fund_id": fund.fund_id, "quarter": Quarter(2024, 1)}
    reopen_period(tx, SYSTEM, reason="late invoice", now=reopened, **facts)
    tx.info.clear()
    posting = a_posting(effective_on=date(2024, 2, 1))
    [entry] = booked(tx, fund.fund_id, [posting], now=LATE + timedelta(hours=1))
    assert entry.recorded_at == reopened + timedelta(microseconds=1)
    assert cost_known(tx, fund, reopened) == 0
