"""Calendar quarters, and days that are months apart."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import Invalid

_WRITTEN = re.compile(r"(?P<year>[0-9]{4})Q(?P<number>[1-4])", re.ASCII)


class NotAQuarter(Invalid):
    code = "not_a_quarter"
    says = "“{text}” is not a quarter; expected a year and Q1 to Q4, as in 2026Q3."


class QuarterToCome(Invalid):
    code = "quarter_to_come"
    says = "The quarter {quarter} is still to come; there are figures up to {latest} at the latest."


@dataclass(frozen=True, order=True)
class Quarter:
    """One calendar quarter: 2026Q3 is July to September 2026."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 4 and 1000 <= self.year <= 9998):
            raise NotAQuarter(text=f"{self.year}Q{self.number}")

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read "2026Q3"."""
        found = _WRITTEN.fullmatch(text.strip().upper())
        if found is None:
            raise NotAQuarter(text=text)
        return cls(int(found["year"]), int(found["number"]))

    @classmethod
    def containing(cls, day: date) -> "Quarter":
        """The quarter in which `day` lies."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def starts_on(self) -> date:
        """The first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.next.starts_on - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has, first and last included."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def year_starts_on(self) -> date:
        """The first day of its year, from which year-to-date figures count."""
        return date(self.year, 1, 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def __contains__(self, day: date) -> bool:
        return Quarter.containing(day) == self

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def ended(quarter: Quarter, *, today: date) -> Quarter:
    """The quarter or, while it runs on, the one before it: nothing can be told of an end that has not come."""
    return quarter if quarter.ends_on <= today else quarter.previous


class DayToCome(Invalid):
    code = "day_to_come"
    says = "{day} is still to come; there are figures up to {today} at the latest."


def check_come(day: date, *, today: date) -> None:
    """Refuse a day after `today`: a rate or a value of it would only be today's, told as if time had passed."""
    if day > today:
        raise DayToCome(day=day, today=today)


def check_begun(quarter: Quarter, *, today: date) -> None:
    """Refuse a quarter that has not begun by `today`: nothing can be said of it yet."""
    if quarter.starts_on > today:
        raise QuarterToCome(quarter=str(quarter), latest=str(Quarter.containing(today)))


def months_after(day: date, months: int) -> date:
    """The same day `months` later (earlier: negative), or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
