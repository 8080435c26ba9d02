from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.flows import InvalidInput
from valuation.irr import RateStatus, irr
from valuation.pme import dated, direct_alpha, ks_pme, long_nickels, pme_plus

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


DAYS = [date(2021 + at, 12, 31) for at in range(5)]
LEVELS = dict(zip(DAYS, INDEX, strict=True))
# The fund's own rate, Long-Nickels, PME+ and direct alpha, in percent.
RATES = [6.430, 5.299, 5.234, 1.089]


def test_all_four_on_dates_in_any_order() -> None:
    """The levels are read off the days, so the order of the flows and days between them play no part."""
    found = dated(DAYS[:4], AMOUNTS, LEVELS, nav=NAV, valued_on=DAYS[4])
    assert found.ks_pme == ks_pme(AMOUNTS, INDEX, nav=NAV)
    assert found.long_nickels == long_nickels(AMOUNTS, INDEX, nav=NAV, dates=DAYS)
    assert found.pme_plus == pme_plus(AMOUNTS, INDEX, nav=NAV, dates=DAYS)
    assert found.direct_alpha == direct_alpha(AMOUNTS, INDEX, nav=NAV, dates=DAYS)
    assert found.rate.value == pytest.approx(0.0642, abs=1e-4)
    more = LEVELS | {date(2023, 5, 1): 999.0}
    assert dated(DAYS[3::-1], AMOUNTS[::-1], more, nav=NAV, valued_on=DAYS[4]) == found


def test_worked_figures_of_the_four_methods() -> None:
    """As printed in docs/valuation.md, in whole fractions by hand."""
    found = dated(DAYS[:4], AMOUNTS, LEVELS, nav=NAV, valued_on=DAYS[4])
    paid_in = 100 * Fraction(120, 100) + 50 * Fraction(120, 105)
    paid_out = 60 * Fraction(120, 115) + 10 * Fraction(120, 117)
    assert found.ks_pme == pytest.approx(float((paid_out + NAV) / paid_in), rel=1e-15)
    assert found.long_nickels.theoretical_nav == pytest.approx(float(paid_in - paid_out), rel=1e-14)
    assert found.pme_plus is not None
    assert found.pme_plus.scale == pytest.approx(float((paid_in - NAV) / paid_out), rel=1e-14)
    rates = (found.rate, found.long_nickels.rate, found.pme_plus.rate, found.direct_alpha)
    assert [round(100 * rate.value, 3) for rate in rates if rate.value is not None] == RATES


def test_a_young_fund_has_three_of_the_four() -> None:
    found = dated(DAYS[:1], [-100], LEVELS, nav=120, valued_on=DAYS[4])
    assert found.pme_plus is None
    assert found.ks_pme == 1


def test_a_day_without_a_level_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="the index has no level for 2022-06-30, 2026-01-01"):
        dated([DAYS[0], date(2022, 6, 30)], [-1, 2], LEVELS, nav=1, valued_on=date(2026, 1, 1))
    with pytest.raises(InvalidInput, match="the index on 2021-12-31 is 0; expected more than 0"):
        dated(DAYS[:1], [-1], LEVELS | {DAYS[0]: 0}, nav=1, valued_on=DAYS[1])
    with pytest.raises(InvalidInput, match="dates has 2023-12-31, after the value of 2022-12-31"):
        dated(DAYS[:3], [-1, 2, 3], LEVELS, nav=1, valued_on=DAYS[1])
    with pytest.raises(InvalidInput, match="dates has 1 items and amounts has 2"):
        dated(DAYS[:1], [-1, 2], LEVELS, nav=1, valued_on=DAYS[1])
    with pytest.raises(InvalidInput, match="at least one amount"):
        dated([], [], LEVELS, nav=1, valued_on=DAYS[1])


def test_long_nickels_says_where_it_fails() -> None:
    """100 in an index that stands still cannot pay 150: 50 of the index is sold short, the end is owed."""
    failed = long_nickels([-100, 150, 20], [100, 100, 100, 110], nav=40)
    assert failed.short_from == 1
    assert failed.fails
    assert failed.theoretical_nav == pytest.approx(-77)
    # Later payments may cover it again; the stretch in between is no less a bet against the index.
    covered = long_nickels([-100, 150, -80], [100, 100, 100], nav=30)
    assert covered.theoretical_nav == pytest.approx(30)
    assert covered.fails
    assert not long_nickels(AMOUNTS, INDEX, nav=NAV).fails


def test_paying_out_the_whole_index_investment_is_no_failure() -> None:
    emptied = long_nickels([-0.1, -0.2, 0.3], [100, 100, 100], nav=0)
    assert emptied.short_from is None
    assert emptied.theoretical_nav == pytest.approx(0, abs=1e-15)


def test_a_scale_below_zero_is_a_failure() -> None:
    """The fund alone holds more than its payments would be worth in the index: no payout is small enough."""
    assert pme_plus([-100, 10], [100, 100], nav=150).fails
    assert not pme_plus(AMOUNTS, INDEX, nav=NAV).fails


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    """Flows with at least one payment in, and one level more than flows."""
    flows = draw(st.lists(st.floats(-100, 100).filter(lambda flow: abs(flow) > 0.01), min_size=1, max_size=8))
    steps = draw(st.lists(st.floats(0.7, 1.4), min_size=len(flows), max_size=len(flows)))
    levels = [100.0]
    for step in steps:
        levels.append(levels[-1] * step)
    return [-50.0, *flows[1:]], levels


@given(histories(), st.floats(0, 500), st.floats(0.001, 1000), st.floats(0.001, 1000))
def test_the_units_of_money_and_index_play_no_part(
    history: tuple[list[float], list[float]], nav: float, money: float, points: float
) -> None:
    flows, levels = history
    scaled, moved = [flow * money for flow in flows], [level * points for level in levels]
    assert ks_pme(scaled, moved, nav=nav * money) == pytest.approx(ks_pme(flows, levels, nav=nav), rel=1e-9)
    own = long_nickels(flows, levels, nav=nav)
    assert long_nickels(scaled, moved, nav=nav * money).theoretical_nav == pytest.approx(
        own.theoretical_nav * money, rel=1e-9, abs=1e-9 * money
    )
    one, other = direct_alpha(flows, levels, nav=nav), direct_alpha(scaled, moved, nav=nav * money)
    if one.value is not None and other.value is not None:
        assert other.value == pytest.approx(one.value, abs=1e-7 * (1 + abs(one.value)))


@given(histories())
def test_money_put_into_the_index_and_taken_out_is_the_index(
    history: tuple[list[float], list[float]],
) -> None:
    """A fund that buys and sells units of the index: ratio 1, no alpha, and both other methods give its own rate."""
    flows, levels = history
    units = 0.0
    real = []
    for flow, level in zip(flows, levels, strict=False):
        out = min(flow, units * level * 0.9) if flow > 0 else flow
        units -= out / level
        real.append(out)
    nav = units * levels[-1]
    assert ks_pme(real, levels, nav=nav) == pytest.approx(1, abs=1e-12)
    assert direct_alpha(real, levels, nav=nav).value == pytest.approx(0, abs=1e-7)
    copied = long_nickels(real, levels, nav=nav)
    assert copied.theoretical_nav == pytest.approx(nav, rel=1e-9)
    assert not copied.fails
    if any(flow > 0 for flow in real):
        assert pme_plus(real, levels, nav=nav).scale == pytest.approx(1, rel=1e-6)
