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


@dataclass(frozen=True)
class Connections:
    """The owner's URL (migrations only) and the URL of the application's own role."""

    owner: sa.URL
    app: sa.URL


def connections(settings: Settings, *, stop_with_us: bool = True) -> Connections:
    """Start or find the database and say how to reach it as owner and as the application."""
    if settings.database_url:
        owner = sa.make_url(settings.database_url).set(drivername="postgresql+psycopg")
    else:
        owner = embedded.start(settings.home / "pg", stop_with_us=stop_with_us)
    if settings.app_database_url:
        given = sa.make_url(settings.app_database_url.get_secret_value())
        return Connections(owner, given.set(drivername="postgresql+psycopg"))
    return Connections(owner, app_url(owner, app_password(settings.home)))


def app_password(home: Path) -> str:
    """The password of the application's role: made once and kept in a file only its owner can read."""
    file = home / "app-role.secret"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text().strip()


def open_database(settings: Settings, *, stop_with_us: bool = True) -> Database:
    """A migrated database under the application's own role; refuses a role that sees through the walls."""
    urls = connections(settings, stop_with_us=stop_with_us)
    migrate(urls.owner, app_password=urls.app.password or "")
    database = Database(urls.app)
    database.check_role()
    return database


def begin_to_work(database: Database) -> None:
    """Take up durable work in this process; every kind of it is registered by then."""
    logging.getLogger("dbos").setLevel(logging.ERROR)
    assert JOBS
    work.start_worker(database)
