from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.charter.rules import Basis, Dimension, Limit
from fund.results.exposure_rules import UNSAID, Part, WhatIf, binding, check_limits, spread

M = 1_000_000_00
HYDROGEN = Limit(Dimension.SECTOR, "hydrogen", Fraction(25, 100))
COMPANY = Limit(Dimension.COMPANY, None, Fraction(15, 100))


def part(name: str, sector: str, cost: int, value: int | None = None) -> Part:
    labels = {Dimension.COMPANY: name, Dimension.SECTOR: sector}
    return Part(name, cost, cost if value is None else value, labels)


PARTS = [part("A", "hydrogen", 20 * M, 60 * M), part("B", "carbon", 30 * M), part("C", "hydrogen", 10 * M)]


def test_spread_by_value_with_costs_and_concentration() -> None:
    found = spread(PARTS, Dimension.SECTOR)
    assert [(s.key, s.cost, s.value, s.share, s.names) for s in found.slices] == [
        ("hydrogen", 30 * M, 70 * M, Fraction(7, 10), ("A", "C")),
        ("carbon", 30 * M, 30 * M, Fraction(3, 10), ("B",)),
    ]
    assert found.concentration == 70**2 + 30**2


def test_spread_of_what_is_unsaid_or_worth_nothing() -> None:
    assert spread(PARTS, Dimension.CITY).slices[0].key == UNSAID
    assert spread([], Dimension.CITY).slices == ()
    assert spread([part("A", "x", 10, 0)], Dimension.SECTOR).concentration is None


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz"), st.integers(1, 10**12)), min_size=1)
)
def test_look_through_sums_to_the_holdings(rows: list[tuple[str, str, int]]) -> None:
    parts = [part(name, sector, value) for name, sector, value in rows]
    for dimension in Dimension:
        found = spread(parts, dimension)
        assert sum(s.value for s in found.slices) == sum(p.value for p in parts)
        assert sum(s.cost for s in found.slices) == sum(p.cost for p in parts)
        assert sum(s.share for s in found.slices) == 1


def check(limit: Limit, what_if: WhatIf | None = None, **facts: Any) -> Any:
    found = check_limits(
        [limit],
        facts.get("parts", PARTS),
        committed=facts.get("committed", 200 * M),
        added=[what_if.part] if what_if else [],
    )
    return binding(found, what_if)[0]


def test_this_deal_takes_hydrogen_to_27_percent_against_25() -> None:
    found = check(HYDROGEN, WhatIf("D", 24 * M, sector="hydrogen"))
    assert (found.before, found.current, found.passed) == (Fraction(15, 100), Fraction(27, 100), False)
    assert found.headroom == -4 * M
    assert check(HYDROGEN).passed
    assert check(HYDROGEN).headroom == 20 * M


def test_exactly_at_the_limit_is_within_it() -> None:
    found = check(HYDROGEN, WhatIf("D", 20 * M, sector="hydrogen"))
    assert (found.current, found.passed, found.headroom) == (Fraction(25, 100), True, 0)


def test_a_limit_without_key_binds_every_one() -> None:
    found = check_limits([COMPANY], PARTS, committed=200 * M)
    assert [(c.key, c.current) for c in found] == [
        ("B", Fraction(15, 100)),
        ("A", Fraction(10, 100)),
        ("C", Fraction(5, 100)),
    ]
    assert check(COMPANY).key == "B"


def test_the_deal_in_question_is_the_binding_one() -> None:
    follow_on = WhatIf("A", 5 * M, sector="hydrogen")
    found = check(COMPANY, follow_on)
    assert (found.key, found.before, found.current) == ("A", Fraction(10, 100), Fraction(125, 1000))
    assert check(COMPANY, WhatIf("New", M)).key == "New"


@pytest.mark.parametrize(("basis", "current"), [(Basis.COST, Fraction(1, 2)), (Basis.VALUE, Fraction(7, 10))])
def test_against_cost_and_value(basis: Basis, current: Fraction) -> None:
    found = check(Limit(Dimension.SECTOR, "hydrogen", Fraction(8, 10), basis))
    assert (found.current, found.passed) == (current, True)
    more = [*PARTS, part("D", "hydrogen", found.headroom)]
    assert check(found.limit, parts=more).current == Fraction(8, 10)


def test_a_limit_of_everything_on_cost() -> None:
    found = check(Limit(Dimension.SECTOR, "hydrogen", Fraction(1), Basis.COST))
    assert found.headroom == 30 * M


def test_nothing_held_and_nothing_committed() -> None:
    found = check(Limit(Dimension.SECTOR, "hydrogen", Fraction(1, 4), Basis.COST), parts=[])
    assert (found.before, found.current, found.passed) == (0, 0, True)
