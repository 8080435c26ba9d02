"""The enterprises of the channel's tests."""

import pytest

from kernel.db import Tx
from tests.builders.parties import an_organisation


@pytest.fixture
def steel(tx: Tx) -> int:
    return an_organisation(tx, "北方钢铁集团有限公司").id


@pytest.fixture
def rival(tx: Tx) -> int:
    return an_organisation(tx, "南方钢铁集团有限公司").id
