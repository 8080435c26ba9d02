from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from valuation.flows import (
    InvalidInput,
    finite,
    finite_array,
    finite_list,
    merge,
    rates_of_growth,
    real_dates,
)


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3.0), (Decimal("1.5"), 1.5), (Fraction(1, 4), 0.25), (np.float32(2), 2.0)]
)
def test_any_real_number_is_taken(value: object, number: float) -> None:
    assert finite(value, "rate") == number


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (float("nan"), r"rate is nan; expected a finite number"),
        (float("inf"), r"rate is inf; expected a finite number"),
        (Decimal("-Infinity"), r"rate is -inf"),
        ("12", r"rate is '12'; expected a number"),
        (None, r"rate is None"),
        (True, r"rate is True"),
        (10**400, r"rate is too large"),
    ],
)
def test_what_is_no_finite_number_is_refused_by_name(value: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        finite(value, "rate")


def test_a_list_names_the_bad_position() -> None:
    with pytest.raises(InvalidInput, match=r"amounts\[2\] is nan"):
        finite_list([1, 2, float("nan")], "amounts")


def test_an_array_names_the_bad_position_and_has_one_dimension() -> None:
    with pytest.raises(InvalidInput, match=r"amounts\[1\] is inf"):
        finite_array([1.0, float("inf")], "amounts")
    with pytest.raises(InvalidInput, match="amounts has 2 dimensions; expected one"):
        finite_array([[1.0]], "amounts")


def test_an_array_of_what_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput, match="amounts holds something that is no number"):
        finite_array(["many"], "amounts")


def test_a_date_that_is_none_is_refused_by_position() -> None:
    with pytest.raises(InvalidInput, match=r"dates\[1\] is '2026-01-01'; expected a date"):
        real_dates([date(2026, 1, 1), "2026-01-01"])


def test_merging_sums_by_series_and_moment_whatever_the_order() -> None:
    times, sums, series = merge(
        np.array([2.0, 1.0, 2.0, 1.0]), np.array([5.0, 1.0, -2.0, 7.0]), np.array([0, 0, 0, 1])
    )
    assert times.tolist() == [1.0, 2.0, 1.0]
    assert sums.tolist() == [1.0, 3.0, 7.0]
    assert series.tolist() == [0, 0, 1]


def test_amounts_that_cancel_leave_no_rounding_behind() -> None:
    nothing = np.zeros(3, dtype=np.int64)
    _, sums, _ = merge(np.zeros(3), np.array([0.1, 0.2, -0.3]), nothing)
    assert sums.tolist() == [0.0]


def test_merging_nothing_gives_nothing() -> None:
    times, sums, series = merge(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    assert (times.size, sums.size, series.size) == (0, 0, 0)


def test_growth_beyond_floats_is_the_nearest_float_above_total_loss() -> None:
    lowest, zero, highest = rates_of_growth(np.array([-1e6, 0.0, 1e6])).tolist()
    assert (lowest, zero, highest) == (-1 + 2**-53, 0.0, np.finfo(np.float64).max)
