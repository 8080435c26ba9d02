"""Keys set aside while a database is filled come back as they were."""

import sqlalchemy as sa

from app.cli.exporting import exported
from app.cli.keys import put_back, set_aside


def _keys(connection: sa.Connection) -> set[str]:
    made = (
        "SELECT pg_get_constraintdef(oid) || conrelid::regclass FROM pg_constraint "
        "WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace"
    )
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    return {*connection.scalars(sa.text(made)), *connection.scalars(sa.text(indexes))}


def _foreign(connection: sa.Connection, order: list[str]) -> set[tuple[str, str]]:
    """Which of the tables refer to which."""
    made = "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    return {(one[0], one[1]) for one in connection.execute(sa.text(made)) if one[0] in order}


def test_keys_of_large_tables_and_all_that_lean_on_them_are_set_aside_and_put_back(owner_url: sa.URL) -> None:
    order = [table.name for table in exported()]
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        before, whole = _keys(connection), _foreign(connection, order)
        aside = set_aside(connection, order=order, large={"ledger_entry", "partner"})
        left = _foreign(connection, order)
        assert whole - left == {
            pair for pair in whole if pair[0] in {"ledger_entry", "partner"} or pair[1] == "partner"
        }
        assert ("achievement", "party") in left
        assert sa.inspect(connection).get_pk_constraint("ledger_entry")["constrained_columns"] == []
        assert sa.inspect(connection).get_indexes("ledger_entry") == []
        assert sa.inspect(connection).get_pk_constraint("party")["constrained_columns"] == ["id"]
        for key in reversed(aside):
            put_back(connection, key)
        assert _keys(connection) == before
    engine.dispose()


def test_what_is_filled_before_the_rows_it_names_is_checked_at_the_end(owner_url: sa.URL) -> None:
    backwards = [table.name for table in exported()][::-1]
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        set_aside(connection, order=backwards, large=())
        left = _foreign(connection, backwards)
        assert all(table == other for table, other in left)
        assert ("ledger_entry", "ledger_entry") in left
    engine.dispose()
