"""Fixtures that every test may use. The database is a real PostgreSQL, migrated once and cloned per test worker."""

import atexit
import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session

from app.migrations.run import app_url, migrate
from kernel import embedded
from kernel.db import Database, Tx, introduce
from kernel.identity import secrets
from kernel.identity.rules import SYSTEM

PASSWORD = "only-for-tests"
TEMPLATE = "afund_template"

# Thousands of tests leave a large heap that is alive; to walk through it often costs more than it frees.
gc.set_threshold(50_000, 20, 50)

# The same argon2 with the least work: it is slow on purpose, and the tests make hundreds of people.
secrets.PASSWORDS = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))

# A property holds or it does not; how long a busy machine takes to try an example proves nothing.
settings.register_profile(
    "untimed", parent=settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--kills 20` kills a worker so often while a quarter's reports are drawn up."""
    parser.addoption(
        "--kills", type=int, default=2, help="how often a worker is killed in the test of reports"
    )
    parser.addoption(
        "--histories", type=int, default=2, help="how many random histories of a fund are played"
    )


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen unless they say otherwise."""
    return datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> sa.URL:
    """The owner's URL of a server that holds the migrated template database."""
    given = os.environ.get("DATABASE_URL")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"afund-tests-{run}"
    folder.mkdir(exist_ok=True)
    atexit.register(_sweep, folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url = (
            sa.make_url(given).set(drivername="postgresql+psycopg")
            if given
            else embedded.start(folder / "pg")
        )
        _make_template(url)
    return url


def _sweep(folder: Path) -> None:
    # The server stops with the last test process; only then is its folder rubbish.
    if not (folder / "pg" / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _make_template(url: sa.URL) -> None:
    with _as_owner(url) as connection:
        known = connection.execute(sa.text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": TEMPLATE})
        if known.scalar():
            return
        # Tests may lose their data when the machine stops; they may not be slow.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
        connection.execute(sa.text(f"CREATE DATABASE {TEMPLATE}_making"))
    migrate(url.set(database=f"{TEMPLATE}_making"), app_password=PASSWORD, is_played=True)
    with _as_owner(url) as connection:
        connection.execute(sa.text(f"ALTER DATABASE {TEMPLATE}_making RENAME TO {TEMPLATE}"))


def _as_owner(url: sa.URL) -> sa.Connection:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool).connect()


def clone(server: sa.URL, name: str, template: str = TEMPLATE) -> sa.URL:
    """A fresh copy of the template database, or of another one; returns the owner's URL of it."""
    with _as_owner(server) as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return server.set(database=name)


@pytest.fixture(scope="session")
def shared(server: sa.URL, worker_name: str) -> Iterator[Database]:
    """One database per test worker; tests in it roll back."""
    database = Database(app_url(clone(server, f"afund_shared_{worker_name}"), PASSWORD))
    yield database
    database.close()


@pytest.fixture(scope="session")
def worker_name() -> str:
    """The name of this test worker."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def tx(shared: Database) -> Iterator[Tx]:
    """A transaction that acts as the system and is rolled back at the end of the test."""
    with Session(shared.engine, expire_on_commit=False) as session:
        introduce(session, SYSTEM)
        yield session
        session.rollback()


@pytest.fixture
def owner_url(server: sa.URL, worker_name: str) -> sa.URL:
    """The owner's URL of a private copy of the database, for tests that commit."""
    return clone(server, f"afund_private_{worker_name}")


@pytest.fixture
def database(owner_url: sa.URL) -> Iterator[Database]:
    """A private database under the application's role; what is committed stays for this test only."""
    database = Database(app_url(owner_url, PASSWORD))
    yield database
    database.close()
