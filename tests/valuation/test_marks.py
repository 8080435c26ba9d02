import math

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.flows import InvalidInput
from valuation.marks import black_scholes, venture_capital_method


@pytest.mark.parametrize(
    ("terms", "call", "put"),
    [
        # Hull, "Options, Futures, and Other Derivatives", example 15.6.
        ({"spot": 42, "strike": 40, "rate": 0.1, "volatility": 0.2, "years": 0.5}, 4.759422, 0.808599),
        ({"spot": 100, "strike": 100, "rate": 0.05, "volatility": 0.2, "years": 1}, 10.450584, 5.573526),
        # Hull, example 17.1: a stock index with a dividend yield of 3 %.
        (
            {
                "spot": 930,
                "strike": 900,
                "rate": 0.08,
                "volatility": 0.2,
                "years": 2 / 12,
                "dividend_yield": 0.03,
            },
            51.832957,
            14.550997,
        ),
    ],
)
def test_textbook_options(terms: dict[str, float], call: float, put: float) -> None:
    option = black_scholes(**terms)
    assert option.call == pytest.approx(call, abs=1e-6)
    assert option.put == pytest.approx(put, abs=1e-6)


@given(st.floats(0, 500), st.floats(0, 500), st.floats(-0.05, 0.2), st.floats(0, 2), st.floats(0, 20))
def test_call_and_put_differ_by_the_forward(
    spot: float, strike: float, rate: float, volatility: float, years: float
) -> None:
    option = black_scholes(spot=spot, strike=strike, rate=rate, volatility=volatility, years=years)
    assert option.call - option.put == pytest.approx(spot - strike * math.exp(-rate * years), abs=1e-9)
    assert min(option.call, option.put) >= -1e-9


def test_a_spot_too_small_to_divide_is_no_trouble() -> None:
    assert black_scholes(spot=5e-324, strike=500, rate=0, volatility=0.5, years=1).put == 500


@pytest.mark.parametrize("strike", [1, 50, 100, 300, 2_000, 50_000])
def test_far_strikes_agree_with_forty_digits(strike: int) -> None:
    with mpmath.workdps(40):
        spread = mpmath.mpf("0.25") * mpmath.sqrt(2)
        cash = strike * mpmath.exp(mpmath.mpf("-0.06"))
        upper = mpmath.log(100 / cash) / spread + spread / 2
        exact = 100 * mpmath.ncdf(upper) - cash * mpmath.ncdf(upper - spread)
    option = black_scholes(spot=100, strike=strike, rate=0.03, volatility=0.25, years=2)
    assert option.call == pytest.approx(float(exact), rel=1e-12)


def test_without_time_the_option_is_its_payoff() -> None:
    option = black_scholes(spot=120, strike=100, rate=0.05, volatility=0.4, years=0)
    assert (option.call, option.put) == (20, 0)
    assert black_scholes(spot=0, strike=100, rate=0, volatility=0.4, years=3).put == 100


def test_the_venture_capital_method() -> None:
    value = venture_capital_method(exit_value=50_000_000, target_rate=0.5, years=5, investment=2_000_000)
    assert value.post_money == pytest.approx(50_000_000 / 1.5**5)
    assert value.pre_money == pytest.approx(value.post_money - 2_000_000)
    assert value.ownership == pytest.approx(0.30375)
    assert value.ownership * 50_000_000 == pytest.approx(2_000_000 * 1.5**5)


def test_refusals() -> None:
    with pytest.raises(InvalidInput, match="investment is 5, above the post-money value of 4"):
        venture_capital_method(exit_value=4, target_rate=0, years=1, investment=5)
    with pytest.raises(InvalidInput, match="exit_value is 0"):
        venture_capital_method(exit_value=0, target_rate=0.3, years=1, investment=0)
    with pytest.raises(InvalidInput, match="target_rate is 9 over 400 years; no number can hold"):
        venture_capital_method(exit_value=4, target_rate=9, years=400, investment=0)
    with pytest.raises(InvalidInput, match=r"target_rate is -0\.9 over 400 years; no number can hold"):
        venture_capital_method(exit_value=4, target_rate=-0.9, years=400, investment=0)
    with pytest.raises(InvalidInput, match="rate is -500 over 2 years; no number can hold"):
        black_scholes(spot=1, strike=1, rate=-500, volatility=1, years=2)
    with pytest.raises(InvalidInput, match="rate is -700 over 1 years; no number can hold"):
        black_scholes(spot=1, strike=1e300, rate=-700, volatility=1, years=1)
    with pytest.raises(InvalidInput, match="volatility is -1"):
        black_scholes(spot=1, strike=1, rate=0, volatility=-1, years=1)
