"""What must hold of every rate, and of the batch beside the single one."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valuation.brute_force import log_roots
from valuation.irr import CODES, RateStatus, xirr, xirr_batch

START = date(2000, 1, 1)
Flows = list[tuple[int, float]]
ROWS = st.lists(st.tuples(st.integers(0, 4_000), st.integers(-1_000, 1_000)), min_size=1, max_size=10)


def alone(rows: Flows) -> tuple[int, float]:
    rate = xirr([START + timedelta(day) for day, _ in rows], [amount for _, amount in rows])
    return CODES[rate.status], math.nan if rate.value is None else rate.value


def together(series: list[Flows]) -> list[tuple[int, float]]:
    rows = [row for one in series for row in one]
    cuts = np.cumsum([0, *map(len, series)])
    batch = xirr_batch(
        np.array([day for day, _ in rows], dtype=np.int64), [amount for _, amount in rows], cuts
    )
    return list(zip(batch.status.tolist(), batch.values.tolist(), strict=True))


def agree(series: list[Flows], within: float = 1e-9) -> None:
    for one, (status, value) in zip(series, together(series), strict=True):
        expected, rate = alone(one)
        assert status == expected, one
        assert value == pytest.approx(rate, rel=within, abs=within, nan_ok=True), one


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_roots_are_as_many_as_brute_force_finds(rows: list[tuple[int, int]]) -> None:
    expected = log_roots([day for day, _ in rows], [amount for _, amount in rows])
    rate = xirr([START + timedelta(day) for day, _ in rows], [amount for _, amount in rows])
    assert rate.log_roots == pytest.approx([float(root) for root in expected], rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
    st.integers(1, 900),
)
def test_profit_with_one_sign_change_is_a_rate_above_zero(
    paid: list[int], received: list[int], step: int
) -> None:
    amounts = [-float(amount) for amount in paid] + [float(amount) for amount in received]
    rows = [(step * at, amount) for at, amount in enumerate(amounts)]
    [(status, value)] = together([rows])
    profit = sum(amounts)
    assert status == CODES[RateStatus.UNIQUE]
    assert value == pytest.approx(0, abs=1e-12) if profit == 0 else value * profit > 0


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms(use_true_random=False), st.integers(-20, 20))
def test_order_size_and_splitting_change_nothing_in_a_batch(
    rows: list[tuple[int, int]], chance: object, power: int
) -> None:
    split = [(day + 77, part * 2.0**power) for day, amount in rows for part in (amount - 3, 3)]
    chance.shuffle(split)
    [(status, value)], [(other, changed)] = together([rows]), together([split])
    assert other == status
    assert changed == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True)


def random_series(chance: np.random.Generator, length: int, *, zeros: bool, tidy: bool) -> Flows:
    days = chance.integers(0, 3_000, length)
    if tidy:
        days = np.cumsum(chance.integers(1, 120, length))
    amounts = np.round(chance.normal(np.linspace(-50, 70, length), 40), 2)
    if zeros:
        amounts[chance.random(length) < 0.4] = 0.0
    return list(zip(days.tolist(), amounts.tolist(), strict=True))


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("tidy", [False, True])
def test_many_lengths_at_once(zeros: bool, tidy: bool) -> None:
    chance = np.random.default_rng(4)
    agree([random_series(chance, int(chance.integers(0, 40)), zeros=zeros, tidy=tidy) for _ in range(400)])


def test_wide_tables_of_one_length() -> None:
    """Enough series of 16 flows for tables of their own; some of them are compared."""
    chance = np.random.default_rng(5)
    series = [random_series(chance, 16, zeros=False, tidy=True) for _ in range(9_000)]
    answers = together(series)
    assert len({status for status, _ in answers}) > 2
    for at in range(0, len(series), 60):
        expected, rate = alone(series[at])
        assert answers[at] == (expected, pytest.approx(rate, rel=1e-9, abs=1e-9, nan_ok=True))


def test_any_number_of_threads_gives_the_same_numbers() -> None:
    chance = np.random.default_rng(6)
    rows = [
        random_series(chance, length, zeros=False, tidy=True) for length in (12, 13) for _ in range(2_000)
    ]
    flat = [row for one in rows for row in one]
    arguments = (
        [day for day, _ in flat],
        [amount for _, amount in flat],
        np.cumsum([0, *map(len, rows)]),
    )
    one, three = xirr_batch(*arguments), xirr_batch(*arguments, cores=3)
    assert np.array_equal(one.values, three.values, equal_nan=True)
    assert np.array_equal(one.status, three.status)


def test_a_series_longer_than_a_table() -> None:
    count = 200_000
    days = np.arange(count)
    amounts = np.full(count, 1.0)
    amounts[0] = -float(count)
    batch = xirr_batch([*days, 0, 365], [*amounts, -100, 110], [0, count, count + 2])
    assert batch.status.tolist() == [0, 0]
    assert batch.values == pytest.approx([0.0, 0.1], abs=1e-6)


def test_amounts_and_spans_near_what_a_float_can_hold() -> None:
    agree(
        [
            [(0, -1e300), (365, 1.1e300), (700, 1e299)],
            [(0, -1e-300), (365, 1.1e-300), (700, 1e-301)],
            [(0, -1e250), (300, 1.0), (400, 1e-250)],
            [(0, -1.0), (1, 1e12), (20_000, -1e-9), (20_001, 2e-9)],
            [(0, -1.0), (30_000, 1e-300), (30_001, 1e300)],
        ]
    )


def test_roots_a_hair_apart_and_none_by_a_hair() -> None:
    series = []
    for apart in (1e-3, 1e-6, 1e-9, 1e-12, 1e-14, 0.0, -1e-14, -1e-12, -1e-9, -1e-6):
        series.append([(0, -1e6), (365, 2.3e6 * (1 + apart)), (730, -1.3225e6)])
    agree(series)


def test_a_nearly_triple_root() -> None:
    """There the last digit of an amount moves the root in its fifth."""
    agree([[(0, 1.0), (91, -3.0 + apart), (182, 3.0), (273, -1.0)] for apart in (1e-6, 1e-12, 0.0)], 1e-4)


def test_many_roots_and_far_ones() -> None:
    series = []
    for growth in ([0.5, 0.9, 1.0, 1.1, 1.2, 3.0], [1e-4, 1.08, 2e4], [0.9, 1.0, 1.1], [0.2, 0.3, 5, 6]):
        amounts = (-np.poly(growth)).tolist()
        series += [list(zip(range(0, step * len(amounts), step), amounts, strict=True)) for step in (30, 365)]
    agree(series)


# One amount a day: of amounts of one day that cancel, what is left below their rounding counts as none, and brute
# force, which adds exactly, would count it.
SPREAD = st.lists(
    st.tuples(st.integers(0, 15_000), st.sampled_from([-1.0, 1.0]), st.floats(-40, 40)),
    min_size=2,
    max_size=12,
    unique_by=lambda row: row[0],
)


def test_what_cancels_within_a_day_but_for_rounding_is_no_receipt() -> None:
    flows: Flows = [(0, -1.0), (1, -1e15), (1, 1.0), (1, 1e15)]
    agree([flows])
    assert alone(flows)[0] == CODES[RateStatus.TOTAL_LOSS]


@settings(deadline=None, max_examples=60)
@given(SPREAD)
def test_amounts_of_every_order_of_size(rows: list[tuple[int, float, float]]) -> None:
    flows = [(day, sign * 10.0**size) for day, sign, size in rows]
    agree([flows])
    expected = log_roots([day for day, _ in flows], [amount for _, amount in flows])
    rate = xirr([START + timedelta(day) for day, _ in flows], [amount for _, amount in flows])
    assert rate.log_roots == pytest.approx([float(root) for root in expected], rel=1e-9, abs=1e-9)


def test_one_side_that_drowns_in_the_rounding_of_the_other() -> None:
    """Found by comparing random series of wild sizes: each was once answered wrongly."""
    series: list[Flows] = [
        [(0, 1.5e-17), (131, -0.3), (149, -1.0), (516, 1737.0), (588, 3.7e-18), (1542, 356.0), (1569, 0.8)],
        [(0, -5.5e-41), (1, 1.1e-39), (3, -0.9), (5, -1.0), (14, 1.3e-66), (16, -1.5e8), (45, -340.0)],
        [(0, 0.8), (650, -131.5), (4788, -0.06), (5340, 2e32), (6384, 1.2), (9814, -1.1), (16111, -0.012)],
        [
            (0, -1e-25),
            (1050, 0.9),
            (4096, -0.7),
            (7764, -1.5),
            (11114, 3.9e22),
            (12222, 45.0),
            (15485, -8.7e-26),
        ],
    ]
    agree(series)
    for flows in series:
        days, amounts = [day for day, _ in flows], [amount for _, amount in flows]
        rate = xirr([START + timedelta(day) for day in days], amounts)
        assert rate.log_roots == pytest.approx([float(x) for x in log_roots(days, amounts)], rel=1e-9)
