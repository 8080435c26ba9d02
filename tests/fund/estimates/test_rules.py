"""Each partner's part of an estimate of calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    """Whoever paid no fee bears what the others cannot, and the investment; who has nothing left bears nothing."""
    weights = {1: Weights(0, 90), 2: Weights(10, 2), 3: Weights(10, 0)}
    found = dict(parts([QuarterCalls(FIRST, 10, 200)], weights))
    assert [(found[key].fee, found[key].investment) for key in (1, 2, 3)] == [(8, 82), (2, 0), (0, 0)]
    equal = {1: Weights(1, 0), 2: Weights(1, 1_000)}
    assert [one.fee for _, one in parts([QuarterCalls(FIRST, 100, 0)], equal)] == [0, 100]


def test_without_calls_of_late_fees_fall_by_what_is_left_and_ranges_by_the_totals() -> None:
    calls = [QuarterCalls(FIRST, 3, 0, 0, 6)]
    found = parts(calls, {1: Weights(0, 20), 2: Weights(-5, 10)})
    assert [(one.fee, one.low, one.high) for _, one in found] == [(2, 0, 4), (1, 0, 2)]
    assert summed([one for _, one in found]) == tuple(calls)
    assert parts(calls, {1: Weights(0, 0)}) == [(1, QuarterCalls(FIRST, 0, 0, 0, 0))]


def test_a_range_is_cut_as_the_estimate_is_and_kept_where_the_median_is_nothing() -> None:
    """20 are left: of 50 to 60 only they are called. Where the median is nil the high end falls by what is left."""
    cut = parts([QuarterCalls(FIRST, 0, 55, 50, 60)], {1: Weights(0, 10), 2: Weights(0, 10)})
    assert {one for _, one in cut} == {QuarterCalls(FIRST, 0, 10, 10, 10)}
    unlikely = parts([QuarterCalls(FIRST, 0, 0, 0, 9)] * 2, {1: Weights(0, 8), 2: Weights(0, 4)})
    assert [(one.total, one.low, one.high) for _, one in unlikely] == [
        (0, 0, 6), (0, 0, 3), (0, 0, 2), (0, 0, 1)
    ]  # fmt: skip
    assert all(one.is_told for _, one in unlikely)
    assert not QuarterCalls(FIRST, 0, 0, 0, 0).is_told


AMOUNT = st.integers(0, 300)
CALLS = st.lists(
    st.builds(lambda *said: QuarterCalls(FIRST, *said), AMOUNT, AMOUNT, AMOUNT, AMOUNT),
    min_size=1,
    max_size=4,
)


@given(CALLS, st.lists(st.builds(Weights, AMOUNT, AMOUNT), min_size=1, max_size=4))
def test_all_is_placed_within_what_each_has_left(calls: list[QuarterCalls], weights: list[Weights]) -> None:
    by = dict(enumerate(weights))
    found = parts(calls, by)
    rest = {key: one.unfunded for key, one in by.items()}
    for number, call in enumerate(calls):
        own = found[number * len(by) : (number + 1) * len(by)]
        assert sum(one.total for _, one in own) == min(call.total, sum(rest.values()))
        for key, one in own:
            assert one.low is not None
            assert one.high is not None
            assert 0 <= one.low <= one.total <= one.high <= by[key].unfunded
            rest[key] -= one.total
            assert rest[key] >= 0


def test_a_note_has_an_end() -> None:
    check_note("x" * 500)
    with pytest.raises(EstimateNoteTooLong):
        check_note("x" * 501)
