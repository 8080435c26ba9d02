"""Business days of the People's Republic of China, with its moved holidays and working weekends.

The days come from the announcements of the State Council: those kept by the `chinesecalendar` package, and those that
the house has entered, which go first. The coming year's announcement appears in late autumn. A day of a year that is
announced nowhere yet is judged by the strictest schedule that is to be expected (`kernel/expected.py`): what is a
business day by it is one by any announcement, and what is counted by it is counted too low rather than too high.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays

from kernel.errors import Invalid
from kernel.expected import LAST_EXPECTED, is_surely_business

FIRST_YEAR = min(holidays).year
LAST_YEAR = max(holidays).year

_DAY = timedelta(days=1)
_SATURDAY = 5


class CalendarUnknown(Invalid):
    code = "calendar_unknown"
    says = "The holidays of {year} are not known; enter the State Council's notice for {year} on the page of holidays."


class CannotCountBack(Invalid):
    code = "cannot_count_back"
    says = "{count} business days after a day cannot be counted; expected zero or more."


@dataclass(frozen=True)
class Announced:
    """What the notice for a year says: weekdays and weekends that are off, and weekends that are worked."""

    off: frozenset[date]
    worked: frozenset[date]

    def is_business_day(self, day: date) -> bool:
        """Whether the day is worked."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)


@dataclass(frozen=True)
class Calendar:
    """The calendar as it is known: `announced` holds by year what the house has entered."""

    announced: Mapping[int, Announced] = field(default_factory=dict)

    def is_provisional(self, day: date) -> bool:
        """Whether the day is of a year to come that nobody has announced or entered."""
        return day.year > LAST_YEAR and day.year not in self.announced

    def is_business_day(self, day: date) -> bool:
        """Whether banks and offices work on `day`; of a provisional day whether they surely do.

        Refused: a day before the first year known or after the last one to be expected.
        """
        if day.year in self.announced:
            return self.announced[day.year].is_business_day(day)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return bool(chinese_calendar.is_workday(day))
        if LAST_YEAR < day.year <= LAST_EXPECTED:
            return is_surely_business(day)
        raise CalendarUnknown(year=day.year)

    def on_or_after(self, day: date) -> date:
        """`day` itself when it is a business day, otherwise the next one."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`-th business day after `day`, which is not counted itself; zero gives it back unchanged."""
        if count < 0:
            raise CannotCountBack(count=count)
        for _ in range(count):
            day = self.on_or_after(day + _DAY)
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """Business days after `start` up to and including `end`; negative when `end` comes first.

        `business_days_between(day, add_business_days(day, n)) == n`.
        """
        if end < start:
            return -self.business_days_between(end, start)
        days = ((start + i * _DAY) for i in range(1, (end - start).days + 1))
        return sum(self.is_business_day(day) for day in days)


AS_PACKAGED = Calendar()
"""The calendar of a house that has entered nothing; the days of years that are over are the same in every other."""
