from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.backtest import (
    Compared,
    Exit,
    Happening,
    Milestone,
    back_tests,
    compare,
    staleness,
)
from valuation.flows import InvalidInput

ENDS = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)]
ALLOY = Exit("Alloy", date(2026, 5, 15), 150, dict(zip(ENDS, [80, 90, 100, 100, 120], strict=True)))
CHIP = Exit("Chip", date(2026, 2, 10), 30, {ENDS[2]: 60, ENDS[3]: 40})
GONE = Exit("Gone", date(2026, 1, 5), 5, {ENDS[3]: 0})


def test_an_exit_against_its_last_four_marks() -> None:
    """The fifth mark back is not asked; the price is 1.25 times the last mark."""
    found = compare([ALLOY])
    assert [(one.back, one.marked_on, one.mark) for one in found] == [
        (1, ENDS[4], 120),
        (2, ENDS[3], 100),
        (3, ENDS[2], 100),
        (4, ENDS[1], 90),
    ]
    assert (found[0].ratio, found[0].difference, found[0].days) == (1.25, 30, 45)
    assert {one.left_on for one in found} == {ALLOY.on}


def test_the_statistics_by_hand() -> None:
    last, before = back_tests(compare([ALLOY, CHIP, GONE], look_back=2))
    # Against the last marks of 120, 40 and 0: 150, 30 and 5.
    assert last.count == 3
    assert last.pooled == pytest.approx(185 / 160)
    assert last.mean == pytest.approx((1.25 + 0.75) / 2)
    assert last.median == pytest.approx(1)
    assert last.above == pytest.approx(2 / 3)
    assert last.mean_error == pytest.approx(0.25)
    assert last.mean_days == pytest.approx((45 + 41 + 5) / 3)
    assert last.without_ratio == 1
    # Two marks back: 100 and 60.
    assert (before.back, before.count, before.pooled, before.mean) == (2, 2, 180 / 160, 1.0)


def test_marks_of_nothing_have_no_ratio() -> None:
    (only,) = back_tests(compare([GONE]))
    assert (only.pooled, only.mean, only.median, only.mean_error) == (None, None, None, None)
    assert only.above == 1


def test_a_mark_of_the_day_itself_foretells_nothing() -> None:
    on_the_day = replace(CHIP, marks={**CHIP.marks, CHIP.on: 30})
    assert compare([on_the_day]) == compare([CHIP])


def test_no_exit_has_no_statistics() -> None:
    assert back_tests(compare([])) == []


AMOUNTS = st.floats(0.01, 1e9)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=20), st.floats(0.001, 1000))
def test_the_unit_of_money_and_the_order_play_no_part(pairs: list[tuple[float, float]], times: float) -> None:
    def exits(factor: float) -> list[Exit]:
        return [
            Exit(f"{at}", ENDS[4], price * factor, {ENDS[3]: mark * factor})
            for at, (price, mark) in enumerate(pairs)
        ]

    (own,), (other,) = back_tests(compare(exits(1))), back_tests(compare(exits(times)[::-1]))
    assert (own.count, own.median) == (other.count, pytest.approx(other.median, rel=1e-9))
    assert own.pooled == pytest.approx(other.pooled, rel=1e-9)
    assert own.mean == pytest.approx(other.mean, rel=1e-9)


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_exits_at_their_marks_show_no_error(marks: list[float]) -> None:
    (found,) = back_tests(
        compare([Exit(f"{at}", ENDS[4], mark, {ENDS[3]: mark}) for at, mark in enumerate(marks)])
    )
    assert (found.pooled, found.mean, found.mean_error, found.above) == (pytest.approx(1), 1, 0, 0)


def test_a_mark_grows_old_after_the_days_allowed() -> None:
    assert not staleness(ENDS[3], as_of=ENDS[4], maximum_days=90).is_stale
    found = staleness(ENDS[3], as_of=date(2026, 4, 1), maximum_days=90)
    assert (found.days, found.is_old, found.is_stale) == (91, True, True)


def test_what_happened_since_makes_a_young_mark_stale() -> None:
    found = staleness(
        ENDS[3],
        as_of=ENDS[4],
        maximum_days=365,
        happenings=[
            Happening(date(2026, 2, 1), "a round"),
            Happening(ENDS[3], "in the mark"),
            Happening(date(2026, 4, 1), "not yet"),
        ],
        milestones=[
            Milestone("pilot line", date(2026, 1, 31)),
            Milestone("certified late", ENDS[4], date(2026, 4, 20)),
            Milestone("first order", date(2026, 1, 15), date(2026, 1, 15)),
            Milestone("known before", ENDS[3]),
            Milestone("to come", date(2026, 4, 30)),
        ],
    )
    assert not found.is_old
    assert [one.what for one in found.since] == ["pilot line", "a round", "certified late"]
    assert found.is_stale


def _compare(**change: object) -> Callable[[], list[Compared]]:
    return lambda: compare([replace(CHIP, **change)])


@pytest.mark.parametrize(
    ("attempt", "says"),
    [
        (_compare(marks={}), "Chip left on 2026-02-10 and has no mark before"),
        (_compare(marks={CHIP.on: 1}), "Chip left on 2026-02-10 and has no mark before"),
        (_compare(marks={ENDS[4]: 1}), "Chip left on 2026-02-10 and has a mark of 2026-03-31"),
        (_compare(marks={ENDS[1]: -1}), "mark of Chip on 2025-06-30 is -1"),
        (_compare(price=float("inf")), "price of Chip is inf"),
        (lambda: compare([CHIP, CHIP]), "Chip left twice on 2026-02-10"),
        (lambda: compare([CHIP], look_back=0), "look_back is 0; expected 1 or more"),
        (lambda: staleness(ENDS[1], as_of=ENDS[0], maximum_days=1), "the mark is of 2025-06-30, after"),
        (lambda: staleness(ENDS[0], as_of=ENDS[1], maximum_days=-1), "maximum_days is -1"),
    ],
)
def test_refusals(attempt: Callable[[], object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        attempt()
