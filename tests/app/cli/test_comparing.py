"""`afund compare`: the difference between two instants, in words and in the form of the API."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from fund.fees.actions import record_expense
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from tests.app.cli.conftest import Afund
from tests.builders.capital import ACCOUNTANT, YUAN, a_paid_call, committed, expense
from tests.conftest import Begin

ON = "2026-06-30"
BEFORE, AFTER = "2026-07-01T12:00:00+08:00", "2026-07-03T12:00:00+08:00"


def a_late_bill(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        _booked(tx)


def _booked(tx: Tx) -> None:
    fund = committed(tx)
    a_paid_call(tx, fund, expense(1_000 * YUAN))
    facts: dict[str, Any] = {"reference": "AUDIT", "ilpa_row": 41, "amount": 100 * YUAN, "payee": "auditors"}
    late = datetime(2026, 7, 2, 4, tzinfo=UTC)
    on = date(2026, 6, 15)
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, incurred_on=on, now=late, **facts)


def test_what_was_written_down_between_two_instants_is_told(afund: Afund, begin: Begin) -> None:
    begin(a_late_bill)
    words = ("compare", ON, "--first", BEFORE, "--second", AFTER)
    said = afund(*words)
    assert said.status == 0
    assert "5041 LP01: 0.00 → -60.00" in said.out.splitlines()
    assert "AUDIT/LP02: 5041 ← 1000 40.00" in said.out.splitlines()
    told = json.loads(afund(*words, "--json").out)
    assert (told["as_of"], told["partner"]) == (ON, None)
    moved = {one["account"]: one["moved"] for one in told["accounts"]}
    assert moved["5041"] == {"amount": "-100.00", "currency": "CNY"}
    assert [one["reference"] for one in told["entries"]] == ["AUDIT/LP01", "AUDIT/LP02"]
    own = json.loads(afund(*words, "--partner", "LP02", "--json").out)
    assert own["partner"] == "LP02"
    assert [one["reference"] for one in own["entries"]] == ["AUDIT/LP02"]
    assert (
        afund("compare", ON, "--first", AFTER, "--second", AFTER).out.splitlines()[-1] == "Nothing differs."
    )
    assert afund("compare", ON).is_plain_refusal  # Its quarter was never told.


@pytest.mark.parametrize("words", [("June",), (ON, "--first", "2026-07-01T12:00:00"), (ON, "--first", "now")])
def test_a_day_or_an_instant_that_is_none_is_wrong_usage(afund: Afund, words: tuple[str, ...]) -> None:
    answer = afund("compare", *words)
    assert (answer.status, answer.out) == (2, "")
