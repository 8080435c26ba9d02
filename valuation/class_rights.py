"""What each class of shares is worth by its rights: option pricing, scenarios, as if sold today, fully diluted.

equity: the value of all classes together. Values are of a whole class; `per_share` is that over its shares.
Source of the methods and their names: AICPA, "Valuation of Portfolio Company Investments of Venture Capital and
Private Equity Funds", 2019; IPEV Valuation Guidelines, December 2025, on complex capital structures.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from valuation.breakpoints import Tranche, tranches
from valuation.flows import (
    InvalidInput,
    Number,
    finite,
    fraction_of_one,
    plausible,
    positive,
)
from valuation.marks import black_scholes, compounded
from valuation.payouts import ShareClass, exit_payouts

# Probabilities that sum to 1 but for this are rounding.
ROUNDING = 1e-9
# A price that moves by less than this part of the equity's own movement does not tell the equity value.
LEAST_ELASTICITY = 1e-3
STEP = 1.001
# The search for an equity value ends here.
LARGEST_EQUITY = 1e100


@dataclass(frozen=True)
class ClassValues:
    """The value of each class, and of one share of it."""

    values: dict[str, float]
    per_share: dict[str, float]


@dataclass(frozen=True)
class OptionPricing(ClassValues):
    """The values, with each tranche and what it is worth: a call struck at its lower end less one at its upper."""

    tranches: tuple[tuple[Tranche, float], ...]


@dataclass(frozen=True)
class Backsolve:
    """The equity value at which a class is worth its price, and what the others are worth at it.

    elasticity: by how many percent the price moves when the equity value moves by one; a small one makes
    the equity value that much less certain than the price.
    """

    equity: float
    elasticity: float
    pricing: OptionPricing


@dataclass(frozen=True)
class Scenario:
    """One future of the company: the proceeds for all classes in `years`, discounted at `rate` a year.

    is_converted: every class is made common whatever pays it more, as in a listing.
    """

    name: str
    probability: Number
    proceeds: Number
    years: Number = 0.0
    rate: Number = 0.0
    is_converted: bool = False


@dataclass(frozen=True)
class ProbabilityWeighted(ClassValues):
    """The values, with the present value of each class in each scenario before it is weighted."""

    by_scenario: dict[str, dict[str, float]]


def option_pricing(
    classes: Sequence[ShareClass], equity: Number, *, volatility: Number, years: Number, rate: Number
) -> OptionPricing:
    """Each tranche is worth C(its lower end) - C(its upper end), C the Black-Scholes call on `equity`, and is divided
    as its proceeds are. The values sum to the equity.

    volatility: of the equity, annual. years: until the exit. rate: risk-free, continuous. Refused: a
    volatility, term or equity value that is not positive, a class without shares.
    """
    model = _Model.of(classes, volatility=volatility, years=years, rate=rate)
    return model.priced(positive(plausible(equity, "equity"), "equity"))


def backsolve(
    classes: Sequence[ShareClass],
    *,
    name: str,
    price: Number,
    volatility: Number,
    years: Number,
    rate: Number,
) -> Backsolve:
    """The equity value at which option pricing gives a share of `name` the `price` of its round.

    The value of a class rises with the equity, so there is one; found by bisection. The price of a round is
    an input for calibration at its date, no value of a later one. Refused, beside what `option_pricing`
    refuses: an unknown class, a price that is not positive, one that no equity value gives, and one that
    a class has over so wide a stretch of equity values that it tells none of them (a preference that is
    covered but far from converting, at a small volatility).
    """
    model = _Model.of(classes, volatility=volatility, years=years, rate=rate)
    if name not in model.shares:
        raise InvalidInput(
            "there is no class {name}; expected one of {known}", name=name, known=", ".join(model.shares)
        )
    target = positive(plausible(price, "price"), "price")

    def share_value(equity: float) -> float:
        return model.priced(equity).per_share[name]

    equity = _rising_root(share_value, target, start=target * sum(model.shares.values()), name=name)
    moved = share_value(equity * STEP) - share_value(equity / STEP)
    elasticity = moved / target / (STEP - 1 / STEP)
    if elasticity < LEAST_ELASTICITY:
        raise InvalidInput(
            "{name} is worth {price} a share at an equity value of {equity}, and hardly more or less over a wide"
            " stretch around it; no equity value can be solved from that price",
            name=name,
            price=f"{target:g}",
            equity=f"{equity:g}",
        )
    return Backsolve(equity, elasticity, model.priced(equity))


def probability_weighted(classes: Sequence[ShareClass], scenarios: Sequence[Scenario]) -> ProbabilityWeighted:
    """Sum over the scenarios of probability x payout of the class / (1 + rate) ^ years.

    Refused: probabilities that do not sum to 1, two scenarios of one name, a class without shares.
    """
    shares = _shares(classes)
    chances = [fraction_of_one(one.probability, f"probability of {one.name}") for one in scenarios]
    _check_sum(chances, [one.name for one in scenarios])
    by_scenario = {one.name: _present(classes, one) for one in scenarios}
    values = {
        name: math.fsum(
            chance * by_scenario[one.name][name] for chance, one in zip(chances, scenarios, strict=True)
        )
        for name in shares
    }
    return ProbabilityWeighted(values, _per_share(values, shares), by_scenario)


def hybrid(parts: Sequence[tuple[str, Number, ClassValues]]) -> ClassValues:
    """Values by several methods weighted by probability: (name, probability, values), for instance option pricing for
    staying private and a listing beside it. Refused: probabilities that do not sum to 1, classes that differ.
    """
    chances = [fraction_of_one(chance, f"probability of {name}") for name, chance, _ in parts]
    _check_sum(chances, [name for name, _, _ in parts])
    first, _, model = parts[0]
    for name, _, valued in parts:
        if valued.values.keys() != model.values.keys():
            raise InvalidInput(
                "{name} values other classes than {first}; expected the same in every part",
                name=name,
                first=first,
            )

    def weighted(figures: Callable[[ClassValues], dict[str, float]]) -> dict[str, float]:
        return {
            name: math.fsum(
                chance * figures(valued)[name] for chance, (_, _, valued) in zip(chances, parts, strict=True)
            )
            for name in model.values
        }

    return ClassValues(weighted(lambda one: one.values), weighted(lambda one: one.per_share))


def current_value(classes: Sequence[ShareClass], equity: Number) -> ClassValues:
    """The current value method: as if the company were sold for `equity` today. Apt when an exit is imminent, or when
    no value above the preferences is in sight. Refused: a class without shares.
    """
    shares = _shares(classes)
    values = exit_payouts(classes, plausible(equity, "equity"))
    return ClassValues(values, _per_share(values, shares))


def fully_diluted(classes: Sequence[ShareClass], equity: Number) -> ClassValues:
    """Every class as common, options exercised if that pays: one price for a share of any. Apt when a listing, which
    ends the preferences, is in sight. Refused: a class without shares.
    """
    shares = _shares(classes)
    values = exit_payouts(_as_common(classes), plausible(equity, "equity"))
    return ClassValues(values, _per_share(values, shares))


@dataclass(frozen=True)
class _Model:
    """A cap table and the terms of the option, checked; prices it at any equity value."""

    shares: dict[str, float]
    tranches: tuple[Tranche, ...]
    volatility: float
    years: float
    rate: float

    @staticmethod
    def of(classes: Sequence[ShareClass], *, volatility: Number, years: Number, rate: Number) -> "_Model":
        return _Model(
            shares=_shares(classes),
            tranches=tranches(classes),
            volatility=positive(volatility, "volatility"),
            years=positive(years, "years"),
            rate=finite(rate, "rate"),
        )

    def priced(self, equity: float) -> OptionPricing:
        calls = [self._call(equity, tranche.above) for tranche in self.tranches] + [0.0]
        worth = [(tranche, max(calls[at] - calls[at + 1], 0.0)) for at, tranche in enumerate(self.tranches)]
        values = {
            name: math.fsum(tranche.parts[name] * value for tranche, value in worth) for name in self.shares
        }
        return OptionPricing(values, _per_share(values, self.shares), tuple(worth))

    def _call(self, equity: float, strike: float) -> float:
        terms = {"rate": self.rate, "volatility": self.volatility, "years": self.years}
        return black_scholes(spot=equity, strike=strike, **terms).call


def _rising_root(value: Callable[[float], float], target: float, *, start: float, name: str) -> float:
    """The argument at which a rising function is `target`, by bisection until no float lies between."""
    high = start
    while high <= LARGEST_EQUITY and value(high) < target:
        high *= 2
    if high > LARGEST_EQUITY:
        raise InvalidInput(
            "no equity value up to {most} makes {name} worth {price} a share",
            most=f"{LARGEST_EQUITY:g}",
            name=name,
            price=f"{target:g}",
        )
    low = high
    while value(low) > target:
        low /= 2
    while low < (middle := low + (high - low) / 2) < high:
        low, high = (middle, high) if value(middle) < target else (low, middle)
    return high


def _present(classes: Sequence[ShareClass], scenario: Scenario) -> dict[str, float]:
    where = scenario.name
    growth = compounded(scenario.rate, f"rate of {where}", scenario.years, f"years of {where}")
    table = _as_common(classes) if scenario.is_converted else classes
    payouts = exit_payouts(table, plausible(scenario.proceeds, f"proceeds of {where}"))
    return {name: payout / growth for name, payout in payouts.items()}


def _as_common(classes: Sequence[ShareClass]) -> list[ShareClass]:
    return [ShareClass(one.name, one.shares, strike=one.strike) for one in classes]


def _shares(classes: Sequence[ShareClass]) -> dict[str, float]:
    return {one.name: positive(one.shares, f"{one.name}.shares") for one in classes}


def _per_share(values: dict[str, float], shares: dict[str, float]) -> dict[str, float]:
    return {name: value / shares[name] for name, value in values.items()}


def _check_sum(chances: Sequence[float], names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput("two scenarios have the same name, {name}; expected one row for each", name=twice)
    whole = math.fsum(chances)
    if abs(whole - 1) > ROUNDING:
        raise InvalidInput(
            "the probabilities of {names} sum to {sum}; expected 1",
            names=", ".join(names) or "no scenario",
            sum=f"{whole:g}",
        )
