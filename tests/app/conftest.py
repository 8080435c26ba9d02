"""The application under test: the real one, on a private database, with a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from app.migrations.run import app_url
from kernel.clock import fixed_clock
from kernel.db import Database, Tx
from kernel.identity.actions import issue_token
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.app.world import World, build
from tests.app.world_pipeline import NOW
from tests.builders.apps import an_app
from tests.builders.people import a_user
from tests.builders.seals import a_seal
from tests.conftest import PASSWORD, clone, known, rolled_back

Speak = Callable[..., dict[str, str]]


@dataclass(frozen=True)
class Template:
    """A database in which the small world has been played, to be cloned, and what is in it."""

    name: str
    url: sa.URL
    world: World


class Rehearsal(Database):
    """A database on which everything is tried and nothing is kept."""

    @contextmanager
    def transaction(self, actor: Actor | None) -> Iterator[Tx]:
        """A transaction that is rolled back whatever happens."""
        with rolled_back(self, actor) as tx:
            yield tx
            tx.flush()


@pytest.fixture(scope="session")
def played(server: sa.URL, worker_name: str) -> Template:
    """The small world, played once per test worker."""
    name = f"afund_world_{worker_name}"
    url = clone(server, name)
    database = Database(app_url(url, PASSWORD))
    world = build(database)
    database.close()
    return Template(name, url, world)


@pytest.fixture
def world(played: Template) -> World:
    """Who and what is in the small world."""
    return played.world


@pytest.fixture
def world_database(server: sa.URL, worker_name: str, played: Template) -> Iterator[Database]:
    """A private copy of the small world; what is committed stays for this test only."""
    url = clone(server, f"afund_world_copy_{worker_name}", played.name)
    database = known(app_url(url, PASSWORD))
    yield database
    database.close()


@pytest.fixture
def world_client(world_database: Database) -> Iterator[TestClient]:
    """The application on a private copy of the small world."""
    app = an_app(world_database, clock=fixed_clock(NOW))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        yield asking


@pytest.fixture(scope="session")
def rehearsal(server: sa.URL, worker_name: str, played: Template) -> Iterator[TestClient]:
    """The application on a copy of the small world of which nothing is ever changed."""
    url = clone(server, f"afund_rehearsal_{worker_name}", played.name)
    database = Rehearsal(app_url(url, PASSWORD))
    app = create_app(database, seal=a_seal(), clock=fixed_clock(NOW))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        yield asking
    database.close()


@pytest.fixture
def app(database: Database, now: datetime) -> FastAPI:
    """The application."""
    return an_app(database, clock=fixed_clock(now))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Somebody who asks it; errors come back as answers, as they would over the wire."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        yield asking


@pytest.fixture
def speak(database: Database, now: datetime) -> Speak:
    """Makes a user with the given roles and returns the headers with which its scripts speak."""

    def headers(
        *roles: Role, login: str = "", partner_id: int | None = None, party_id: int | None = None
    ) -> dict[str, str]:
        name = login or "-".join(roles) or "nobody"
        with database.transaction(SYSTEM) as tx:
            user = a_user(tx, *roles, login=name, now=now, partner_id=partner_id, party_id=party_id)
            actor = actor_of(tx, user=user)
            _, secret = issue_token(tx, actor, label="test", life=timedelta(days=1), now=now)
        return {"Authorization": f"Bearer {secret}"}

    return headers
