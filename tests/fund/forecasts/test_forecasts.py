"""Forecasts from the books of a small fund, and who may read them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from fund.fees.actions import charge
from fund.forecasts.actions import keep_scenario
from fund.forecasts.pacing import pacing
from fund.forecasts.queries import forecast, scenario, scenarios, start, usual
from fund.forecasts.rules import (
    USUAL,
    Assumption,
    NothingToForecast,
    PacingUntold,
    Planned,
    Scenario,
    ScenarioInvalid,
    ScenarioUnknown,
)
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.results import M, Played, a_played_fund, at, called, committed
from tests.scenes import Scene

DAY = date(2025, 12, 31)
NOW = at(date(2026, 1, 5))
# Everything is sold for its value in the next quarter.
CERTAIN = Assumption(Fraction(0), Fraction(0), Fraction(0), 1, 1)


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def test_it_begins_where_the_books_stand(tx: Tx, played: Played) -> None:
    """23m and 10m were called in two quarters of 2024; 3m of it is not spent."""
    found = start(tx, fund_id=played.fund_id, as_of=DAY)
    assert [one.code for one in found.held] == ["H01", "H02"]
    assert found.past == ((7, -23 * M), (5, -10 * M))
    assert (found.fee, found.unfunded, found.cash) == (M // 2, 67 * M, 3 * M)


def test_a_certain_sale_pays_what_the_holdings_are_worth(tx: Tx, played: Played) -> None:
    certain = Scenario("Certain", general=CERTAIN, plays=100, quarters=2)
    found = forecast(tx, fund_id=played.fund_id, scenario=certain, as_of=DAY)
    # The fee ends with the last sale, in the first quarter.
    paid_in = 33 * M + M // 2
    assert found.figures["distributed"] == pytest.approx([36 * M] * 5)
    assert found.figures["tvpi"] == pytest.approx([36 * M / paid_in] * 5)
    assert (found.chances.loss, found.chances.short) == (0, 1)
    assert [tuple(round(one) for one in fan) for fan in found.fan] == [(36 * M,) * 5] * 2
    assert [one.unfunded for one in found.expected] == [67 * M - M // 2, 66 * M]


def test_own_assumptions_and_planned_deals_count(tx: Tx, played: Played) -> None:
    lost = replace(CERTAIN, failure=Fraction(1))
    plain = Scenario("Certain", general=CERTAIN, plays=100, quarters=4)
    found = forecast(
        tx,
        fund_id=played.fund_id,
        scenario=replace(plain, own={"H01": lost}, planned=(Planned("Seed", 5 * M, 2, CERTAIN),)),
        as_of=DAY,
    )
    assert found.figures["distributed"] == pytest.approx([11 * M] * 5)
    assert found.chances.loss == 1
    assert [one.planned for one in found.expected] == [0, 5 * M, 0, 0]


def test_bad_plays_stay_in_the_distribution_of_rates(tx: Tx, played: Played) -> None:
    """All fails: everything is lost. One is sold and fees wait for another that fails: two rates solve it."""
    facts = {"fund_id": played.fund_id, "as_of": DAY}
    lost = replace(CERTAIN, failure=Fraction(1))
    plain = Scenario("Bad", general=lost, plays=100, quarters=8)
    found = forecast(tx, scenario=plain, **facts)
    assert found.figures["rate"] == (-1.0,) * 5
    assert (found.several_rates, found.lost, found.without_rate) == (0, 100, 0)
    waiting = replace(lost, exit_from=8, exit_to=8)
    found = forecast(tx, scenario=replace(plain, own={"H01": CERTAIN, "H02": waiting}), **facts)
    assert found.figures["tvpi"][-1] < 1
    assert -0.2 < found.figures["rate"][0] == found.figures["rate"][-1] < 0
    assert (found.several_rates, found.lost, found.without_rate) == (100, 0, 0)


def test_the_same_seed_gives_the_same_figures_and_another_one_others(tx: Tx, played: Played) -> None:
    plain = replace(usual("Usual"), plays=200)
    once, again, other = (
        forecast(tx, fund_id=played.fund_id, scenario=one, as_of=DAY)
        for one in (plain, plain, replace(plain, seed=2))
    )
    assert once == again
    assert once.fingerprint != other.fingerprint
    for levels in (*once.fan, *once.figures.values()):
        assert list(levels) == sorted(levels)


def test_what_cannot_be_played_is_refused(tx: Tx, played: Played) -> None:
    facts = {"fund_id": played.fund_id, "as_of": DAY}
    with pytest.raises(ScenarioInvalid):
        forecast(tx, scenario=Scenario("Own", own={"H99": USUAL}), **facts)
    with pytest.raises(ScenarioUnknown):
        scenario(tx, fund_id=played.fund_id, number=1)


def test_before_anything_was_paid_in_there_is_nothing_to_play(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    with pytest.raises(NothingToForecast):
        forecast(tx, fund_id=fund_id, scenario=usual("Usual"), as_of=date(2024, 1, 20))
    with pytest.raises(PacingUntold):
        pacing(tx, fund_id=fund_id, as_of=date(2024, 1, 20))


def test_a_fee_charged_before_the_first_call_is_nothing_to_play(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    day = Quarter(2024, 1).ends_on
    charge(tx, SYSTEM, fund_id=fund_id, quarter=Quarter(2024, 1), now=at(day))
    assert start(tx, fund_id=fund_id, as_of=day).fee > 0
    with pytest.raises(NothingToForecast):
        forecast(tx, fund_id=fund_id, scenario=usual("Usual"), as_of=day)
    planned = replace(usual("Usual"), plays=50, planned=(Planned("Seed", M, 2),))
    assert forecast(tx, fund_id=fund_id, scenario=planned, as_of=day).figures["tvpi"]


def test_a_scenario_is_kept_and_never_changed(tx: Tx, played: Played) -> None:
    facts = {"fund_id": played.fund_id, "now": NOW}
    wanted = Scenario(" Base ", own={"H01": CERTAIN}, planned=(Planned("Seed", M, 1),))
    first = keep_scenario(tx, SYSTEM, scenario=wanted, **facts)
    second = keep_scenario(tx, SYSTEM, scenario=replace(wanted, seed=9), **facts)
    assert [one.number for one in scenarios(tx, fund_id=played.fund_id)] == [2, 1]
    assert scenario(tx, fund_id=played.fund_id, number=1) == first
    assert (first.scenario, second.scenario.seed) == (wanted, 9)
    with pytest.raises(RoleMissing):
        keep_scenario(tx, Actor(5, "A", frozenset({Role.ACCOUNTANT})), scenario=wanted, **facts)


def test_pacing_tells_the_years_that_were_and_those_to_come(tx: Tx, played: Played) -> None:
    found = pacing(tx, fund_id=played.fund_id, as_of=date(2026, 3, 1))
    assert found.first_year == 2024
    assert [one.contribution for one in found.history] == pytest.approx([0.9 * 33e6, 0])
    # The holdings were worth 36m at the end of both years, with fees paid in the first alone.
    assert (found.fit.growth, found.fit.assumed) == (0, ("bow",))
    assert found.ahead[0].year == 3
    assert found.ahead[-1].nav == pytest.approx(found.ahead[-1].contribution)


def test_a_year_that_runs_counts_what_is_booked_and_the_rest_is_estimated(tx: Tx, played: Played) -> None:
    """27 of 60.3 are called by the end of June; 184 of 365 days call their part of the rest."""
    notice, due = date(2026, 2, 20), date(2026, 3, 13)
    called(tx, played.fund_id, notice_on=notice, due_on=due, investment=30 * M)
    found = pacing(tx, fund_id=played.fund_id, as_of=date(2026, 6, 30))
    assert found.running is not None
    assert (found.running.contribution, found.running.distribution) == (27e6, 0)
    left = 0.9 * 67e6 - 27e6
    part = 1 - (1 - found.fit.later_rate) ** (184 / 365)
    assert found.ahead[0].year == 3
    assert found.ahead[0].contribution == pytest.approx(27e6 + part * left)
    assert found.ahead[0].unfunded == pytest.approx((1 - part) * left)
    assert pacing(tx, fund_id=played.fund_id, as_of=date(2025, 12, 31)).running is None
    # Issued and not due yet: it counts, and is not in the value of the day.
    early = pacing(tx, fund_id=played.fund_id, as_of=date(2026, 3, 1)).running
    assert early is not None
    assert (early.contribution, early.coming) == (27e6, 27e6)
    before = pacing(tx, fund_id=played.fund_id, as_of=date(2026, 2, 1)).running
    assert before is not None
    assert before.contribution == 0


def test_a_partner_reads_no_forecast(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        keep_scenario(tx, SYSTEM, fund_id=played.fund_id, scenario=Scenario("Base"), now=NOW)
    lp = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
    with database.transaction(lp) as tx:
        assert scenarios(tx, fund_id=played.fund_id) == []
        with pytest.raises(FundFiguresClosed):
            forecast(tx, fund_id=played.fund_id, scenario=usual("Usual"), as_of=DAY)
