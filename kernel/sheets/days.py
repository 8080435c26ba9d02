"""Readers for dates and moments, in the many ways in which people and spreadsheets write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kernel.instants import BEIJING
from kernel.sheets.cells import Cell, Unreadable, narrow

NOT_A_DAY = "“{found}” is not a date; expected 2024-03-01, 2024年3月1日 or 20240301"
NO_SUCH_DAY = "“{found}” is a date that does not exist"
AMBIGUOUS = "“{found}” may be read in two ways; write the year first, as in 2024-03-01"
NOT_A_MOMENT = "“{found}” is not a date with a time; expected 2024-03-01 14:30"

# Day 0 of the spreadsheet calendar, shifted for its invented 29 February 1900; serials outside are no dates.
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII)
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", re.ASCII)
_MONTH_NAMES = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTHS = dict(zip(_MONTH_NAMES, range(1, 13), strict=True))
_NAME = r"([a-z]{3})[a-z]*\.?"
_ENGLISH = (
    (re.compile(rf"(\d{{1,2}})[ -]{_NAME}[ ,-]+(\d{{4}})", re.ASCII), (2, 1, 0)),
    (re.compile(rf"{_NAME} (\d{{1,2}}),? (\d{{4}})", re.ASCII), (2, 0, 1)),
)
_TIME = re.compile(
    r"(?P<day>.+?)[ T]\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{2})分?(?::(?P<second>\d{2}))?",
    re.ASCII,
)


def _made(year: str, month: str | int, day: str, found: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(NO_SUCH_DAY, found=found) from None


def _serial(number: int, found: str) -> date:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=number)
    raise Unreadable(NOT_A_DAY, found=found)


def _english(text: str, found: str) -> date | None:
    for pattern, (year, month, day) in _ENGLISH:
        match = pattern.fullmatch(text.lower())
        if match and match.groups()[month] in _MONTHS:
            parts = match.groups()
            return _made(parts[year], _MONTHS[parts[month]], parts[day], found)
    return None


def day_in(text: str, found: str) -> date:
    """The day that `text` means; `found` is how the cell is shown in a complaint."""
    text = narrow(text)
    for pattern in (_YEAR_FIRST, _COMPACT):
        match = pattern.fullmatch(text.replace(" ", ""))
        if match:
            return _made(match[1], match[2], match[3], found)
    spelled = _english(text, found)
    if spelled:
        return spelled
    if _DAY_FIRST.fullmatch(text):
        raise Unreadable(AMBIGUOUS, found=found)
    if re.fullmatch(r"\d{5}(?:\.0+)?", text, re.ASCII):
        return _serial(int(text[:5]), found)
    raise Unreadable(NOT_A_DAY, found=found)


@dataclass(frozen=True)
class Day:
    """A calendar day; a time of day beside it is dropped."""

    def read(self, cell: Cell) -> date:
        """The day as a date."""
        value = cell.value
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return (
                _serial(int(value), cell.shown)
                if value < _COMPACT_FROM
                else day_in(f"{value:.0f}", cell.shown)
            )
        if isinstance(value, str):
            timed = _TIME.fullmatch(narrow(value))
            return day_in(timed["day"] if timed else value, cell.shown)
        raise Unreadable(NOT_A_DAY, found=cell.shown)


_COMPACT_FROM = 19_000_000


@dataclass(frozen=True)
class Moment:
    """A date with a time of day, Beijing time; given back in UTC."""

    def read(self, cell: Cell) -> datetime:
        """The instant in UTC."""
        value = cell.value
        if isinstance(value, datetime):
            return value.replace(tzinfo=BEIJING).astimezone(UTC)
        timed = _TIME.fullmatch(narrow(value)) if isinstance(value, str) else None
        if timed is None:
            raise Unreadable(NOT_A_MOMENT, found=cell.shown)
        try:
            clock = time(int(timed["hour"]), int(timed["minute"]), int(timed["second"] or 0))
        except ValueError:
            raise Unreadable(NOT_A_MOMENT, found=cell.shown) from None
        return datetime.combine(day_in(timed["day"], cell.shown), clock, BEIJING).astimezone(UTC)
