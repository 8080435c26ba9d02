"""What each method says will be called."""

from datetime import date

from fund.estimates.rules import QuarterCalls
from fund.forecasts.call_rules import YearsAhead, paced_calls, planned_calls, simulated_calls, trend_calls
from fund.forecasts.rules import ExpectedQuarter
from kernel.periods import Quarter

Q3 = Quarter(2026, 3)
EXPECTED = [ExpectedQuarter(1, 10, 0, 90), ExpectedQuarter(2, 10, 30, 50)]


def test_a_plan_is_told_as_far_as_it_goes() -> None:
    found = planned_calls(EXPECTED, after=Q3)
    assert found == (QuarterCalls(Quarter(2026, 4), 10, 0), QuarterCalls(Quarter(2027, 1), 10, 30))


def test_the_median_stands_between_the_ends_of_all_plays() -> None:
    called = [(0.0, 10.0, 10.0), (30.0, 30.0, 40.0)]
    found = simulated_calls(EXPECTED, called, after=Q3, levels=(0.05, 0.5, 0.95))
    assert found == (
        QuarterCalls(Quarter(2026, 4), 10, 0, 0, 10),
        QuarterCalls(Quarter(2027, 1), 0, 30, 30, 40),
    )


def test_years_are_spread_over_their_days_and_raised_to_all_partners() -> None:
    """92 are left of 2026 and 730 of 2027 to be called of half the fund."""
    years = YearsAhead({2026: 92, 2027: 730}, left=1000)
    found = paced_calls(years, as_of=date(2026, 9, 30), fees=[100] * 4, unfunded=2000)
    assert [(one.fee, one.investment) for one in found] == [(100, 84), (100, 260), (100, 264), (100, 268)]
    # By mid-November half of what is left of the year falls into the quarter that runs, and is not told.
    rest = paced_calls(YearsAhead({2026: 91}, 1), as_of=date(2026, 8, 16), fees=[0] * 4, unfunded=1)
    assert [one.total for one in rest] == [61, 0, 0, 0]
    assert paced_calls(YearsAhead({2026: 92}, 0), as_of=Q3.ends_on, fees=[1] * 4, unfunded=5)[0].total == 0


def test_the_trend_is_an_even_part_and_invests_no_longer_than_is_promised() -> None:
    found = trend_calls(running=42, invested=403, after=Q3, until=Quarter(2027, 1))
    assert [(one.fee, one.investment) for one in found] == [(10, 100), (10, 100), (10, 0), (10, 0)]
    assert trend_calls(running=-4, invested=-8, after=Q3, until=Q3)[0].total == 0
