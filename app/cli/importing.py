"""`afund import`: which list a file is, who brings it in, and what was done; all of its rows, or none."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from app.cli.books import fund_of
from app.lists.kinds import Given, Kind, bring_in, kinds_of
from app.lists.untold import notices, unread
from app.settings import Settings
from app.wiring import open_database
from fund.watch.actions import look_again
from kernel.clock import system_clock
from kernel.db import Database, Tx
from kernel.errors import Conflict, NotFound
from kernel.identity.queries import UserUnknown, actor_of, user_by_login, users
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.sheets.files import open_file
from kernel.sheets.importing import Imported
from pipeline.closing.promised import promised


class ImporterUnclear(Conflict):
    code = "importer_unclear"
    says = "{count} users have the role {role}; say with --as who imports."


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
            done = imported(database, kinds, content, asked=asked, now=system_clock())
    finally:
        database.close()
    told = Told(done, unread(grids, kinds, done))
    typer.echo(as_document(told, asked) if as_json else as_text(told, asked))


def imported(
    database: Database, kinds: Sequence[Kind], content: bytes, *, asked: Asked, now: datetime
) -> tuple[Imported, ...]:
    """Import in one transaction as the user meant; a dry run goes all the way and is then undone."""
    with database.transaction(SYSTEM) as tx:
        actor = importer_of(tx, login=asked.as_user, role=usual_role(kinds[0]))
    with database.transaction(actor) as tx:
        fund_id = fund_of(tx, asked.fund).id if any(kind.of_fund for kind in kinds) else None
        given = Given(asked.file.name, content)
        done = bring_in(tx, actor, kinds=kinds, given=given, fund_id=fund_id, now=now, dry_run=asked.dry_run)
        if not asked.dry_run:
            look_again(tx, promises=promised, now=now)
        return done


def usual_role(kind: Kind) -> Role:
    """The role of whoever brings such a list in unless somebody is named: a manager where one may."""
    return Role.MANAGER if Role.MANAGER in kind.roles else min(kind.roles)


def importer_of(tx: Tx, *, login: str | None, role: Role) -> Actor:
    """The user of that login, or the only one with the role that the list needs."""
    login = login or _only_one(tx, role)
    user = user_by_login(tx, login=login)
    if user is None:
        raise UserUnknown(login=login)
    if not user.is_active:
        raise UserInactive(login=login)
    return actor_of(tx, user=user)


def _only_one(tx: Tx, role: Role) -> str:
    found: list[str] = []
    after: str | None = None
    while True:
        page = users(tx, after=after)
        found += [user.login for user in page.items if user.is_active and role in user.roles]
        after = page.next
        if after is None:
            break
    if len(found) != 1:
        raise ImporterUnclear(count=len(found), role=role)
    return found[0]


def as_text(told: Told, asked: Asked) -> str:
    """What was done, a line for each list, then what was passed over."""
    verb = "would be imported" if asked.dry_run else "imported"
    lines = [f"{one.what}: {_counted(one)} {verb}" for one in told.done]
    lines += ["Nothing was changed: this was a dry run."] if asked.dry_run else []
    lines += [f"Known: {one}" for done in told.done for one in done.known]
    lines += [str(one) for done in told.done for one in done.told]
    lines += [f"Note: {notice}" for notice in notices(told.done)]
    lines += [f"Note: {asked.file.name}, sheet {sheet}: this sheet was not read" for sheet in told.unread]
    return "\n".join(lines)


def as_document(told: Told, asked: Asked) -> str:
    """The same as JSON."""
    body = {
        "file": asked.file.name,
        "dry_run": asked.dry_run,
        "imported": [{"what": one.what, "sheet": one.sheet, "rows": one.rows} for one in told.done],
        "known": [str(one) for done in told.done for one in done.known],
        "told": [str(one) for done in told.done for one in done.told],
        "notices": [str(notice) for notice in notices(told.done)],
        "unread": list(told.unread),
    }
    return json.dumps(body, ensure_ascii=False)


def _counted(one: Imported) -> str:
    """How many rows count, and how many of the file were known already."""
    fresh = one.rows - len(one.known)
    rows = f"{fresh} {'row' if fresh == 1 else 'rows'}"
    return f"{rows} ({len(one.known)} more known already)" if one.known else rows


def _patience(name: str) -> AbstractContextManager[object]:
    """A sign of life for people; a pipe or a log gets none."""
    console = Console(stderr=True)
    return console.status(f"Reading {name} …") if console.is_terminal else nullcontext()
