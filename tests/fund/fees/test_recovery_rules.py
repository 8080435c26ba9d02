"""What the fund bears of a cost, and what is owed back of it."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.fees.recovery_rules import (
    AboveRecoverable,
    Cap,
    NotBorne,
    NotSetOff,
    RecoveryInvalid,
    RecoveryWay,
    Split,
    cap_of,
    check_recovery,
    sharing_faults,
    split,
)

DAY = date(2026, 3, 2)


def test_the_lower_of_amount_and_share_is_the_cap_and_none_is_none() -> None:
    assert cap_of(None, None, committed=100) is None
    assert cap_of(500, None, committed=100) == 500
    assert cap_of(500, Fraction(1, 3), committed=1000) == 333
    assert cap_of(300, Fraction(1, 3), committed=1000) == 300
    assert Cap(None, 7).left is None
    assert Cap(10, 7).left == 3
    # A cap that was lowered, or books of before it, leave nothing and never less.
    assert Cap(10, 12).left == 0


@pytest.mark.parametrize(
    ("row", "left", "share", "own", "others"),
    [
        (43, None, 0, 100, 0),
        (43, 100, 0, 100, 0),
        (43, 99, 0, 99, 1),
        (43, 0, 0, 0, 100),
        (53, 0, Fraction(2, 5), 60, 40),
        (53, 0, Fraction(1, 3), 67, 33),
        (41, 0, 0, 100, 0),
    ],
)
def test_a_cost_falls_apart(row: int, left: int | None, share: Fraction, own: int, others: int) -> None:
    assert split(row, 100, left=left, share=Fraction(share)) == Split(own, others)


def test_a_share_is_of_somebody_in_a_dead_deal() -> None:
    def faults(row: int, share: Fraction, others: str) -> list[str]:
        return [one.where for one in sharing_faults(row, share=share, others=others)]

    assert faults(53, Fraction(2, 5), "甲公司") == []
    assert faults(41, Fraction(0), " ") == []
    assert faults(53, Fraction(1), "甲公司") == ["share"]
    assert faults(53, Fraction(-1, 2), "甲公司") == ["share"]
    assert faults(43, Fraction(1, 2), "甲公司") == ["share"]
    assert faults(53, Fraction(1, 2), " ") == ["others"]
    assert faults(53, Fraction(0), "甲公司") == ["others"]


def test_what_is_settled_fits_who_owes_and_what_is_owed() -> None:
    def check(**changes: Any) -> None:
        usual: dict[str, Any] = {
            "reference": "E",
            "row": 43,
            "way": RecoveryWay.CASH,
            "amount": 10,
            "owed": 10,
        }
        check_recovery(**usual | {"on": DAY, "first": DAY, "today": DAY} | changes)

    check()
    check(way=RecoveryWay.SET_OFF)
    check(way=RecoveryWay.BORNE, row=53)
    with pytest.raises(NotSetOff):
        check(way=RecoveryWay.SET_OFF, row=53)
    with pytest.raises(NotBorne):
        check(way=RecoveryWay.BORNE)
    with pytest.raises(AboveRecoverable, match=r"0\.10 is owed back; 0\.11 is more"):
        check(amount=11)
    for wrong in ({"amount": 0}, {"on": date(2026, 3, 1)}, {"on": date(2026, 3, 3)}):
        with pytest.raises(RecoveryInvalid):
            check(**wrong)
