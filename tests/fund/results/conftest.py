"""What the results are read off: a small fund, played once per test worker; what a test adds is rolled back."""

import pytest

from kernel.db import Tx
from tests.builders.results import Played, a_played_fund
from tests.scenes import Scene


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    """Where the small fund stands, and what is in it; a file may begin with more."""
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    """The small fund."""
    return staged[1]
