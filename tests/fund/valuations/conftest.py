"""The books that the tests of valuation files start from."""

import pytest

from kernel.db import Tx
from tests.builders.holdings import committed
from tests.builders.ledger import Books


@pytest.fixture
def fund(tx: Tx) -> Books:
    """A fund in which LP01, LP02 and the GP have parts of 60 : 30 : 10."""
    return committed(tx)
