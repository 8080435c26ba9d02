"""The days on which something of a fund may take effect: its life, with some years on either side.

A day far off is a slip of the pen, and a chain of versions that ends with one takes no further version.
"""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Invalid, Problem

YEARS_BEFORE = 2
"""Promises are made and papers signed before the first close."""
YEARS_AFTER = 5
"""A term is extended, and a fund is wound up after it."""


class DayOutsideFund(Invalid):
    code = "day_outside_fund"
    says = "Days of this fund lie between {first} and {last}."


@dataclass(frozen=True)
class Life:
    """The first and the last day on which something of the fund may take effect."""

    first: date
    last: date


def life_of(*, first_close_on: date, term_ends_on: date) -> Life:
    """From some years before the first close to some years after the end of the term, in whole years."""
    first = max(first_close_on.year - YEARS_BEFORE, date.min.year)
    last = min(term_ends_on.year + YEARS_AFTER, date.max.year)
    return Life(date(first, 1, 1), date(last, 12, 31))


def check_days(life: Life, **days: date) -> None:
    """Refuse days outside the fund's life, each under the name of its field."""
    problems = [
        Problem(name, "{on} lies outside the fund's life, {first} to {last}", {"on": on, **vars(life)})
        for name, on in days.items()
        if not life.first <= on <= life.last
    ]
    if problems:
        raise DayOutsideFund(problems=problems, **vars(life))
