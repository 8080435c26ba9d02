"""Each partner's part of an estimate of calls."""

import pytest

from fund.estimates.rules import (
    EstimateNoteTooLong,
    QuarterCalls,
    Weights,
    check_note,
    next_quarters,
    parts,
    summed,
)
from kernel.periods import Quarter

FIRST, SECOND = Quarter(2027, 1), Quarter(2027, 2)


def test_four_quarters_come_after_one() -> None:
    assert [str(one) for one in next_quarters(Quarter(2026, 3))] == ["2026Q4", "2027Q1", "2027Q2", "2027Q3"]


def test_parts_sum_to_the_fund_and_follow_their_weights() -> None:
    """Fees fall 2 to 1 as they were called; investments by what is left: 98 and 49, then 32.66 and 16.33 less."""
    calls = [QuarterCalls(FIRST, 3, 30), QuarterCalls(SECOND, 3, 30)]
    found = parts(calls, {1: Weights(20, 100), 2: Weights(10, 50)})
    assert [(key, one.fee, one.investment) for key, one in found] == [(1, 2, 20), (2, 1, 10)] * 2
    assert summed([one for _, one in found]) == tuple(calls)


def test_of_nobody_more_is_estimated_than_is_left() -> None:
    """Whoever pays no fee but has much left bears the investment; who has nothing left bears nothing."""
    weights = {1: Weights(0, 90), 2: Weights(10, 2), 3: Weights(10, 0)}
    found = dict(parts([QuarterCalls(FIRST, 10, 200)], weights))
    assert [(found[key].fee, found[key].investment) for key in (1, 2, 3)] == [(0, 90), (2, 0), (0, 0)]


def test_without_calls_of_late_fees_fall_by_what_is_left_and_ranges_by_the_totals() -> None:
    calls = [QuarterCalls(FIRST, 3, 0, 0, 6)]
    found = parts(calls, {1: Weights(0, 20), 2: Weights(-5, 10)})
    assert [(one.fee, one.low, one.high) for _, one in found] == [(2, 0, 4), (1, 0, 2)]
    assert summed([one for _, one in found]) == tuple(calls)
    assert parts(calls, {1: Weights(0, 0)}) == [(1, QuarterCalls(FIRST, 0, 0, 0, 0))]


def test_a_note_has_an_end() -> None:
    check_note("x" * 500)
    with pytest.raises(EstimateNoteTooLong):
        check_note("x" * 501)
