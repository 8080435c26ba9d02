"""Printed once for all tests that look at paper; a fund whose quarter is closed, to which tests add what is undone."""

import pytest

from kernel.db import Tx
from lp_reports import snapshot
from lp_reports.archive import Files, produce
from lp_reports.edition import Language
from tests.builders.archive import Archive, an_archive
from tests.builders.reports import sample_figures
from tests.scenes import Scene


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Archive]:
    """Where the fund stands, and what is in it."""
    return scene(an_archive)


@pytest.fixture
def archive(staged: tuple[Tx, Archive]) -> Archive:
    """The fund."""
    return staged[1]


@pytest.fixture(scope="session")
def printed() -> Files:
    """Both editions of the first partner's sample report."""
    return produce(snapshot.dumps(sample_figures()), list(Language))


@pytest.fixture(scope="session")
def other_printed() -> Files:
    """Both editions of the second partner's."""
    return produce(snapshot.dumps(sample_figures(partner=1)), list(Language))
