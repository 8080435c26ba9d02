"""Rates of return as they are frozen, and the partner's returns by period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kernel.periods import Quarter
from lp_reports.facts import PeriodReturn
from lp_reports.facts import Rate as FrozenRate
from lp_reports.gathering.charter import PLACES, ratio
from valuation.irr import Rate, xirr

YEAR = 365
"""Days from which a period is long enough to be told as a yearly rate [GIPS]."""


def frozen_rate(rate: Rate) -> FrozenRate:
    """A rate of the solver with its digits cut to what is printed and compared, the same on every machine."""
    found = _cut(rate.value) if rate.value is not None else None
    return FrozenRate(rate.status.value, found, tuple(_cut(root) for root in rate.roots))


def _cut(value: float) -> Decimal:
    return Decimal(round(Fraction(value) * 10**PLACES)).scaleb(-PLACES)


@dataclass(frozen=True)
class Flow:
    """Money paid in (positive `paid`) or out to the partner on a day."""

    on: date
    paid: int
    received: int


def period_returns(
    *, flows: Sequence[Flow], navs: dict[date, int], quarter: Quarter, since: date
) -> tuple[PeriodReturn, ...]:
    """The quarter, the year so far, the last four quarters and the whole life.

    multiple = (closing value + distributions) / (opening value + contributions). From a year upwards also the
    XIRR with the opening value as money put in on the first day. `navs` hold the value at quarter ends.
    """
    year_ago = Quarter(quarter.year - 1, quarter.number)
    starts = [("quarter", quarter.starts_on), ("year_to_date", quarter.year_starts_on)]
    if year_ago.next.starts_on >= since:
        starts.append(("one_year", year_ago.next.starts_on))
    starts = [(code, start) for code, start in starts if start >= since] + [("inception", since)]
    return tuple(_period(code, start, flows, navs, quarter) for code, start in starts)


def _period(
    code: str, start: date, flows: Sequence[Flow], navs: dict[date, int], quarter: Quarter
) -> PeriodReturn:
    end = quarter.ends_on
    opening = 0 if code == "inception" else navs.get(Quarter.containing(start).previous.ends_on, 0)
    inside = [flow for flow in flows if start <= flow.on <= end]
    put_in = opening + sum(flow.paid for flow in inside)
    out = navs[end] + sum(flow.received for flow in inside)
    days = (end - start).days + 1
    dates = [start, *(flow.on for flow in inside), end]
    amounts = [-opening, *(flow.received - flow.paid for flow in inside), navs[end]]
    annual = frozen_rate(xirr(dates, amounts)) if days >= YEAR else None
    return PeriodReturn(code, start, end, days, ratio(out, put_in), annual)
