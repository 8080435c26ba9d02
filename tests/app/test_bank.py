"""What a part of a bank line is for, as the API takes it, and how it tells what is wrong with a statement."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.bank_shapes import PartIn
from fund.bank.rules import BillPart, BookedPart, EarnedPart, InterestPart, PartUnclear, ReceiptPart
from tests.app.world import World


def part(**names: Any) -> PartIn:
    return PartIn.model_validate({"amount": {"amount": "1.00", "currency": "CNY"}} | names)


def test_a_part_is_one_thing() -> None:
    assert part(call_id=4, partner_id=2).part() == ReceiptPart(4, 2, 100)
    assert part(default_id=4, partner_id=2).part() == InterestPart(4, 2, 100)
    assert part(item="expense:E-1").part() == BookedPart("expense:E-1", 100)
    assert part(bill="E-1").part() == BillPart("E-1", 100)
    assert part(earned="D-1").part() == EarnedPart("D-1", 100)


@pytest.mark.parametrize(
    "names",
    [
        {"call_id": 4, "default_id": 1, "partner_id": 2},
        {"call_id": 4, "partner_id": 2, "item": "expense:E-1"},
        {"default_id": 1, "item": "expense:E-1"},
        {"bill": "E-1", "earned": "D-1"},
    ],
)
def test_a_part_of_two_things_is_refused(names: dict[str, Any]) -> None:
    with pytest.raises(PartUnclear):
        part(**names).part()


def test_a_fault_of_a_file_is_placed_in_the_language_of_the_reader(
    world_client: TestClient, world: World
) -> None:
    file = {"file": ("s.csv", "交易日期,收入,支出\n2026-09-29,x,\n".encode())}
    for language, where in (("zh-CN", "s.csv，第 2 行, 收入"), ("en", "s.csv, row 2, 收入")):
        headers = world.headers["accountant"] | {"Accept-Language": language, "Idempotency-Key": language}
        answer = world_client.post("/api/v1/bank-statements", files=file, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["where"] == where
