"""What a fund's partners may receive: a seeded Monte Carlo over its deals with the whole-fund waterfall
inside.

An internal forecast: a partner's document may not carry one. Amounts are of one unit, time runs in
quarters, and the partners who bear carry are taken together as one.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from valuation.ahead import Fees, days_from_now, fees_by_quarter, fees_in, joined, of_cash, of_the_past
from valuation.counted import counted_rates
from valuation.flows import (
    Floats,
    Ints,
    InvalidInput,
    Number,
    at_least,
    finite,
    fraction_of_one,
    positive,
)
from valuation.irr import RateBatch, xirr_on_days
from valuation.tiers import SimulationTerms, Waterfall

__all__ = ["SimulatedDeal", "Simulation", "SimulationTerms", "simulate"]

# Scenarios that share a stream of random numbers, few enough for the processor's cache.
BLOCK = 4096


@dataclass(frozen=True)
class SimulatedDeal:
    """A holding, or one that is planned: its value, how it grows, how often it dies, and when it is sold.

    value: today's; of one that is `bought_in` a quarter to come, what the partners pay in for it at the end
    of that quarter. drift, volatility: annual, continuous; drift is the growth of the expected value of a company that
    lives. failure_rate: the chance of a total loss within a year. It is sold in one of the quarters
    exit_from to exit_to (1 = the next quarter), each equally likely and all after it was bought. cost: on which a fee
    may be called until it is sold.
    """

    name: str
    value: Number
    drift: Number
    volatility: Number
    failure_rate: Number
    exit_from: int
    exit_to: int
    bought_in: int = 0
    cost: Number = 0.0


@dataclass(frozen=True)
class Simulation:
    """One row per scenario. distributions (scenarios, quarters): paid to the partners. carry: paid to the
    manager, with what a sale at the end would add, less what it then returns, the clawback. nav: the partners' part
    of what is unsold at the end, and the clawback.
    tvpi, dpi: since inception. rates: since inception, the value at the end included; counted: one figure of each by
    the rule of `counted_rates`. proceeds: all that the deals and the cash brought, the value of the unsold at the end
    included; the partners' part and what the manager is paid from now on sum to it. short: what the partners who bear
    carry then lack of their capital and preferred return. fees: called in each quarter.
    """

    distributions: Floats
    carry: Floats
    clawback: Floats
    nav: Floats
    tvpi: Floats
    dpi: Floats
    rates: RateBatch
    counted: Floats
    proceeds: Floats
    short: Floats
    fees: Fees

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
    cores: int = 1,
) -> Simulation:
    """Play the portfolio `scenarios` times over the next `quarters`. The same arguments give the same
    numbers, whatever `cores`, the number of threads.

    Every BLOCK scenarios draw from a stream of their own, seeded by (seed, number of the block), so a block
    does not depend on the others and memory does not grow with the scenarios but for the result.

    Refused: no scenario or quarter, a deal sold before it may be or bought after the end, nothing ever paid
    in, a catch-up in (0, carry].
    """
    if scenarios < 1 or quarters < 1:
        raise InvalidInput(
            f"scenarios is {scenarios} and quarters is {quarters}; expected at least 1 of each"
        )
    plan = _Plan.of(portfolio, terms, quarters)
    sizes = [min(BLOCK, scenarios - begin) for begin in range(0, scenarios, BLOCK)]
    received = np.empty((scenarios, quarters))

    def play(number: int) -> _Block:
        chance = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        paid = received[number * BLOCK : number * BLOCK + sizes[number]]
        return plan.play(chance, paid)

    if cores > 1:
        with ThreadPoolExecutor(cores) as pool:
            blocks = list(pool.map(play, range(len(sizes))))
    else:
        blocks = [play(number) for number in range(len(sizes))]
    return plan.measured(received, blocks)


@dataclass(frozen=True)
class _Block:
    """Some scenarios: what the deals brought, what the manager was paid and gave back, the partners' value at the end
    and what they paid in.
    """

    proceeds: Floats
    carry: Floats
    clawback: Floats
    nav: Floats
    paid_in: Floats
    short: Floats
    rates: RateBatch
    counted: Floats
    fees: Fees


@dataclass(frozen=True)
class _Plan:
    """The checked arguments, and what depends on a deal and a quarter only, tabled: (deals, quarters + 1). days: of the
    partners' flows, those `begun` with in the past and then one a quarter.
    """

    terms: SimulationTerms
    quarters: int
    fees: tuple[Floats, Floats]
    cost: Floats
    bought_in: Ints
    purchases: Floats
    paid_out: Floats
    bearing: float
    common: float
    past: list[tuple[float, float]]
    days: Ints
    begun: Floats
    exit_from: Floats
    exit_width: Floats
    medians: Floats
    spreads: Floats
    survivals: Floats

    @staticmethod
    def of(portfolio: Sequence[SimulatedDeal], terms: SimulationTerms, quarters: int) -> "_Plan":
        rows = [_checked(deal, quarters) for deal in portfolio]
        value, drift, volatility, failure, begin, end, bought = np.array(rows).reshape(-1, 7).T[:, :, None]
        held = np.maximum(np.arange(quarters + 1) - bought, 0) / 4
        past, gone, begun = of_the_past(terms)
        fees = fees_by_quarter(terms, quarters)
        cost = np.array([at_least(deal.cost, f"{deal.name}.cost", 0) for deal in portfolio])
        purchases, paid_out = of_cash(terms, quarters)
        for deal in portfolio:
            if deal.bought_in:
                purchases[deal.bought_in - 1] += deal.value
        paid_in = -sum(min(flow, 0.0) for _, flow in past) + purchases.sum()
        called = fees[0].sum() + fees[1].sum() * cost.sum()
        positive(paid_in + (called if portfolio else 0.0), "money paid in")
        return _Plan(
            terms=terms,
            quarters=quarters,
            fees=fees,
            cost=cost,
            bought_in=np.array([deal.bought_in for deal in portfolio], dtype=np.int64),
            purchases=purchases,
            paid_out=paid_out,
            bearing=fraction_of_one(terms.bearing, "bearing"),
            common=fraction_of_one(terms.market_share, "market_share"),
            past=past,
            days=np.concatenate((gone, days_from_now(range(1, quarters + 1)))),
            begun=begun,
            exit_from=begin,
            exit_width=end - begin + 1,
            medians=value * np.exp((drift - volatility**2 / 2) * held),
            spreads=volatility * np.sqrt(held),
            survivals=(1 - failure) ** held,
        )

    def play(self, chance: np.random.Generator, received: Floats) -> _Block:
        """Play as many scenarios as `received` has rows; fill in what the partners receive each quarter."""
        scenarios, horizon = len(received), self.quarters
        proceeds, fees = self._proceeds(chance, scenarios)
        proceeds[:-1] += self.paid_out[:, None]
        waterfall = Waterfall(self.terms, scenarios)
        flows = np.empty((len(self.days), scenarios))
        begun = len(self.days) - horizon
        flows[:begun] = self.begun[:, None]
        paid_in = np.full(scenarios, -sum((min(flow, 0.0) for _, flow in self.past), 0.0))
        for quarter in range(horizon):
            waterfall.pass_time()
            calls = self.purchases[quarter] + fees.of(quarter + 1)
            paid_in += calls
            waterfall.call(self.bearing * calls)
            paid = self._partners(waterfall, proceeds[quarter])
            received[:, quarter] = paid
            np.subtract(paid, calls, out=flows[begun + quarter])
        nav = self._partners(waterfall, proceeds[horizon])
        clawback = waterfall.claw_back()
        nav += clawback
        flows[-1] += nav
        rates = xirr_on_days(self.days, flows)
        counted = counted_rates(self.days, flows.T, rates)
        carried, short = waterfall.carried, waterfall.owed
        return _Block(proceeds.sum(axis=0), carried, clawback, nav, paid_in, short, rates, counted, fees)

    def _partners(self, waterfall: Waterfall, amounts: Floats) -> Floats:
        """The partners' part of `amounts`: of some of them all, of those who bear carry what the tiers leave."""
        bearing = self.bearing * amounts
        return np.asarray(waterfall.distribute(bearing) + (amounts - bearing))

    def _proceeds(self, chance: np.random.Generator, scenarios: int) -> tuple[Floats, Fees]:
        """What the deals bring, (quarters + 1, scenarios): the last row is the value of what is unsold; and fees."""
        deals, horizon = len(self.exit_from), self.quarters
        market = chance.standard_normal(scenarios)
        shocks = chance.standard_normal((deals, scenarios))
        shocks *= np.sqrt(1 - self.common)
        shocks += np.sqrt(self.common) * market
        # Rounded down, every quarter of the range is equally likely.
        sold = (self.exit_from + chance.random((deals, scenarios)) * self.exit_width).astype(np.int64)
        held = np.minimum(sold, horizon) + np.arange(deals)[:, None] * (horizon + 1)
        values = np.exp(np.multiply(shocks, self.spreads.take(held), out=shocks), out=shocks)
        values *= self.medians.take(held)
        values *= chance.random((deals, scenarios)) < self.survivals.take(held)
        places = np.minimum(sold - 1, horizon) * scenarios + np.arange(scenarios)
        total = np.bincount(places.ravel(), values.ravel(), minlength=(horizon + 1) * scenarios)
        fees = fees_in(self.fees, self.cost, self.bought_in, sold)
        return np.asarray(total, dtype=np.float64).reshape(horizon + 1, scenarios), fees

    def measured(self, received: Floats, blocks: Sequence[_Block]) -> Simulation:
        """The figures of all blocks."""
        nav = np.concatenate([block.nav for block in blocks])
        paid_in = np.concatenate([block.paid_in for block in blocks])
        distributed = sum(max(flow, 0.0) for _, flow in self.past) + received.sum(axis=1)
        return Simulation(
            distributions=received,
            carry=np.concatenate([block.carry for block in blocks]),
            clawback=np.concatenate([block.clawback for block in blocks]),
            nav=nav,
            tvpi=(distributed + nav) / paid_in,
            dpi=distributed / paid_in,
            rates=RateBatch(
                np.concatenate([block.rates.values for block in blocks]),
                np.concatenate([block.rates.status for block in blocks]),
            ),
            counted=np.concatenate([block.counted for block in blocks]),
            proceeds=np.concatenate([block.proceeds for block in blocks]),
            short=np.concatenate([block.short for block in blocks]),
            fees=joined([block.fees for block in blocks]),
        )


def _checked(deal: SimulatedDeal, quarters: int) -> tuple[float, ...]:
    if not 0 <= deal.bought_in <= quarters:
        raise InvalidInput(
            f"{deal.name} is bought in quarter {deal.bought_in}; expected 1 to {quarters}, or 0 if it is held"
        )
    if not deal.bought_in < deal.exit_from <= deal.exit_to:
        raise InvalidInput(
            f"{deal.name} is sold between quarters {deal.exit_from} and {deal.exit_to}; expected "
            f"{deal.bought_in + 1} or later"
        )
    return (
        at_least(deal.value, f"{deal.name}.value", 0),
        finite(deal.drift, f"{deal.name}.drift"),
        at_least(deal.volatility, f"{deal.name}.volatility", 0),
        fraction_of_one(deal.failure_rate, f"{deal.name}.failure_rate"),
        deal.exit_from,
        deal.exit_to,
        deal.bought_in,
    )
