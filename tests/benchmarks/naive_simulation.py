"""The same forecast as anyone would write it first: one scenario, one deal, one quarter at a time."""

import math
import random
from collections.abc import Sequence

from valuation.simulation import SimulatedDeal, SimulationTerms


def play(
    deals: Sequence[SimulatedDeal], terms: SimulationTerms, quarters: int, chance: random.Random
) -> float:
    """One scenario; its rate of return."""
    proceeds = [0.0] * (quarters + 1)
    market = chance.gauss(0, 1)
    for deal in deals:
        sold = chance.randint(deal.exit_from, deal.exit_to)
        years = min(sold, quarters) / 4
        shock = math.sqrt(terms.market_share) * market + math.sqrt(1 - terms.market_share) * chance.gauss(
            0, 1
        )
        growth = (deal.drift - deal.volatility**2 / 2) * years + deal.volatility * math.sqrt(years) * shock
        if chance.random() < (1 - deal.failure_rate) ** years:
            proceeds[min(sold - 1, quarters)] += deal.value * math.exp(growth)
    return _rate(_divided(proceeds, terms, quarters))


def _divided(proceeds: list[float], terms: SimulationTerms, quarters: int) -> list[tuple[int, float]]:
    flows = [(-ago, amount) for ago, amount in sorted(terms.past, reverse=True)]
    capital = owed = preferred = caught_up = 0.0
    growth = (1 + terms.hurdle) ** 0.25
    for at, amount in flows:
        capital, owed = capital - amount, owed - amount * growth**-at
    for quarter in range(quarters + 1):
        owed *= growth if quarter < quarters else 1.0
        taken = min(proceeds[quarter], owed)
        back = min(taken, capital)
        owed, capital, preferred = owed - taken, capital - back, preferred + taken - back
        rest = proceeds[quarter] - taken
        target = terms.carry * preferred / (terms.catch_up - terms.carry)
        catching = min(rest, max(target - caught_up, 0.0))
        caught_up += catching
        manager = terms.catch_up * catching + terms.carry * (rest - catching)
        flows.append((min(quarter + 1, quarters), proceeds[quarter] - manager))
    return flows


def _rate(flows: list[tuple[int, float]]) -> float:
    """Halving, from -99.99 % to 1,000 %."""
    low, high = -0.9999, 10.0
    for _ in range(50):
        rate = (low + high) / 2
        if sum(amount * (1 + rate) ** (-quarter / 4) for quarter, amount in flows) > 0:
            low = rate
        else:
            high = rate
    return rate
