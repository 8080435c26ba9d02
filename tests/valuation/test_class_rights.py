import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.valuation.test_payouts import COMMON, SERIES_A, SERIES_B, tables_with_options
from valuation.captable import ShareClass, exit_payouts
from valuation.class_rights import (
    LEAST_ELASTICITY,
    ClassValues,
    Scenario,
    backsolve,
    current_value,
    fully_diluted,
    hybrid,
    option_pricing,
    probability_weighted,
)
from valuation.flows import InvalidInput

TABLE = [COMMON, SERIES_A, SERIES_B]
TERMS = {"volatility": 0.6, "years": 3, "rate": 0.03}


def _exact_call(equity: float, strike: float) -> mpmath.mpf:
    spread = mpmath.mpf("0.6") * mpmath.sqrt(3)
    cash = strike * mpmath.exp(mpmath.mpf("-0.09"))
    if not strike:
        return mpmath.mpf(equity)
    upper = mpmath.log(equity / cash) / spread + spread / 2
    return equity * mpmath.ncdf(upper) - cash * mpmath.ncdf(upper - spread)


def test_option_pricing_worked_at_forty_digits() -> None:
    """Breakpoints and parts by hand (test_breakpoints), the calls by another implementation."""
    found = option_pricing(TABLE, 60e6, **TERMS)
    with mpmath.workdps(40):
        calls = [_exact_call(60e6, at * 1e6) for at in (0, 10, 15, 35, 110, 150)] + [0]
        worth = [calls[at] - calls[at + 1] for at in range(6)]
        parts = {"common": (0, 0, 0.75, 0.6, 0.75, 0.6), "A": (0, 1, 0, 0.2, 0.25, 0.2)}
        for name, row in parts.items():
            exact = sum(mpmath.mpf(part) * value for part, value in zip(row, worth, strict=True))
            assert found.values[name] == pytest.approx(float(exact), rel=1e-13)
    assert [round(value) for value in found.values.values()] == OPTION_PRICING
    assert found.per_share["A"] == pytest.approx(found.values["A"] / 2e6, rel=1e-15)


# In docs/valuation.md too: common, A, B at an equity value of 60m.
OPTION_PRICING = [30_830_540, 11_166_284, 18_003_175]


def test_option_pricing_is_the_discounted_mean_payout() -> None:
    """Another way altogether: the waterfall itself, over a fine grid of what the equity may become."""
    step = 1e-3
    moves = np.arange(-9, 9 + step, step)
    density = np.exp(-(moves**2) / 2) / math.sqrt(2 * math.pi)
    spread = 0.6 * math.sqrt(3)
    futures = 60e6 * np.exp(0.09 - spread**2 / 2 + spread * moves)
    found = option_pricing(TABLE, 60e6, **TERMS)
    payouts = [exit_payouts(TABLE, future) for future in futures.tolist()]
    for name, value in found.values.items():
        mean = sum(chance * paid[name] for chance, paid in zip(density, payouts, strict=True)) * step
        assert value == pytest.approx(mean * math.exp(-0.09), rel=1e-5)


@given(
    tables_with_options(),
    st.floats(0.01, 1e6),
    st.floats(0.01, 2),
    st.floats(0.05, 10),
    st.floats(-0.05, 0.2),
)
def test_the_values_sum_to_the_equity(
    classes: list[ShareClass], equity: float, volatility: float, years: float, rate: float
) -> None:
    found = option_pricing(classes, equity, volatility=volatility, years=years, rate=rate)
    assert math.fsum(found.values.values()) == pytest.approx(equity, rel=1e-12)
    assert min(found.values.values()) >= 0
    assert math.fsum(worth for _, worth in found.tranches) == pytest.approx(equity, rel=1e-12)


@given(tables_with_options(), st.floats(0.1, 1e5), st.floats(1, 3))
def test_no_class_is_worth_less_in_a_company_worth_more(
    classes: list[ShareClass], equity: float, times: float
) -> None:
    less, more = (option_pricing(classes, at, **TERMS).values for at in (equity, equity * times))
    assert all(more[name] >= less[name] * (1 - 1e-12) - 1e-12 for name in less)


@given(tables_with_options(), st.floats(1, 1e5), st.floats(0.1, 2), st.floats(0.2, 10), st.data())
def test_backsolve_inverts_option_pricing(
    classes: list[ShareClass], equity: float, volatility: float, years: float, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([one.name for one in classes]))
    terms = {"volatility": volatility, "years": years, "rate": 0.03}
    priced = option_pricing(classes, equity, **terms)
    assume(priced.values[name] > 1e-9 * equity)
    price = priced.per_share[name]
    elasticity = (option_pricing(classes, equity * 1.001, **terms).per_share[name] / price - 1) / 0.001
    if elasticity < LEAST_ELASTICITY / 2:
        with pytest.raises(InvalidInput, match="no equity value can be solved"):
            backsolve(classes, name=name, price=price, **terms)
    else:
        assume(elasticity > LEAST_ELASTICITY * 2)
        solved = backsolve(classes, name=name, price=price, **terms)
        assert solved.equity == pytest.approx(equity, rel=1e-9)
        assert solved.pricing.per_share[name] == pytest.approx(price, rel=1e-12)


def test_backsolve_from_the_last_round() -> None:
    """B paid 5 a share: the equity is worth less than 5 x 10m shares, since common lacks B's rights."""
    solved = backsolve(TABLE, name="B", price=5, **TERMS)
    assert solved.pricing.per_share["B"] == pytest.approx(5, rel=1e-13)
    with mpmath.workdps(40):

        def value_of_b(equity: mpmath.mpf) -> mpmath.mpf:
            calls = [_exact_call(equity, at * 1e6) for at in (0, 10, 15, 35, 110, 150)]
            first, _, joins, converts, capped, again = calls
            return first - calls[1] + (joins - converts) / 4 + (converts - capped + again) / 5

        exact = mpmath.findroot(lambda equity: value_of_b(equity) - 10**7, (15e6, 30e6), solver="anderson")
    assert solved.equity == pytest.approx(float(exact), rel=1e-12)
    assert round(solved.equity) == BACKSOLVED
    assert solved.equity < 50e6
    step = option_pricing(TABLE, solved.equity * 1.0001, **TERMS).per_share["B"] / 5 - 1
    assert solved.elasticity == pytest.approx(step / 1e-4, rel=1e-3)


# In docs/valuation.md too.
BACKSOLVED = 21_366_911


def test_a_price_that_tells_no_equity_value_is_refused() -> None:
    """At 5 % over a quarter, A is worth its preference anywhere well above it and below where it converts."""
    calm = {"volatility": 0.05, "years": 0.25, "rate": 0.0}
    with pytest.raises(InvalidInput, match=r"A is worth 2.5 a share at an equity value of .*no equity value"):
        backsolve([COMMON, SERIES_A], name="A", price=2.5, **calm)
    # Beyond, where it converts, the price tells it again.
    assert backsolve([COMMON, SERIES_A], name="A", price=5, **calm).equity == pytest.approx(40e6, rel=1e-9)


def test_a_price_that_no_equity_value_gives_is_refused() -> None:
    """At -10 % a year, continuous, for 3000 years the preferences alone have grown past every number of money."""
    with pytest.raises(InvalidInput, match=r"no equity value up to 1e\+100 makes common worth 1 a share"):
        backsolve(TABLE, name="common", price=1, volatility=0.01, years=3000, rate=-0.1)
    with pytest.raises(InvalidInput, match=r"price is 1e\+308; expected 1e\+30 at most"):
        backsolve(TABLE, name="A", price=1e308, **TERMS)


def test_a_price_near_a_cliff_is_solved() -> None:
    """With almost no volatility common is worth nothing just below the preference: the slope is all there is."""
    solved = backsolve([COMMON, SERIES_A], name="common", price=1e-6, volatility=1e-6, years=1, rate=0)
    assert solved.equity == pytest.approx(5e6 + 6, abs=1)
    assert solved.elasticity > 100


SCENARIOS = [
    Scenario("listing", 0.2, 200e6, 4, 0.25, is_converted=True),
    Scenario("sale", 0.5, 40e6, 2, 0.25),
    Scenario("failure", 0.3, 4e6, 1, 0.25),
]


def test_probability_weighted_by_hand() -> None:
    """Payouts: listing 120 / 40 / 40; sale 18 / 6 / 16; failure 0 / 0 / 4 (million)."""
    found = probability_weighted(TABLE, SCENARIOS)
    listing, sale, failure = 0.2 / 1.25**4, 0.5 / 1.25**2, 0.3 / 1.25
    expected = {
        "common": (listing * 120 + sale * 18) * 1e6,
        "A": (listing * 40 + sale * 6) * 1e6,
        "B": (listing * 40 + sale * 16 + failure * 4) * 1e6,
    }
    assert found.values == pytest.approx(expected, rel=1e-13)
    assert found.values["common"] == pytest.approx(15_590_400)
    assert found.per_share["B"] == pytest.approx(expected["B"] / 2e6)
    assert found.by_scenario["sale"] == pytest.approx({"common": 11.52e6, "A": 3.84e6, "B": 10.24e6})


def test_a_listing_ends_the_preferences() -> None:
    small = [Scenario("listing", 1, 10e6, is_converted=True)]
    assert probability_weighted(TABLE, small).values == pytest.approx({"common": 6e6, "A": 2e6, "B": 2e6})
    kept = [Scenario("sale", 1, 10e6)]
    assert probability_weighted(TABLE, kept).values == pytest.approx({"common": 0, "A": 0, "B": 10e6})


def test_a_certain_scenario_today_is_the_current_value() -> None:
    certain = probability_weighted(TABLE, [Scenario("sale", 1, 40e6)])
    assert certain.values == current_value(TABLE, 40e6).values
    assert current_value(TABLE, 40e6).per_share == pytest.approx({"common": 3, "A": 3, "B": 8})


def test_fully_diluted_is_one_price_for_all() -> None:
    options = ShareClass("options", 1_000_000, strike=2)
    found = fully_diluted([*TABLE, options], 53e6)
    assert found.per_share == pytest.approx({"common": 5, "A": 5, "B": 5, "options": 3})
    below = fully_diluted([*TABLE, options], 15e6)
    assert below.per_share == pytest.approx({"common": 1.5, "A": 1.5, "B": 1.5, "options": 0})


def test_hybrid_weights_whole_methods() -> None:
    private, listed = option_pricing(TABLE, 60e6, **TERMS), fully_diluted(TABLE, 100e6)
    found = hybrid([("private", 0.75, private), ("listed", 0.25, listed)])
    for name in ("common", "A", "B"):
        assert found.values[name] == pytest.approx(0.75 * private.values[name] + 0.25 * listed.values[name])
        assert found.per_share[name] == pytest.approx(
            0.75 * private.per_share[name] + 0.25 * listed.per_share[name]
        )


@given(tables_with_options(), st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1e5)), min_size=1))
def test_weighted_values_sum_to_the_weighted_proceeds(
    classes: list[ShareClass], futures: list[tuple[int, float]]
) -> None:
    whole = sum(weight for weight, _ in futures)
    assume(whole)
    scenarios = [Scenario(f"{at}", weight / whole, proceeds) for at, (weight, proceeds) in enumerate(futures)]
    found = probability_weighted(classes, scenarios)
    expected = sum(weight / whole * proceeds for weight, proceeds in futures)
    assert math.fsum(found.values.values()) == pytest.approx(expected, rel=1e-9, abs=1e-9)


NOTE = ShareClass("note", 0, 10)
NOTHING = ClassValues({}, {})


@pytest.mark.parametrize(
    ("attempt", "says"),
    [
        (lambda: option_pricing(TABLE, 0, **TERMS), "equity is 0; expected more than 0"),
        (lambda: option_pricing(TABLE, 1, **{**TERMS, "volatility": 0}), "volatility is 0; expected more"),
        (lambda: option_pricing(TABLE, 1, **{**TERMS, "years": -1}), "years is -1; expected more than 0"),
        (lambda: option_pricing(TABLE, 1, **{**TERMS, "rate": math.nan}), "rate is nan"),
        (lambda: option_pricing([*TABLE, NOTE], 1, **TERMS), "note.shares is 0; expected more than 0"),
        (lambda: current_value([*TABLE, NOTE], 1), "note.shares is 0"),
        (lambda: current_value(TABLE, -1), "equity is -1"),
        (lambda: fully_diluted([*TABLE, NOTE], 1), "note.shares is 0"),
        (lambda: probability_weighted([*TABLE, NOTE], SCENARIOS), "note.shares is 0"),
        (lambda: backsolve(TABLE, name="C", price=1, **TERMS), "no class C; expected one of common, A, B"),
        (lambda: backsolve(TABLE, name="A", price=0, **TERMS), "price is 0; expected more than 0"),
        (
            lambda: probability_weighted(TABLE, SCENARIOS[:2]),
            "probabilities of listing, sale sum to 0.7; expected 1",
        ),
        (lambda: probability_weighted(TABLE, []), "probabilities of no scenario sum to 0"),
        (
            lambda: probability_weighted(TABLE, [Scenario("sale", 20, 1)]),
            "probability of sale is 20; expected a fraction",
        ),
        (
            lambda: probability_weighted(TABLE, [Scenario("x", 0.5, 1), Scenario("x", 0.5, 2)]),
            "two scenarios have the same name, x",
        ),
        (lambda: probability_weighted(TABLE, [Scenario("x", 1, -1)]), "proceeds of x is -1"),
        (lambda: probability_weighted(TABLE, [Scenario("x", 1, 1, 1, -1)]), "rate of x is -1"),
        (lambda: probability_weighted(TABLE, [Scenario("x", 1, 1, -1)]), "years of x is -1"),
        (lambda: hybrid([]), "probabilities of no scenario sum to 0"),
        (
            lambda: hybrid([("one", 0.5, current_value(TABLE, 1)), ("two", 0.5, NOTHING)]),
            "two values other classes than one",
        ),
    ],
)
def test_refusals(attempt: Callable[[], object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        attempt()
