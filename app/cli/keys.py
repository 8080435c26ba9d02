"""A database's keys and indexes, set aside while it is filled: to check them once is quicker than row by row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

# Foreign keys lean on primary and unique ones: they go first and come back last.
_KEYS = sa.text(
    "SELECT c.relname AS table, k.conname AS name, 'CONSTRAINT' AS what, pg_get_constraintdef(k.oid) AS definition, "
    "r.relname AS refers_to FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "LEFT JOIN pg_class r ON r.oid = k.confrelid "
    "WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('f', 'p', 'u') "
    "ORDER BY k.contype, c.relname, k.conname"
)
_INDEXES = sa.text(
    "SELECT c.relname AS table, i.relname AS name, 'INDEX' AS what, pg_get_indexdef(x.indexrelid) AS definition "
    "FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid "
    "WHERE c.relnamespace = 'public'::regnamespace "
    "AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid) "
    "ORDER BY c.relname, i.relname"
)


@dataclass(frozen=True)
class Key:
    """A key or an index of a table, and how it is made again; a foreign key refers to the rows of a table."""

    table: str
    name: str
    what: str
    definition: str
    refers_to: str | None = None

    @property
    def dropping(self) -> str:
        """The statement that takes it away."""
        if self.what == "INDEX":
            return f'DROP INDEX "{self.name}"'
        return f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.name}"'

    @property
    def making(self) -> str:
        """The statement that makes it again, refused where a row breaks it."""
        if self.what == "INDEX":
            return self.definition
        return f'ALTER TABLE "{self.table}" ADD CONSTRAINT "{self.name}" {self.definition}'


def set_aside(connection: sa.Connection, *, order: Sequence[str], large: Collection[str]) -> list[Key]:
    """Take away what would check each row on its way in; to be put back in the same transaction, last one first.

    Tables are filled in `order`. Keys and indexes of `large` ones go, and foreign keys to them or to a table that is
    filled later: to make those of every table again takes longer than to fill a small one.
    """
    # Room to sort in, of this transaction alone: what does not fit is sorted on disk.
    connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
    found = [Key(**row) for query in (_KEYS, _INDEXES) for row in connection.execute(query).mappings()]
    place = {table: position for position, table in enumerate(order)}
    aside = [
        key
        for key in found
        if key.table in large or (key.refers_to and _comes_late(key, key.refers_to, place, large))
    ]
    for key in aside:
        connection.exec_driver_sql(key.dropping)
    return aside


def _comes_late(key: Key, refers_to: str, place: Mapping[str, int], large: Collection[str]) -> bool:
    """Whether what a foreign key leans on is set aside itself, or filled after the rows that name it."""
    # What an export leaves out is filled by nobody, and names nothing.
    late = key.table in place and refers_to in place and place[refers_to] > place[key.table]
    return refers_to in large or late


def put_back(connection: sa.Connection, key: Key) -> None:
    """Make a key again over all rows at once; the database refuses where one breaks it."""
    connection.exec_driver_sql(key.making)
