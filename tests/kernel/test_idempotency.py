"""A request sent twice is answered once."""

from datetime import datetime

import pytest

from kernel.db import Tx, introduce
from kernel.idempotency.actions import Answer, KeyInvalid, KeyReused, recall, remember, request_hash
from kernel.identity.rules import Actor, Role

SOMEBODY = Actor(5, "somebody", frozenset({Role.ACCOUNTANT}))


def test_the_first_answer_is_given_again(tx: Tx, now: datetime) -> None:
    introduce(tx, SOMEBODY)
    asked = request_hash("POST /x", {"a": 1})
    assert recall(tx, SOMEBODY, key="k1", request_hash=asked) is None
    remember(tx, SOMEBODY, key="k1", request_hash=asked, answer=Answer(201, {"id": 5}), now=now)
    assert recall(tx, SOMEBODY, key="k1", request_hash=asked) == Answer(201, {"id": 5})


def test_the_same_key_for_something_else_is_refused(tx: Tx, now: datetime) -> None:
    introduce(tx, SOMEBODY)
    asked = request_hash("POST /x", {"a": 1})
    remember(tx, SOMEBODY, key="k2", request_hash=asked, answer=Answer(201, {}), now=now)
    with pytest.raises(KeyReused):
        recall(tx, SOMEBODY, key="k2", request_hash=request_hash("POST /x", {"a": 2}))


@pytest.mark.parametrize("key", ["", "x" * 65, "a\nb"])
def test_a_key_that_is_none_is_refused(tx: Tx, key: str) -> None:
    with pytest.raises(KeyInvalid):
        recall(tx, SOMEBODY, key=key, request_hash="h")
