"""The strictest holiday schedule to be expected of a year that is not announced yet. Pure.

The law (全国年节及纪念日放假办法, as of 2025) fixes the holidays: 1 January, the eve of the Spring Festival and its
first three days, Qingming, 1 and 2 May, Dragon Boat, Mid-Autumn, 1 to 3 October. Each year's notice moves weekends to
them; the windows below hold every schedule from 2008 to 2026, but for the parade of September 2015 (a test compares
them). A weekday outside them is worked under any announcement to be expected; weekends that may be worked are not
counted.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

# By year: the days of the Spring Festival, Dragon Boat and Mid-Autumn, as (month, day). 1/1, 5/5 and 8/15 of the
# lunisolar year (GB/T 33661-2017).
_LUNAR: Mapping[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
    2036: ((1, 28), (5, 30), (10, 4)),
    2037: ((2, 15), (6, 18), (9, 24)),
    2038: ((2, 4), (6, 7), (9, 13)),
    2039: ((1, 24), (5, 27), (10, 2)),
    2040: ((2, 12), (6, 14), (9, 20)),
}
LAST_EXPECTED = max(_LUNAR)
_SATURDAY = 5

# How many days before and after each festival may be off.
NEW_YEAR, SPRING, QINGMING, LABOUR, DRAGON_BOAT, MID_AUTUMN, NATIONAL = (
    (2, 3),
    (4, 9),
    (3, 4),
    (4, 5),
    (3, 3),
    (3, 3),
    (3, 8),
)


def windows(year: int, lunar: tuple[date, date, date]) -> Iterator[tuple[date, date]]:
    """The first and the last day around each festival that may be off, given the days of the lunar ones."""
    fixed = (
        (date(year, 1, 1), NEW_YEAR),
        (date(year, 4, 5), QINGMING),
        (date(year, 5, 1), LABOUR),
        (date(year, 10, 1), NATIONAL),
        (date(year + 1, 1, 1), NEW_YEAR),
    )
    moving = zip(lunar, (SPRING, DRAGON_BOAT, MID_AUTUMN), strict=True)
    for day, (before, after) in (*fixed, *moving):
        yield day - timedelta(days=before), day + timedelta(days=after)


def is_surely_business(day: date) -> bool:
    """Whether a day of a year up to LAST_EXPECTED is worked under any announcement to be expected."""
    spring, boat, autumn = (date(day.year, *one) for one in _LUNAR[day.year])
    may_be_off = any(first <= day <= last for first, last in windows(day.year, (spring, boat, autumn)))
    return day.weekday() < _SATURDAY and not may_be_off
