"""`afund import`: which list a file is, who brings it in, and what was done; all of its rows, or none."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from app.cli.books import fund_of
from app.settings import Settings
from app.wiring import open_database
from fund.capital.imports import (
    CALLS,
    COMMITMENTS,
    RECEIPTS,
    import_calls,
    import_commitments,
    import_receipts,
)
from fund.holdings.imports import MARKS, import_marks
from fund.parties.imports import PARTIES, RELATIONS, import_parties, import_relations
from fund.partners.imports import PARTNERS, import_partners
from kernel.clock import system_clock
from kernel.db import Database, Tx
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.identity.queries import UserUnknown, actor_of, user_by_login, users
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.sheets.files import Grid, open_file
from kernel.sheets.headings import find_headings
from kernel.sheets.importing import Imported
from kernel.sheets.reading import Layout
from pipeline.channel.imports import import_achievements, import_demands, import_readiness
from pipeline.channel.layouts import ACHIEVEMENTS, DEMANDS, READINESS, RIGHTS
from pipeline.deals.imports import DEALS, import_deals

Importer = Callable[..., tuple[Imported, ...]]


@dataclass(frozen=True)
class Kind:
    """A list that can be imported: how its sheet is known and what books its rows.

    `of_fund` says that the importer must be told the fund; `beside` are further sheets of the workbook that it
    reads without being asked; `goes_on` names a kind to import from the same sheet afterwards, where it fits.
    """

    name: str
    layout: Layout[Any]
    importer: Importer
    of_fund: bool = False
    beside: tuple[Layout[Any], ...] = ()
    goes_on: str = ""


KINDS = (
    Kind("parties", PARTIES, import_parties),
    Kind("relations", RELATIONS, import_relations),
    Kind("partners", PARTNERS, import_partners, of_fund=True, goes_on="commitments"),
    Kind("commitments", COMMITMENTS, import_commitments, of_fund=True),
    Kind("calls", CALLS, import_calls, of_fund=True),
    Kind("receipts", RECEIPTS, import_receipts, of_fund=True),
    Kind("marks", MARKS, import_marks, of_fund=True),
    Kind("demands", DEMANDS, import_demands),
    Kind("achievements", ACHIEVEMENTS, import_achievements, beside=(RIGHTS, READINESS)),
    Kind("readiness", READINESS, import_readiness),
    Kind("deals", DEALS, import_deals, of_fund=True),
)
NAMES = ", ".join(kind.name for kind in KINDS)


class KindUnclear(Invalid):
    code = "import_kind_unclear"
    says = "{file} has the headings of no list that can be imported; expected one of: {kinds}."


class ImporterUnclear(Conflict):
    code = "importer_unclear"
    says = "{count} users are managers; say with --as who imports."


class UserInactive(NotFound):
    code = "user_inactive"
    says = "The user {login} may no longer sign in, so nothing can be imported in that name."


@dataclass(frozen=True)
class Asked:
    """What the command was asked: the file, its kind where given, who, and for which fund."""

    file: Path
    kind: str | None
    dry_run: bool
    as_user: str | None
    fund: str | None


@dataclass(frozen=True)
class Told:
    """What was done, by list, and the sheets of the workbook that nobody read."""

    done: tuple[Imported, ...]
    unread: tuple[str, ...]


def run(settings: Settings, *, asked: Asked, as_json: bool) -> None:
    """Import one file and say what was done. Refused: every fault of the file, each with its place."""
    content = asked.file.read_bytes()
    grids = open_file(asked.file.name, content)
    kinds = kinds_of(grids, asked.kind)
    database = open_database(settings)
    try:
        with _patience(asked.file.name):
            done = bring_in(database, kinds, content, asked=asked, now=system_clock())
    finally:
        database.close()
    told = Told(done, unread(grids, kinds, done))
    typer.echo(as_document(told, asked) if as_json else as_text(told, asked))


def kinds_of(grids: Sequence[Grid], named: str | None = None) -> tuple[Kind, ...]:
    """The kind of list in a file: the one named, or the one most of whose headings are there.

    A list of partners that also says what they have committed is two lists in one sheet, read one after the
    other. Refused: headings of no list, told by what the nearest one lacks.
    """
    if named:
        return tuple(kind for kind in KINDS if kind.name == named)
    kind = max(KINDS, key=lambda kind: _fit(grids, kind))
    if not _fit(grids, kind):
        raise KindUnclear(file=grids[0].file, kinds=NAMES, problems=_lacking(grids))
    further = [other for other in KINDS if other.name == kind.goes_on and _fit(grids, other)]
    return (kind, *further)


def _fit(grids: Sequence[Grid], kind: Kind) -> int:
    return max(kind.layout.fit(grid) for grid in grids)


def _lacking(grids: Sequence[Grid]) -> list[Problem]:
    """Why the nearest list does not fit: the columns it would need, said of the sheet that comes nearest."""
    found = [
        (len(row.headings), kind.name, row)
        for grid in grids
        for kind in KINDS
        if (row := find_headings(grid, kind.layout.aliases)) is not None
    ]
    if not found:
        return []
    _, name, row = max(found, key=lambda one: one[0])
    return [Problem(one.where, f"as {name}, {one.says}", one.facts) for one in row.problems]


def bring_in(
    database: Database, kinds: Sequence[Kind], content: bytes, *, asked: Asked, now: datetime
) -> tuple[Imported, ...]:
    """Import in one transaction as the user meant; a dry run goes all the way and is then undone."""
    with database.transaction(SYSTEM) as tx:
        actor = importer_of(tx, login=asked.as_user)
    with database.transaction(actor) as tx, tx.begin_nested() as whole:
        done: tuple[Imported, ...] = ()
        for kind in kinds:
            importer = partial(kind.importer, tx, actor, filename=asked.file.name, content=content, now=now)
            done += importer(fund_id=fund_of(tx, asked.fund).id) if kind.of_fund else importer()
        if asked.dry_run:
            whole.rollback()
    return tuple(one.tried(asked.dry_run) for one in done)


def importer_of(tx: Tx, *, login: str | None) -> Actor:
    """The user of that login, or the only manager there is."""
    login = login or _only_manager(tx)
    user = user_by_login(tx, login=login)
    if user is None:
        raise UserUnknown(login=login)
    if not user.is_active:
        raise UserInactive(login=login)
    return actor_of(tx, user=user)


def _only_manager(tx: Tx) -> str:
    managers = []
    after: str | None = None
    while True:
        page = users(tx, after=after)
        managers += [user.login for user in page.items if user.is_active and Role.MANAGER in user.roles]
        after = page.next
        if after is None:
            break
    if len(managers) != 1:
        raise ImporterUnclear(count=len(managers))
    return managers[0]


def unread(grids: Sequence[Grid], kinds: Sequence[Kind], done: Sequence[Imported]) -> tuple[str, ...]:
    """The sheets of the workbook that were not read, so that nobody thinks they were."""
    beside = [layout for kind in kinds for layout in kind.beside]
    seen = {one.sheet for one in done}
    return tuple(
        grid.sheet
        for grid in grids
        if grid.sheet not in seen and not any(layout.fit(grid) for layout in beside)
    )


def as_text(told: Told, asked: Asked) -> str:
    """What was done, a line for each list, then what was passed over."""
    verb = "would be imported" if asked.dry_run else "imported"
    lines = [f"{one.what}: {one.rows} {'row' if one.rows == 1 else 'rows'} {verb}" for one in told.done]
    lines += ["Nothing was changed: this was a dry run."] if asked.dry_run else []
    lines += [f"Note: {notice}" for notice in _notices(told)]
    lines += [f"Note: {asked.file.name}, sheet {sheet}: this sheet was not read" for sheet in told.unread]
    return "\n".join(lines)


def as_document(told: Told, asked: Asked) -> str:
    """The same as JSON."""
    body = {
        "file": asked.file.name,
        "dry_run": asked.dry_run,
        "imported": [{"what": one.what, "sheet": one.sheet, "rows": one.rows} for one in told.done],
        "notices": [str(notice) for notice in _notices(told)],
        "unread": list(told.unread),
    }
    return json.dumps(body, ensure_ascii=False)


def _notices(told: Told) -> list[Problem]:
    """Columns that nobody read; two lists in one sheet know different columns of it."""
    kept = {}
    for one in told.done:
        beside = [other for other in told.done if other.sheet == one.sheet]
        for notice in one.notices:
            if all(notice.where in {passed.where for passed in other.notices} for other in beside):
                kept[notice.where] = notice
    return list(kept.values())


def _patience(name: str) -> AbstractContextManager[object]:
    """A sign of life for people; a pipe or a log gets none."""
    console = Console(stderr=True)
    return console.status(f"Reading {name} …") if console.is_terminal else nullcontext()
