"""An example that was stopped in the middle: known by a mark in its database, and cleared away to be played anew."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from app.settings import Settings
from app.wiring import open_owner
from kernel.errors import Conflict

MARK = "The example is being played into this database."

_LOCK = sa.text("SELECT pg_try_advisory_lock(hashtextextended('afund:example', 0))")
_MARKED = sa.text("SELECT obj_description('public'::regnamespace, 'pg_namespace')")
_FUNDS = sa.text("SELECT is_example FROM fund")


class ExampleUnderWay(Conflict):
    code = "example_under_way"
    says = "The example is being played into this database by another process; wait until it has ended."


@contextmanager
def marked(settings: Settings) -> Iterator[bool]:
    """Mark the database while the example is played into it, if it holds no fund. Whether one was cleared away first
    that had been stopped: everything in the database came from it, since it was empty when the mark was made.

    A database with a fund that is no example is never cleared; it is left to the example's own refusal.
    Refused: one into which somebody is playing.
    """
    engine = open_owner(settings).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if not connection.scalar(_LOCK):
                raise ExampleUnderWay()
            funds = connection.scalars(_FUNDS).all()
            was_stopped = connection.scalar(_MARKED) == MARK and all(funds)
            if was_stopped:
                _clear(connection)
            if was_stopped or not funds:
                _say(connection, MARK)
            yield was_stopped
            _say(connection, None)
    finally:
        engine.dispose()


def _clear(connection: sa.Connection) -> None:
    """Take everything away; the next opening of the database makes it again."""
    with connection.engine.execution_options(isolation_level="READ COMMITTED").begin() as whole:
        for schema in ("public", "dbos"):
            whole.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        whole.exec_driver_sql("CREATE SCHEMA public")


def _say(connection: sa.Connection, mark: str | None) -> None:
    literal = "NULL" if mark is None else f"'{mark}'"
    connection.exec_driver_sql(f"COMMENT ON SCHEMA public IS {literal}")
