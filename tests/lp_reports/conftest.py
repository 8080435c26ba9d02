"""Printed once for all tests that look at paper."""

import pytest

from lp_reports import snapshot
from lp_reports.archive import Files, produce
from lp_reports.edition import Language
from tests.builders.reports import sample_figures


@pytest.fixture(scope="session")
def printed() -> Files:
    """Both editions of the first partner's sample report."""
    return produce(snapshot.dumps(sample_figures()), list(Language))


@pytest.fixture(scope="session")
def other_printed() -> Files:
    """Both editions of the second partner's."""
    return produce(snapshot.dumps(sample_figures(partner=1)), list(Language))
