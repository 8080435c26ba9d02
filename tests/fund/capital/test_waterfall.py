import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.capital.waterfall import (
    CatchUpUnsolvable,
    Flow,
    FlowAfterDistribution,
    NotAPositiveAmount,
    Split,
    TermOutOfRange,
    WaterfallTerms,
    whole_fund,
    work_through,
)
from fund.charter.rules import Compounding

YUAN = 100
START = date(2026, 1, 15)


def terms(
    *, hurdle: str = "0.08", catch_up: str = "1", carry: str = "0.2", compounding: str = "daily"
) -> WaterfallTerms:
    return WaterfallTerms(Fraction(hurdle), Compounding(compounding), Fraction(catch_up), Fraction(carry))


def paid_in(amount: int, on: date = START) -> Flow:
    return Flow(on=on, contribution=True, amount=amount)


def paid_out(amount: int, on: date) -> Flow:
    return Flow(on=on, contribution=False, amount=amount)


@pytest.mark.parametrize(
    ("compounding", "preferred"),
    [("daily", 4_391_286_150), ("anniversary", 4_394_495_028), ("simple", 3_782_575_342)],
)
def test_the_preferred_return_of_the_model_under_three_conventions(compounding: str, preferred: int) -> None:
    flows = [paid_in(4_000_000_000), paid_in(6_000_000_000, date(2026, 7, 1))]
    on = date(2031, 1, 15)
    split = whole_fund(terms(compounding=compounding), flows, distribute=20_000_000_000, on=on)
    assert split.return_of_capital == 10_000_000_000
    assert split.preferred == preferred


def test_four_tiers_in_round_numbers() -> None:
    one_year = START + timedelta(days=365)
    split = whole_fund(terms(), [paid_in(100_000 * YUAN)], distribute=120_000 * YUAN, on=one_year)
    assert split == Split(
        return_of_capital=100_000 * YUAN,
        preferred=8_000 * YUAN,
        catch_up_gp=2_000 * YUAN,
        catch_up_lp=0,
        residual_gp=2_000 * YUAN,
        residual_lp=8_000 * YUAN,
    )
    assert (split.gp, split.lp) == (4_000 * YUAN, 116_000 * YUAN)


def test_a_partial_catch_up_is_carry_times_preferred_over_the_difference() -> None:
    on = START + timedelta(days=365)
    split = whole_fund(terms(catch_up="0.5"), [paid_in(300_000)], distribute=10**6, on=on)
    assert split.preferred == 24_000
    assert split.catch_up_gp + split.catch_up_lp == 16_000
    assert split.catch_up_gp == 8_000 == (24_000 + 16_000) // 5


def test_without_a_catch_up_carry_is_taken_on_the_fourth_tier_only() -> None:
    on = START + timedelta(days=365)
    split = whole_fund(terms(catch_up="0"), [paid_in(100_000)], distribute=158_000, on=on)
    assert split == Split(return_of_capital=100_000, preferred=8_000, residual_gp=10_000, residual_lp=40_000)


def test_less_than_the_first_tier_and_nothing_at_all() -> None:
    on = START + timedelta(days=800)
    assert whole_fund(terms(), [paid_in(500)], distribute=120, on=on) == Split(return_of_capital=120)
    assert whole_fund(terms(), [paid_in(500)], distribute=0, on=on) == Split()
    assert whole_fund(terms(), [], distribute=0, on=on) == Split()


def test_a_loss_pays_no_carry_and_later_profit_first_makes_it_good() -> None:
    flows = [paid_in(100_000), paid_out(40_000, START + timedelta(days=365))]
    later = START + timedelta(days=730)
    split = whole_fund(terms(compounding="simple"), flows, distribute=90_000, on=later)
    assert split.return_of_capital == 60_000
    assert split.preferred == 8_000 + 4_800
    assert split.gp == 3_200 + (90_000 - 60_000 - 12_800 - 3_200) // 5


def test_capital_called_after_profit_is_returned_before_more_carry() -> None:
    year, two = START + timedelta(days=365), START + timedelta(days=730)
    flows = [paid_in(100_000), paid_out(200_000, year), paid_in(50_000, year + timedelta(days=1))]
    assert whole_fund(terms(), flows, distribute=50_000, on=two) == Split(return_of_capital=50_000)
    split = whole_fund(terms(), flows, distribute=60_000, on=two)
    before = whole_fund(terms(), flows[:1], distribute=200_000, on=year)
    assert before.gp + split.gp == (200_000 + 60_000 - 150_000) // 5


def test_on_one_day_contributions_come_before_distributions() -> None:
    day = START + timedelta(days=100)
    flows = [paid_out(1_000, day), paid_in(1_000, day)]
    assert whole_fund(terms(), flows, distribute=10, on=day) == Split(
        catch_up_gp=0, residual_gp=2, residual_lp=8
    )


def test_an_anniversary_on_a_leap_day_falls_on_the_28th() -> None:
    born = date(2024, 2, 29)
    one, four = date(2025, 2, 28), date(2028, 2, 29)
    rules = terms(compounding="anniversary", hurdle="0.1")
    assert whole_fund(rules, [paid_in(1_000_000, born)], distribute=10**9, on=one).preferred == 100_000
    assert whole_fund(rules, [paid_in(1_000_000, born)], distribute=10**9, on=four).preferred == 464_100


def test_a_payment_within_the_year_stops_earning_from_its_day_under_anniversary_compounding() -> None:
    rules = terms(compounding="anniversary", hurdle="0.1")
    half = START + timedelta(days=73)
    flows = [paid_in(1_000_000), paid_out(500_000, half)]
    split = whole_fund(rules, flows, distribute=10**9, on=date(2027, 1, 15))
    assert split.return_of_capital == 500_000
    assert split.preferred == 20_000 + 40_000
    flows = [paid_in(1_000_000), paid_out(1_010_000, half)]
    again = whole_fund(rules, flows, distribute=10**9, on=date(2028, 1, 15))
    assert again.preferred == 10_000 + 1_000


def test_two_layers_are_paid_the_older_first() -> None:
    year = START + timedelta(days=365)
    flows = [paid_in(1_000), paid_in(1_000, START + timedelta(days=1)), paid_out(1_500, year)]
    working = work_through(terms(), flows, distribute=600, on=year)
    assert [layer.capital for layer in working.before.layers] == [0, 500]
    assert [layer.capital for layer in working.after.layers] == [0, 0]
    assert working.after.preferred_due == working.before.preferred_due - 100


def test_the_working_shows_where_the_partner_stood() -> None:
    year = START + timedelta(days=365)
    working = work_through(terms(), [paid_in(100_000), paid_out(30_000, year)], distribute=75_000, on=year)
    assert working.before.contributed == 100_000
    assert working.before.returned == 30_000
    assert working.before.unreturned == 70_000
    assert working.before.preferred_due == 8_000
    assert working.catch_up_due == 2_000
    assert working.split == Split(return_of_capital=70_000, preferred=5_000)
    assert working.after.unreturned == 0
    assert working.after.preferred_due == 3_000


@pytest.mark.parametrize("catch_up", ["0.1", "0.2"])
def test_a_catch_up_that_never_ends_is_refused(catch_up: str) -> None:
    with pytest.raises(CatchUpUnsolvable):
        terms(catch_up=catch_up, carry="0.2")


@pytest.mark.parametrize(
    "wrong",
    [{"hurdle": "-0.01"}, {"carry": "1"}, {"carry": "-0.1"}, {"catch_up": "1.5"}, {"catch_up": "-1"}],
)
def test_terms_out_of_range_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(TermOutOfRange):
        terms(**wrong)


def test_an_unknown_compounding_is_refused_and_plain_words_are_taken() -> None:
    facts: dict[str, Any] = {"hurdle": 0.08, "catch_up": 1, "carry": "1/5"}
    assert WaterfallTerms(**facts | {"compounding": "simple"}) == terms(compounding="simple")
    with pytest.raises(TermOutOfRange, match="monthly"):
        WaterfallTerms(**facts | {"compounding": "monthly"})


def test_flows_and_amounts_are_checked() -> None:
    with pytest.raises(NotAPositiveAmount):
        paid_in(0)
    with pytest.raises(NotAPositiveAmount):
        whole_fund(terms(), [], distribute=-1, on=START)
    with pytest.raises(FlowAfterDistribution):
        whole_fund(terms(), [paid_in(1, START + timedelta(days=1))], distribute=1, on=START)


def test_importing_the_waterfall_needs_no_database() -> None:
    script = "import sys, fund.capital.waterfall; print(any('sql' in name.lower() for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


RULES = st.builds(
    terms,
    hurdle=st.sampled_from(["0", "0.06", "0.08", "0.1"]),
    catch_up=st.sampled_from(["0", "0.5", "0.8", "1"]),
    carry=st.sampled_from(["0", "0.1", "0.2", "0.25"]),
    compounding=st.sampled_from(["daily", "anniversary", "simple"]),
)
FLOWS = st.lists(
    st.builds(
        Flow,
        on=st.dates(date(2024, 1, 1), date(2029, 12, 31)),
        contribution=st.booleans(),
        amount=st.integers(1, 10**11),
    ),
    max_size=6,
)
AMOUNTS = st.integers(0, 10**11)
ON = date(2030, 1, 1)


@given(RULES, FLOWS, AMOUNTS)
def test_the_parts_are_never_negative_and_sum_to_what_was_distributed(
    rules: WaterfallTerms, flows: Sequence[Flow], amount: int
) -> None:
    split = whole_fund(rules, flows, distribute=amount, on=ON)
    parts = list(vars(split).values())
    assert min(parts) >= 0
    assert sum(parts) == split.gp + split.lp == amount


@given(RULES, FLOWS, AMOUNTS, AMOUNTS)
def test_two_parts_on_one_day_are_the_same_as_at_once(
    rules: WaterfallTerms, flows: list[Flow], first: int, second: int
) -> None:
    at_once = whole_fund(rules, flows, distribute=first + second, on=ON)
    one = whole_fund(rules, flows, distribute=first, on=ON)
    already = [*flows, paid_out(first, ON)] if first else flows
    two = whole_fund(rules, already, distribute=second, on=ON)
    assert {tier: getattr(one, tier) + getattr(two, tier) for tier in vars(one)} == vars(at_once)


@given(RULES, FLOWS, AMOUNTS)
def test_the_general_partner_never_holds_more_than_its_carry_of_the_profit(
    rules: WaterfallTerms, flows: list[Flow], amount: int
) -> None:
    history = sorted(flows, key=lambda flow: (flow.on, not flow.contribution))
    profit = carry = 0
    for place, flow in enumerate(history):
        if not flow.contribution:
            split = whole_fund(rules, history[:place], distribute=flow.amount, on=flow.on)
            carry += split.gp
            profit += flow.amount - split.return_of_capital
            assert carry <= rules.carry * profit
    split = whole_fund(rules, history, distribute=amount, on=ON)
    carry, profit = carry + split.gp, profit + amount - split.return_of_capital
    assert carry <= rules.carry * profit
    if rules.catch_up and split.residual_lp:
        assert carry == int(rules.carry * profit)


@given(RULES, FLOWS, AMOUNTS)
def test_the_order_in_which_flows_are_handed_in_does_not_matter(
    rules: WaterfallTerms, flows: list[Flow], amount: int
) -> None:
    turned = whole_fund(rules, flows[::-1], distribute=amount, on=ON)
    assert turned == whole_fund(rules, flows, distribute=amount, on=ON)
