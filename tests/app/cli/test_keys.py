"""Keys set aside while a database is filled come back as they were."""

import sqlalchemy as sa

from app.cli.keys import put_back, set_aside


def _keys(connection: sa.Connection) -> set[str]:
    made = (
        "SELECT pg_get_constraintdef(oid) || conrelid::regclass FROM pg_constraint "
        "WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace"
    )
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    return {*connection.scalars(sa.text(made)), *connection.scalars(sa.text(indexes))}


def test_keys_of_large_tables_and_all_foreign_ones_are_set_aside_and_put_back(owner_url: sa.URL) -> None:
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        before = _keys(connection)
        aside = set_aside(connection, large={"ledger_entry", "partner"})
        assert not any(key.startswith("FOREIGN KEY") for key in _keys(connection))
        assert sa.inspect(connection).get_pk_constraint("ledger_entry")["constrained_columns"] == []
        assert sa.inspect(connection).get_indexes("ledger_entry") == []
        assert sa.inspect(connection).get_pk_constraint("party")["constrained_columns"] == ["id"]
        for key in reversed(aside):
            put_back(connection, key)
        assert _keys(connection) == before
    engine.dispose()
