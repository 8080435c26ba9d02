"""What a notice of the State Council on a year's holidays must say. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.calendar import Announced
from kernel.errors import Invalid, Problem

_SATURDAY = 5
LONGEST = 120
# What the law itself fixes, whatever a notice moves (全国年节及纪念日放假办法, as of 2025).
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


class DayKind(StrEnum):
    """Whether a day of a notice is off or, on a weekend, worked."""

    OFF = "off"
    WORKED = "worked"


class HolidaysInvalid(Invalid):
    code = "holiday_notice_invalid"
    says = "The holidays of {year} cannot be kept as they are."


class YearOver(Invalid):
    code = "holiday_year_over"
    says = "The year {year} is over; its holidays are known and stay as they are."


@dataclass(frozen=True)
class NoticeDay:
    """One day of a notice, with the holiday that it belongs to."""

    on: date
    kind: DayKind
    name: str = ""


def check_notice(*, year: int, document: str, days: Collection[NoticeDay], today: date) -> None:
    """Refuse a notice of a year that is over, without its number, or whose days cannot be: each is named."""
    if year < today.year:
        raise YearOver(year=year)
    problems = list(_faults(year, document, days))
    if problems:
        raise HolidaysInvalid(year=year, problems=problems)


def announced(days: Collection[NoticeDay]) -> Announced:
    """What the calendar needs of a notice."""
    return Announced(
        frozenset(one.on for one in days if one.kind is DayKind.OFF),
        frozenset(one.on for one in days if one.kind is DayKind.WORKED),
    )


def _faults(year: int, document: str, days: Collection[NoticeDay]) -> Iterator[Problem]:
    if not document.strip():
        yield Problem("document", "the number of the notice is missing, as in 国办发明电〔2025〕7号")
    if len(days) > LONGEST:
        yield Problem("days", "a notice names at most {limit} days", {"limit": LONGEST})
    seen: set[date] = set()
    for one in sorted(days, key=lambda day: day.on):
        facts = {"on": one.on, "year": year}
        if one.on.year != year:
            yield Problem("days", "{on} is no day of {year}", facts)
        if one.on in seen:
            yield Problem("days", "{on} stands twice", facts)
        if one.kind is DayKind.WORKED and one.on.weekday() < _SATURDAY:
            yield Problem(
                "days", "{on} is a weekday and worked anyway; only weekends are worked instead", facts
            )
        seen.add(one.on)
    off = {one.on for one in days if one.kind is DayKind.OFF}
    for month, day in FIXED:
        on = date(year, month, day)
        if on not in off:
            yield Problem("days", "{on} is a holiday by law and missing", {"on": on})
