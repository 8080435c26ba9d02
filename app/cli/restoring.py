"""`afund restore`: an export becomes a database again; verified first, proved last, all of it or nothing."""

import csv
from collections.abc import Sequence
from pathlib import Path

import psycopg
import sqlalchemy as sa
import typer
from psycopg import sql
from sqlmodel import Session

from app.cli.archive import PIECE, Folder, Manifest
from app.cli.books import breaks_in
from app.cli.exporting import columns_of, driver, exported
from app.cli.keys import put_back, set_aside
from app.settings import Settings
from app.wiring import open_owner
from kernel.audit.rules import Break
from kernel.blobs.models import Blob
from kernel.db import introduce
from kernel.errors import Conflict, Invalid, Problem
from kernel.identity.rules import SYSTEM


class DatabaseNotEmpty(Conflict):
    code = "database_not_empty"
    says = "The database holds data already ({tables}); restore into an empty one."


class ShapeDiffers(Conflict):
    code = "export_shape_differs"
    says = "The export was written by another version of the software; nothing was restored."


class RowsRefused(Invalid):
    code = "export_rows_refused"
    says = "The database refused the rows of {table}: {why}. Nothing was restored."


class ExportUnproved(Invalid):
    code = "export_unproved"
    says = "What was exported does not prove ({count} breaks); nothing was restored."


def run(settings: Settings, *, folder: Path) -> None:
    """Restore an export through the owner's connection and say what is there now."""
    manifest = Folder(folder).checked()
    engine = open_owner(settings)
    try:
        with engine.begin() as connection:
            restore(connection, folder, manifest)
    finally:
        engine.dispose()
    typer.echo(
        f"{manifest.rows} rows and {manifest.under('blobs')} documents are restored; "
        "books, audit trail and published reports all prove."
    )


def restore(connection: sa.Connection, folder: Path, manifest: Manifest) -> None:
    """Fill the empty database of `connection`, in its transaction.

    The walls' triggers are off meanwhile: they guard acts, and a restore is none. Checks stay on, keys are checked
    once all rows are there, and the proof at the end reads everything that came in.
    """
    found = exported()
    _check_shape(found, folder, manifest)
    for table in found:
        connection.execute(sa.text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
    _check_empty(connection, found)
    fill(connection, found, folder)
    for table in found:
        connection.execute(sa.text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
    if breaks := _breaks(connection):
        problems = [Problem(found.row, "{what}", {"what": found.what}) for found in breaks]
        raise ExportUnproved(count=len(breaks), problems=problems)
    for table in found:
        _move_on(connection, table)


def _check_shape(found: Sequence[sa.Table], folder: Path, manifest: Manifest) -> None:
    """Refuse an export whose tables or columns are not those of the database."""
    expected = {f"tables/{table.name}.csv" for table in found}
    given = {name for name in manifest.files if name.startswith("tables/")}
    problems = [Problem(name, "this table is not known here") for name in sorted(given - expected)]
    problems += [Problem(name, "this table is missing") for name in sorted(expected - given)]
    for table in found:
        name = f"tables/{table.name}.csv"
        if name in given and (header := _header(folder / name)) != columns_of(table):
            facts = {"found": ", ".join(header), "expected": ", ".join(columns_of(table))}
            problems.append(Problem(name, "has the columns {found}; expected {expected}", facts))
    if problems:
        raise ShapeDiffers(problems=problems)


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as opened:
        return next(csv.reader(opened), [])


def _check_empty(connection: sa.Connection, found: Sequence[sa.Table]) -> None:
    full = [
        table.name
        for table in found
        if connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1))
    ]
    if full:
        raise DatabaseNotEmpty(tables=", ".join(full[:5]) + (" …" if len(full) > 5 else ""))


def fill(connection: sa.Connection, tables: Sequence[sa.Table], folder: Path) -> None:
    """Copy the rows of an export's `tables` in; its keys and indexes are made when all are there.

    Refused: RowsRefused, what a check or a key of the database does not let in.
    """
    large = {table.name for table in tables if _file(folder, table).stat().st_size > PIECE}
    keys = set_aside(connection, order=[table.name for table in tables], large=large)
    for table in tables:
        _copy(connection, table, folder)
    for key in reversed(keys):
        try:
            put_back(connection, key)
        except sa.exc.DBAPIError as fault:
            raise RowsRefused(table=key.table, why=str(fault.orig).splitlines()[0]) from fault


def _copy(connection: sa.Connection, table: sa.Table, folder: Path) -> None:
    file = _file(folder, table)
    try:
        with driver(connection).cursor() as cursor:
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
            if table.name == Blob.__tablename__:
                _copy_documents(cursor, file, folder / "blobs")
            else:
                _copy_rows(cursor, table, file)
    except (psycopg.Error, OSError) as fault:
        raise RowsRefused(table=table.name, why=str(fault).splitlines()[0]) from fault


def _file(folder: Path, table: sa.Table) -> Path:
    return folder / "tables" / f"{table.name}.csv"


def _copy_rows(cursor: psycopg.Cursor[object], table: sa.Table, file: Path) -> None:
    statement = sql.SQL("COPY {table} ({columns}) FROM STDIN (FORMAT csv, HEADER)").format(
        table=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns_of(table))),
    )
    with cursor.copy(statement) as copy, file.open("rb") as opened:
        while piece := opened.read(PIECE):
            copy.write(piece)


def _copy_documents(cursor: psycopg.Cursor[object], file: Path, blobs: Path) -> None:
    """The rows that describe documents, each with its bytes beside it."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened)
        names = [*(rows.fieldnames or ()), "content"]
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        with cursor.copy(sql.SQL("COPY blob ({columns}) FROM STDIN").format(columns=columns)) as copy:
            for row in rows:
                copy.write_row([*row.values(), (blobs / row["sha256"]).read_bytes()])


def _breaks(connection: sa.Connection) -> list[Break]:
    """The proof, read through the transaction that has just written the rows."""
    with Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as tx:
        introduce(tx, SYSTEM)
        return breaks_in(tx)


def _move_on(connection: sa.Connection, table: sa.Table) -> None:
    """Let the table's own numbering go on after the highest key that came in."""
    if "id" not in table.columns:
        return
    highest = connection.scalar(sa.select(sa.func.max(table.columns["id"])))
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, "id")))
    if highest is not None and sequence is not None:
        connection.execute(sa.select(sa.func.setval(sequence, highest)))
