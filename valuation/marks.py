"""Arithmetic behind a fair value: options and the venture capital method."""

import math
from dataclasses import dataclass

from valuation.flows import InvalidInput, Number, at_least, finite, positive, rate_above_total_loss


@dataclass(frozen=True)
class Option:
    """Values of a European call and put on the same terms."""

    call: float
    put: float


@dataclass(frozen=True)
class VentureCapitalValue:
    """Value after and before the money, and the share of the company the investment must buy."""

    post_money: float
    pre_money: float
    ownership: float


def black_scholes(
    *,
    spot: Number,
    strike: Number,
    rate: Number,
    volatility: Number,
    years: Number,
    dividend_yield: Number = 0.0,
) -> Option:
    """Black-Scholes-Merton values; `rate`, `dividend_yield` and `volatility` are annual, the first two
    continuous.

    With no time, no volatility, no spot or no strike the option is worth its certain forward payoff.
    """
    at_end = at_least(years, "years", 0)
    asset = _discounted(spot, "spot", dividend_yield, "dividend_yield", at_end)
    cash = _discounted(strike, "strike", rate, "rate", at_end)
    spread = at_least(volatility, "volatility", 0) * math.sqrt(at_end)
    if not (spread and asset and cash):
        return Option(call=max(asset - cash, 0.0), put=max(cash - asset, 0.0))
    upper = (math.log(asset) - math.log(cash)) / spread + spread / 2
    lower = upper - spread
    return Option(
        call=asset * _chance(upper) - cash * _chance(lower),
        put=cash * _chance(-lower) - asset * _chance(-upper),
    )


def compounded(rate: Number, rate_name: str, years: Number, years_name: str) -> float:
    """(1 + rate) ^ years; refused when that is beyond what a float can hold."""
    base = 1 + rate_above_total_loss(rate, rate_name)
    try:
        grown = base ** at_least(years, years_name, 0)
    except OverflowError:
        grown = math.inf
    if not 0 < grown < math.inf:
        raise InvalidInput(f"{rate_name} is {rate} over {years} years; no number can hold that growth")
    return float(grown)


def _discounted(amount: Number, name: str, rate: Number, rate_name: str, years: float) -> float:
    """The amount x exp(-rate x years), refused when that is beyond what a float can hold."""
    try:
        present = at_least(amount, name, 0) * math.exp(-finite(rate, rate_name) * years)
    except OverflowError:
        present = math.inf
    if present == math.inf:
        raise InvalidInput(f"{rate_name} is {rate} over {years:g} years; no number can hold that growth")
    return present


def _chance(below: float) -> float:
    """The chance that a standard normal number is below; by erfc, which keeps its digits far out in the tail."""
    return math.erfc(-below / math.sqrt(2)) / 2


def venture_capital_method(
    *, exit_value: Number, target_rate: Number, years: Number, investment: Number
) -> VentureCapitalValue:
    """Post-money = exit value / (1 + target rate)^years; pre-money = that less the investment; ownership =
    their ratio.

    Refused when the investment is above the post-money value: no share of the company could earn the target
    rate.
    """
    growth = compounded(target_rate, "target_rate", years, "years")
    post_money = positive(exit_value, "exit_value") / growth
    paid = at_least(investment, "investment", 0)
    if paid > post_money:
        raise InvalidInput(
            f"investment is {paid:g}, above the post-money value of {post_money:g}; expected at most that"
        )
    return VentureCapitalValue(post_money, post_money - paid, paid / post_money)
