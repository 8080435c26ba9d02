"""The whole-fund waterfall over many scenarios at once, quarter by quarter, in real numbers of one unit.

For forecasts only: what is really paid is divided in whole minor units by `fund.capital.waterfall`.
"""

from dataclasses import dataclass

import numpy as np

from valuation.flows import (
    Floats,
    InvalidInput,
    Number,
    at_least,
    finite,
    fraction_of_one,
    rate_above_total_loss,
)


@dataclass(frozen=True)
class Opening:
    """Where the waterfall of the partners who bear carry stands on the day: `capital` not yet returned, `owed` with the
    preferred return on it, `preferred` return paid so far, what the catch-up tier has divided (`caught_up`), with all
    that was divided `beyond` the preferred return, and the carry that the manager has `carried` home.
    """

    capital: Number = 0.0
    owed: Number = 0.0
    preferred: Number = 0.0
    caught_up: Number = 0.0
    beyond: Number = 0.0
    carried: Number = 0.0


@dataclass(frozen=True)
class SimulationTerms:
    """The whole-fund waterfall and what has happened so far.

    hurdle: annual. catch_up: fraction to the manager in the catch-up tier, 0 for none; it must be above
    carry otherwise. fee_per_quarter: called from the partners in each quarter, up to that of the last sale;
    fees, one of each quarter, take its place. fees_on_cost: of each quarter, the part of the cost of what is not sold
    before it that is called beside.
    past: (quarters ago, amount) of the partners' flows, negative = paid in, without carry. opening: where their
    waterfall stands; without one it is worked out of `past` (whole quarters), with no carry paid so far.
    market_share: the part of the deals' variance that moves together. carry_tax: the part of the carry received that a
    clawback leaves to the manager. is_simple: the hurdle is earned by capital alone. bearing: the part of all interests
    that bears carry. cash: what the fund has beside its deals, less what it owes; it is paid out with the first
    quarter's proceeds, what is missing is called. due: (quarter, amount) of calls that are made already.
    """

    hurdle: Number
    catch_up: Number
    carry: Number
    past: tuple[tuple[Number, Number], ...]
    fee_per_quarter: Number = 0.0
    market_share: Number = 0.0
    carry_tax: Number = 0.0
    opening: Opening | None = None
    is_simple: bool = False
    bearing: Number = 1.0
    cash: Number = 0.0
    due: tuple[tuple[int, Number], ...] = ()
    fees: tuple[Number, ...] = ()
    fees_on_cost: tuple[Number, ...] = ()


class Waterfall:
    """The state of the whole-fund waterfall in every scenario: what is still owed before carry, and what
    was paid.
    """

    def __init__(self, terms: SimulationTerms, scenarios: int) -> None:
        self.growth = (1 + rate_above_total_loss(terms.hurdle, "hurdle")) ** 0.25
        self.catch_up = fraction_of_one(terms.catch_up, "catch_up")
        self.carry = fraction_of_one(terms.carry, "carry")
        self.tax = fraction_of_one(terms.carry_tax, "carry_tax")
        if 0 < self.catch_up <= self.carry:
            raise InvalidInput(
                f"catch_up is {self.catch_up:g}, not above the carry of {self.carry:g}; it would never end"
            )
        self.earned = (self.growth**4 - 1) / 4 if terms.is_simple else None
        begins = terms.opening or Opening()
        told = {name: at_least(value, f"opening.{name}", 0) for name, value in vars(begins).items()}
        self.capital: Floats
        self.owed: Floats
        self.capital, self.owed = np.full(scenarios, told["capital"]), np.full(scenarios, told["owed"])
        self.preferred = np.full(scenarios, told["preferred"])
        self.caught_up, self.beyond = (np.full(scenarios, told[name]) for name in ("caught_up", "beyond"))
        self.carried: Floats = np.full(scenarios, told["carried"])
        if terms.opening is None:
            self._replay(terms.past)

    def _replay(self, past: tuple[tuple[Number, Number], ...]) -> None:
        before = None
        in_quarters = [(round(ago), amount) for ago, amount in past]
        for ago, amount in sorted(in_quarters, key=lambda flow: (-flow[0], flow[1])):
            for _ in range(0 if before is None else before - ago):
                self.pass_time()
            before = ago
            flow = finite(amount, f"the past flow {ago} quarters ago")
            self.call(max(-flow, 0.0))
            self._return(np.full(len(self.owed), max(flow, 0.0)))
        for _ in range(before or 0):
            self.pass_time()

    def pass_time(self) -> None:
        """A quarter passes: what is owed grows at the hurdle, or capital earns it."""
        if self.earned is None:
            self.owed *= self.growth
        else:
            self.owed += self.capital * self.earned

    def call(self, amount: float | Floats) -> None:
        """The partners pay in."""
        self.capital += amount
        self.owed += amount

    def distribute(self, amounts: Floats) -> Floats:
        """Divide `amounts`; returns the partners' part and keeps the manager's in `carried`."""
        rest = amounts - self._return(amounts)
        self.beyond += rest
        catching = np.minimum(rest, np.maximum(self._full_catch_up(self.preferred) - self.caught_up, 0.0))
        self.caught_up += catching
        manager = self.catch_up * catching + self.carry * (rest - catching)
        self.carried += manager
        return np.asarray(amounts - manager)

    def claw_back(self) -> Floats:
        """What the manager returns when all is over; `carried` and `owed` fall by it.

        As in `fund.capital.clawback`: the greater of the carry beyond what one division of everything at the end would
        give it and of what the partners lack of their capital and preferred return, at most the carry received less
        its tax. Where they lack nothing, nothing.
        """
        beyond = np.maximum(self.beyond - self.owed, 0.0)
        catching = np.minimum(beyond, self._full_catch_up(self.preferred + self.owed - self.capital))
        entitled = self.catch_up * catching + self.carry * (beyond - catching)
        wanted = np.where(self.owed > 0, np.maximum(self.carried - entitled, self.owed), 0.0)
        due = np.minimum(wanted, self.carried * (1 - self.tax))
        self.carried -= due
        self.owed = np.maximum(self.owed - due, 0.0)
        return due

    def _full_catch_up(self, preferred: Floats) -> Floats:
        """How much the catch-up tier divides in all once so much preferred return is paid."""
        return self.carry * preferred / (self.catch_up - self.carry) if self.catch_up else 0.0 * preferred

    def _return(self, amounts: Floats) -> Floats:
        """Pay capital and then preferred return out of `amounts`; returns what that took."""
        taken = np.minimum(amounts, self.owed)
        capital = np.minimum(taken, self.capital)
        self.owed -= taken
        self.capital -= capital
        self.preferred += taken - capital
        return taken
