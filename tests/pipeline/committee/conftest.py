"""An open vote for the tests of the committee."""

import pytest

from kernel.db import Database
from tests.builders.votes import Vote, voting
from tests.conftest import Begin


@pytest.fixture
def vote(begin: Begin, database: Database) -> Vote:
    """The vote, begun in a database of its own."""
    committee, others, motion_id, papers = begin(voting)
    return Vote(database, committee, others, motion_id, papers)
