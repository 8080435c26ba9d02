"""Fixtures that every test may use. The database is a real PostgreSQL, migrated once and cloned per test worker."""

import atexit
import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar, cast

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlmodel import Session

from app.migrations.run import app_url, migrate
from kernel import embedded, work
from kernel.db import Database, Tx, introduce
from kernel.identity import secrets
from kernel.identity.rules import SYSTEM, Actor
from tests.scenes import Opened, Scene, Scenes

T = TypeVar("T")

PASSWORD = "only-for-tests"
TEMPLATE = "afund_template"

# What the databases of a whole run take at most, several times over; memory is used for them only where it is ample.
ROOM = 4 * 1024**3

# Thousands of tests leave a large heap that is alive; to walk through it often costs more than it frees.
gc.set_threshold(50_000, 20, 50)

# The server may lose its data when the machine stops; it may not be slow. Its tables hold a few rows: a plan that is
# made once is as good as one for each value, and nothing needs to be tidied up.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
}

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


def pytest_collection_finish() -> None:
    """What was loaded by then lives as long as the process: it is never walked through again."""
    gc.collect()
    gc.freeze()


@sa.event.listens_for(sa.Engine, "connect")
def _prepare_soon(connection: DBAPIConnection, _: object) -> None:
    """A statement is planned when it is first asked again: tests are too short to ask each five times."""
    assert isinstance(connection, psycopg.Connection)
    connection.prepare_threshold = 1


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen unless they say otherwise."""
    return datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> sa.URL:
    """The owner's URL of a server that holds the migrated template database."""
    given = os.environ.get("DATABASE_URL")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = _roomy_memory() / f"afund-tests-{run}"
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


def _roomy_memory() -> Path:
    """A folder in memory where there is room for the databases, else the one for temporary files.

    Every private copy is a thousand small files that are deleted a moment later. A file system on a disk keeps
    deleted inodes from being used again for a while and passes over all of them for each new file: from 0.05 s
    to 0.5 s a copy, once some copies have gone.
    """
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM:
        return memory
    return Path(tempfile.gettempdir())


def _sweep(folder: Path) -> None:
    # The server stops with the last test process; only then is its folder rubbish.
    if not (folder / "pg" / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _make_template(url: sa.URL) -> None:
    with _as_owner(url) as connection:
        known = connection.execute(sa.text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": TEMPLATE})
        if known.scalar():
            return
        for name, value in SETTINGS.items():
            connection.execute(sa.text(f"ALTER SYSTEM SET {name} = {value}"))
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
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    return server.set(database=name)


@cache
def known(url: sa.URL) -> Database:
    """The connections of this worker to the database of that name, which may be another one in each test. `close`
    when a test ends.
    """
    return Database(url)


class Begin(Protocol):
    """Fills the private database with what `play` makes, a function of a module, and returns what that returned.

    It is played once per test worker and copied from then on.
    """

    def __call__(self, play: Callable[[Database], T]) -> T: ...


@dataclass(frozen=True)
class Begun:
    """A database that was played once, to be cloned, and what is in it."""

    name: str
    facts: object


@pytest.fixture(scope="session")
def beginnings() -> dict[object, Begun]:
    """What this worker has played so far, by what played it."""
    return {}


@pytest.fixture
def begin(server: sa.URL, worker_name: str, database: Database, beginnings: dict[object, Begun]) -> Begin:
    """Fills the private database."""

    def filled(play: Callable[[Database], T]) -> T:
        if play not in beginnings:
            url = clone(server, f"afund_begun_{worker_name}_{len(beginnings)}")
            first = Database(app_url(url, PASSWORD))
            beginnings[play] = Begun(str(url.database), play(first))
            first.close()
        assert not work.is_working(), "a worker would lose its database: fill it before one starts"
        database.close()
        clone(server, str(database.engine.url.database), beginnings[play].name)
        return cast("T", deepcopy(beginnings[play].facts))

    return filled


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


@contextmanager
def rolled_back(database: Database, actor: Actor | None = SYSTEM) -> Iterator[Tx]:
    """A transaction of which nothing is kept, whatever happens in it."""
    with Session(database.engine, expire_on_commit=False) as session:
        introduce(session, actor)
        yield session
        session.rollback()


@pytest.fixture
def tx(request: pytest.FixtureRequest) -> Iterator[Tx]:
    """A transaction that acts as the system and is rolled back at the end of the test.

    Where a file, or a folder, has a fixture `staged` that asks for a scene, tests that depend on it are there.
    """
    if "staged" in request.fixturenames:
        yield request.getfixturevalue("staged")[0]
        return
    with rolled_back(request.getfixturevalue("shared")) as session:
        yield session


@pytest.fixture(scope="session")
def scenes(server: sa.URL, worker_name: str) -> Iterator[Scenes]:
    """What this worker has played for several tests."""

    def fresh(place: int) -> Database:
        return Database(app_url(clone(server, f"afund_scene_{worker_name}_{place}"), PASSWORD))

    found = Scenes(fresh)
    yield found
    found.close()


@pytest.fixture
def scene(scenes: Scenes) -> Iterator[Scene]:
    """What several tests begin with, and a transaction there that is rolled back at the end of the test."""
    with ExitStack() as stack:
        yield Opened(scenes, lambda database: stack.enter_context(rolled_back(database)))


@pytest.fixture
def owner_url(server: sa.URL, worker_name: str) -> sa.URL:
    """The owner's URL of a private copy of the database, for tests that commit."""
    return clone(server, f"afund_private_{worker_name}")


@pytest.fixture
def database(owner_url: sa.URL) -> Iterator[Database]:
    """A private database under the application's role; what is committed stays for this test only."""
    database = known(app_url(owner_url, PASSWORD))
    yield database
    database.close()
