from datetime import date

import pytest

from fund.nettings.rules import (
    DaysApart,
    NettingPart,
    NettingToCome,
    NotADrawdown,
    NothingToSetOff,
    SharesNotNetted,
    check_day,
    check_joinable,
    check_something,
    set_off,
)

DAY = date(2027, 3, 2)
PAIR = {
    "call": "CALL-002",
    "distribution": "DIST-001",
    "due_on": DAY,
    "pay_on": DAY,
    "is_drawdown": True,
    "hands_over": False,
}


@pytest.mark.parametrize(
    ("called", "kinds", "withheld", "expected"),
    [
        (18_000, (6_000, 4_000, 2_000), 1_000, (12_000, 11_000, 11_000, 7_000, 7_000, 0)),
        (5_000, (6_000, 4_000, 2_000), 1_000, (12_000, 11_000, 5_000, -6_000, 0, 6_000)),
        (0, (0, 0, 900), 0, (900, 900, 0, -900, 0, 900)),
        (700, (0, 0, 0), 0, (0, 0, 0, 700, 700, 0)),
    ],
)
def test_a_part_is_the_difference_after_tax(
    called: int, kinds: tuple[int, int, int], withheld: int, expected: tuple[int, ...]
) -> None:
    part = NettingPart(1, called, *kinds, withheld)
    found = (part.distributed, part.due, part.set_off, part.net, part.to_pay, part.to_get)
    assert found == expected


def test_what_is_set_off_is_the_lesser_of_both() -> None:
    owed, due = {1: 600, 2: 400, 3: 50, 4: 0}, {1: 200, 2: 900, 4: 70, 5: 80}
    assert set_off(owed, due) == {1: 200, 2: 400}
    assert set_off({}, due) == {}


def test_what_can_be_joined() -> None:
    check_joinable(**PAIR)
    for change, refusal in (
        ({"is_drawdown": False}, NotADrawdown),
        ({"hands_over": True}, SharesNotNetted),
        ({"pay_on": date(2027, 3, 3)}, DaysApart),
    ):
        with pytest.raises(refusal):
            check_joinable(**PAIR | change)


def test_somebodys_amounts_meet_and_the_day_has_come() -> None:
    check_something({1: 5}, call="CALL-002", distribution="DIST-001")
    with pytest.raises(NothingToSetOff, match="CALL-002"):
        check_something({}, call="CALL-002", distribution="DIST-001")
    check_day(netting="NET-001", on=DAY, today=DAY)
    with pytest.raises(NettingToCome, match="NET-001 is settled on 2027-03-02"):
        check_day(netting="NET-001", on=DAY, today=date(2027, 3, 1))
