"""What a forecast assumes: how holdings may go, which deals are planned, how often it is played.

A forecast is internal. A partner's document may carry an estimate of calls and nothing else of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from fund.charter.carry_rules import CarryForm
from fund.charter.rules import FeeBasis, Terms
from fund.fees.ahead_rules import FeeAhead
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_percent

MOST_PLAYS, MOST_QUARTERS, MOST_PLANNED, LONGEST = 100_000, 60, 40, 200
# A company may lose or gain so much a year and swing by so much; beyond it somebody has mistyped a percentage.
DEEPEST, STEEPEST, WILDEST = Fraction(-9, 10), Fraction(3), Fraction(3)


@dataclass(frozen=True)
class Assumption:
    """How a company may go. Rates a year, as exact fractions.

    growth: of the expected value of a company that lives; below zero it declines. volatility: of the logarithm of its
    value. failure: the chance of a total loss within a year. It is sold exit_from to exit_to quarters from now, or from
    its purchase.
    """

    growth: Fraction
    volatility: Fraction
    failure: Fraction
    exit_from: int
    exit_to: int


# What a form offers first: a venture portfolio of young technology companies, to be put in one's own figures.
USUAL = Assumption(Fraction(25, 100), Fraction(60, 100), Fraction(8, 100), 8, 24)


@dataclass(frozen=True)
class Planned:
    """A deal or a follow-on that is planned: what is called for it, minor units, and in which quarter (1 = next)."""

    name: str
    amount: int
    quarter: int
    assumption: Assumption = USUAL


@dataclass(frozen=True)
class Scenario:
    """All that a forecast assumes. `own` holds assumptions of single holdings by their codes; the rest takes `general`.

    market_share: the part of all swings that companies share. seed: the same one gives the same figures.
    """

    name: str
    general: Assumption = USUAL
    own: Mapping[str, Assumption] = field(default_factory=dict)
    planned: Sequence[Planned] = ()
    plays: int = 10_000
    quarters: int = 24
    market_share: Fraction = Fraction(3, 10)
    seed: int = 1


class ScenarioInvalid(Invalid):
    code = "scenario_invalid"
    says = "This scenario cannot be played."


class ScenarioUnknown(NotFound):
    code = "scenario_unknown"
    says = "There is no scenario {number}."


class NothingToForecast(Invalid):
    code = "nothing_to_forecast"
    says = "Nothing was paid in by {as_of} and nothing is planned, so there is nothing to forecast."


class PacingUntold(Invalid):
    code = "pacing_untold"
    says = "Pacing is fitted to whole years of the fund; by {as_of} none is over."


class PacingUnfit(Conflict):
    code = "pacing_unfit"
    says = "The fund's own years do not fit the model: {why}."


def check_scenario(scenario: Scenario, *, codes: Sequence[str]) -> None:
    """Refuse with ScenarioInvalid, naming each fault; `codes` are the holdings that there are."""
    if problems := list(_faults(scenario, frozenset(codes))):
        raise ScenarioInvalid(problems=problems)


def _faults(scenario: Scenario, codes: frozenset[str]) -> Iterator[Problem]:
    if not 0 < len(scenario.name.strip()) <= LONGEST:
        yield Problem("name", "give the scenario a name of up to {longest} characters", {"longest": LONGEST})
    yield from _whole("plays", scenario.plays, 1, MOST_PLAYS)
    yield from _whole("quarters", scenario.quarters, 1, MOST_QUARTERS)
    yield from _whole("seed", scenario.seed, 0, 2**63 - 1)
    yield from _rate("market_share", scenario.market_share, Fraction(0), Fraction(1))
    yield from _assumed("general", scenario.general)
    for code, own in scenario.own.items():
        if code not in codes:
            yield Problem(code, "no such holding is held")
        yield from _assumed(code, own)
    if len(scenario.planned) > MOST_PLANNED:
        yield Problem("planned", "at most {most} deals can be planned", {"most": MOST_PLANNED})
    for number, one in enumerate(scenario.planned, start=1):
        where = f"planned {number}"
        if not 0 < len(one.name.strip()) <= LONGEST:
            yield Problem(where, "give the deal a name")
        if one.amount <= 0:
            yield Problem(where, "the amount must be above zero")
        yield from _whole(where, one.quarter, 1, scenario.quarters)
        yield from _assumed(where, one.assumption)


def _assumed(where: str, one: Assumption) -> Iterator[Problem]:
    yield from _rate(f"{where} growth", one.growth, DEEPEST, STEEPEST)
    yield from _rate(f"{where} volatility", one.volatility, Fraction(0), WILDEST)
    yield from _rate(f"{where} failure", one.failure, Fraction(0), Fraction(1))
    if not 1 <= one.exit_from <= one.exit_to <= 2 * MOST_QUARTERS:
        says = (
            "an exit between quarters {first} and {last}; expected 1 or later, the first not after the last"
        )
        yield Problem(f"{where} exit", says, {"first": one.exit_from, "last": one.exit_to})


def _whole(where: str, value: int, least: int, most: int) -> Iterator[Problem]:
    if not least <= value <= most:
        says = "expected a whole number from {least} to {most}, got {value}"
        yield Problem(where, says, {"least": least, "most": most, "value": value})


def _rate(where: str, value: Fraction, least: Fraction, most: Fraction) -> Iterator[Problem]:
    if not least <= value <= most:
        says = "expected from {least} to {most}, got {value}"
        facts = {"least": format_percent(least), "most": format_percent(most), "value": format_percent(value)}
        yield Problem(where, says, facts)


def as_facts(scenario: Scenario) -> dict[str, Any]:
    """The scenario as it is kept: fractions as text."""
    facts = asdict(scenario) | {"own": {code: asdict(one) for code, one in scenario.own.items()}}
    return {name: _told(value) for name, value in facts.items()}


def _told(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _told(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return value


def of_facts(facts: Mapping[str, Any]) -> Scenario:
    """The scenario that was kept as `facts`."""
    return Scenario(
        name=facts["name"],
        general=_assumption(facts["general"]),
        own={code: _assumption(one) for code, one in facts["own"].items()},
        planned=tuple(
            Planned(one["name"], one["amount"], one["quarter"], _assumption(one["assumption"]))
            for one in facts["planned"]
        ),
        plays=facts["plays"],
        quarters=facts["quarters"],
        market_share=Fraction(facts["market_share"]),
        seed=facts["seed"],
    )


def _assumption(facts: Mapping[str, Any]) -> Assumption:
    growth, volatility, failure = (Fraction(facts[name]) for name in ("growth", "volatility", "failure"))
    return Assumption(growth, volatility, failure, facts["exit_from"], facts["exit_to"])


@dataclass(frozen=True)
class DueCall:
    """A call that is made and falls due in a quarter to come (1 = the next): what it asks for, minor units."""

    quarter: int
    running: int
    investment: int

    @property
    def amount(self) -> int:
        """All of it."""
        return self.running + self.investment


class Simpler(StrEnum):
    """A term of the fund that a forecast plays simpler than it is."""

    DEAL_BY_DEAL = "carry_deal_by_deal"
    FURTHER = "further_tiers_of_carry"
    PAID_IN = "fee_on_what_is_paid_in"


def simpler(promised: Terms) -> tuple[Simpler, ...]:
    """What of the terms is played simpler than it is, so that whoever reads a forecast knows."""
    found = {
        Simpler.DEAL_BY_DEAL: promised.carry_form is CarryForm.DEAL_BY_DEAL,
        Simpler.FURTHER: bool(promised.further),
        # It counts as it stands on the day; what is called later raises it.
        Simpler.PAID_IN: promised.fee_basis is FeeBasis.PAID_IN,
    }
    return tuple(one for one, holds in found.items() if holds)


def whole_quarter(amount: int, *, days: int, of_quarter: int) -> int:
    """A fee that was charged for some days of a quarter, raised to all of them; to the nearest minor unit."""
    if not 0 < days < of_quarter:
        return amount
    return (2 * amount * of_quarter + days) // (2 * days)


@dataclass(frozen=True)
class ExpectedQuarter:
    """What is expected to be called in a quarter to come, and what is left of the commitments after it.

    Of calls that are made already, `due_fee` of the fee and `due` of what is planned. A call for fees and expenses that
    is made is this quarter's: the fee is what it is, or the usual one where that is more.
    """

    number: int
    fee: int
    planned: int
    unfunded: int
    due_fee: int = 0
    due: int = 0

    @property
    def called(self) -> int:
        """Both together."""
        return self.fee + self.planned


def expected_quarters(
    scenario: Scenario,
    *,
    fees: Sequence[FeeAhead],
    cost: int = 0,
    unfunded: int,
    due: Sequence[DueCall] = (),
) -> tuple[ExpectedQuarter, ...]:
    """Calls by quarter: those that are made, the fee and what is planned. Below zero, the commitments do not reach.

    `fees` are of as many quarters. `cost` is what is invested on the day and bears a fee once commitments do not; what
    is called for deals adds to it from the next quarter on, and a plan knows no sales.
    """
    found, left = [], unfunded
    for number in range(1, scenario.quarters + 1):
        made = [one for one in due if one.quarter == number]
        running, invested = sum(one.running for one in made), sum(one.investment for one in made)
        planned = invested + sum(one.amount for one in scenario.planned if one.quarter == number)
        fee = max(fees[number - 1].fee(cost), running)
        left -= fee + planned
        cost += planned
        found.append(ExpectedQuarter(number, fee, planned, left, running, invested))
    return tuple(found)


def first_short(quarters: Sequence[ExpectedQuarter]) -> ExpectedQuarter | None:
    """The first quarter whose calls are more than is left of the commitments, if there is one."""
    return next((one for one in quarters if one.unfunded < 0), None)
