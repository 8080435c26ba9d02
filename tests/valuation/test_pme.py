from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.flows import InvalidInput
from valuation.irr import RateStatus, irr
from valuation.pme import direct_alpha, ks_pme, long_nickels, pme_plus

# The example that encyclopedias print for the public market equivalent: rate 6.43 %, Long-Nickels 5.30 % and 104.28.
AMOUNTS = [-100, -50, 60, 10]
INDEX = [100, 105, 115, 117, 120]
NAV = 110


def test_long_nickels_of_the_textbook() -> None:
    result = long_nickels(AMOUNTS, INDEX, nav=NAV)
    assert result.theoretical_nav == pytest.approx(104.27775, abs=1e-5)
    assert result.rate.value == pytest.approx(0.05302, abs=1e-5)
    assert irr([*AMOUNTS, NAV]).value == pytest.approx(0.06434, abs=1e-5)


def test_kaplan_schoar_of_the_textbook() -> None:
    paid_in = 100 * 120 / 100 + 50 * 120 / 105
    paid_out = 60 * 120 / 115 + 10 * 120 / 117
    assert ks_pme(AMOUNTS, INDEX, nav=NAV) == pytest.approx((paid_out + NAV) / paid_in, rel=1e-15)


def test_scaled_payouts_leave_the_funds_own_value() -> None:
    result = pme_plus(AMOUNTS, INDEX, nav=NAV)
    scaled = [flow * result.scale if flow > 0 else flow for flow in AMOUNTS]
    assert long_nickels(scaled, INDEX, nav=NAV).theoretical_nav == pytest.approx(NAV, rel=1e-12)
    assert result.rate == irr([*scaled, NAV])


def test_direct_alpha_is_the_rate_of_the_grown_flows() -> None:
    grown = [flow * 120 / level for flow, level in zip(AMOUNTS, INDEX, strict=False)]
    assert direct_alpha(AMOUNTS, INDEX, nav=NAV).value == pytest.approx(irr([*grown, NAV]).value, abs=1e-14)


def test_with_as_many_levels_as_amounts_the_value_stands_with_the_last() -> None:
    longer = [*AMOUNTS, 0]
    assert long_nickels(longer, INDEX, nav=NAV) == long_nickels(AMOUNTS, INDEX, nav=NAV)
    assert direct_alpha(longer, INDEX, nav=NAV) == direct_alpha(AMOUNTS, INDEX, nav=NAV)


def test_dates_make_the_rates_annual() -> None:
    yearly = [date(2021 + at, 12, 31) for at in range(3)]
    dated = direct_alpha([-100, 0], [100, 110, 121], nav=121 * 1.03**2, dates=yearly)
    assert dated.value == pytest.approx(0.03, abs=1e-12)


@given(st.floats(0.5, 2), st.lists(st.floats(0.7, 1.4), min_size=3, max_size=8))
def test_a_fund_that_is_the_index_equals_it(scale: float, steps: list[float]) -> None:
    levels = [100.0]
    for step in steps:
        levels.append(levels[-1] * step)
    money = [-100.0 * scale] + [0.0] * (len(steps) - 1)
    nav = 100 * scale * levels[-1] / levels[0]
    assert ks_pme(money, levels, nav=nav) == pytest.approx(1)
    assert direct_alpha(money, levels, nav=nav).value == pytest.approx(0, abs=1e-12)
    assert long_nickels(money, levels, nav=nav).theoretical_nav == pytest.approx(nav)


def test_a_fund_worse_than_nothing_has_its_status() -> None:
    assert direct_alpha([-100], [100, 120], nav=0).status is RateStatus.TOTAL_LOSS


def test_refusals_name_what_is_missing() -> None:
    with pytest.raises(InvalidInput, match="amounts has 4 items and index has 3"):
        ks_pme(AMOUNTS, INDEX[:3], nav=1)
    with pytest.raises(InvalidInput, match="at least one amount"):
        ks_pme([], [100], nav=1)
    with pytest.raises(InvalidInput, match=r"index\[1\] is 0; expected more than 0"):
        ks_pme([-1, 2], [100, 0], nav=1)
    with pytest.raises(InvalidInput, match="no payment in"):
        ks_pme([1, 2], [100, 110], nav=1)
    with pytest.raises(InvalidInput, match="no payout"):
        pme_plus([-1, -2], [100, 110], nav=1)
    with pytest.raises(InvalidInput, match="dates has 2 items and index has 5"):
        long_nickels(AMOUNTS, INDEX, nav=1, dates=[date(2026, 1, 1), date(2027, 1, 1)])
    with pytest.raises(InvalidInput, match="nav is nan"):
        direct_alpha(AMOUNTS, INDEX, nav=float("nan"))
