"""What a fund's partners may receive: a seeded Monte Carlo over its deals with the whole-fund waterfall
inside.

An internal forecast: a partner's document may not carry one. Amounts are of one unit, time runs in
quarters, and the partners who bear carry are taken together as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from valuation.flows import (
    Floats,
    InvalidInput,
    Number,
    at_least,
    finite,
    fraction_of_one,
    positive,
    rate_above_total_loss,
)
from valuation.irr import RateBatch, xirr_batch

DAYS_A_QUARTER = 365 / 4


@dataclass(frozen=True)
class SimulatedDeal:
    """A holding: its value today, how it grows, how often it dies, and when it is sold.

    drift, volatility: annual, continuous; drift is the growth of the expected value of a company that
    lives. failure_rate: the chance of a total loss within a year. It is sold in one of the quarters
    exit_from to exit_to (1 = the next quarter), each equally likely.
    """

    name: str
    value: Number
    drift: Number
    volatility: Number
    failure_rate: Number
    exit_from: int
    exit_to: int


@dataclass(frozen=True)
class SimulationTerms:
    """The whole-fund waterfall and what has happened so far.

    hurdle: annual. catch_up: fraction to the manager in the catch-up tier, 0 for none; it must be above
    carry otherwise. fee_per_quarter: called from the partners each quarter. past: (quarters ago, amount) of
    the partners' flows, negative = paid in; past receipts count as the partners' own, with no carry paid so
    far. market_share: the part of the deals' variance that moves together.
    """

    hurdle: Number
    catch_up: Number
    carry: Number
    past: tuple[tuple[int, Number], ...]
    fee_per_quarter: Number = 0.0
    market_share: Number = 0.0


@dataclass(frozen=True)
class Simulation:
    """One row per scenario. distributions (scenarios, quarters): paid to the partners. carry: paid to the
    manager, with what a sale at the end would add. nav: the partners' part of what is unsold at the end.
    tvpi, dpi: since inception. rates: since inception, the value at the end included.
    """

    distributions: Floats
    carry: Floats
    nav: Floats
    tvpi: Floats
    dpi: Floats
    rates: RateBatch

    def quantiles(self, *levels: float) -> dict[str, tuple[float, ...]]:
        """The given quantiles (0.5 is the median) of carry, nav, tvpi and dpi over the scenarios."""
        figures = {"carry": self.carry, "nav": self.nav, "tvpi": self.tvpi, "dpi": self.dpi}
        return {name: tuple(np.quantile(values, levels).tolist()) for name, values in figures.items()}


def simulate(
    portfolio: Sequence[SimulatedDeal],
    terms: SimulationTerms,
    *,
    scenarios: int,
    quarters: int,
    seed: int,
) -> Simulation:
    """Play the portfolio `scenarios` times over the next `quarters`. The same arguments give the same
    numbers.

    Refused: no scenario or quarter, a deal sold before it may be, nothing ever paid in, a catch-up in (0,
    carry].
    """
    if scenarios < 1 or quarters < 1:
        raise InvalidInput(
            f"scenarios is {scenarios} and quarters is {quarters}; expected at least 1 of each"
        )
    chance = np.random.default_rng(seed)
    market = chance.standard_normal(scenarios)
    proceeds = np.zeros((scenarios, quarters + 1))
    for deal in portfolio:
        common = fraction_of_one(terms.market_share, "market_share")
        _play(deal, proceeds, market, common, chance)
    waterfall = _Waterfall(terms, scenarios)
    fee = at_least(terms.fee_per_quarter, "fee_per_quarter", 0)
    received = np.empty((scenarios, quarters))
    for quarter in range(quarters):
        waterfall.pass_time()
        waterfall.call(fee)
        received[:, quarter] = waterfall.distribute(proceeds[:, quarter])
    nav = waterfall.distribute(proceeds[:, quarters])
    return _measured(terms, received, nav, waterfall.carried, fee)


def _play(
    deal: SimulatedDeal, proceeds: Floats, market: Floats, common: float, chance: np.random.Generator
) -> None:
    """Add the deal's proceeds to the quarter it is sold in, or its value to the last column if it never
    is.
    """
    if not 1 <= deal.exit_from <= deal.exit_to:
        raise InvalidInput(
            f"{deal.name} is sold between quarters {deal.exit_from} and {deal.exit_to}; expected 1 or later"
        )
    scenarios, horizon = len(market), proceeds.shape[1] - 1
    sold = chance.integers(deal.exit_from, deal.exit_to + 1, scenarios)
    years = np.minimum(sold, horizon) / 4
    own = chance.standard_normal(scenarios)
    shock = np.sqrt(common) * market + np.sqrt(1 - common) * own
    volatility = at_least(deal.volatility, f"{deal.name}.volatility", 0)
    growth = (finite(deal.drift, f"{deal.name}.drift") - volatility**2 / 2) * years + volatility * np.sqrt(
        years
    ) * shock
    survival = (1 - fraction_of_one(deal.failure_rate, f"{deal.name}.failure_rate")) ** years
    alive = chance.random(scenarios) < survival
    value = at_least(deal.value, f"{deal.name}.value", 0) * np.exp(growth) * alive
    column = np.where(sold <= horizon, sold - 1, horizon)
    proceeds[np.arange(scenarios), column] += value


class _Waterfall:
    """The state of the whole-fund waterfall in every scenario: what is still owed before carry, and what
    was paid.
    """

    def __init__(self, terms: SimulationTerms, scenarios: int) -> None:
        self.growth = (1 + rate_above_total_loss(terms.hurdle, "hurdle")) ** 0.25
        self.catch_up = fraction_of_one(terms.catch_up, "catch_up")
        self.carry = fraction_of_one(terms.carry, "carry")
        if 0 < self.catch_up <= self.carry:
            raise InvalidInput(
                f"catch_up is {self.catch_up:g}, not above the carry of {self.carry:g}; it would never end"
            )
        self.capital, self.owed = np.zeros(scenarios), np.zeros(scenarios)
        self.preferred, self.caught_up = np.zeros(scenarios), np.zeros(scenarios)
        self.carried = np.zeros(scenarios)
        self._replay(terms.past)

    def _replay(self, past: tuple[tuple[int, Number], ...]) -> None:
        before = None
        for ago, amount in sorted(past, key=lambda flow: (-flow[0], flow[1])):
            for _ in range(0 if before is None else before - ago):
                self.pass_time()
            before = ago
            flow = finite(amount, f"the past flow {ago} quarters ago")
            self.call(max(-flow, 0.0))
            self._return(np.full(len(self.owed), max(flow, 0.0)))
        for _ in range(before or 0):
            self.pass_time()

    def pass_time(self) -> None:
        """A quarter passes: what is owed grows at the hurdle."""
        self.owed *= self.growth

    def call(self, amount: float) -> None:
        """The partners pay in."""
        self.capital += amount
        self.owed += amount

    def distribute(self, amounts: Floats) -> Floats:
        """Divide `amounts`; returns the partners' part and keeps the manager's in `carried`."""
        rest = amounts - self._return(amounts)
        target = (
            self.carry * self.preferred / (self.catch_up - self.carry)
            if self.catch_up
            else 0.0 * self.preferred
        )
        catching = np.minimum(rest, np.maximum(target - self.caught_up, 0.0))
        self.caught_up += catching
        manager = self.catch_up * catching + self.carry * (rest - catching)
        self.carried += manager
        return amounts - manager

    def _return(self, amounts: Floats) -> Floats:
        """Pay capital and then preferred return out of `amounts`; returns what that took."""
        taken = np.minimum(amounts, self.owed)
        capital = np.minimum(taken, self.capital)
        self.owed -= taken
        self.capital -= capital
        self.preferred += taken - capital
        return taken


def _measured(
    terms: SimulationTerms, received: Floats, nav: Floats, carried: Floats, fee: float
) -> Simulation:
    scenarios, quarters = received.shape
    past = sorted((-ago, finite(amount, "past")) for ago, amount in terms.past)
    paid_in = positive(-sum(min(flow, 0.0) for _, flow in past) + fee * quarters, "money paid in")
    distributed = sum(max(flow, 0.0) for _, flow in past) + received.sum(axis=1)
    to_come = received - fee
    to_come[:, -1] += nav
    flows = np.hstack((np.broadcast_to([flow for _, flow in past], (scenarios, len(past))), to_come))
    moments = np.array([moment for moment, _ in past] + list(range(1, quarters + 1)))
    days = np.tile(np.rint(moments * DAYS_A_QUARTER), scenarios)
    rates = xirr_batch(days, flows.ravel(), np.arange(scenarios + 1) * len(moments))
    return Simulation(received, carried, nav, (distributed + nav) / paid_in, distributed / paid_in, rates)
