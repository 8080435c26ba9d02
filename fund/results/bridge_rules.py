"""What the books' movements mean for a value bridge: its steps, and what each company added. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fund.ledger.balances import Movement as Moved
from fund.results.rules import NO_HOLDING, ROW_OF
from kernel.periods import Quarter
from valuation.bridge import GAINS, Movement, Step, ValueBridge, value_bridge

# The steps by the names under which their entries are asked for.
FIGURES: Mapping[Step, str] = {
    Step.CONTRIBUTION: "contributions",
    Step.GIVEN_BACK: "given_back",
    Step.DISTRIBUTION: "distributions",
    Step.INCOME: "income",
    Step.REALISED: "realised",
    Step.UNREALISED: "unrealised",
    Step.FEE: "management_fee",
    Step.EXPENSE: "expenses",
    Step.CARRY: "carry",
    Step.TRANSFER: "transfers",
}
_STEPS = {figure: step for step, figure in FIGURES.items()} | {
    "carry_accrued": Step.CARRY,
    "carry_earned": Step.CARRY,
}


@dataclass(frozen=True)
class Gains:
    """What one company added to a value, in minor units; NO_HOLDING stands for what names no company."""

    holding_id: int
    income: int
    realised: int
    unrealised: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.income + self.realised + self.unrealised


def step_of(account: str) -> Step:
    """The step that an account of capital moves."""
    return _STEPS[ROW_OF[account]]


def movements(found: Iterable[Moved]) -> list[Movement]:
    """The books' movements of quarters as those of a bridge, each on the last day of its quarter."""
    return [
        Movement(one.quarter.ends_on, step_of(one.account), one.amount, str(one.holding_id or NO_HOLDING))
        for one in found
    ]


def by_quarter(
    moves: Iterable[Movement], *, since: Quarter, through: Quarter, opening: int
) -> tuple[ValueBridge, ...]:
    """One bridge for each quarter, each opening with what the one before closed with."""
    within: dict[date, list[Movement]] = {}
    for move in moves:
        within.setdefault(move.on, []).append(move)
    found, quarter, value = [], since, opening
    while quarter <= through:
        own = within.get(quarter.ends_on, [])
        closing = value + sum(move.amount for move in own)
        days = {"opens_on": quarter.previous.ends_on, "closes_on": quarter.ends_on}
        found.append(value_bridge(own, **days, opening=value, closing=closing))
        quarter, value = quarter.next, closing
    return tuple(found)


def gains(moves: Iterable[Movement]) -> tuple[Gains, ...]:
    """What each company added, the largest first; companies that added nothing on any account are left out."""
    found: dict[int, dict[Step, int]] = {}
    for move in moves:
        if move.step in GAINS:
            steps = found.setdefault(int(move.name), dict.fromkeys(GAINS, 0))
            steps[move.step] += move.amount
    companies = [
        Gains(holding_id, steps[Step.INCOME], steps[Step.REALISED], steps[Step.UNREALISED])
        for holding_id, steps in found.items()
        if any(steps.values())
    ]
    return tuple(sorted(companies, key=lambda one: (-one.total, one.holding_id)))
