"""How an interest parts, and which transfers cannot be."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.interests.rules import Side, TransferInvalid, Words, check_transfer, passed
from kernel.allocation import allocate

ON = date(2026, 8, 14)
SELLER = Side(1, "LP01", False, (True, True), date(2026, 1, 1), 100)
BUYER = Side(2, "LP02", False, (True, True), date(2026, 1, 1), 0)
WORDS = Words("restructuring", "resolution", ON, "")
AMOUNTS = st.lists(st.integers(-(10**13), 10**13), max_size=8)


@given(amounts=AMOUNTS, whole=st.integers(1, 10**13), data=st.data())
def test_a_sum_passes_as_exactly_as_its_items(amounts: list[int], whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    parts = passed(amounts, part=part, whole=whole)
    assert sum(parts) == allocate(sum(amounts), [part, whole - part])[0]
    for amount, one in zip(amounts, parts, strict=True):
        assert abs(one * whole - amount * part) <= whole
    if part == whole:
        assert parts == amounts


@given(amounts=st.lists(st.integers(0, 10**13), max_size=8), whole=st.integers(1, 10**6), data=st.data())
def test_of_what_was_paid_neither_side_is_left_with_less_than_nothing(
    amounts: list[int], whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole))
    parts = passed(amounts, part=part, whole=whole)
    assert all(0 <= one <= amount for one, amount in zip(parts, amounts, strict=True))


def test_half_of_two_odd_amounts_is_half_of_their_sum() -> None:
    assert passed([33_33, 33_33], part=1, whole=2) == [16_67, 16_66]


def faults(seller: Side = SELLER, buyer: Side = BUYER, **facts: Any) -> list[str]:
    """Where the faults of a transfer lie."""
    given: dict[str, Any] = {"commitment": 40, "price": 0, "on": ON, "words": WORDS, "are_related": False}
    with pytest.raises(TransferInvalid) as refused:
        check_transfer(seller, buyer, **(given | facts))
    return [problem.where for problem in refused.value.problems]


def test_what_cannot_be_is_refused_with_every_fault() -> None:
    check_transfer(SELLER, BUYER, commitment=100, price=1, on=ON, words=WORDS, are_related=False)
    related = replace(WORDS, related_note="parent")
    check_transfer(SELLER, BUYER, commitment=1, price=0, on=ON, words=related, are_related=True)
    assert faults(buyer=SELLER) == ["buyer_id"]
    assert faults(replace(SELLER, is_general=True)) == ["seller_id"]
    assert faults(buyer=replace(BUYER, is_general=True, terms=(False, False))) == ["buyer_id"]
    assert faults(buyer=replace(BUYER, terms=(True, False))) == ["buyer_id"]
    assert faults(buyer=replace(BUYER, admitted_on=date(2026, 9, 1))) == ["buyer_id"]
    assert faults(commitment=101) == faults(commitment=0) == ["commitment"]
    assert faults(price=-1) == ["price"]
    assert faults(words=Words(" ", "", date(2026, 8, 15), "")) == ["reason", "consent", "consented_on"]
    assert faults(are_related=True) == ["related_note"]
