"""Printed once for all tests that look at paper; a fund whose quarter is closed, played once for each worker."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.migrations.run import app_url
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from lp_reports import snapshot
from lp_reports.archive import Files, produce
from lp_reports.edition import Language
from tests.builders.archive import Archive, an_archive
from tests.builders.reports import sample_figures
from tests.conftest import PASSWORD, clone, rolled_back


@pytest.fixture(scope="session")
def archived(server: sa.URL, worker_name: str) -> Iterator[tuple[Database, Archive]]:
    """The fund on a database of its own."""
    database = Database(app_url(clone(server, f"afund_archive_{worker_name}"), PASSWORD))
    with database.transaction(SYSTEM) as tx:
        found = an_archive(tx)
    yield database, found
    database.close()


@pytest.fixture
def archive(archived: tuple[Database, Archive]) -> Archive:
    """The fund."""
    return archived[1]


@pytest.fixture
def tx(request: pytest.FixtureRequest) -> Iterator[Tx]:
    """A transaction that is rolled back: where the fund stands, for a test that asks for it."""
    at_the_fund = "archive" in request.fixturenames
    found = request.getfixturevalue("archived")[0] if at_the_fund else request.getfixturevalue("shared")
    with rolled_back(found) as session:
        yield session


@pytest.fixture(scope="session")
def printed() -> Files:
    """Both editions of the first partner's sample report."""
    return produce(snapshot.dumps(sample_figures()), list(Language))


@pytest.fixture(scope="session")
def other_printed() -> Files:
    """Both editions of the second partner's."""
    return produce(snapshot.dumps(sample_figures(partner=1)), list(Language))
