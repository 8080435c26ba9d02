"""What may be booked as earned and settled of it."""

from datetime import date
from typing import Any

import pytest

from fund.fees.accrual_rules import Settled
from fund.income.rules import (
    AboveEarned,
    EarnedInvalid,
    EarnedKind,
    EarnedSettled,
    EarnedSettledUntil,
    IncomeReasonMissing,
    IncomeSettlementInvalid,
    IncomeWay,
    check_earned,
    check_earned_back,
    check_income_settlement,
)

FIRST, MAY, JUNE, LAST = (date(2026, month, 1) for month in (4, 5, 6, 7))
EARNED: dict[str, Any] = {
    "reference": "I1",
    "kind": EarnedKind.INTEREST,
    "amount": 1,
    "payer": "银行",
    "earned_on": FIRST,
    "today": LAST,
    "of_holding": False,
}
ASKED: dict[str, Any] = {
    "reference": "I1",
    "amount": 10,
    "whole": 10,
    "settled": (),
    "on": MAY,
    "first": FIRST,
    "today": LAST,
    "reason": None,
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": " "}, "reference"),
        ({"amount": 0}, "amount"),
        ({"payer": ""}, "payer"),
        ({"earned_on": date(2026, 7, 2)}, "earned_on"),
        ({"kind": EarnedKind.DIVIDEND}, "holding"),
        ({"kind": EarnedKind.OTHER, "of_holding": True}, "kind"),
    ],
)
def test_what_is_no_income(changes: dict[str, Any], field: str) -> None:
    check_earned(**EARNED)
    check_earned(**EARNED | {"kind": EarnedKind.DIVIDEND, "payer": "", "of_holding": True})
    with pytest.raises(EarnedInvalid) as refused:
        check_earned(**EARNED | changes)
    assert [one.where for one in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": 0}, IncomeSettlementInvalid),
        ({"amount": 11}, AboveEarned),
        ({"on": date(2026, 3, 31)}, IncomeSettlementInvalid),
        ({"on": date(2026, 7, 2)}, IncomeSettlementInvalid),
        ({"reason": ""}, IncomeReasonMissing),
        ({"settled": (Settled(1, IncomeWay.RECEIVED, 1, JUNE),)}, AboveEarned),
    ],
)
def test_what_may_not_be_settled(changes: dict[str, Any], refusal: type[Exception]) -> None:
    check_income_settlement(**ASKED)
    with pytest.raises(refusal):
        check_income_settlement(**ASKED | changes)


def test_income_is_taken_back_after_what_was_settled_of_it() -> None:
    check_earned_back(reference="I1", settled=(), on=FIRST)
    with pytest.raises(EarnedSettled):
        check_earned_back(reference="I1", settled=(Settled(1, IncomeWay.RECEIVED, 1, MAY),), on=LAST)
    undone = (Settled(1, IncomeWay.RECEIVED, 1, MAY, undone_on=JUNE),)
    check_earned_back(reference="I1", settled=undone, on=JUNE)
    with pytest.raises(EarnedSettledUntil):
        check_earned_back(reference="I1", settled=undone, on=MAY)
