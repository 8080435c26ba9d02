from fractions import Fraction

import pytest

from fund.charter.carry_rules import FurtherTier, Measure, tier_faults


def tier(measure: Measure, threshold: str, carry: str) -> FurtherTier:
    return FurtherTier(measure, Fraction(threshold), Fraction(carry))


def faults(*tiers: FurtherTier) -> list[tuple[str, str]]:
    found = tier_faults(tiers, hurdle=Fraction(8, 100), carry=Fraction(20, 100))
    return [(problem.where, problem.says.partition(" ")[0]) for problem in found]


def test_two_tiers_of_one_carry_are_whichever_comes_first() -> None:
    assert faults(tier(Measure.MULTIPLE, "2", "0.25"), tier(Measure.RETURN, "0.15", "0.25")) == []
    assert faults(tier(Measure.MULTIPLE, "2", "0.25"), tier(Measure.MULTIPLE, "3", "0.3")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        tier(Measure.MULTIPLE, "2", "0.2"),
        tier(Measure.MULTIPLE, "2", "1"),
        tier(Measure.MULTIPLE, "1", "0.25"),
        tier(Measure.MULTIPLE, "101", "0.25"),
        tier(Measure.RETURN, "0.08", "0.25"),
        tier(Measure.RETURN, "1.01", "0.25"),
    ],
)
def test_a_tier_that_cannot_be_reached_or_takes_no_more(wrong: FurtherTier) -> None:
    assert faults(wrong) == [("tier 1", "expected")]


def test_a_tier_that_another_leaves_without_effect_is_named() -> None:
    later = tier(Measure.MULTIPLE, "3", "0.25")
    assert faults(tier(Measure.MULTIPLE, "2", "0.25"), later) == [("tier 2", "a")]
    assert faults(later, later) == [("tier 1", "a"), ("tier 2", "a")]
