"""What a simulation calls and pays beside its deals, quarter by quarter: fees, calls that are made, cash and debts; and
what flowed before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from valuation.flows import Floats, Ints, InvalidInput, Number, at_least, finite, merge
from valuation.tiers import SimulationTerms

DAYS_A_QUARTER = 365 / 4


def days_from_now(moments: Sequence[float]) -> Ints:
    """Whole days to moments in quarters."""
    return np.rint(np.array(moments, dtype=np.float64) * DAYS_A_QUARTER).astype(np.int64)


def of_the_past(terms: SimulationTerms) -> tuple[list[tuple[float, float]], Ints, Floats]:
    """The partners' flows so far, each with its moment in quarters; and their days, with one sum for each."""
    past = sorted(
        (-at_least(ago, "quarters ago", 0), finite(amount, f"the past flow {ago} quarters ago"))
        for ago, amount in terms.past
    )
    days = days_from_now([moment for moment, _ in past]).astype(np.float64)
    days, sums, _ = merge(days, np.array([flow for _, flow in past]), np.zeros(len(past), dtype=np.int64))
    return past, days.astype(np.int64), sums


def fees_by_quarter(terms: SimulationTerms, quarters: int) -> tuple[Floats, Floats]:
    """The fee of each quarter that is fixed, and the part of the cost of what is unsold that is called beside it."""
    fixed = terms.fees or (terms.fee_per_quarter,) * quarters
    return _each(fixed, "fee_per_quarter", quarters), _each(
        terms.fees_on_cost or (0.0,) * quarters, "fees_on_cost", quarters
    )


def _each(given: tuple[Number, ...], name: str, quarters: int) -> Floats:
    if len(given) != quarters:
        raise InvalidInput(f"{name} has {len(given)} figures; expected {quarters}, one a quarter")
    return np.array([at_least(one, name, 0) for one in given], dtype=np.float64)


@dataclass(frozen=True)
class Fees:
    """What is called for fees in some scenarios: `fixed` of each quarter and, (quarters, scenarios), what comes
    `on_cost`, None where nothing does. After the quarter of the last sale, `last_sold`, nothing is called.
    """

    fixed: Floats
    last_sold: Ints
    on_cost: Floats | None

    def of(self, quarter: int) -> Floats:
        """What is called in a quarter (1 = the next), in each scenario."""
        called = self.fixed[quarter - 1] * (self.last_sold >= quarter)
        if self.on_cost is not None:
            called += self.on_cost[quarter - 1] * (self.last_sold >= quarter)
        return np.asarray(called)


def joined(parts: Sequence[Fees]) -> Fees:
    """The fees of the scenarios of all parts."""
    on_cost = [one.on_cost for one in parts if one.on_cost is not None]
    last_sold = np.concatenate([one.last_sold for one in parts])
    return Fees(parts[0].fixed, last_sold, np.concatenate(on_cost, axis=1) if on_cost else None)


def fees_in(tables: tuple[Floats, Floats], cost: Floats, bought_in: Ints, sold: Ints) -> Fees:
    """The fees of some scenarios. cost, bought_in: of each deal; sold: (deals, scenarios), the quarter of its sale."""
    fixed, rates = tables
    last_sold = sold.max(axis=0, initial=0)
    return Fees(fixed, last_sold, _on_cost(rates, cost, bought_in, sold) if rates.any() else None)


def _on_cost(rates: Floats, cost: Floats, bought_in: Ints, sold: Ints) -> Floats:
    """The rate of each quarter on the cost of what was bought before it and is not sold before it."""
    quarters, scenarios = len(rates), sold.shape[1]
    places = np.minimum(sold, quarters) * scenarios + np.arange(scenarios)
    weights = np.broadcast_to(cost[:, None], sold.shape).ravel()
    gone = np.bincount(places.ravel(), weights, minlength=(quarters + 1) * scenarios)
    bought = np.cumsum(np.bincount(bought_in, cost, minlength=quarters + 1))
    left = bought[:quarters, None] - np.cumsum(gone.reshape(quarters + 1, scenarios), axis=0)[:quarters]
    return np.asarray(rates[:, None] * left)


def of_cash(terms: SimulationTerms, quarters: int) -> tuple[Floats, Floats]:
    """What is called in each quarter beside fees and deals, and paid out beside proceeds; calls first pay debts."""
    called, paid_out = np.zeros(quarters), np.zeros(quarters)
    for quarter, amount in terms.due:
        if not 1 <= quarter <= quarters:
            raise InvalidInput(f"a call is due in quarter {quarter}; expected 1 to {quarters}")
        called[quarter - 1] += at_least(amount, f"the call due in quarter {quarter}", 0)
    cash = finite(terms.cash, "cash")
    called[0] += max(0.0, -(cash + called.sum()))
    for quarter in range(quarters):
        cash += called[quarter]
        paid_out[quarter] = max(cash, 0.0)
        cash = min(cash, 0.0)
    return called, paid_out
