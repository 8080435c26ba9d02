from datetime import date

import numpy_financial
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.daycount import DayCount
from valuation.flows import InvalidInput
from valuation.irr import FINANCE_RATE, REINVEST_RATE, irr, xirr
from valuation.rates import mirr, npv, xmirr, xnpv

AMOUNTS = st.lists(st.integers(-1_000_000, 1_000_000), min_size=1, max_size=12)


def test_the_first_amount_is_not_discounted() -> None:
    assert npv(0.1, [-100, 110]) == pytest.approx(0, abs=1e-12)
    assert npv(0.25, []) == 0


@given(st.floats(-0.5, 3), AMOUNTS)
def test_npv_agrees_with_numpy_financial(rate: float, amounts: list[int]) -> None:
    assert npv(rate, amounts) == pytest.approx(numpy_financial.npv(rate, amounts), rel=1e-9, abs=1e-3)


def test_xnpv_agrees_with_the_spreadsheets_example() -> None:
    """Microsoft's documentation of XNPV: 9 % gives 2,086.65."""
    dates = [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)]
    amounts = [-10_000, 2_750, 4_250, 3_250, 2_750]
    assert xnpv(0.09, dates, amounts) == pytest.approx(2086.647602, abs=1e-6)
    assert xnpv(0.09, dates[::-1], amounts[::-1]) == pytest.approx(2086.647602, abs=1e-6)


def test_xnpv_follows_the_day_count() -> None:
    dates = [date(2024, 1, 1), date(2025, 1, 1)]
    assert xnpv(0.1, dates, [0, 110], daycount=DayCount.ACT_ACT_ISDA) == pytest.approx(100)
    assert xnpv(0.1, [], []) == 0


@given(st.floats(0, 0.5), st.floats(0, 0.5), AMOUNTS)
def test_mirr_agrees_with_numpy_financial(finance: float, reinvest: float, amounts: list[int]) -> None:
    flows = [-1000, *amounts, 2000]
    assert mirr(flows, finance, reinvest) == pytest.approx(
        numpy_financial.mirr(flows, finance, reinvest), abs=1e-12
    )


@pytest.mark.parametrize("amounts", [[-1, -2], [1, 2], [], [0, 0]])
def test_mirr_needs_both_directions(amounts: list[int]) -> None:
    with pytest.raises(InvalidInput, match="no payment or no receipt"):
        mirr(amounts, 0.1, 0.1)


def test_a_rate_of_minus_one_hundred_percent_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"rate is -1; expected a rate above -1"):
        npv(-1, [1, 2])


def test_dates_and_amounts_must_run_side_by_side() -> None:
    with pytest.raises(InvalidInput, match="dates has 1 items and amounts has 2"):
        xnpv(0.1, [date(2026, 1, 1)], [1, 2])


def test_a_present_value_beyond_floats_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too large"):
        npv(-0.999999999, [0] * 60 + [1])
    with pytest.raises(InvalidInput, match="too large"):
        npv(-0.9, [1e300] * 20)


def test_the_modified_rate_of_dated_flows() -> None:
    """Worked: 100 paid, 230 received after a year, 132 paid after two: 10 % and 20 %; 230 / 232 in two years."""
    days = [date(2023, 1, 1), date(2024, 1, 1), date(2024, 12, 31)]
    flows = [-100.0, 230.0, -132.0]
    found = xirr(days, flows)
    assert [round(root, 9) for root in found.roots] == [0.1, 0.2]
    assert found.modified == pytest.approx((230 / 232) ** 0.5 - 1, abs=1e-12)
    assert xmirr(days, flows, FINANCE_RATE, REINVEST_RATE) == pytest.approx(found.modified, abs=1e-15)
    # Money at 10 %, laid out at 5 %: 230 grow for a year, 132 are worth 132 / 1.21 at the start.
    assert xmirr(days, flows, 0.1, 0.05) == pytest.approx((230 * 1.05 / (100 + 132 / 1.21)) ** 0.5 - 1)
    # The same as on a grid, and in any order, with a day split in two.
    assert irr(flows).modified == pytest.approx(mirr(flows, 0, 0), abs=1e-12)
    split = [(days[2], -100.0), (days[1], 230.0), (days[0], -100.0), (days[2], -32.0)]
    assert xmirr([day for day, _ in split], [flow for _, flow in split], 0, 0) == found.modified
    assert xirr(days[:2], flows[:2]).modified is None


@pytest.mark.parametrize(
    ("days", "amounts"),
    [([date(2024, 1, 1)] * 2, [-1, 2]), ([date(2024, 1, 1), date(2025, 1, 1)], [1, 2]), ([], [])],
)
def test_a_modified_rate_needs_two_days_and_both_directions(days: list[date], amounts: list[int]) -> None:
    with pytest.raises(InvalidInput):
        xmirr(days, amounts, 0, 0)
