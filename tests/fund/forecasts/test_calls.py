"""Methods side by side, and the one estimate that is published: on the small fund, whose 67m are not called yet."""

from dataclasses import replace
from datetime import date

import pytest

from fund.estimates.queries import estimates, published
from fund.estimates.rules import CallMethod
from fund.forecasts.actions import keep_scenario
from fund.forecasts.call_rules import MethodUntold, ScenarioUnnamed
from fund.forecasts.calls import call_ways, publish_estimate, trend
from fund.forecasts.queries import usual
from fund.forecasts.rules import PacingUntold, Planned
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import DayToCome, Quarter
from tests.builders.results import M, a_played_fund, at

QUARTER = Quarter(2024, 4)
NOW = at(date(2025, 1, 20))
SEED = replace(usual("Plan"), plays=100, planned=(Planned("Seed", 8 * M, 2),), seed=9)


def test_every_method_stands_beside_what_is_published(tx: Tx) -> None:
    """33m were called in 2024, 30 for investments; the fee is half a million a quarter, 8m are planned."""
    fund_id = a_played_fund(tx).fund_id
    keep_scenario(tx, SYSTEM, fund_id=fund_id, scenario=SEED, now=NOW)
    facts = {"fund_id": fund_id, "now": NOW, "quarter": QUARTER}
    first = publish_estimate(tx, SYSTEM, method=CallMethod.TREND, **facts)
    second = publish_estimate(tx, SYSTEM, method=CallMethod.PLAN, scenario_number=1, note=" why ", **facts)
    found = call_ways(tx, fund_id=fund_id, quarter=QUARTER, scenario=SEED)
    by_method = {one.method: one.total for one in found.ways}
    plan = 10 * M
    assert by_method[CallMethod.TREND] == sum(one.total for one in first.calls()) == 33 * M
    assert by_method[CallMethod.PLAN] == by_method[CallMethod.SIMULATION] == plan
    assert 0 < by_method[CallMethod.PACING] < 67 * M
    assert (second.number, second.scenario, second.seed, second.note) == (2, 1, 9, "why")
    assert found.published == second
    assert found.covers
    assert sum(one.total for one in found.estimate) == plan
    assert [one.number for one in estimates(tx, fund_id=fund_id)] == [2, 1]
    # A later day has fewer quarters left of it, an earlier one none; as it was known then, the first held.
    assert [str(one.quarter) for one in second.calls(after=Quarter(2025, 3))] == ["2025Q4"]
    assert published(tx, fund_id=fund_id, quarter=QUARTER.previous) is None
    assert published(tx, fund_id=fund_id, quarter=QUARTER, known_at=at(date(2025, 1, 1))) is None
    assert published(tx, fund_id=fund_id, quarter=Quarter(2025, 2)) == second


def test_a_method_that_tells_nothing_says_why_and_is_not_published(tx: Tx) -> None:
    fund_id = a_played_fund(tx).fund_id
    short = replace(SEED, quarters=3)
    keep_scenario(tx, SYSTEM, fund_id=fund_id, scenario=short, now=NOW)
    facts = {"fund_id": fund_id, "now": NOW}
    with pytest.raises(ScenarioUnnamed):
        publish_estimate(tx, SYSTEM, method=CallMethod.PLAN, quarter=QUARTER, **facts)
    with pytest.raises(MethodUntold):
        publish_estimate(
            tx, SYSTEM, method=CallMethod.SIMULATION, scenario_number=1, quarter=QUARTER, **facts
        )
    with pytest.raises(PacingUntold):
        publish_estimate(tx, SYSTEM, method=CallMethod.PACING, quarter=Quarter(2024, 3), **facts)
    with pytest.raises(DayToCome):
        publish_estimate(tx, SYSTEM, method=CallMethod.TREND, quarter=Quarter(2025, 1), **facts)
    analyst = Actor(5, "A", frozenset({Role.ANALYST}))
    with pytest.raises(RoleMissing):
        publish_estimate(tx, analyst, method=CallMethod.TREND, quarter=QUARTER, **facts)
    assert estimates(tx, fund_id=fund_id) == []
    early = Quarter(2024, 3)
    found = call_ways(tx, fund_id=fund_id, quarter=early, scenario=short)
    assert [one.refused is None for one in found.ways] == [True, True, False, True]
    assert not found.covers
    assert found.ways[-1].calls == trend(tx, fund_id=fund_id, quarter=early)


def test_a_partner_reads_its_own_part_only(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        facts = {"fund_id": played.fund_id, "quarter": QUARTER}
        whole = publish_estimate(tx, SYSTEM, method=CallMethod.TREND, now=NOW, **facts)
    own = played.partners["LP01"]
    lp = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({own}))
    with database.transaction(lp) as tx:
        found = published(tx, **facts)
        assert found is not None
        assert {key for key, _ in found.own} == {own}
        assert found.calls() == whole.calls(partner_id=own)
        assert found.calls()[0].total * 10 == pytest.approx(6 * whole.calls()[0].total, rel=1e-6)
