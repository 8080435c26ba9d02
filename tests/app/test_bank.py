"""What a part of a bank line is for, as the API takes it."""

from typing import Any

import pytest

from app.api.bank_shapes import PartIn
from fund.bank.rules import BookedPart, InterestPart, PartUnclear, ReceiptPart


def part(**names: Any) -> PartIn:
    return PartIn.model_validate({"amount": {"amount": "1.00", "currency": "CNY"}} | names)


def test_a_part_is_one_thing() -> None:
    assert part(call_id=4, partner_id=2).part() == ReceiptPart(4, 2, 100)
    assert part(default_id=4, partner_id=2).part() == InterestPart(4, 2, 100)
    assert part(item="expense:E-1").part() == BookedPart("expense:E-1", 100)


@pytest.mark.parametrize(
    "names",
    [
        {"call_id": 4, "default_id": 1, "partner_id": 2},
        {"call_id": 4, "partner_id": 2, "item": "expense:E-1"},
        {"default_id": 1, "item": "expense:E-1"},
    ],
)
def test_a_part_of_two_things_is_refused(names: dict[str, Any]) -> None:
    with pytest.raises(PartUnclear):
        part(**names).part()
