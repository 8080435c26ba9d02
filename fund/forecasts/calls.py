"""What will be called, by every method that there is, beside the estimate that is published; and publishing one.

Internal but for the act: it writes the published estimate into `fund.estimates`, and the reports read it from there.
"""

from dataclasses import dataclass
from datetime import datetime

from fund.capital.positions import unfunded
from fund.charter.queries import terms
from fund.estimates.actions import Made, publish
from fund.estimates.queries import EstimateSheet, called_of_late, published
from fund.estimates.rules import AHEAD, PLAYED, CallMethod, QuarterCalls, next_quarters
from fund.forecasts.call_rules import (
    MethodUntold,
    ScenarioUnnamed,
    YearsAhead,
    paced_calls,
    planned_calls,
    simulated_calls,
    trend_calls,
)
from fund.forecasts.pacing import Pacing, pacing
from fund.forecasts.queries import LEVELS, forecast
from fund.forecasts.queries import scenario as scenario_kept
from fund.forecasts.rules import NothingToForecast, PacingUnfit, PacingUntold, Scenario, ScenarioInvalid
from fund.forecasts.starting import coming_fees
from fund.holdings.queries import invested_cost
from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter, check_come


@dataclass(frozen=True)
class Way:
    """What one method says, or why it says nothing."""

    method: CallMethod
    calls: tuple[QuarterCalls, ...]
    refused: Refusal | None = None

    @property
    def total(self) -> int:
        """Over all quarters."""
        return sum(one.total for one in self.calls)

    def of(self, quarter: Quarter) -> QuarterCalls | None:
        """What it says of a quarter."""
        return next((one for one in self.calls if one.quarter == quarter), None)


@dataclass(frozen=True)
class CallWays:
    """The quarters to come, the published estimate that holds with what is left of it, and every method's own."""

    quarters: tuple[Quarter, ...]
    published: EstimateSheet | None
    estimate: tuple[QuarterCalls, ...]
    ways: tuple[Way, ...]

    def published_of(self, quarter: Quarter) -> QuarterCalls | None:
        """The published figure of a quarter."""
        return next((one for one in self.estimate if one.quarter == quarter), None)

    @property
    def covers(self) -> bool:
        """Whether the published estimate tells every one of the quarters."""
        return {one.quarter for one in self.estimate} >= set(self.quarters)


def call_ways(tx: Tx, *, fund_id: int, quarter: Quarter, scenario: Scenario) -> CallWays:
    """Every method's calls from the end of a quarter on, those made of a scenario by the one given."""
    found = published(tx, fund_id=fund_id, quarter=quarter)
    return CallWays(
        next_quarters(quarter),
        found,
        found.calls(after=quarter) if found else (),
        (
            *_scenario_ways(tx, fund_id, quarter, scenario),
            _paced_way(tx, fund_id, quarter),
            Way(CallMethod.TREND, trend(tx, fund_id=fund_id, quarter=quarter)),
        ),
    )


def _scenario_ways(tx: Tx, fund_id: int, quarter: Quarter, scenario: Scenario) -> tuple[Way, Way]:
    try:
        found = forecast(tx, fund_id=fund_id, scenario=scenario, as_of=quarter.ends_on)
    except (NothingToForecast, ScenarioInvalid) as refusal:
        return Way(CallMethod.PLAN, (), refusal), Way(CallMethod.SIMULATION, (), refusal)
    simulated = simulated_calls(found.expected, found.called, after=quarter, levels=LEVELS)
    return (
        Way(CallMethod.PLAN, planned_calls(found.expected, after=quarter)),
        Way(CallMethod.SIMULATION, simulated),
    )


def _paced_way(tx: Tx, fund_id: int, quarter: Quarter) -> Way:
    as_of = quarter.ends_on
    try:
        found = pacing(tx, fund_id=fund_id, as_of=as_of)
    except (PacingUntold, PacingUnfit) as refusal:
        return Way(CallMethod.PACING, (), refusal)
    left = sum(unfunded(tx, fund_id=fund_id, as_of=as_of).values())
    cost = invested_cost(tx, fund_id=fund_id, as_of=as_of)
    ahead = coming_fees(tx, fund_id=fund_id, as_of=as_of, quarters=AHEAD)
    fees = [one.fee(cost) for one in ahead]
    return Way(CallMethod.PACING, paced_calls(_years(found), as_of=as_of, fees=fees, unfunded=left))


def _years(found: Pacing) -> YearsAhead:
    calls, left = {}, found.fit.last.unfunded
    for one in found.ahead:
        calls[found.first_year + one.year - 1] = one.contribution
    if found.running:
        first = found.ahead[0]
        rest = max(0.0, first.contribution - found.paid_in)
        calls[found.first_year + first.year - 1] = rest
        left = rest + first.unfunded
    return YearsAhead({year: round(100 * amount) for year, amount in calls.items()}, round(100 * left))


def trend(tx: Tx, *, fund_id: int, quarter: Quarter) -> tuple[QuarterCalls, ...]:
    """As called on average over the last four quarters."""
    as_of = quarter.ends_on
    late = called_of_late(tx, fund_id=fund_id, as_of=as_of).values()
    promised = terms(tx, fund_id=fund_id, as_of=as_of)
    return trend_calls(
        running=sum(fees for fees, _ in late),
        invested=sum(bought for _, bought in late),
        after=quarter,
        until=Quarter.containing(promised.commitment_period_ends_on),
    )


def publish_estimate(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    quarter: Quarter,
    method: CallMethod,
    scenario_number: int | None = None,
    note: str = "",
    now: datetime,
) -> EstimateSheet:
    """Publish what one method says at the end of a quarter: from now on the one estimate that partners read.

    Refused: a quarter that is not over, a method of a scenario without one that was kept, one that tells nothing.
    """
    actor.require(Role.MANAGER)
    check_come(quarter.ends_on, today=day_in_beijing(now))
    asked, seed = None, None
    ways: tuple[Way, ...]
    if method in PLAYED:
        if scenario_number is None:
            raise ScenarioUnnamed()
        kept = scenario_kept(tx, fund_id=fund_id, number=scenario_number)
        asked, seed = kept.number, kept.scenario.seed
        ways = _scenario_ways(tx, fund_id, quarter, kept.scenario)
    elif method is CallMethod.PACING:
        ways = (_paced_way(tx, fund_id, quarter),)
    else:
        ways = (Way(method, trend(tx, fund_id=fund_id, quarter=quarter)),)
    way = next(one for one in ways if one.method is method)
    if way.refused:
        raise way.refused
    if len(way.calls) < len(next_quarters(quarter)):
        raise MethodUntold()
    made = Made(method, asked, seed, note.strip())
    return publish(tx, actor, fund_id=fund_id, quarter=quarter, made=made, calls=way.calls, now=now)
