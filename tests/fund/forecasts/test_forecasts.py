"""Forecasts from the books of a small fund, and who may read them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from fund.charter.actions import amend_terms
from fund.charter.carry_rules import CarryForm, EscrowTest
from fund.charter.queries import terms
from fund.fees.actions import charge
from fund.forecasts.actions import keep_scenario
from fund.forecasts.pacing import pacing
from fund.forecasts.queries import forecast, scenario, scenarios, usual
from fund.forecasts.rules import (
    USUAL,
    Assumption,
    DueCall,
    NothingToForecast,
    PacingUntold,
    Planned,
    Scenario,
    ScenarioInvalid,
    ScenarioUnknown,
)
from fund.forecasts.starting import CarryStart, carry_start, start
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.capital import CapitalFund
from tests.builders.results import M, Played, a_played_fund, at, called, committed
from tests.fund.capital.test_clawbacks import SOLD, steel_sold, two_deals
from tests.scenes import Scene

DAY = date(2025, 12, 31)
NOW = at(date(2026, 1, 5))
# 3m in the bank, less fees of 77/91 + 3 quarters.
CASH = 3 * M - 42_307_692 - 3 * M // 2
# Everything is sold for its value in the next quarter.
CERTAIN = Assumption(Fraction(0), Fraction(0), Fraction(0), 1, 1)


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def standing(tx: Tx, fund_id: int, day: date) -> CarryStart:
    return carry_start(tx, fund_id=fund_id, charter=terms(tx, fund_id=fund_id, as_of=day), as_of=day)


def test_it_begins_where_the_books_stand(tx: Tx, played: Played) -> None:
    """23m and 10m were called in two quarters of 2024; 3m of it is in the bank, and four fees are owed, the first of 77
    of 91 days.
    """
    found = start(tx, fund_id=played.fund_id, as_of=DAY)
    assert [one.code for one in found.held] == ["H01", "H02"]
    assert found.past == ((date(2024, 3, 15), -23 * M), (date(2024, 9, 13), -10 * M))
    assert (found.fee, found.unfunded, found.cash) == (M // 2, 67 * M, CASH)
    # The general partner's tenth bears no carry.
    carry = standing(tx, played.fund_id, DAY)
    assert (carry.bearing, carry.opening.capital, found.due) == (0.9, 29_700_000 * 100, ())
    grown = 0.9 * (23 * M * 1.08 ** (656 / 365) + 10 * M * 1.08 ** (474 / 365))
    assert carry.opening.owed == pytest.approx(grown, rel=1e-3)


def test_the_fee_of_a_quarter_that_began_within_it_is_raised_to_a_whole_one(tx: Tx, played: Played) -> None:
    assert start(tx, fund_id=played.fund_id, as_of=date(2024, 3, 31)).fee == M // 2


def test_a_call_that_is_made_is_what_is_expected_of_its_quarter(tx: Tx, played: Played) -> None:
    """Notice in December, due in January: 20m for a deal and 0.5m for what runs, which is that quarter's."""
    notice_on, due_on = date(2025, 12, 30), date(2026, 1, 19)
    called(tx, played.fund_id, notice_on=notice_on, due_on=due_on, investment=20 * M, expense=M // 2)
    certain = Scenario("Certain", general=CERTAIN, plays=100, quarters=2)
    found = forecast(tx, fund_id=played.fund_id, scenario=certain, as_of=DAY)
    assert found.start.due == (DueCall(1, M // 2, 20 * M),)
    assert [(one.fee, one.planned, one.due) for one in found.expected] == [
        (M // 2, 20 * M, 20 * M),
        (M // 2, 0, 0),
    ]
    assert [one.unfunded for one in found.expected] == [67 * M - M // 2 - 20 * M, 46 * M]
    # What it brings is in the bank and the partners' own; nothing is earned on it.
    assert found.figures["distributed"] == pytest.approx([36 * M + CASH + 20 * M + M // 2] * 5)


def caught_up(tx: Tx) -> CapitalFund:
    """88m paid in for two deals of 80m; the first brought 95m, of whose 7m of profit the manager had 1.4m."""
    fund, steel, _ = two_deals(tx, carry_form=CarryForm.WHOLE_FUND)
    steel_sold(tx, fund, steel)
    return fund


def test_after_carry_was_paid_the_waterfall_goes_on_from_there(scene: Scene) -> None:
    """The second deal is sold for its 30m, and 8m are in the bank: a fifth of all that is the manager's, no more."""
    tx, fund = scene(caught_up)
    day = Quarter.containing(SOLD).ends_on
    certain = Scenario("Certain", general=CERTAIN, plays=10, quarters=1)
    found = forecast(tx, fund_id=fund.fund_id, scenario=certain, as_of=day)
    begin = found.start
    carry = standing(tx, fund.fund_id, day)
    assert (carry.opening.owed, carry.opening.beyond, carry.opening.carried) == (0, 7 * M, 1.4 * M)
    assert sum(amount for _, amount in begin.past if amount > 0) == 95 * M - 14 * M // 10
    assert (begin.cash, carry.bearing) == (8 * M, 1)
    assert found.figures["carry"] == pytest.approx([9 * M] * 5)
    assert found.figures["distributed"] == pytest.approx([30.4 * M] * 5)
    assert (found.chances.short, found.chances.clawback) == (0, 0)


def test_carry_in_escrow_is_the_managers(tx: Tx) -> None:
    fund, steel, _ = two_deals(
        tx, carry_form=CarryForm.WHOLE_FUND, carry_escrow=Fraction(1, 2), escrow_test=EscrowTest.END
    )
    steel_sold(tx, fund, steel)
    day = Quarter.containing(SOLD).ends_on
    begin = start(tx, fund_id=fund.fund_id, as_of=day)
    assert (begin.cash, standing(tx, fund.fund_id, day).opening.carried) == (8 * M, 1.4 * M)
    assert sum(amount for _, amount in begin.past if amount > 0) == 95 * M - 14 * M // 10


def test_a_certain_sale_pays_what_the_holdings_are_worth(tx: Tx, played: Played) -> None:
    certain = Scenario("Certain", general=CERTAIN, plays=100, quarters=2)
    found = forecast(tx, fund_id=played.fund_id, scenario=certain, as_of=DAY)
    # The fee ends with the last sale, in the first quarter.
    paid_in = 33 * M + M // 2
    whole = 36 * M + CASH
    assert found.figures["distributed"] == pytest.approx([whole] * 5)
    assert found.figures["tvpi"] == pytest.approx([whole / paid_in] * 5)
    assert (found.chances.loss, found.chances.short) == (0, 1)
    assert [tuple(round(one) for one in fan) for fan in found.fan] == [(whole,) * 5] * 2
    assert found.simpler == ()
    assert [one.unfunded for one in found.expected] == [67 * M - M // 2, 66 * M]


def test_the_fee_steps_down_with_the_commitment_period_and_ends_with_the_term(tx: Tx, played: Played) -> None:
    """2 % of 100m until March, then of the 30m invested, of H01's cost once H02 is sold; the term ends in 2026."""
    agreed = replace(
        terms(tx, fund_id=played.fund_id, as_of=DAY),
        commitment_period_ends_on=date(2026, 3, 31),
        term_ends_on=date(2026, 12, 31),
    )
    facts = {"fund_id": played.fund_id, "effective_on": date(2026, 1, 1), "now": NOW}
    amend_terms(tx, SYSTEM, terms=agreed, note="shorter", locked_through=None, **facts)
    late = replace(CERTAIN, exit_from=6, exit_to=6)
    playing = Scenario("Late", general=late, own={"H02": CERTAIN}, plays=50, quarters=6)
    found = forecast(tx, fund_id=played.fund_id, scenario=playing, as_of=DAY)
    first, second = (one.cost for one in found.start.held)
    on_cost = round((first + second) * 0.005)
    assert [one.fee for one in found.expected] == [M // 2, *[on_cost] * 3, 0, 0]
    assert [round(one[2]) for one in found.called] == [M // 2, *[round(first * 0.005)] * 3, 0, 0]


def test_own_assumptions_and_planned_deals_count(tx: Tx, played: Played) -> None:
    lost = replace(CERTAIN, failure=Fraction(1))
    plain = Scenario("Certain", general=CERTAIN, plays=100, quarters=4)
    found = forecast(
        tx,
        fund_id=played.fund_id,
        scenario=replace(plain, own={"H01": lost}, planned=(Planned("Seed", 5 * M, 2, CERTAIN),)),
        as_of=DAY,
    )
    assert found.figures["distributed"] == pytest.approx([11 * M + CASH] * 5)
    assert found.chances.loss == 1
    assert [one.planned for one in found.expected] == [0, 5 * M, 0, 0]


def test_bad_plays_stay_in_the_distribution_of_rates(tx: Tx, played: Played) -> None:
    """All fails: what was in the bank comes back. Fees wait for one that fails: a rate near total loss stays."""
    facts = {"fund_id": played.fund_id, "as_of": DAY}
    lost = replace(CERTAIN, failure=Fraction(1))
    plain = Scenario("Bad", general=lost, plays=100, quarters=8)
    found = forecast(tx, scenario=plain, **facts)
    assert found.figures["rate"] == pytest.approx((-0.89026,) * 5, abs=1e-5)
    assert (found.lost, found.without_rate) == (0, 0)
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
