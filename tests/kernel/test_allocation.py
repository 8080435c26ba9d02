from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.allocation import NegativeWeight, NothingToWeighBy, allocate

WEIGHTS = st.lists(st.integers(0, 10**13) | st.fractions(0, 1000), min_size=1, max_size=12).filter(any)
TOTALS = st.integers(-(10**15), 10**15)


def test_the_call_of_the_model_agreement() -> None:
    commitments = [6_000_000_000, 2_500_000_000, 1_499_999_997]
    assert allocate(1_000_000_000, commitments) == [600_000_000, 250_000_000, 150_000_000]


def test_the_last_unit_goes_to_the_largest_remainder_then_to_the_earlier() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(101, [1, 1, 1]) == [34, 34, 33]
    assert allocate(10, [Fraction(1, 3), Fraction(2, 3)]) == [3, 7]
    assert allocate(1, [1, 3]) == [0, 1]


def test_a_negative_total_is_the_mirror_image() -> None:
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]


def test_a_zero_weight_gets_nothing() -> None:
    assert allocate(7, [0, 1, 0, 1]) == [0, 4, 0, 3]


def test_nothing_can_be_split_by_nothing() -> None:
    assert allocate(0, [0, 0]) == [0, 0]
    assert allocate(0, []) == []
    with pytest.raises(NothingToWeighBy):
        allocate(1, [0, 0])
    with pytest.raises(NothingToWeighBy):
        allocate(1, [])


def test_a_negative_weight_is_refused_by_its_position() -> None:
    with pytest.raises(NegativeWeight, match="number 2"):
        allocate(10, [1, -1, 5])


@given(TOTALS, WEIGHTS)
def test_parts_sum_to_the_whole_and_lie_within_one_unit_of_the_exact_share(
    total: int, weights: list[int | Fraction]
) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights, start=Fraction(0))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * Fraction(weight) / whole) < 1


@given(TOTALS, WEIGHTS, st.integers(1, 1000))
def test_only_the_proportion_of_the_weights_matters(
    total: int, weights: list[int | Fraction], scale: int
) -> None:
    assert allocate(total, [weight * scale for weight in weights]) == allocate(total, weights)
