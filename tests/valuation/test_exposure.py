from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.exposure import Limit, Position, breaches, hhi, shares
from valuation.flows import InvalidInput

PORTFOLIO = [
    Position("Hydrogen One", 20, {"sector": "hydrogen", "stage": "seed"}),
    Position("Alloy", 50, {"sector": "materials", "stage": "growth"}),
    Position("Hydrogen Two", 7, {"sector": "hydrogen", "stage": "growth"}),
    Position("Chip", 23, {"sector": "computing", "stage": "seed"}),
]


def test_concentration_in_the_units_given() -> None:
    assert hhi([50, 50]) == 5000
    assert hhi([100]) == 10_000
    assert hhi([0.5, 0.25, 0.25]) == 0.375
    assert hhi([]) == 0


def test_shares_come_largest_first_with_their_names() -> None:
    groups = shares(PORTFOLIO, "sector")
    assert [(group.key, group.share) for group in groups] == [
        ("materials", Fraction(1, 2)),
        ("hydrogen", Fraction(27, 100)),
        ("computing", Fraction(23, 100)),
    ]
    assert groups[1].names == ("Hydrogen One", "Hydrogen Two")
    assert groups[1].value == 27


def test_shares_of_a_given_base() -> None:
    assert shares(PORTFOLIO, "stage", base=200)[0].share == Fraction(57, 200)
    assert shares([], "stage", base=200) == []


def test_a_limit_is_broken_only_above_it() -> None:
    limits = [
        Limit("sector", "hydrogen", Fraction(25, 100)),
        Limit("sector", "hydrogen", Fraction(27, 100)),
        Limit("sector", "nuclear", Fraction(0)),
        Limit("stage", "*", Fraction(1, 2)),
    ]
    found = breaches(PORTFOLIO, limits)
    assert [(breach.limit.maximum, breach.share.key, breach.share.share) for breach in found] == [
        (Fraction(1, 4), "hydrogen", Fraction(27, 100)),
        (Fraction(1, 2), "growth", Fraction(57, 100)),
    ]


@given(st.lists(st.tuples(st.integers(0, 10**12), st.sampled_from("abcde")), min_size=1))
def test_shares_sum_to_the_whole_exactly(rows: list[tuple[int, str]]) -> None:
    positions = [Position(f"P{at}", value, {"sector": key}) for at, (value, key) in enumerate(rows)]
    if not sum(value for value, _ in rows):
        with pytest.raises(InvalidInput, match="the base of the shares by sector is 0"):
            shares(positions, "sector")
        return
    groups = shares(positions, "sector")
    assert sum(group.share for group in groups) == 1
    assert sorted(name for group in groups for name in group.names) == sorted(p.name for p in positions)
    assert hhi([group.share * 100 for group in groups]) <= 10_000 * (1 + 1e-12)


def test_refusals_name_the_position() -> None:
    with pytest.raises(InvalidInput, match="Chip has no origin"):
        shares([Position("Chip", 1, {})], "origin")
    with pytest.raises(InvalidInput, match="Chip is -1; expected 0 or more"):
        shares([Position("Chip", -1, {"origin": "lab"})], "origin")
    with pytest.raises(InvalidInput, match=r"weights\[1\] is -2"):
        hhi([1, -2])
