from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.test_payouts import COMMON, SERIES_A, SERIES_B, tables_with_options
from valuation.breakpoints import Turn, tranches
from valuation.captable import ShareClass, exit_payouts
from valuation.flows import InvalidInput
from valuation.payouts import Event

MILLION = 1_000_000


def test_the_breakpoints_worked_by_hand() -> None:
    """B's preference to 10m; A's to 15m; then common's 6m and B's 2m shares join until A converts at 2.50 a share
    (15 + 8 x 2.50 = 35m); then 10m shares until B's cap of 30m, at 10 a share (60 + 20 + 30 = 110m); then 8m shares
    until B converts at 15 a share (90 + 30 + 30 = 150m); then all.
    """
    found = tranches([COMMON, SERIES_A, SERIES_B])
    assert [(one.above / MILLION, one.up_to / MILLION) for one in found] == [
        (0, 10),
        (10, 15),
        (15, 35),
        (35, 110),
        (110, 150),
        (150, float("inf")),
    ]
    assert [one.parts for one in found] == [
        {"common": 0, "A": 0, "B": 1},
        {"common": 0, "A": 1, "B": 0},
        {"common": 0.75, "A": 0, "B": 0.25},
        {"common": 0.6, "A": 0.2, "B": 0.2},
        {"common": 0.75, "A": 0.25, "B": 0},
        {"common": 0.6, "A": 0.2, "B": 0.2},
    ]
    assert [one.turns for one in found] == [
        (Turn("B", Event.PREFERENCE),),
        (Turn("A", Event.PREFERENCE),),
        (Turn("common", Event.SHARES), Turn("B", Event.SHARES)),
        (Turn("A", Event.CONVERTS),),
        (Turn("B", Event.CAPPED),),
        (Turn("B", Event.CONVERTS),),
    ]


def test_options_and_equal_ranks() -> None:
    """A and B are owed 6 and 2 side by side; common alone to 0.5 a share, where both options join."""
    classes = [
        ShareClass("common", 10),
        ShareClass("A", 6, 6, seniority=1),
        ShareClass("B", 2, 2, seniority=1),
        ShareClass("options", 5, strike=0.5),
    ]
    found = tranches(classes)
    assert [one.above for one in found] == [0, 8, 13, 20.5]
    assert found[0].parts == {"common": 0, "A": 0.75, "B": 0.25, "options": 0}
    assert found[2].turns == (Turn("options", Event.EXERCISED),)
    assert found[3].turns == (Turn("A", Event.CONVERTS), Turn("B", Event.CONVERTS))


def test_where_nobody_shares_there_is_no_tranche() -> None:
    """A alone: paid its preference up to 5, and everything beyond once it converts."""
    assert [(one.above, one.turns) for one in tranches([ShareClass("A", 10, 5)])] == [
        (0, (Turn("A", Event.PREFERENCE),)),
        (5, (Turn("A", Event.CONVERTS),)),
    ]


def test_common_alone_is_one_tranche() -> None:
    (only,) = tranches([ShareClass("common", 10)])
    assert (only.above, only.up_to, only.parts) == (0, float("inf"), {"common": 1})


def test_a_cap_at_the_preference_joins_nothing_before_it_converts() -> None:
    found = tranches([ShareClass("common", 1), ShareClass("A", 1, 4, participating=True, cap_multiple=1)])
    assert [one.above for one in found] == [0, 4, 8]
    assert found[1].parts == {"common": 1, "A": 0}


def test_turns_apart_by_rounding_are_one() -> None:
    """A's 3.3 / 1.1 is the float next to 3; B's 3 / 1 is 3."""
    found = tranches([ShareClass("common", 1), ShareClass("A", 1.1, 3.3), ShareClass("B", 1, 3)])
    assert 3.3 / 1.1 != 3
    assert found[-1].turns == (Turn("A", Event.CONVERTS), Turn("B", Event.CONVERTS))
    assert len(found) == 3


@given(tables_with_options(), st.floats(0, 50_000))
def test_the_tranches_pay_what_the_waterfall_pays(classes: list[ShareClass], proceeds: float) -> None:
    paid = dict.fromkeys((one.name for one in classes), 0.0)
    for one in tranches(classes):
        for name, part in one.parts.items():
            paid[name] += part * max(min(proceeds, one.up_to) - one.above, 0.0)
    assert paid == pytest.approx(exit_payouts(classes, proceeds), rel=1e-9, abs=1e-7)


@given(tables_with_options())
def test_the_tranches_follow_each_other_and_divide_everything(classes: list[ShareClass]) -> None:
    found = tranches(classes)
    assert found[0].above == 0
    assert found[-1].up_to == float("inf")
    for before, after in pairwise(found):
        assert before.up_to == after.above > before.above
    for one in found:
        assert sum(one.parts.values()) == pytest.approx(1, rel=1e-12)
        assert min(one.parts.values()) >= 0


@given(tables_with_options())
def test_between_breakpoints_the_waterfall_is_straight(classes: list[ShareClass]) -> None:
    """Nothing turns inside a tranche: the payout in the middle is the mean of those at its ends."""
    for one in tranches(classes)[:-1]:
        low, middle, high = (
            exit_payouts(classes, at) for at in (one.above, (one.above + one.up_to) / 2, one.up_to)
        )
        for name, payout in middle.items():
            assert payout == pytest.approx((low[name] + high[name]) / 2, rel=1e-9, abs=1e-7)


def test_whole_fractions_divide_exactly() -> None:
    found = tranches([ShareClass("common", Fraction(1, 3)), ShareClass("B", Fraction(2, 3))])
    assert found[0].parts == pytest.approx({"common": 1 / 3, "B": 2 / 3}, rel=1e-15)


def test_impossible_tables_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no class has any shares"):
        tranches([ShareClass("A", 0, 10)])
