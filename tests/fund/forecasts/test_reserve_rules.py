"""Follow-on reserves: what is left of a plan, the quarters to come, and what a plan may not say."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.fees.ahead_rules import FeeAhead
from fund.forecasts.reserve_rules import (
    LONGEST,
    Needed,
    ReserveInvalid,
    ReservePlan,
    check_plan,
    quarters_ahead,
    still_kept,
)
from kernel.periods import Quarter

NOW = Quarter(2026, 3)
ON, ENDS, SIZE = date(2026, 9, 30), date(2031, 12, 31), 500
PLAN = ReservePlan(100, Quarter(2027, 2), "B")

quarters = st.builds(Quarter, st.integers(2025, 2030), st.integers(1, 4))
needs = st.lists(st.builds(Needed, quarters, st.integers(1, 10**12)), max_size=8)


def fees_of(amount: int) -> list[FeeAhead]:
    return [FeeAhead(NOW, Fraction(amount), Fraction(0))] * 24


def test_money_that_does_not_reach_is_told_by_quarter() -> None:
    """170 are there; a fee of 10 a quarter; 50 overdue, 60 in 2026Q4, 70 in 2027Q2: the third quarter lacks 40."""
    needed = [Needed(Quarter(2026, 4), 60), Needed(Quarter(2027, 2), 70), Needed(Quarter(2025, 1), 50)]
    found = quarters_ahead(needed, after=NOW, fees=fees_of(10), available=170)
    assert [(str(one.quarter), one.needed, one.left) for one in found] == [
        ("2026Q4", 110, 50),
        ("2027Q1", 0, 40),
        ("2027Q2", 70, -40),
    ]


def test_the_fee_is_of_what_is_invested_by_then_and_ends_with_the_term() -> None:
    """A tenth of 100 invested, then of 160; none from the third quarter on."""
    needed = [Needed(Quarter(2026, 4), 60), Needed(Quarter(2027, 2), 1)]
    fees = [FeeAhead(NOW, Fraction(0), Fraction(1, 10))] * 2
    found = quarters_ahead(needed, after=NOW, fees=fees, cost=100, available=170)
    assert [one.fee for one in found] == [10, 16, 0]


def test_nothing_kept_back_needs_no_quarter() -> None:
    assert quarters_ahead([], after=NOW, fees=fees_of(10), available=170) == ()


def test_what_is_expected_this_quarter_is_needed_in_the_next() -> None:
    [one] = quarters_ahead([Needed(NOW, 5)], after=NOW, fees=fees_of(1), available=6)
    assert (one.quarter, one.needed, one.left) == (NOW.next, 5, 0)


@given(needs, st.integers(0, 10**9), st.integers(0, 10**13))
def test_all_that_is_kept_back_is_needed_once(needed: list[Needed], fee: int, available: int) -> None:
    found = quarters_ahead(needed, after=NOW, fees=fees_of(fee), available=available)
    assert sum(one.needed for one in found) == sum(one.amount for one in needed)
    left = available
    for one in found:
        left -= one.fee + one.needed
        assert one.left == left


@pytest.mark.parametrize(("planned", "since", "left"), [(100, 0, 100), (100, 40, 60), (100, 130, 0)])
def test_what_was_invested_draws_on_the_plan(planned: int, since: int, left: int) -> None:
    assert still_kept(planned=planned, invested_since=since) == left


@pytest.mark.parametrize(
    ("plan", "where"),
    [
        (ReservePlan(-1, PLAN.expected, ""), "amount"),
        (ReservePlan(SIZE + 1, PLAN.expected, ""), "amount"),
        (ReservePlan(1, Quarter(2026, 2), ""), "expected"),
        (ReservePlan(1, Quarter(2032, 1), ""), "expected"),
        (ReservePlan(1, PLAN.expected, "x" * (LONGEST + 1)), "note"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_field(plan: ReservePlan, where: str) -> None:
    with pytest.raises(ReserveInvalid) as refused:
        check_plan(plan, on=ON, term_ends_on=ENDS, size=SIZE)
    assert [one.where for one in refused.value.problems] == [where]


def test_a_plan_within_bounds_passes() -> None:
    for plan in (PLAN, ReservePlan(0, NOW, ""), ReservePlan(SIZE, Quarter(2031, 4), "x" * LONGEST)):
        check_plan(plan, on=ON, term_ends_on=ENDS, size=SIZE)
