from datetime import date

import pytest
from chinese_calendar.constants import holidays
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar import AS_PACKAGED, LAST_YEAR, Announced, Calendar, CalendarUnknown, CannotCountBack
from kernel.expected import LAST_EXPECTED, windows

is_business_day, on_or_after = AS_PACKAGED.is_business_day, AS_PACKAGED.on_or_after
add_business_days, business_days_between = AS_PACKAGED.add_business_days, AS_PACKAGED.business_days_between
# 1/1, 5/5 and 8/15 of the lunisolar year.
LUNAR = {
    2008: ((2, 7), (6, 8), (9, 14)),
    2011: ((2, 3), (6, 6), (9, 12)),
    2014: ((1, 31), (6, 2), (9, 8)),
    2017: ((1, 28), (5, 30), (10, 4)),
    2019: ((2, 5), (6, 7), (9, 13)),
    2020: ((1, 25), (6, 25), (10, 1)),
    2021: ((2, 12), (6, 14), (9, 21)),
    2022: ((2, 1), (6, 3), (9, 10)),
    2023: ((1, 22), (6, 22), (9, 29)),
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
}


def test_a_national_holiday_on_a_weekday_is_no_business_day() -> None:
    assert not is_business_day(date(2026, 10, 1))
    assert is_business_day(date(2026, 9, 30))


def test_a_working_weekend_is_a_business_day() -> None:
    assert date(2026, 10, 10).weekday() == 5
    assert is_business_day(date(2026, 10, 10))
    assert not is_business_day(date(2026, 10, 17))


def test_counting_skips_the_golden_week_and_counts_the_working_saturday() -> None:
    assert on_or_after(date(2026, 10, 1)) == date(2026, 10, 8)
    assert add_business_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_business_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert add_business_days(date(2026, 10, 1), 0) == date(2026, 10, 1)
    assert business_days_between(date(2026, 9, 30), date(2026, 10, 12)) == 4


def test_counting_back_from_a_day_is_refused() -> None:
    with pytest.raises(CannotCountBack):
        add_business_days(date(2026, 9, 30), -1)


@pytest.mark.parametrize("year", LUNAR)
def test_every_schedule_announced_so_far_lies_within_what_is_expected(year: int) -> None:
    spring, boat, autumn = (date(year, *day) for day in LUNAR[year])
    expected = list(windows(year, (spring, boat, autumn)))
    off = [day for day in holidays if day.year == year and day.weekday() < 5]
    assert len(off) > 10
    assert [day for day in off if not any(first <= day <= last for first, last in expected)] == []


def test_a_year_not_announced_is_provisional_and_counts_only_what_is_surely_worked() -> None:
    """1 January 2027 is a Friday, the Spring Festival 6 February."""
    assert LAST_YEAR == 2026
    assert AS_PACKAGED.is_provisional(date(2027, 1, 4))
    assert not AS_PACKAGED.is_provisional(date(2026, 12, 31))
    assert add_business_days(date(2026, 12, 30), 2) == date(2027, 1, 5)
    assert not is_business_day(date(2027, 2, 5))
    assert not is_business_day(date(2027, 2, 14))
    assert is_business_day(date(2027, 2, 1))
    assert not is_business_day(date(2027, 1, 9))


def test_a_notice_entered_goes_first() -> None:
    known = Calendar({2027: Announced(frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 9)}))})
    assert not known.is_provisional(date(2027, 1, 4))
    assert known.is_business_day(date(2027, 1, 4))
    assert known.is_business_day(date(2027, 1, 9))
    assert not known.is_business_day(date(2027, 1, 10))
    assert known.add_business_days(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_a_year_beyond_all_that_is_known_is_refused_in_plain_words() -> None:
    with pytest.raises(CalendarUnknown, match="enter the State Council's notice for 2041"):
        is_business_day(date(LAST_EXPECTED + 1, 3, 1))
    with pytest.raises(CalendarUnknown):
        is_business_day(date(1999, 1, 4))


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(0, 40))
def test_adding_and_counting_are_inverse(day: date, count: int) -> None:
    later = add_business_days(day, count)
    assert business_days_between(day, later) == count
    assert business_days_between(later, day) == -count
