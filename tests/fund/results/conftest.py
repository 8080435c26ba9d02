"""What the results are read off: a small fund, played once per test worker; what a test adds is rolled back."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from app.migrations.run import app_url
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from tests.builders.results import Played, a_played_fund
from tests.conftest import PASSWORD, clone, rolled_back


@dataclass(frozen=True)
class Stage:
    """A database in which the small fund stands."""

    database: Database
    played: Played


@pytest.fixture(scope="session")
def stage(server: sa.URL, worker_name: str) -> Iterator[Stage]:
    """The small fund on a database of its own."""
    database = Database(app_url(clone(server, f"afund_stage_{worker_name}"), PASSWORD))
    with database.transaction(SYSTEM) as tx:
        found = a_played_fund(tx)
    yield Stage(database, found)
    database.close()


@pytest.fixture
def tx(request: pytest.FixtureRequest) -> Iterator[Tx]:
    """A transaction that is rolled back: where the small fund stands, for a test that asks for it."""
    at_the_fund = "played" in request.fixturenames
    found = request.getfixturevalue("stage").database if at_the_fund else request.getfixturevalue("shared")
    with rolled_back(found) as session:
        yield session


@pytest.fixture
def played(stage: Stage) -> Played:
    """The small fund."""
    return stage.played
