"""A statement is withdrawn with a reason, once, and only while nothing of it stands in the books."""

from datetime import date
from typing import Any

import pytest

from fund.bank.withdrawal_rules import (
    MOST_NAMED,
    Standing,
    StatementMatched,
    StatementWithdrawn,
    WithdrawalOutOfTime,
    WithdrawalReasonMissing,
    check_withdrawal,
)
from kernel.errors import Refusal

TAKEN, TODAY = date(2026, 3, 4), date(2026, 3, 10)
GOOD: dict[str, Any] = {"withdrawn_on": None, "standing": (), "reason": "another fund's", "on": TODAY}
LINE = Standing(TAKEN, -1_234_56, "甲")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"withdrawn_on": TODAY}, StatementWithdrawn),
        ({"reason": " "}, WithdrawalReasonMissing),
        ({"on": date(2026, 3, 3)}, WithdrawalOutOfTime),
        ({"on": date(2026, 3, 11)}, WithdrawalOutOfTime),
        ({"standing": (LINE,)}, StatementMatched),
    ],
)
def test_what_may_not_be_withdrawn(change: dict[str, object], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_withdrawal("a.csv", taken_on=TAKEN, today=TODAY, **(GOOD | change))


def test_what_may_be_withdrawn_on_its_first_and_on_its_last_day() -> None:
    for on in (TAKEN, TODAY):
        check_withdrawal(
            "a.csv", taken_on=TAKEN, today=TODAY, withdrawn_on=None, standing=(), reason="x", on=on
        )


def test_the_lines_in_the_way_are_named_as_people_write_them() -> None:
    with pytest.raises(StatementMatched) as found:
        check_withdrawal(
            "a.csv",
            taken_on=TAKEN,
            today=TODAY,
            withdrawn_on=None,
            standing=[LINE] * 7,
            reason="x",
            on=TODAY,
        )
    assert found.value.facts["count"] == 7
    assert [str(one) for one in found.value.problems] == ["2026-03-04 (1,234.56) 甲"] * MOST_NAMED
