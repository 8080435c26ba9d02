from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valuation.flows import InvalidInput
from valuation.irr import CODES, RateStatus, xirr
from valuation.simulation import BLOCK, SimulatedDeal, Simulation, SimulationTerms, simulate
from valuation.tiers import Opening

TERMS = SimulationTerms(hurdle=0.08, catch_up=1, carry=0.2, past=((4, -100),))


def certain(value: float, *, sold: int, drift: float = 0.0) -> SimulatedDeal:
    return SimulatedDeal("Alloy", value, drift, 0, 0, sold, sold)


def play(
    *deals: SimulatedDeal, terms: SimulationTerms = TERMS, quarters: int = 4, scenarios: int = 3
) -> Simulation:
    return simulate(deals, terms, scenarios=scenarios, quarters=quarters, seed=7)


def test_a_certain_sale_goes_down_the_tiers() -> None:
    """100 in a year ago, sold for 200 in a year: 100 back, 16.64 preferred, 4.16 catch-up, 79.2 split 80 : 20."""
    result = play(certain(200, sold=4))
    assert result.carry == pytest.approx([20.0] * 3)
    assert result.distributions[:, 3] == pytest.approx([180.0] * 3)
    assert result.distributions[:, :3].sum() == 0
    assert result.tvpi == pytest.approx([1.8] * 3)
    assert result.dpi == pytest.approx([1.8] * 3)
    assert result.nav == pytest.approx([0.0] * 3)
    assert result.rates.values == pytest.approx([1.8**0.5 - 1] * 3, rel=1e-3)


def test_below_the_hurdle_the_manager_gets_nothing() -> None:
    assert play(certain(116, sold=4)).carry == pytest.approx([0.0] * 3)


def test_a_partial_catch_up_and_none() -> None:
    half = play(certain(120, sold=4), terms=SimulationTerms(0.08, 0.5, 0.2, TERMS.past))
    assert half.carry == pytest.approx([0.5 * (20 - 16.64)] * 3)
    none = play(certain(200, sold=4), terms=SimulationTerms(0.08, 0, 0.2, TERMS.past))
    assert none.carry == pytest.approx([0.2 * (100 - 16.64)] * 3)


def test_the_tiers_remember_what_earlier_sales_paid() -> None:
    once = play(certain(200, sold=4))
    twice = play(certain(117, sold=4), certain(83, sold=4))
    assert twice.carry == pytest.approx(once.carry)
    apart = play(certain(150, sold=3), certain(50, sold=4))
    assert apart.carry == pytest.approx([10 + 10] * 3)


def test_what_is_unsold_at_the_end_is_the_partners_value() -> None:
    result = play(certain(200, sold=9))
    assert result.distributions.sum() == 0
    assert result.nav == pytest.approx([180.0] * 3)
    assert result.tvpi == pytest.approx([1.8] * 3)
    assert result.dpi == pytest.approx([0.0] * 3)


def test_past_receipts_and_fees_count() -> None:
    terms = SimulationTerms(0.0, 1, 0.2, past=((8, -60), (6, -40), (2, 30)), fee_per_quarter=1)
    result = play(certain(74, sold=4), terms=terms)
    assert result.carry == pytest.approx([0.0] * 3)
    assert result.dpi == pytest.approx([1.0] * 3)
    assert result.rates.values == pytest.approx([0.0] * 3, abs=1e-9)


def test_the_preferred_return_grows_between_past_flows() -> None:
    later = SimulationTerms(0.08, 1, 0.2, past=((8, -50), (4, -50)))
    owed = 50 * 1.08**3 + 50 * 1.08**2
    assert play(certain(owed, sold=4), terms=later).carry == pytest.approx([0.0] * 3, abs=1e-9)
    assert play(certain(owed + 1, sold=4), terms=later).carry == pytest.approx([1.0] * 3)


def test_growth_is_that_of_the_expected_value() -> None:
    deal = SimulatedDeal("Alloy", 100, 0.1, 0.4, 0.0, 8, 8)
    result = play(deal, quarters=8, scenarios=40_000)
    total = result.distributions.sum(axis=1) + result.carry
    assert total.mean() == pytest.approx(100 * np.exp(0.2), rel=0.02)


def test_failures_come_at_their_rate() -> None:
    result = play(SimulatedDeal("Alloy", 100, 0, 0, 0.3, 4, 4), scenarios=20_000)
    assert (result.distributions.sum(axis=1) == 0).mean() == pytest.approx(0.3, abs=0.02)


def test_what_moves_together_spreads_wider() -> None:
    deals = [SimulatedDeal(f"D{at}", 10, 0, 0.5, 0, 4, 4) for at in range(10)]
    spread = [
        play(
            *deals, terms=SimulationTerms(0.08, 1, 0.2, TERMS.past, market_share=part), scenarios=4_000
        ).tvpi.std()
        for part in (0.0, 1.0)
    ]
    assert spread[1] > 2 * spread[0]


def test_the_same_seed_gives_the_same_numbers() -> None:
    deal = SimulatedDeal("Alloy", 100, 0.1, 0.4, 0.1, 1, 12)
    one, same = play(deal, scenarios=500), play(deal, scenarios=500)
    assert np.array_equal(one.tvpi, same.tvpi)
    other = simulate([deal], TERMS, scenarios=500, quarters=4, seed=8)
    assert not np.array_equal(one.tvpi, other.tvpi)


def test_quantiles_by_figure() -> None:
    figures = play(certain(200, sold=4)).quantiles(0.05, 0.5)
    assert figures["tvpi"] == pytest.approx((1.8, 1.8))
    assert set(figures) == {"carry", "nav", "tvpi", "dpi"}


@pytest.mark.parametrize(
    ("deal", "terms", "count", "says"),
    [
        (certain(1, sold=0), TERMS, 1, "Alloy is sold between quarters 0 and 0"),
        (
            certain(1, sold=1),
            SimulationTerms(0.08, 0.2, 0.2, TERMS.past),
            1,
            "catch_up is 0.2, not above the carry",
        ),
        (certain(1, sold=1), SimulationTerms(0.08, 1, 0.2, ()), 1, "money paid in is 0"),
        (certain(1, sold=1), SimulationTerms(0.08, 1, 0.2, ((-1, -100.0),)), 1, "quarters ago is -1"),
        (certain(1, sold=1), TERMS, 0, "scenarios is 0"),
    ],
)
def test_refusals(deal: SimulatedDeal, terms: SimulationTerms, count: int, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        play(deal, terms=terms, scenarios=count)


DEALS = st.builds(
    SimulatedDeal,
    name=st.just("Alloy"),
    value=st.floats(0, 1e6),
    drift=st.floats(-0.5, 0.5),
    volatility=st.floats(0, 1),
    failure_rate=st.floats(0, 1),
    exit_from=st.integers(1, 6),
    exit_to=st.integers(6, 14),
)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(DEALS, max_size=5),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.floats(0, 0.3),
    st.floats(0, 3),
    st.floats(0, 200),
    st.floats(0, 1),
    st.integers(0, 99),
)
def test_money_is_conserved_in_every_scenario(
    deals: list[SimulatedDeal],
    catch_up: float,
    hurdle: float,
    fee: float,
    later: float,
    tax: float,
    seed: int,
) -> None:
    """Money that is paid in late makes the manager return carry."""
    terms = SimulationTerms(
        hurdle, catch_up, 0.2, TERMS.past, fee_per_quarter=fee, market_share=0.4, carry_tax=tax
    )
    planned = SimulatedDeal("Seed", later, 0, 0.5, 0.3, 7, 8, bought_in=6)
    result = simulate([*deals, planned], terms, scenarios=50, quarters=8, seed=seed)
    shared = result.distributions.sum(axis=1) + result.nav + result.carry
    assert shared == pytest.approx(result.proceeds, rel=1e-12, abs=1e-6)
    assert result.distributions.min() >= 0
    assert result.nav.min() >= 0
    assert result.carry.min() >= 0
    assert result.clawback.min() >= 0
    assert (result.carry <= 0.2 * result.proceeds + 1e-6).all()


def test_carry_that_was_paid_too_early_comes_back() -> None:
    """100 in a year ago. Sold for 208 in quarter 4: carry (208 - 100) x 20 % = 21.60, for 8 % over two years take
    16.64 and the catch-up ends far below. 150 paid in for a second deal at the end of quarter 5, which fails: the
    partners lack 150 x 1.08^0.25, more than the carry, so that all of it comes back; half of it if tax took half.
    """
    planned = SimulatedDeal("Seed", 150, 0, 0, 1, 6, 6, bought_in=5)
    whole = play(certain(208, sold=4), planned, quarters=6)
    assert whole.clawback == pytest.approx([21.6] * 3)
    assert whole.carry == pytest.approx([0.0] * 3)
    assert whole.tvpi == pytest.approx([208 / 250] * 3)
    taxed = play(certain(208, sold=4), planned, quarters=6, terms=replace(TERMS, carry_tax=0.5))
    assert taxed.clawback == pytest.approx([10.8] * 3)
    assert taxed.carry == pytest.approx([10.8] * 3)


def test_a_manager_returns_what_it_has_beyond_its_part_of_all_profit() -> None:
    """100 in a year ago, 1,000 back in quarter 4: carry 180. Then 30 paid in for a deal that fails: the partners lack
    30 x 1.08^0.25, and of the profit of 870 the manager is entitled to 20 %, 174.
    """
    planned = SimulatedDeal("Seed", 30, 0, 0, 1, 6, 6, bought_in=5)
    result = play(certain(1_000, sold=4), planned, quarters=6)
    lacking = 30 * 1.08**0.25
    assert result.clawback == pytest.approx([lacking] * 3)
    assert result.carry == pytest.approx([180 - lacking] * 3)


def test_nothing_comes_back_where_the_partners_lack_nothing() -> None:
    planned = SimulatedDeal("Seed", 30, 0.3, 0, 0, 6, 6, bought_in=5)
    assert play(certain(1_000, sold=4), planned, quarters=6).clawback == pytest.approx([0.0] * 3, abs=0.0)


def test_it_goes_on_from_where_the_waterfall_stands() -> None:
    """100 paid in, all back with 8 of hurdle and 12 beyond, of which the manager had 2 and 2: caught up. 50 more, of
    which nine tenths bear carry: 9 to the manager.
    """
    opening = Opening(preferred=8, caught_up=2, beyond=12, carried=4)
    terms = SimulationTerms(0.08, 1, 0.2, ((4, -100), (1, 116)), opening=opening, bearing=0.9)
    result = play(certain(50, sold=1), terms=terms, quarters=1)
    assert result.carry == pytest.approx([4 + 9] * 3)
    assert result.distributions[:, 0] == pytest.approx([41] * 3)
    assert result.short == pytest.approx([0] * 3)
    assert result.dpi == pytest.approx([1.57] * 3)


def test_what_is_owed_at_the_end_is_what_the_partners_lack() -> None:
    """8 % a year on 100, 108 owed by now: 112 after two quarters where capital alone earns, more by compounding."""
    opening = Opening(capital=100, owed=108)
    terms = SimulationTerms(0.08, 1, 0.2, ((4, -100),), opening=opening)
    simple = play(certain(60, sold=2), terms=replace(terms, is_simple=True), quarters=2)
    assert simple.short == pytest.approx([112 - 60] * 3)
    compound = play(certain(60, sold=2), terms=terms, quarters=2)
    assert compound.short == pytest.approx([108 * 1.08**0.5 - 60] * 3)


@pytest.mark.parametrize(
    ("cash", "due", "called", "paid"),
    [
        (8.0, (), (0, 0, 0), (8, 0, 0)),
        (-15.0, ((2, 20),), (0, 20, 0), (0, 5, 0)),
        (-15.0, ((2, 10),), (5, 10, 0), (0, 0, 0)),
        (3.0, ((1, 2), (3, 1)), (2, 0, 1), (5, 0, 1)),
    ],
)
def test_what_is_beside_the_deals_is_paid_out_and_what_is_missing_called(
    cash: float, due: tuple[tuple[int, float], ...], called: tuple[int, ...], paid: tuple[int, ...]
) -> None:
    terms = SimulationTerms(0, 1, 0.2, ((1, -100),), cash=cash, due=due)
    result = play(certain(0, sold=3), terms=terms, quarters=3)
    assert result.distributions == pytest.approx(np.array([paid] * 3))
    assert result.dpi == pytest.approx([sum(paid) / (100 + sum(called))] * 3)


def test_a_call_beyond_the_end_is_refused() -> None:
    with pytest.raises(InvalidInput, match="a call is due in quarter 4; expected 1 to 3"):
        play(certain(1, sold=1), terms=replace(TERMS, due=((4, 1),)), quarters=3)


def test_blocks_do_not_depend_on_each_other_nor_on_cores() -> None:
    deal = SimulatedDeal("Alloy", 100, 0.1, 0.4, 0.1, 1, 12)
    whole, cores = (
        simulate([deal], TERMS, scenarios=2 * BLOCK + 5, quarters=4, seed=7, cores=cores) for cores in (1, 2)
    )
    assert np.array_equal(whole.tvpi, cores.tvpi)
    assert np.array_equal(whole.rates.values, cores.rates.values, equal_nan=True)
    first = simulate([deal], TERMS, scenarios=BLOCK, quarters=4, seed=7)
    assert np.array_equal(whole.distributions[:BLOCK], first.distributions)
    assert not np.array_equal(whole.tvpi[:BLOCK], whole.tvpi[BLOCK : 2 * BLOCK])


def test_a_planned_deal_is_paid_in_and_grows_from_the_quarter_it_is_bought_in() -> None:
    """100 in a year ago and sold for 108; 50 paid in at the end of quarter 2, worth 50 x e^0.1 a year later."""
    planned = SimulatedDeal("Seed", 50, 0.1, 0, 0, 6, 6, bought_in=2)
    result = play(certain(108, sold=4), planned, quarters=6)
    assert result.proceeds == pytest.approx([108 + 50 * np.exp(0.1)] * 3)
    assert result.dpi == pytest.approx([(108 + 50 * np.exp(0.1)) / 150] * 3)
    assert result.carry == pytest.approx([0.0] * 3)


def test_a_planned_deal_that_fails_costs_what_was_paid_for_it() -> None:
    planned = SimulatedDeal("Seed", 50, 0, 0, 1, 4, 4, bought_in=1)
    result = play(certain(100, sold=4), planned)
    assert result.proceeds == pytest.approx([100.0] * 3)
    assert result.tvpi == pytest.approx([100 / 150] * 3)


def test_a_fund_that_has_only_plans_is_played() -> None:
    planned = SimulatedDeal("Seed", 50, 0, 0, 0, 4, 4, bought_in=2)
    result = play(planned, terms=replace(TERMS, past=(), fee_per_quarter=1))
    assert result.tvpi == pytest.approx([50 / 54] * 3)


def test_a_fee_after_the_money_came_back_leaves_a_play_its_rate() -> None:
    """60 of 101 comes back in quarter 1; seven more fees wait for a second deal that fails. Two rates, a loss."""
    lost = SimulatedDeal("Dud", 50, 0, 0, 1, 8, 8)
    result = play(certain(60, sold=1), lost, terms=replace(TERMS, fee_per_quarter=1), quarters=8)
    assert list(result.rates.status) == [CODES[RateStatus.MULTIPLE]] * 3
    days = [-365, 91, *range(182, 731, 91)]
    every = xirr([date(2026, 1, 1) + timedelta(day) for day in days], [-100, 59, *[-1] * 7]).roots
    assert len(every) == 2
    assert result.counted == pytest.approx([max(every)] * 3, abs=1e-3)
    assert play(SimulatedDeal("Dud", 50, 0, 0, 1, 1, 1)).counted == pytest.approx([-1.0] * 3, abs=0.0)


@pytest.mark.parametrize(("bought_in", "sold"), [(5, 6), (-1, 2), (2, 2)])
def test_a_deal_bought_out_of_time_is_refused(bought_in: int, sold: int) -> None:
    with pytest.raises(InvalidInput, match=r"Seed is (bought|sold)"):
        play(SimulatedDeal("Seed", 50, 0, 0, 0, sold, sold, bought_in=bought_in))


def test_the_fee_ends_with_the_last_sale() -> None:
    """Sold in quarter 2: two fees of 1, and no money is called after the last that comes back."""
    terms = SimulationTerms(0.08, 1, 0.2, TERMS.past, fee_per_quarter=1)
    result = play(certain(108, sold=2), terms=terms, quarters=8)
    assert result.tvpi == pytest.approx([108 / 102] * 3)
    assert list(result.rates.status) == [0] * 3


def test_a_fee_on_cost_is_of_what_is_not_sold_before_its_quarter() -> None:
    """A fee of 1, then a tenth: of 100, of 40 and 30 bought in quarter 2, of the 70, of nothing once all is sold."""
    deals = (
        SimulatedDeal("A", 60, 0, 0, 0, 2, 2, cost=60),
        SimulatedDeal("B", 40, 0, 0, 0, 4, 4, cost=40),
        SimulatedDeal("C", 30, 0, 0, 0, 9, 9, bought_in=2, cost=30),
    )
    rates = (0, 0.1, 0.1, 0.1, 0.1, 0)
    terms = replace(TERMS, fees=(1, 0, 0, 0, 0, 0), fees_on_cost=rates)
    found = play(*deals, terms=terms, quarters=6).fees
    assert [found.of(quarter).tolist() for quarter in range(1, 7)] == [
        [pytest.approx(fee)] * 3 for fee in (1, 10, 7, 7, 3, 0)
    ]
    ends = play(*deals[:2], terms=terms, quarters=6).fees
    assert [ends.of(quarter)[0] for quarter in range(1, 7)] == pytest.approx([1, 10, 4, 4, 0, 0])
    assert play(terms=terms, quarters=6).fees.of(2).tolist() == [0] * 3


def test_fees_are_one_a_quarter() -> None:
    with pytest.raises(InvalidInput, match="fees_on_cost has 1 figures; expected 8"):
        play(certain(108, sold=2), terms=replace(TERMS, fees_on_cost=(0.1,)), quarters=8)
