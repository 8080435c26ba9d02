"""Whatever is done to the rows behind the software's back is found, and the row is named."""

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from fund.ledger.actions import lock_period, reopen_period, reverse
from fund.ledger.proof import verify
from kernel.db import Database, introduce
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.ledger import a_posting, booked, books, contribution, locked

REVERSED_ON = date(2026, 4, 2)


@pytest.fixture
def fund_id(database: Database, now: datetime) -> int:
    """A fund with five entries, one of them reversed, and the first quarter locked between the two."""
    with database.transaction(SYSTEM) as tx:
        found = books(tx)
        booked(tx, found.fund_id, contribution(found.partners["LP01"], 500_00, date(2026, 1, 10), "CALL"))
        booked(tx, found.fund_id, [a_posting(), a_posting(reference="BUY-002", holding_id=2)])
        locked(tx, found.fund_id, Quarter(2026, 1), now=now)
        reverse(
            tx,
            SYSTEM,
            fund_id=found.fund_id,
            reference="BUY-002",
            reason="wrong holding",
            effective_on=REVERSED_ON,
            now=now,
        )
    return found.fund_id


def tampered(owner_url: sa.URL, fund_id: int, statement: str) -> list[str]:
    """Do `statement` as the owner with every trigger off; what the proof then finds."""
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(statement))
        with Session(connection) as tx:
            introduce(tx, SYSTEM)
            return [f"{found.row}: {found.what}" for found in verify(tx, fund_id=fund_id)]


def test_untouched_books_prove(database: Database, fund_id: int) -> None:
    with database.transaction(SYSTEM) as tx:
        assert verify(tx, fund_id=fund_id) == []


def test_books_without_entries_prove(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        assert verify(tx, fund_id=books(tx).fund_id) == []


HASH = "ledger_entry 3 BUY-001: its content does not match its hash"
# What was kept when the quarter was locked bears witness too.
KEPT = [
    f"ledger_checkpoint of fund 1 through 2026-03-31: its {what} are not those of its entries on 1000, 1200"
    for what in ("balances", "days")
]
CASES: list[tuple[str, list[str]]] = [
    ("UPDATE ledger_entry SET amount = amount + 1 WHERE number = 3", [HASH, *KEPT]),
    ("UPDATE ledger_entry SET memo = 'x' WHERE number = 3", [HASH]),
    ("UPDATE ledger_entry SET recorded_at = recorded_at + interval '1 microsecond' WHERE number = 3", [HASH]),
    (
        "UPDATE ledger_entry SET holding_id = NULL WHERE number = 3",
        [HASH, "ledger_entry 3 BUY-001: the holding is missing", KEPT[0]],
    ),
    (
        "UPDATE ledger_entry SET currency = 'USD' WHERE number = 3",
        [HASH, "ledger_entry 3 BUY-001: it is in USD, the fund in CNY"],
    ),
    (
        "DELETE FROM ledger_entry WHERE number = 3",
        ["ledger_entry 4 BUY-002: entry number 3 is missing before it", *KEPT],
    ),
    (
        "UPDATE ledger_entry SET amount = 7 WHERE number = 5",
        [
            "ledger_entry 5 BUY-002/reversal: its content does not match its hash",
            "ledger_entry 5 BUY-002/reversal: it does not undo BUY-002",
        ],
    ),
    (
        "UPDATE ledger_entry SET effective_on = '2026-03-01' WHERE number = 5",
        [
            "ledger_entry 5 BUY-002/reversal: its content does not match its hash",
            "ledger_entry 5 BUY-002/reversal: it takes effect on 2026-03-01, locked since 2026Q1",
        ],
    ),
]


@pytest.mark.parametrize(("statement", "found"), CASES, ids=[case[0][:60] for case in CASES])
def test_tampering_is_found(owner_url: sa.URL, fund_id: int, statement: str, found: list[str]) -> None:
    assert tampered(owner_url, fund_id, statement) == found


def test_books_cut_off_at_their_end(owner_url: sa.URL, fund_id: int) -> None:
    found = tampered(owner_url, fund_id, "DELETE FROM ledger_entry WHERE number = 5")
    assert found == [f"ledger of fund {fund_id}: it ends at entry 4, the audit trail at 5"]


def test_a_rewritten_last_entry(owner_url: sa.URL, fund_id: int) -> None:
    """Even with a hash that fits, the audit trail remembers the right one."""
    found = tampered(owner_url, fund_id, f"UPDATE ledger_entry SET hash = '{'0' * 64}' WHERE number = 5")
    assert found[-1] == f"ledger of fund {fund_id}: it ends at entry 5, the audit trail at 5"


def test_what_is_booked_after_reopening_is_no_break(database: Database, fund_id: int, now: datetime) -> None:
    facts: dict[str, Any] = {"fund_id": fund_id, "quarter": Quarter(2026, 1), "now": now}
    with database.transaction(SYSTEM) as tx:
        reopen_period(tx, SYSTEM, reason="late invoice", **facts)
        booked(tx, fund_id, [a_posting(reference="LATE")])
        lock_period(tx, SYSTEM, **facts)
        assert verify(tx, fund_id=fund_id) == []
