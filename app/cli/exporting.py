"""`afund export`: everything the application may read, in open formats, as it stood at one instant."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import sqlalchemy as sa
import typer
from psycopg import sql
from sqlmodel import SQLModel, col, select

from app import tables
from app.cli.archive import LEFT_OUT, Folder, FolderUnwritable, Kept, Manifest
from app.cli.books import frozen
from app.settings import Settings
from app.wiring import open_database
from kernel.blobs.models import Blob
from kernel.db import Tx
from pipeline.committee.models import Motion
from pipeline.committee.motion_rules import UNSEALED


def run(settings: Settings, *, folder: Path, as_json: bool) -> None:
    """Write the export and say what is in it and what is not."""
    into = Folder(folder)
    into.begin()
    database = open_database(settings)
    try:
        with frozen(database) as tx:
            open_motions = still_sealed(tx)
            manifest = written(tx, into)
    except OSError as fault:
        raise FolderUnwritable(folder=folder, why=fault.strerror) from fault
    finally:
        database.close()
    typer.echo(
        as_document(manifest, folder, open_motions) if as_json else as_text(manifest, folder, open_motions)
    )


def written(tx: Tx, into: Folder) -> Manifest:
    """Write every table and document into a folder that was begun, and its manifest."""
    files: dict[str, Kept] = {}
    for table in exported():
        name = f"tables/{table.name}.csv"
        files[name] = into.write(name, rows_as_csv(tx, table)).model_copy(update={"rows": _count(tx, table)})
    for sha256, content in documents(tx):
        files[f"blobs/{sha256}"] = into.write(f"blobs/{sha256}", [content])
    return into.finish(files)


def exported() -> list[sa.Table]:
    """The tables of an export, those that others refer to first."""
    tables.load_all()
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_OUT]


def columns_of(table: sa.Table) -> list[str]:
    """The columns that stand in a table's CSV: all but bytes, which are files of their own."""
    return [column.name for column in table.columns if not isinstance(column.type, sa.LargeBinary)]


def rows_as_csv(tx: Tx, table: sa.Table) -> Iterator[bytes]:
    """One table as CSV, in the order of its key, written by the database itself."""
    statement = sql.SQL("COPY (SELECT {columns} FROM {table} ORDER BY {key}) TO STDOUT (FORMAT csv, HEADER)")
    filled = statement.format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns_of(table))),
        table=sql.Identifier(table.name),
        key=sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key),
    )
    with driver(tx.connection()).cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute("SET LOCAL DateStyle = 'ISO'")
        with cursor.copy(filled) as copy:
            for piece in copy:
                yield bytes(piece)


def driver(connection: sa.Connection) -> psycopg.Connection:
    """The PostgreSQL driver's own connection, which can COPY."""
    own = connection.connection.driver_connection
    assert isinstance(own, psycopg.Connection)
    return own


def documents(tx: Tx) -> Iterator[tuple[str, bytes]]:
    """Every document by its SHA-256; a few at a time are in memory."""
    statement = select(Blob.sha256, Blob.content).order_by(col(Blob.sha256))
    yield from map(tuple, tx.exec(statement.execution_options(yield_per=20)))


def _count(tx: Tx, table: sa.Table) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def still_sealed(tx: Tx) -> list[str]:
    """The codes of motions whose vote is not closed: their ballots are readable by their voters only."""
    statement = select(Motion.code).where(col(Motion.state).not_in(sorted(UNSEALED)))
    return list(tx.exec(statement.order_by(col(Motion.id))))


def as_text(manifest: Manifest, folder: Path, open_motions: list[str]) -> str:
    """What was written, then what was not."""
    lines = [
        f"{manifest.rows} rows of {manifest.under('tables')} tables and {manifest.under('blobs')} documents "
        f"are in {folder}.",
        "Sealed ballots of motions whose vote is not closed are not in it"
        + (f" ({', '.join(open_motions)})." if open_motions else "; there are no such motions now."),
        *(f"Not in it: {name} ({why})." for name, why in manifest.left_out.items()),
        "Keep it as safe as the database itself.",
    ]
    return "\n".join(lines)


def as_document(manifest: Manifest, folder: Path, open_motions: list[str]) -> str:
    """The same as JSON."""
    body = {
        "folder": str(folder),
        "rows": manifest.rows,
        "tables": manifest.under("tables"),
        "documents": manifest.under("blobs"),
        "sealed": open_motions,
        "left_out": manifest.left_out,
    }
    return json.dumps(body, ensure_ascii=False)
