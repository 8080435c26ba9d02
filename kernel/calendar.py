"""Business days of the People's Republic of China, with its moved holidays and working weekends.

The days come from the announcements of the State Council as kept by the `chinesecalendar` package. The coming
year's announcement appears in late autumn; a day in a year that is not known yet is refused, never guessed.
"""

from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays

from kernel.errors import Invalid

FIRST_YEAR = min(holidays).year
LAST_YEAR = max(holidays).year

_DAY = timedelta(days=1)


class CalendarUnknown(Invalid):
    code = "calendar_unknown"
    says = (
        "The holidays of {year} are not known (known: {first} to {last}); update the package chinesecalendar."
    )


class CannotCountBack(Invalid):
    code = "cannot_count_back"
    says = "{count} business days after a day cannot be counted; expected zero or more."


def is_business_day(day: date) -> bool:
    """Whether banks and offices work on `day`: a weekday that is no holiday, or a working weekend."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CalendarUnknown(year=day.year, first=FIRST_YEAR, last=LAST_YEAR)
    return bool(chinese_calendar.is_workday(day))


def on_or_after(day: date) -> date:
    """`day` itself when it is a business day, otherwise the next one."""
    while not is_business_day(day):
        day += _DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`, which is not counted itself; zero gives it back unchanged."""
    if count < 0:
        raise CannotCountBack(count=count)
    for _ in range(count):
        day = on_or_after(day + _DAY)
    return day


def business_days_between(start: date, end: date) -> int:
    """Business days after `start` up to and including `end`; negative when `end` comes first.

    `business_days_between(day, add_business_days(day, n)) == n`.
    """
    if end < start:
        return -business_days_between(end, start)
    days = ((start + i * _DAY) for i in range(1, (end - start).days + 1))
    return sum(is_business_day(day) for day in days)
