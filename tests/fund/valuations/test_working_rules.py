"""A value that is typed beside a working of the same technique, and a working that nothing takes."""

from dataclasses import replace
from fractions import Fraction

import pytest

from fund.holdings.mark_rules import Technique
from fund.valuations.file import RightsMethod, Weighed
from fund.valuations.working_rules import RightsUnused, WorkingDiffers, WorkingMissing, check_working
from tests.builders.valuations import MILLION, OPTION

HELD = 62_400_000_00
BY_SCENARIOS = replace(OPTION, method=RightsMethod.PROBABILITY_WEIGHTED)


def given(technique: Technique, value: int | None) -> Weighed:
    return Weighed(technique, Fraction(1), value, "why")


def test_a_typed_value_is_what_its_working_gives() -> None:
    check_working([given(Technique.OPTION_PRICING, None)], rights=OPTION, held=HELD)
    check_working([given(Technique.OPTION_PRICING, HELD)], rights=OPTION, held=HELD)
    check_working([given(Technique.MULTIPLES, None)], rights=OPTION, held=HELD)
    check_working([given(Technique.SCENARIOS, 20 * MILLION)], rights=None, held=None)
    # Scenarios that stand beside option pricing are worked out elsewhere.
    both = [given(Technique.SCENARIOS, 20 * MILLION), given(Technique.OPTION_PRICING, None)]
    check_working(both, rights=OPTION, held=HELD)
    for technique, rights in ((Technique.OPTION_PRICING, OPTION), (Technique.SCENARIOS, BY_SCENARIOS)):
        with pytest.raises(WorkingDiffers, match=r"give 20,000,000\.00.*gives 62,400,000\.00"):
            check_working([given(technique, 20 * MILLION)], rights=rights, held=HELD)
    with pytest.raises(WorkingDiffers):
        check_working([given(Technique.OPTION_PRICING, HELD - 1)], rights=OPTION, held=HELD)
    with pytest.raises(WorkingDiffers):
        check_working(
            [given(Technique.OPTION_PRICING, 0), given(Technique.MULTIPLES, None)], rights=OPTION, held=HELD
        )


def test_a_working_is_taken_by_a_technique() -> None:
    with pytest.raises(RightsUnused, match=r"give 62,400,000\.00"):
        check_working([given(Technique.MULTIPLES, 20 * MILLION)], rights=OPTION, held=HELD)


def test_option_pricing_without_a_working_has_no_value() -> None:
    typed = [given(Technique.MULTIPLES, MILLION), given(Technique.OPTION_PRICING, 20 * MILLION)]
    with pytest.raises(WorkingMissing, match="option pricing has no value") as refused:
        check_working(typed, rights=None, held=None)
    assert [one.where for one in refused.value.problems] == ["rights_method"]
