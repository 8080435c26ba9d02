"""Migrations bring an empty database to exactly what the models and walls declare, and back."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from app.migrations.config import HERE, OPTIONS, config
from fund.ledger.actions import reopen_period
from fund.ledger.chart import Account
from fund.ledger.checkpoints import checkpoint_faults
from kernel import walls
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from kernel.walls import APP_ROLE
from tests.builders.ledger import a_posting, booked, books, locked

VERSIONS = sorted((HERE / "versions").glob("*.py"))


def test_there_is_no_drift_between_models_and_migrations(owner_url: sa.URL) -> None:
    engine = sa.create_engine(owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_there_is_no_drift_between_walls_and_migrations(owner_url: sa.URL) -> None:
    """A database with the walls declared now has the same policies and triggers as the migrated one."""
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        migrated = _walls_of(connection)
        for table in walls.DECLARED.readable:
            for name in ("seen", "written", "changed", "removed"):
                connection.exec_driver_sql(f"DROP POLICY {table}_{name} ON {table}")
        for table in walls.DECLARED.append_only:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_append_only ON {table}")
            connection.exec_driver_sql(f"DROP TRIGGER {table}_append_only_whole ON {table}")
        for wall in walls.DECLARED.guards.values():
            connection.exec_driver_sql(f"DROP TRIGGER {wall.name} ON {wall.table}")
        assert _walls_of(connection)[:2] == ([], [])
        for statement in walls.statements():
            connection.exec_driver_sql(statement.replace("%", "%%"))
        assert _walls_of(connection) == migrated
    engine.dispose()


def _walls_of(connection: sa.Connection) -> tuple[list[object], list[object], list[object]]:
    policies = connection.exec_driver_sql(
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public' "
        "ORDER BY tablename, policyname"
    )
    triggers = connection.exec_driver_sql(
        "SELECT tgrelid::regclass::text, tgname, pg_get_functiondef(tgfoid) FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE 'dbos.%%' ORDER BY 1, 2"
    )
    rights = connection.exec_driver_sql(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        f"WHERE grantee = '{APP_ROLE}' AND table_schema = 'public' ORDER BY 1, 2"
    )
    return list(map(tuple, policies)), list(map(tuple, triggers)), list(map(tuple, rights))


def test_the_application_may_not_change_what_is_append_only(owner_url: sa.URL) -> None:
    engine = sa.create_engine(owner_url)
    with engine.connect() as connection:
        for table in walls.DECLARED.append_only:
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                asked = f"SELECT has_table_privilege('{APP_ROLE}', '{table}', '{right}')"
                assert connection.exec_driver_sql(asked).scalar_one() is False, (table, right)
        owned = f"SELECT count(*) FROM pg_tables WHERE tableowner = '{APP_ROLE}'"
        assert connection.exec_driver_sql(owned).scalar_one() == 0
    engine.dispose()


def test_every_migration_goes_back(owner_url: sa.URL) -> None:
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        command.downgrade(config(connection), "base")
        left = sa.inspect(connection).get_table_names()
        assert set(left) <= {"alembic_version"}
        command.upgrade(config(connection), "head")
    engine.dispose()


def test_checkpoints_kept_by_holding_go_back_and_forth(database: Database, owner_url: sa.URL) -> None:
    """To each partner's part in each holding and back, with the balances that the entries have."""
    with database.transaction(SYSTEM) as tx:
        opened = books(tx)
        for at, partner in enumerate(opened.partners.values()):
            named = {"debit_partner_id": partner, "credit_partner_id": partner, "holding_id": 7}
            gain = {"debit": Account.UNREALISED_APPRECIATION, "credit": Account.UNREALISED_GAIN, **named}
            booked(tx, opened.fund_id, [a_posting(reference=f"M{at}", **gain)])
        locked(tx, opened.fund_id, Quarter(2026, 1), now=datetime(2026, 4, 2, tzinfo=UTC))
    parts = "SELECT count(partner_id) FROM ledger_checkpoint_balance WHERE grain = 'holding'"
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        command.downgrade(config(connection), "0050")
        assert connection.exec_driver_sql(parts).scalar_one() == 2 * len(opened.partners)
        command.upgrade(config(connection), "head")
        assert connection.exec_driver_sql(parts).scalar_one() == 0
    engine.dispose()
    with database.transaction(SYSTEM) as tx:
        assert list(checkpoint_faults(tx, fund_id=opened.fund_id)) == []


def test_days_of_checkpoints_are_made_of_what_was_booked_when_each_was_written(
    database: Database, owner_url: sa.URL
) -> None:
    """Two quarters locked, the second opened, booked in and locked again: the same days as were kept at the time."""
    first, second = Quarter(2026, 1), Quarter(2026, 2)
    with database.transaction(SYSTEM) as tx:
        opened = books(tx)
        booked(
            tx,
            opened.fund_id,
            [a_posting(reference=f"E{day}", effective_on=day) for day in (first.ends_on, second.starts_on)],
        )
        locked(tx, opened.fund_id, first, now=datetime(2026, 7, 2, tzinfo=UTC))
        locked(tx, opened.fund_id, second, now=datetime(2026, 7, 3, tzinfo=UTC))
        facts: dict[str, Any] = {"fund_id": opened.fund_id, "reason": "late invoice"}
        reopen_period(tx, SYSTEM, quarter=second, now=datetime(2026, 7, 4, tzinfo=UTC), **facts)
        booked(tx, opened.fund_id, [a_posting(reference="late", effective_on=second.ends_on)])
        locked(tx, opened.fund_id, second, now=datetime(2026, 7, 5, tzinfo=UTC))
    kept = (
        "SELECT c.through, c.after, d.effective_on, d.account, d.amount FROM ledger_checkpoint c "
        "JOIN ledger_checkpoint_day d ON d.checkpoint_id = c.id ORDER BY c.id, d.effective_on, d.account"
    )
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        before = connection.exec_driver_sql(kept).all()
        command.downgrade(config(connection), "0057")
        command.upgrade(config(connection), "head")
        assert connection.exec_driver_sql(kept).all() == before
    engine.dispose()
    assert {(row.through, row.after) for row in before} == {
        (first.ends_on, first.previous.ends_on),
        (second.ends_on, first.ends_on),
    }
    assert len(before) == 8


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_every_migration_gives_up_rather_than_wait_for_ever(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        if function.name not in {"upgrade", "downgrade"}:
            continue
        text = ast.unparse(function)
        assert "SET LOCAL lock_timeout" in text
        assert "SET LOCAL statement_timeout" in text
