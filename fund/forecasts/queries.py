"""Forecasts, worked out from the books of a day and a scenario, and the scenarios that were kept.

Internal: whoever does not read the whole fund is refused, and nothing here may be imported by the reports.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.queries import terms
from fund.charter.rules import Compounding, Terms
from fund.fees.ahead_rules import FeeAhead
from fund.forecasts.models import ForecastScenario
from fund.forecasts.rules import (
    USUAL,
    Assumption,
    ExpectedQuarter,
    NothingToForecast,
    Scenario,
    ScenarioUnknown,
    Simpler,
    as_facts,
    check_scenario,
    expected_quarters,
    of_facts,
    simpler,
)
from fund.forecasts.starting import Start, carry_start, coming_fees, start
from kernel.db import Tx
from kernel.identity.rules import Actor
from valuation.ahead import DAYS_A_QUARTER
from valuation.flows import Floats
from valuation.irr import CODES, RateStatus
from valuation.simulation import SimulatedDeal, Simulation, SimulationTerms, simulate

# Of every figure: one scenario in twenty lies below the first and above the last.
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FIGURES = ("tvpi", "dpi", "rate", "distributed", "carry")


@dataclass(frozen=True)
class ScenarioSheet:
    """A scenario that was kept."""

    number: int
    scenario: Scenario
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Chances:
    """Parts of all plays. loss: the partners have less than they paid in. short: those who bear carry lack something of
    that and their preferred return, after what comes back of carry. clawback: the manager returns carry in the end.
    """

    loss: float
    short: float
    clawback: float


@dataclass(frozen=True)
class Forecast:
    """What a scenario yields from a start. fan: of each quarter to come, what the partners will have received from now
    on, at LEVELS; called: what is called in each, at LEVELS; figures: at LEVELS. Amounts in minor units; rates as
    fractions, NaN never (a play without a rate is left out of that figure). simpler: the terms that are played simpler
    than they are. fingerprint: SHA-256 over the rest.
    """

    scenario: Scenario
    start: Start
    expected: tuple[ExpectedQuarter, ...]
    fan: tuple[tuple[float, ...], ...]
    called: tuple[tuple[float, ...], ...]
    figures: dict[str, tuple[float, ...]]
    chances: Chances
    several_rates: int
    lost: int
    without_rate: int
    simpler: tuple[Simpler, ...]
    fingerprint: str


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The scenarios that `actor` may see: all or none; the database's wall says the same."""
    return sa.true() if actor.reach == "all" else sa.false()


def scenarios(tx: Tx, *, fund_id: int) -> list[ScenarioSheet]:
    """The scenarios that were kept, newest first."""
    statement = select(ForecastScenario).where(ForecastScenario.fund_id == fund_id)
    return [_sheet(row) for row in tx.exec(statement.order_by(col(ForecastScenario.number).desc()))]


def scenario(tx: Tx, *, fund_id: int, number: int) -> ScenarioSheet:
    """One of them. Refused: a number that there is not."""
    statement = select(ForecastScenario).where(
        ForecastScenario.fund_id == fund_id, ForecastScenario.number == number
    )
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise ScenarioUnknown(number=number)
    return _sheet(row)


def _sheet(row: ForecastScenario) -> ScenarioSheet:
    return ScenarioSheet(row.number, of_facts(row.facts), row.recorded_by, row.recorded_at)


def forecast(tx: Tx, *, fund_id: int, scenario: Scenario, as_of: date) -> Forecast:
    """Play a scenario from the books of a day. The same books, scenario and day give the same figures to the last bit.

    The partners are taken together; what they receive and what the manager earns follow the terms in force. Refused:
    ScenarioInvalid, and a fund into which nothing was paid and nothing is planned.
    """
    begin = start(tx, fund_id=fund_id, as_of=as_of)
    check_scenario(scenario, codes=[one.code for one in begin.held])
    promised = terms(tx, fund_id=fund_id, as_of=as_of)
    standing = carry_start(tx, fund_id=fund_id, charter=promised, as_of=as_of)
    fees = coming_fees(tx, fund_id=fund_id, as_of=as_of, quarters=scenario.quarters)
    rules = SimulationTerms(
        hurdle=float(promised.hurdle),
        catch_up=float(promised.catch_up),
        carry=float(promised.carry),
        past=tuple(((as_of - on).days / DAYS_A_QUARTER, amount) for on, amount in begin.past),
        fees=tuple(float(one.fixed) for one in fees),
        fees_on_cost=tuple(float(one.on_cost) for one in fees),
        market_share=float(scenario.market_share),
        carry_tax=float(promised.carry_tax),
        opening=standing.opening,
        is_simple=promised.compounding is Compounding.SIMPLE,
        bearing=standing.bearing,
        cash=begin.cash,
        due=tuple((min(one.quarter, scenario.quarters), one.amount) for one in begin.due),
    )
    # A fee is called only while something is held; a new fund that was charged one has still nothing to play.
    charged = any(one.fee(begin.cost) for one in fees)
    calls = scenario.planned or begin.due or (charged and begin.held)
    if not calls and not any(amount < 0 for _, amount in begin.past):
        raise NothingToForecast(as_of=as_of)
    played = simulate(
        _portfolio(begin, scenario),
        rules,
        scenarios=scenario.plays,
        quarters=scenario.quarters,
        seed=scenario.seed,
    )
    return _told(scenario, begin, fees, played, promised)


def _portfolio(begin: Start, scenario: Scenario) -> list[SimulatedDeal]:
    held = [
        _deal(one.code, one.value, one.cost_for_fee, scenario.own.get(one.code, scenario.general), 0)
        for one in begin.held
    ]
    return held + [
        _deal(one.name, one.amount, one.amount, one.assumption, one.quarter) for one in scenario.planned
    ]


def _deal(name: str, value: int, cost: int, assumed: Assumption, bought_in: int) -> SimulatedDeal:
    return SimulatedDeal(
        name=name,
        value=value,
        cost=cost,
        drift=math.log1p(float(assumed.growth)),
        volatility=float(assumed.volatility),
        failure_rate=float(assumed.failure),
        exit_from=bought_in + assumed.exit_from,
        exit_to=bought_in + assumed.exit_to,
        bought_in=bought_in,
    )


def _told(
    scenario: Scenario, begin: Start, fees: Sequence[FeeAhead], played: Simulation, promised: Terms
) -> Forecast:
    received = played.distributions.sum(axis=1)
    lost, has_rate = played.counted == -1, ~np.isnan(played.counted)
    several = (played.rates.status == CODES[RateStatus.MULTIPLE]) & ~lost
    values = {
        "tvpi": played.tvpi,
        "dpi": played.dpi,
        "rate": played.counted[has_rate],
        "distributed": received,
        "carry": played.carry,
    }
    figures = {name: _quantiles(found) for name, found in values.items()}
    paid = np.cumsum(played.distributions, axis=1)
    fan = tuple(_quantiles(paid[:, quarter]) for quarter in range(scenario.quarters))
    chances = Chances(
        loss=float(np.mean(played.tvpi < 1)),
        short=float(np.mean(played.short > 0)),
        clawback=float(np.mean(played.clawback > 0)),
    )
    facts = {"cost": begin.cost, "unfunded": begin.unfunded}
    expected = expected_quarters(scenario, fees=fees, due=begin.due, **facts)
    called = tuple(
        _quantiles(one.planned + np.maximum(one.due_fee, played.fees.of(one.number))) for one in expected
    )
    content = [as_facts(scenario), begin.as_of.isoformat(), figures, fan, vars(chances)]
    return Forecast(
        scenario=scenario,
        start=begin,
        expected=expected,
        fan=fan,
        called=called,
        figures=figures,
        chances=chances,
        several_rates=int(several.sum()),
        lost=int(lost.sum()),
        without_rate=int((~has_rate).sum()),
        simpler=simpler(promised),
        fingerprint=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
    )


def _quantiles(values: Floats) -> tuple[float, ...]:
    return tuple(float(one) for one in np.quantile(values, LEVELS)) if len(values) else ()


def usual(name: str) -> Scenario:
    """What the form begins with."""
    return Scenario(name=name, general=USUAL)
