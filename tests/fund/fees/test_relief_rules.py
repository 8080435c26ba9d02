"""Offsets, waivers and rebates: the arithmetic and what is refused."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.fees.relief_rules import (
    OFFSET_ROWS,
    OffsetKind,
    RebateNotPaid,
    ReliefBeforeFee,
    ReliefBySamePerson,
    ReliefInvalid,
    ReliefTooLarge,
    RollForward,
    Turn,
    applied,
    check_after_fee,
    check_left,
    check_offset,
    check_paid,
    check_relief,
    check_second,
    free,
    offset_amount,
)

DAY = date(2026, 3, 31)
GOOD: dict[str, Any] = {"reference": "O-1", "received": 100, "share": Fraction(1), "reason": "董事费"}


def test_the_share_is_rounded_once_halves_up() -> None:
    assert offset_amount(1_000_001, Fraction(1, 2)) == 500_001
    assert offset_amount(1_000_000, Fraction(2, 3)) == 666_667
    assert offset_amount(100, Fraction(0)) == 0


def test_each_kind_has_its_row() -> None:
    assert OFFSET_ROWS[OffsetKind.ADVISORY] == 64
    assert OFFSET_ROWS[OffsetKind.ORGANISATION] == 72
    assert OFFSET_ROWS[OffsetKind.OTHER] == 74


def test_no_fee_goes_below_nil_and_the_rest_is_carried_on() -> None:
    assert applied({1: 500, 2: 300, 3: 200, 4: 0}, {1: 700, 2: 100, 4: 10}) == {1: 500, 2: 100}
    rolled = RollForward(700, {OffsetKind.DIRECTORS: 60, OffsetKind.OTHER: 40}, 500)
    assert (rolled.added, rolled.closing) == (100, 300)


def test_what_a_later_fee_has_used_is_not_free_on_an_earlier_day() -> None:
    turns = [Turn(DAY, 100), Turn(DAY + timedelta(days=60), -70), Turn(DAY + timedelta(days=90), 50)]
    assert free(turns, DAY) == 30
    assert free(turns, DAY + timedelta(days=90)) == 80
    assert free(turns, DAY - timedelta(days=1)) == 0
    assert free([*turns, Turn(DAY + timedelta(days=91), -900)], DAY) == 0


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 500)), max_size=12),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 400)), max_size=12),
)
def test_applying_what_is_free_never_leaves_less_than_nothing_on_any_day(
    recognised: list[tuple[int, int]], fees: list[tuple[int, int]]
) -> None:
    """In whatever order fees are charged, also one for a quarter before one that is charged already."""
    turns = [Turn(DAY + timedelta(days=day), amount) for day, amount in recognised]
    for day, fee in fees:
        on = DAY + timedelta(days=day)
        used = applied({1: fee}, {1: free(turns, on)}).get(1, 0)
        assert 0 <= used <= fee
        turns.append(Turn(on, -used))
    for day in range(41):
        on = DAY + timedelta(days=day)
        assert sum(turn.amount for turn in turns if turn.on <= on) >= 0


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"reference": " "}, "reference"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 401}, "reason"),
        ({"received": 0}, "amount"),
        ({"share": Fraction(0)}, "amount"),
    ],
)
def test_an_offset_that_cannot_be_written_down(wrong: dict[str, Any], where: str) -> None:
    check_offset(**GOOD)
    with pytest.raises(ReliefInvalid) as refused:
        check_offset(**GOOD | wrong)
    assert [problem.where for problem in refused.value.problems] == [where]


@pytest.mark.parametrize("amounts", [[], [0], [5, -1]])
def test_a_relief_of_nothing(amounts: list[int]) -> None:
    check_relief(reference="W-1", amounts=[1], reason="减免")
    with pytest.raises(ReliefInvalid):
        check_relief(reference="W-1", amounts=amounts, reason="减免")


def test_what_comes_off_a_fee_is_bounded() -> None:
    check_left(quarter="2026Q1", partner="LP01", amount=5, left=5)
    with pytest.raises(ReliefTooLarge):
        check_left(quarter="2026Q1", partner="LP01", amount=6, left=5)
    check_paid(amount=5, paid=5)
    with pytest.raises(RebateNotPaid):
        check_paid(amount=6, paid=5)
    check_after_fee(DAY, effective_on=DAY, quarter="2026Q1")
    with pytest.raises(ReliefBeforeFee):
        check_after_fee(DAY, effective_on=DAY + timedelta(days=1), quarter="2026Q1")
    check_second(reference="W-1", preparer_id=1, approver_id=2)
    with pytest.raises(ReliefBySamePerson):
        check_second(reference="W-1", preparer_id=None, approver_id=None)
