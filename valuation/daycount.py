"""Day counts: the length of a period in years, by the conventions of the ISDA definitions."""

import calendar
from datetime import date
from enum import StrEnum


class DayCount(StrEnum):
    """How days become years. Source: 2006 ISDA Definitions, section 4.16."""

    ACT_365F = "ACT_365F"
    ACT_360 = "ACT_360"
    ACT_ACT_ISDA = "ACT_ACT_ISDA"
    THIRTY_360_ISDA = "THIRTY_360_ISDA"
    THIRTY_E_360 = "THIRTY_E_360"


def year_fraction(start: date, end: date, daycount: DayCount = DayCount.ACT_365F) -> float:
    """Years from `start` to `end`; negative when `end` comes first (then minus the fraction of the swapped
    pair).

    ACT_365F: days / 365. ACT_360: days / 360. ACT_ACT_ISDA: days in leap years / 366 + days in other years
    / 365. THIRTY_360_ISDA (bond basis): months of 30 days; a start on the 31st counts as the 30th, and an
    end on the 31st counts as the 30th when the start does. THIRTY_E_360: both ends on the 31st count as the
    30th.
    """
    if end < start:
        return -year_fraction(end, start, daycount)
    if daycount is DayCount.ACT_365F:
        return (end - start).days / 365
    if daycount is DayCount.ACT_360:
        return (end - start).days / 360
    if daycount is DayCount.ACT_ACT_ISDA:
        return end.year - start.year + (_part_of_year(end) - _part_of_year(start))
    return _thirty_360_days(start, end, european=daycount is DayCount.THIRTY_E_360) / 360


def _part_of_year(day: date) -> float:
    """The part of its calendar year that has passed when the day begins."""
    return (day - date(day.year, 1, 1)).days / (366 if calendar.isleap(day.year) else 365)


def _thirty_360_days(start: date, end: date, *, european: bool) -> int:
    first = min(start.day, 30)
    last = min(end.day, 30) if european or first == 30 else end.day
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first
