import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.daycount import DayCount
from valuation.flows import InvalidInput
from valuation.irr import CODES, Rate, RateStatus, irr, xirr, xirr_batch

START = date(2021, 1, 1)


def after(days: int) -> date:
    return START + timedelta(days=days)


def yearly(amounts: list[float]) -> Rate:
    return xirr([after(365 * year) for year in range(len(amounts))], amounts)


def from_growth(*growth: float) -> list[float]:
    """Amounts one period apart whose rates of return are growth - 1: the polynomial with these roots in 1 + r."""
    return (-np.poly(growth)).tolist()


def test_one_year_at_ten_percent() -> None:
    rate = yearly([-100, 110])
    assert rate.status == "unique"
    assert rate.value == pytest.approx(0.1, abs=1e-15)
    assert rate.roots == (rate.value,)
    assert rate.log_roots == pytest.approx((math.log(1.1),), abs=1e-15)


def test_the_spreadsheets_example() -> None:
    """Microsoft's documentation of XIRR: 37.34 %."""
    dates = [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)]
    assert xirr(dates, [-10_000, 2_750, 4_250, 3_250, 2_750]).value == pytest.approx(0.373362535, abs=1e-8)


@pytest.mark.parametrize(
    ("amounts", "status", "roots"),
    [
        ([-100, 230, -132], "multiple", (0.1, 0.2)),
        ([-100, 230, -132.25], "unique", (0.15,)),
        ([100, -300, 250], "none", ()),
        ([-100, 0], "total_loss", ()),
        ([-100, -50], "total_loss", ()),
        ([100, 50], "undefined", ()),
        ([100, 0], "undefined", ()),
        ([0, 0], "undefined", ()),
        ([-100], "undefined", ()),
        ([], "undefined", ()),
    ],
)
def test_statuses(amounts: list[float], status: str, roots: tuple[float, ...]) -> None:
    rate = yearly(amounts)
    assert rate.status == status
    assert rate.roots == pytest.approx(roots, abs=1e-7)
    assert rate.value == (rate.roots[0] if status == "unique" else None)
    assert irr(amounts).status == status


def test_the_codes_follow_the_order_of_the_interface() -> None:
    assert list(RateStatus) == ["unique", "multiple", "none", "total_loss", "undefined"]
    assert list(CODES.values()) == [0, 1, 2, 3, 4]


def test_one_single_day_has_no_rate_even_when_money_is_lost() -> None:
    assert xirr([START, START], [-100, 40]).status is RateStatus.UNDEFINED
    assert xirr([START, START], [-100, 110]).status is RateStatus.UNDEFINED


def test_a_call_and_a_distribution_of_one_day_are_one_flow() -> None:
    dates = [START, after(100), after(100), after(365)]
    assert xirr(dates, [-100, -30, 30, 110]).value == pytest.approx(0.1, abs=1e-14)


def test_amounts_that_cancel_within_a_day_leave_no_phantom_root() -> None:
    dates = [START, START, START, after(10), after(375)]
    rate = xirr(dates, [0.1, 0.2, -0.3, -100, 110])
    assert rate.status is RateStatus.UNIQUE
    assert rate.value == pytest.approx(0.1, abs=1e-14)


def test_a_later_day_without_money_makes_a_loss_total() -> None:
    assert xirr([START, after(400)], [-100, 0]).status is RateStatus.TOTAL_LOSS


def test_under_a_year_is_annualised_by_days() -> None:
    assert xirr([START, after(73)], [-100, 102]).value == pytest.approx(1.02**5 - 1, rel=1e-13)


def test_the_day_count_is_followed_and_may_merge_moments() -> None:
    leap = [date(2024, 1, 1), date(2025, 1, 1)]
    assert xirr(leap, [-100, 110], daycount=DayCount.ACT_ACT_ISDA).value == pytest.approx(0.1, abs=1e-14)
    same = [date(2026, 1, 30), date(2026, 1, 31)]
    assert xirr(same, [-100, 110], daycount=DayCount.THIRTY_E_360).status is RateStatus.UNDEFINED


def test_a_root_near_minus_one_hundred_percent() -> None:
    assert yearly([-1e12, 1]).value == pytest.approx(-1 + 1e-12, abs=1e-16)
    assert xirr([START, after(730)], [-1e6, 1e-6]).roots == pytest.approx([1e-6 - 1], abs=1e-15)


def test_a_root_above_a_million() -> None:
    assert yearly([-1, 3e6]).value == pytest.approx(3e6 - 1, rel=1e-14)
    assert xirr([START, after(1)], [-100, 104.5]).value == pytest.approx(1.045**365 - 1, rel=1e-10)


def test_a_root_no_float_can_hold_is_the_nearest_float_and_exact_as_a_logarithm() -> None:
    gain, loss = xirr([START, after(1)], [-100, 1000]), xirr([START, after(1)], [-1000, 10])
    assert (gain.status, loss.status) == ("unique", "unique")
    assert gain.value == np.finfo(np.float64).max
    assert gain.log_roots == pytest.approx((365 * math.log(10),))
    assert loss.value == -1 + 2**-53
    assert loss.log_roots == pytest.approx((-365 * math.log(100),))


def test_every_root_of_many() -> None:
    growth = (0.5, 0.9, 1.0, 1.1, 1.2, 3.0)
    rate = irr(from_growth(*growth))
    assert rate.status == "multiple"
    assert rate.value is None
    assert rate.roots == pytest.approx([factor - 1 for factor in growth], abs=1e-8)


def test_roots_far_apart() -> None:
    assert irr(from_growth(1e-6, 1.08, 2e6)).roots == pytest.approx((1e-6 - 1, 0.08, 2e6 - 1), rel=1e-9)


def test_a_root_of_high_order_is_one_root() -> None:
    assert irr(from_growth(*[1.1] * 3)).roots == pytest.approx([0.1], abs=1e-9)
    assert irr(from_growth(1.1, 1.1, 1.4)).roots == pytest.approx([0.1, 0.4], abs=1e-6)


def test_many_sign_changes_with_one_root() -> None:
    amounts = [-100.0] + [30.0, -5.0] * 40 + [30.0]
    rate = irr(amounts)
    assert rate.status is RateStatus.UNIQUE
    assert sum(amount / (1 + rate.value) ** at for at, amount in enumerate(amounts)) == pytest.approx(
        0, abs=1e-9
    )


def test_a_late_payment_brings_a_second_root_that_a_search_from_ten_percent_misses() -> None:
    rate = irr([-100.0] + [30.0, -5.0] * 40)
    assert rate.status is RateStatus.MULTIPLE
    assert rate.roots == pytest.approx((5 / 30 - 1, 0.13614872774780093), abs=1e-12)


def test_the_silent_error_of_a_known_library_is_not_ours() -> None:
    """A solver that stops at -99.98 % although the present value there is 1.3e13 must not be believed."""
    rate = irr([-1000, 0, 0, 0, 1e-9, 5])
    assert rate.status is RateStatus.UNIQUE
    assert rate.residual < 1e-12


FLOWS = st.lists(st.tuples(st.integers(0, 5000), st.integers(-(10**9), 10**9)), min_size=2, max_size=25)


def relative_value(rows: list[tuple[int, float]], log_root: float) -> float:
    terms = [(math.log(abs(amount)) - day / 365 * log_root, amount > 0) for day, amount in rows if amount]
    top = max(size for size, _ in terms)
    sizes = [(math.exp(size - top), gain) for size, gain in terms]
    return math.fsum(size if gain else -size for size, gain in sizes) / math.fsum(size for size, _ in sizes)


@given(FLOWS)
def test_the_present_value_at_every_root_is_zero(rows: list[tuple[int, int]]) -> None:
    rate = xirr([after(day) for day, _ in rows], [amount for _, amount in rows])
    assert rate.residual < 1e-9
    merged: dict[int, int] = {}
    for day, amount in rows:
        merged[day] = merged.get(day, 0) + amount
    for log_root in rate.log_roots:
        assert abs(relative_value(sorted(merged.items()), log_root)) < 1e-9
    assert list(rate.roots) == sorted(rate.roots)
    assert all(1 + root > 0 for root in rate.roots)


@given(FLOWS, st.randoms(use_true_random=False), st.integers(1, 12))
def test_order_size_and_splitting_play_no_part(
    rows: list[tuple[int, int]], chance: object, power: int
) -> None:
    plain = xirr([after(day) for day, _ in rows], [amount for _, amount in rows])
    split = [(day, part) for day, amount in rows for part in (amount - amount // 3, amount // 3)]
    chance.shuffle(split)
    again = xirr([after(day) for day, _ in split], [amount for _, amount in split])
    larger = xirr([after(day + 77) for day, _ in rows], [amount * 2.0**power for _, amount in rows])
    assert again == plain
    assert (larger.status, larger.roots) == (plain.status, pytest.approx(plain.roots, rel=1e-9, abs=1e-9))


@given(
    st.lists(st.sampled_from([0.4, 0.7, 1.0, 1.08, 1.25, 1.6, 2.5, 7.0]), min_size=1, max_size=6, unique=True)
)
def test_every_root_that_was_put_in_is_found(growth: list[float]) -> None:
    assert irr(from_growth(*growth)).roots == pytest.approx(sorted(factor - 1 for factor in growth), abs=1e-5)


@given(st.lists(st.lists(st.tuples(st.integers(0, 3000), st.integers(-9, 9)), max_size=12), max_size=12))
def test_the_batch_gives_the_same_answers(series: list[list[tuple[int, int]]]) -> None:
    rows = [row for one in series for row in one]
    offsets = np.cumsum([0, *(len(one) for one in series)])
    batch = xirr_batch([day for day, _ in rows], [amount for _, amount in rows], offsets)
    assert batch.status.dtype == np.uint8
    assert batch.values.shape == batch.status.shape == (len(series),)
    for at, one in enumerate(series):
        alone = xirr([after(day) for day, _ in one], [amount for _, amount in one])
        assert batch.status[at] == CODES[alone.status]
        expected = math.nan if alone.value is None else alone.value
        assert batch.values[at] == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def test_a_batch_of_each_status() -> None:
    series = [[-100, 110], [-100, 230, -132], [100, -300, 250], [-100, 0], [5, 5], [], [-100, 230, -132.25]]
    days = np.concatenate([365 * np.arange(len(amounts)) for amounts in series])
    batch = xirr_batch(days, np.concatenate(series), np.cumsum([0, *map(len, series)]))
    assert batch.status.tolist() == [0, 1, 2, 3, 4, 4, 0]
    assert batch.values == pytest.approx([0.1, *[math.nan] * 5, 0.15], nan_ok=True)


@pytest.mark.parametrize(
    ("dates", "amounts", "says"),
    [
        ([START], [1, 2], "dates has 1 items and amounts has 2"),
        ([START, START], [1, float("nan")], r"amounts\[1\] is nan"),
        ([START, START], [float("-inf"), 1], r"amounts\[0\] is -inf"),
        (["2021-01-01"], [1], r"dates\[0\] is '2021-01-01'; expected a date"),
    ],
)
def test_bad_flows_are_refused_by_name(dates: list[date], amounts: list[float], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        xirr(dates, amounts)


@pytest.mark.parametrize(
    ("days", "amounts", "offsets", "says"),
    [
        ([1, 2], [1.0], [0, 1], "days has 2 items and amounts has 1"),
        ([1], [math.inf], [0, 1], r"amounts\[0\] is inf"),
        ([1.5], [1.0], [0, 1], r"days\[0\] is 1.5; expected a whole number"),
        ([1], [1.0], [0, 2], "expected to run from 0 to 1"),
        ([1], [1.0], [1, 1], "expected to run from 0 to 1"),
        ([], [], [], "expected to run from 0 to 0"),
        ([1, 2], [1.0, 2.0], [0, 2, 1, 2], r"offsets\[2\] is below offsets\[1\]"),
    ],
)
def test_bad_batches_are_refused_by_name(
    days: list[float], amounts: list[float], offsets: list[int], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        xirr_batch(days, amounts, offsets)
