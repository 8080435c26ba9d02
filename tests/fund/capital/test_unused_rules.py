from datetime import date
from typing import Any

import pytest

from fund.capital.rules import ItemKind
from fund.capital.unused_rules import (
    Back,
    Called,
    MoreThanUnused,
    ReturnInvalid,
    ReturnTooEarly,
    given_back,
    to_give_back,
    unused,
)

DUE, LATER = date(2026, 3, 2), date(2026, 6, 1)


def called(item_id: int, amount: int, holding_id: int | None = None, **changes: Any) -> Called:
    facts: dict[str, Any] = {
        "item_id": item_id,
        "call": f"CALL-00{item_id}",
        "position": 1,
        "kind": ItemKind.INVESTMENT,
        "holding_id": holding_id,
        "memo": "",
        "due_on": DUE,
        "paid": {1: amount - amount // 3, 2: amount // 3},
    }
    return Called(**(facts | changes))


def left(*items: Called, bought: dict[int, int] | None = None, spent: int = 0) -> list[tuple[int, int, int]]:
    return [(one.called, one.used, one.amount) for one in unused(items, bought=bought or {}, spent=spent)]


def test_what_is_left_of_a_holdings_money_belongs_to_the_items_called_last() -> None:
    items = (called(1, 100, 7), called(2, 50, 7, due_on=LATER), called(3, 40, 8))
    assert left(*items, bought={7: 70, 8: 40}) == [(150, 70, 30), (150, 70, 50), (40, 40, 0)]
    assert left(*items, bought={7: 120, 8: 60}) == [(150, 120, 0), (150, 120, 30), (40, 60, 0)]


def test_general_money_is_used_by_what_was_bought_beyond_the_money_called_by_name() -> None:
    items = (called(1, 100), called(2, 30, 7))
    assert left(*items, bought={7: 50, 9: 15}) == [(100, 35, 65), (30, 50, 0)]


def test_money_for_expenses_is_used_by_the_expenses_borne() -> None:
    items = (called(1, 20, kind=ItemKind.EXPENSE), called(2, 10, 7, kind=ItemKind.EXPENSE, due_on=LATER))
    assert left(*items, spent=25) == [(30, 25, 0), (30, 25, 5)]
    assert left(called(1, 0, paid={}, kind=ItemKind.EXPENSE)) == [(0, 0, 0)]


def test_only_what_is_unused_goes_back_each_item_named() -> None:
    found = unused((called(1, 100, 7), called(2, 40, 8, due_on=LATER)), bought={7: 70}, spent=0)
    chosen = to_give_back(found, [Back("CALL-002", 1, 40), Back("CALL-001", 1, 30)], on=LATER)
    assert [(item.call, amount) for item, amount in chosen] == [("CALL-002", 40), ("CALL-001", 30)]
    with pytest.raises(MoreThanUnused) as caught:
        to_give_back(found, [Back("CALL-001", 1, 31)], on=LATER)
    [problem] = caught.value.problems
    assert problem.where == "CALL-001 item 1"
    assert problem.facts == {"called": "1.00", "used": "0.70", "left": "0.30", "amount": "0.31"}
    with pytest.raises(ReturnTooEarly, match="CALL-002 is due on 2026-06-01"):
        to_give_back(found, [Back("CALL-002", 1, 1)], on=DUE)
    wrong = [Back("CALL-001", 1, 0), Back("CALL-001", 1, 5), Back("CALL-009", 1, 5)]
    with pytest.raises(ReturnInvalid) as refused:
        to_give_back(found, wrong, on=LATER)
    assert [problem.where.split()[0] for problem in refused.value.problems] == [
        "CALL-001",
        "CALL-001",
        "CALL-001",
        "CALL-009",
    ]
    with pytest.raises(ReturnInvalid):
        to_give_back(found, [], on=LATER)


def test_what_goes_back_is_shared_by_what_each_has_paid() -> None:
    item = called(1, 100, paid={1: 60, 2: 40, 3: 0})
    assert given_back(item, 33) == {1: 20, 2: 13}
    assert given_back(item, 1) == {1: 1}
