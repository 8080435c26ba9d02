"""Transactions, locks and the application's own role."""

import threading
from datetime import datetime

import pytest
import sqlalchemy as sa

from kernel.audit.actions import record
from kernel.db import Database, RoleTooStrong, lock
from kernel.identity.rules import SYSTEM, Actor, Role


def test_an_error_rolls_back(database: Database, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(SYSTEM) as tx:
        record(tx, SYSTEM, action="a", subject="b", now=now)
        _ = 1 // 0
    with database.transaction(SYSTEM) as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM audit_event")).scalar_one() == 0


def test_the_database_is_told_who_acts_and_forgets(database: Database) -> None:
    actor = Actor(7, "x", frozenset({Role.LP_USER}), frozenset({3, 1}), 9)
    facts = sa.text("SELECT afund_reach(), afund_user(), afund_party(), afund_partners()")
    with database.transaction(actor) as tx:
        assert tuple(tx.execute(facts).one()) == ("own", 7, 9, [1, 3])
    with database.transaction(None) as tx:
        assert tuple(tx.execute(facts).one()) == ("", None, None, [])


def test_an_owner_or_superuser_is_refused(owner_url: sa.URL, database: Database) -> None:
    database.check_role()
    owner = Database(owner_url)
    with pytest.raises(RoleTooStrong, match=r"superuser|owns"):
        owner.check_role()
    owner.close()


def test_two_concurrent_acts_end_in_one_of_the_two_orders(database: Database, now: datetime) -> None:
    def act(name: str) -> None:
        with database.transaction(SYSTEM) as tx:
            lock(tx, "thing")
            for number in range(20):
                record(tx, SYSTEM, action=name, subject=f"n:{number}", now=now)

    threads = [threading.Thread(target=act, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction(SYSTEM) as tx:
        order = tx.execute(sa.text("SELECT action FROM audit_event ORDER BY number")).scalars().all()
    assert order in (["first"] * 20 + ["second"] * 20, ["second"] * 20 + ["first"] * 20)


def test_nobody_reads_as_nothing(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        record(tx, SYSTEM, action="a", subject="b", now=now)
    count = sa.text("SELECT count(*) FROM audit_event")
    with database.transaction(None) as tx:
        assert tx.execute(count).scalar_one() == 0
    with database.transaction(SYSTEM) as tx:
        assert tx.execute(count).scalar_one() == 1


def test_a_statement_that_fails_does_not_tell_its_values(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError) as failed, database.transaction(None) as tx:
        tx.execute(sa.text("SELECT CAST(:choice AS integer)"), {"choice": "no, and I say why"})
    assert "hidden" in str(failed.value)
    assert "parameters: {" not in str(failed.value)
