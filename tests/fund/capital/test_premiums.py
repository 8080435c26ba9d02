from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.capital.premiums import (
    CloseBasis,
    CloseNotByValue,
    InterestAndPremium,
    PremiumForNobody,
    ValueToCome,
    apportioned,
    check_basis,
    premiums,
)

A, B, C, D = 1, 2, 3, 4
ON = date(2026, 10, 12)


def test_a_newcomer_pays_for_the_gains_that_come_to_it_less_the_carry_on_them() -> None:
    """The worked example of the module."""
    found = premiums(
        {A: -6_00, B: -4_00, C: 10_00},
        gains={A: 18_00, B: 12_00},
        carry={A: 3_60, B: 2_40},
        newcomers={C: True},
    )
    assert found == {C: 8_00, A: -4_80, B: -3_20}


def test_who_bears_no_carry_pays_for_all_of_its_gains() -> None:
    found = premiums({A: -30, C: 20, D: 10}, gains={A: 90}, carry={A: 18}, newcomers={C: True, D: False})
    assert found == {C: 16, D: 10, A: -26}


def test_below_cost_so_much_less_is_paid_and_carry_takes_nothing_off() -> None:
    found = premiums({A: 6, B: 4, C: -10}, gains={A: -18, B: -12}, carry={A: 0, B: 0}, newcomers={C: True})
    assert found == {C: -10, A: 6, B: 4}


def test_whoever_took_part_in_the_losing_deal_only_pays_for_being_rid_of_it() -> None:
    found = premiums({A: -15, B: 3, C: 12}, gains={A: 30}, carry={A: 0}, newcomers={C: True})
    assert found == {C: 12, A: -15, B: 3}


def test_without_gains_nothing_is_paid_for_them() -> None:
    assert premiums({}, gains={A: 0}, carry={A: 0}, newcomers={C: True}) == {}
    assert apportioned(0, {A: 5, B: -5}) == {}


def test_what_is_paid_goes_to_somebody() -> None:
    """One newcomer takes the gain, the other the loss and bears carry: the earlier partners give nothing up."""
    facts: dict[str, Any] = {"gains": {A: 90, B: 10}, "carry": {A: 18, B: 2}}
    moved = {A: 5, B: -5, C: 20, D: -20}
    with pytest.raises(PremiumForNobody, match=r"together, 0\.04;"):
        premiums(moved, newcomers={C: False, D: True}, **facts)
    assert premiums(moved, newcomers={C: True, D: True}, **facts) == {C: 16, D: -16}


@given(
    st.dictionaries(st.integers(1, 5), st.integers(-(10**12), 10**12), min_size=1),
    st.dictionaries(st.integers(6, 8), st.tuples(st.integers(0, 10**12), st.booleans()), min_size=1),
    st.integers(0, 10**12),
)
def test_what_newcomers_pay_for_gains_is_what_the_earlier_get(
    gives: dict[int, int], takes: dict[int, tuple[int, bool]], carry: int
) -> None:
    weights = {key: amount for key, (amount, _) in takes.items()}
    came = sum(weights.values())
    moved = {1: -came, **{key: 0 for key in gives if key != 1}, **weights}
    found = premiums(
        moved,
        gains={key: abs(amount) for key, amount in gives.items()},
        carry=dict.fromkeys(gives, carry),
        newcomers={key: bears for key, (_, bears) in takes.items()},
    )
    assert sum(found.values()) == 0
    for key, (amount, bears) in takes.items():
        assert 0 <= found.get(key, 0) <= amount
        assert bears or found.get(key, 0) == amount


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=6))
def test_parts_of_any_sign_sum_to_the_whole(total: int, weights: list[int]) -> None:
    parts = dict(enumerate(weights))
    found = apportioned(total, parts)
    if sum(weights):
        assert sum(found.values()) == total
        assert all(
            abs(found[key] * sum(weights) - total * part) < abs(sum(weights)) for key, part in parts.items()
        )


def test_net_asset_value_needs_the_charter_a_day_that_has_come_and_no_rate() -> None:
    facts = {"may_be_nav": True, "has_rate": False, "on": ON, "today": ON}
    check_basis(CloseBasis.NAV, **facts)
    check_basis(CloseBasis.COST, **facts | {"may_be_nav": False, "has_rate": True})
    for changed, refusal in (
        ({"may_be_nav": False}, CloseNotByValue),
        ({"has_rate": True}, InterestAndPremium),
        ({"on": date(2026, 10, 13)}, ValueToCome),
    ):
        with pytest.raises(refusal):
            check_basis(CloseBasis.NAV, **facts | changed)
