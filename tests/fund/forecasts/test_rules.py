"""What a scenario may assume, and what is expected to be called."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from fund.fees.ahead_rules import FeeAhead
from fund.forecasts.rules import (
    USUAL,
    Assumption,
    Planned,
    Scenario,
    ScenarioInvalid,
    as_facts,
    check_scenario,
    expected_quarters,
    first_short,
    of_facts,
)
from kernel.periods import Quarter

PLAIN = Scenario("Base", own={"H01": replace(USUAL, exit_from=4)}, planned=(Planned("Seed", 500, 2),))


def test_a_scenario_that_may_be_played() -> None:
    check_scenario(PLAIN, codes=["H01"])
    check_scenario(replace(PLAIN, general=replace(USUAL, growth=Fraction(-9, 10))), codes=["H01"])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": " "}, "name"),
        ({"plays": 0}, "plays"),
        ({"plays": 100_001}, "plays"),
        ({"quarters": 61}, "quarters"),
        ({"seed": -1}, "seed"),
        ({"market_share": Fraction(11, 10)}, "market_share"),
        ({"general": replace(USUAL, growth=Fraction(4))}, "general growth"),
        ({"general": replace(USUAL, growth=Fraction(-91, 100))}, "general growth"),
        ({"general": replace(USUAL, volatility=Fraction(-1, 10))}, "general volatility"),
        ({"general": replace(USUAL, failure=Fraction(2))}, "general failure"),
        ({"general": replace(USUAL, exit_from=9, exit_to=8)}, "general exit"),
        ({"own": {"H02": USUAL}}, "H02"),
        ({"own": {"H01": replace(USUAL, exit_from=0)}}, "H01 exit"),
        ({"planned": (Planned("Seed", 1, 1),) * 41}, "planned"),
        ({"planned": (Planned("", 1, 1),)}, "planned 1"),
        ({"planned": (Planned("Seed", 0, 1),)}, "planned 1"),
        ({"planned": (Planned("Seed", 1, 25),)}, "planned 1"),
        ({"planned": (Planned("Seed", 1, 1, Assumption(*[Fraction(0)] * 3, 1, 121)),)}, "planned 1 exit"),
    ],
)
def test_what_cannot_be_played_is_named(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        check_scenario(replace(PLAIN, **changes), codes=["H01"])
    assert [problem.where for problem in refused.value.problems] == [where]


def test_what_is_kept_comes_back_as_it_was() -> None:
    assert of_facts(as_facts(PLAIN)) == PLAIN


def test_calls_are_the_fee_and_what_is_planned_until_the_commitments_do_not_reach() -> None:
    fees = [FeeAhead(Quarter(2027, 1), Fraction(100), Fraction(0))] * 3
    found = expected_quarters(replace(PLAIN, quarters=3), fees=fees, unfunded=650)
    assert [(one.called, one.unfunded) for one in found] == [(100, 550), (600, -50), (100, -150)]
    assert first_short(found) == found[1]
    assert first_short(found[:1]) is None


def test_once_commitments_bear_no_fee_the_invested_cost_does_and_nothing_after_the_term() -> None:
    """1 % of 1,000 invested and, a quarter after it was called, of the 500 that are planned."""
    quarter, nothing = Quarter(2027, 1), Fraction(0)
    fees = [
        FeeAhead(quarter, Fraction(50), nothing),
        FeeAhead(quarter, Fraction(25), Fraction(1, 200)),
        FeeAhead(quarter, nothing, Fraction(1, 100)),
        FeeAhead(quarter, nothing, nothing),
    ]
    found = expected_quarters(replace(PLAIN, quarters=4), fees=fees, cost=1000, unfunded=5000)
    assert [(one.fee, one.planned) for one in found] == [(50, 0), (30, 500), (15, 0), (0, 0)]
