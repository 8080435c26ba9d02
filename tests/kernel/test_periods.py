from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.periods import NotAQuarter, Quarter, QuarterToCome, check_begun, months_after


def test_a_quarter_knows_its_days() -> None:
    quarter = Quarter.parse("2026Q3")
    assert (quarter.starts_on, quarter.ends_on, quarter.days) == (date(2026, 7, 1), date(2026, 9, 30), 92)
    assert quarter.year_starts_on == date(2026, 1, 1)
    assert str(quarter) == "2026Q3"


def test_the_year_turns_both_ways() -> None:
    assert str(Quarter(2026, 4).next) == "2027Q1"
    assert str(Quarter(2026, 1).previous) == "2025Q4"
    assert Quarter(2024, 1).days == 91
    assert Quarter(2026, 1).days == 90
    assert Quarter(2025, 4) < Quarter(2026, 1)


@pytest.mark.parametrize("text", ["2026", "2026Q5", "2026Q0", "26Q1", "2026-Q1", ""])
def test_what_is_not_a_quarter_is_refused(text: str) -> None:
    with pytest.raises(NotAQuarter):
        Quarter.parse(text)


def test_a_quarter_made_by_hand_is_checked_too() -> None:
    with pytest.raises(NotAQuarter):
        Quarter(2026, 5)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_one_quarter(day: date) -> None:
    quarter = Quarter.containing(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert day in quarter
    assert day not in quarter.next
    assert quarter.next.previous == quarter
    assert quarter.next.starts_on - quarter.ends_on == timedelta(days=1)
    assert Quarter.parse(str(quarter)) == quarter


def test_a_quarter_that_has_not_begun_is_told_apart() -> None:
    check_begun(Quarter(2026, 3), today=date(2026, 7, 1))
    with pytest.raises(QuarterToCome, match="2026Q3 is still to come; there are figures up to 2026Q2"):
        check_begun(Quarter(2026, 3), today=date(2026, 6, 30))


def test_months_end_where_a_month_has_no_such_day() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 3, 31), -13) == date(2025, 2, 28)
    assert months_after(date(2026, 11, 2), 2) == date(2027, 1, 2)
