"""The audit trail: append-only, chained, and its verifier names every break."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from kernel.audit import queries
from kernel.audit.actions import record
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM


def _three(tx: Tx, now: datetime) -> None:
    for number in (1, 2, 3):
        record(tx, SYSTEM, action="thing.done", subject=f"thing:{number}", detail={"n": number}, now=now)


def test_an_untouched_trail_verifies(tx: Tx, now: datetime) -> None:
    before = queries.head(tx)[0]
    _three(tx, now)
    assert queries.head(tx)[0] == before + 3
    assert queries.verify(tx) == []


@pytest.mark.parametrize("sql", ["UPDATE audit_event SET subject = 'x'", "DELETE FROM audit_event"])
def test_the_application_may_not_change_the_trail(tx: Tx, now: datetime, sql: str) -> None:
    _three(tx, now)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        tx.execute(sa.text(sql))


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("UPDATE audit_event SET subject = 'thing:9' WHERE number = 2", "audit_event 2"),
        ("DELETE FROM audit_event WHERE number = 2", "audit_event 3"),
        ("DELETE FROM audit_event WHERE number = 3", "audit_head"),
    ],
)
def test_tampering_is_refused_to_the_owner_and_found_after_brute_force(
    database: Database, owner_url: sa.URL, now: datetime, sql: str, row: str
) -> None:
    with database.transaction(SYSTEM) as tx:
        _three(tx, now)
    owner = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with owner.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        connection.execute(sa.text(sql))
    with owner.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        connection.execute(sa.text(sql))
    with database.transaction(SYSTEM) as tx:
        assert row in {found.row for found in queries.verify(tx)}
