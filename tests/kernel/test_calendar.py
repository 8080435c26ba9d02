from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar import (
    LAST_YEAR,
    CalendarUnknown,
    CannotCountBack,
    add_business_days,
    business_days_between,
    is_business_day,
    on_or_after,
)


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


def test_a_year_not_announced_yet_is_refused_not_guessed() -> None:
    with pytest.raises(CalendarUnknown, match=str(LAST_YEAR + 1)):
        is_business_day(date(LAST_YEAR + 1, 3, 1))
    with pytest.raises(CalendarUnknown):
        is_business_day(date(1999, 1, 4))


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(0, 40))
def test_adding_and_counting_are_inverse(day: date, count: int) -> None:
    later = add_business_days(day, count)
    assert business_days_between(day, later) == count
    assert business_days_between(later, day) == -count
