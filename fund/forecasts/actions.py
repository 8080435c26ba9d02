"""Keeping a scenario."""

from datetime import datetime

from sqlmodel import col

from fund.forecasts.models import ForecastScenario
from fund.forecasts.queries import ScenarioSheet
from fund.forecasts.queries import scenario as scenario_of
from fund.forecasts.rules import Scenario, as_facts, check_scenario
from fund.holdings.queries import holdings
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number


def keep_scenario(tx: Tx, actor: Actor, *, fund_id: int, scenario: Scenario, now: datetime) -> ScenarioSheet:
    """Keep a scenario under the next number. Refused: what `check_scenario` finds."""
    actor.require(Role.MANAGER, Role.ANALYST)
    held = holdings(tx, fund_id=fund_id, as_of=day_in_beijing(now))
    check_scenario(scenario, codes=[one.code for one in held])
    lock(tx, f"forecast:{fund_id}")
    own = col(ForecastScenario.fund_id) == fund_id
    number = next_number(tx, of=ForecastScenario.number, within=own)
    row = ForecastScenario(
        fund_id=fund_id,
        number=number,
        name=scenario.name.strip(),
        facts=as_facts(scenario),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"number": number, "name": row.name}
    record(tx, actor, action="forecast.kept", subject=f"fund:{fund_id}", detail=detail, now=now)
    return scenario_of(tx, fund_id=fund_id, number=number)
