"""Putting the parts together: from settings to a database that the application may use."""

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.jobs import JOBS
from app.migrations.run import app_url, migrate
from app.settings import Settings
from kernel import embedded, work
from kernel.db import Database
from kernel.errors import Invalid, Unavailable
from kernel.letters import post
from kernel.letters.rules import mailbox
from lp_reports.seal import Seal, SealUnreadable, make_seal, open_seal


class DatabaseUrlUnreadable(Invalid):
    code = "database_url_unreadable"
    says = (
        "{name} is not the address of a PostgreSQL database; expected postgresql://user:password@host/name."
    )


class DatabaseUnreachable(Unavailable):
    code = "database_unreachable"
    says = "The database cannot be used: {why}."


@dataclass(frozen=True)
class Connections:
    """The owner's URL (migrations only) and the URL of the application's own role."""

    owner: sa.URL
    app: sa.URL


def connections(settings: Settings, *, stop_with_us: bool = True) -> Connections:
    """Start or find the database and say how to reach it as owner and as the application."""
    if settings.database_url:
        owner = _postgresql("DATABASE_URL", settings.database_url)
    else:
        owner = embedded.start(settings.home / "pg", stop_with_us=stop_with_us)
    if settings.app_database_url:
        given = settings.app_database_url.get_secret_value()
        return Connections(owner, _postgresql("AFUND_APP_DATABASE_URL", given))
    return Connections(owner, app_url(owner, app_password(settings.home)))


def _postgresql(name: str, given: str) -> sa.URL:
    """A database's address as our driver takes it; the complaint does not repeat it, for it holds a password."""
    try:
        url = sa.make_url(given)
    except (sa.exc.ArgumentError, ValueError) as fault:
        raise DatabaseUrlUnreadable(name=name) from fault
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseUrlUnreadable(name=name)
    return url.set(drivername="postgresql+psycopg")


def app_password(home: Path) -> str:
    """The password of the application's role: made once and kept in a file only its owner can read."""
    return _secret(home / "app-role.secret")


def _secret(file: Path) -> str:
    """What stands in `file`, made up at first; only the file's owner can read it."""
    if not file.exists():
        _keep(file, secrets.token_urlsafe(24).encode())
    return file.read_text().strip()


def _keep(file: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(file)


def report_seal(settings: Settings) -> Seal:
    """The operator's seal for published reports, or one made here on first use and kept under `home`."""
    if settings.seal_file is not None:
        return _own_seal(settings.seal_file, settings.seal_passphrase.get_secret_value())
    file, passphrase = settings.home / "seal.p12", _secret(settings.home / "seal.secret")
    if not file.exists():
        _keep(file, make_seal("Achievement Fund", passphrase))
    return open_seal(file.read_bytes(), passphrase)


def _own_seal(file: Path, passphrase: str) -> Seal:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise SealUnreadable(why=f"{file} cannot be read") from fault
    return open_seal(content, passphrase)


def open_database(settings: Settings, *, stop_with_us: bool = True, is_played: bool = False) -> Database:
    """A migrated database under the application's own role; refuses a role that sees through the walls.

    `is_played` is for the example, whose time is not the clock's.
    """
    open_post(settings)
    urls = _migrated(settings, stop_with_us=stop_with_us, is_played=is_played)
    database = Database(urls.app)
    try:
        database.check_role()
    except sa.exc.OperationalError as fault:
        raise _unreachable(fault) from fault
    return database


def open_post(settings: Settings) -> None:
    """Say which mail server takes letters; without one none are written."""
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    post.configure(mailbox(url, settings.mail_sender) if url else None, home=settings.public_url)


def open_owner(settings: Settings) -> sa.Engine:
    """The migrated database under its owner, for the one command that writes past the walls: restore."""
    return sa.create_engine(_migrated(settings).owner)


def _migrated(settings: Settings, *, stop_with_us: bool = True, is_played: bool = False) -> Connections:
    urls = connections(settings, stop_with_us=stop_with_us)
    try:
        migrate(urls.owner, app_password=urls.app.password or "", is_played=is_played)
    except sa.exc.OperationalError as fault:
        raise _unreachable(fault) from fault
    return urls


def _unreachable(fault: sa.exc.OperationalError) -> DatabaseUnreachable:
    """The driver's own words in one line; they name host and role, never a password."""
    lines = [line.strip() for line in str(fault.orig).splitlines() if line.strip()]
    return DatabaseUnreachable(why=lines[0].rstrip(".") if lines else "no reason was given")


def begin_to_work(database: Database) -> None:
    """Take up durable work in this process; every kind of it is registered by then."""
    logging.getLogger("dbos").setLevel(logging.ERROR)
    assert JOBS
    work.start_worker(database)
