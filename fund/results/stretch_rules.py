"""The return of a stretch of time: on the value at its beginning, the money that moved in it, the value at its end.

Money-weighted: the opening value counts as paid in on the eve of the first day, the closing value as received on the
last one, and the rate is the one at which all of it is worth nothing (XIRR, actual/365). From a full year on it is an
annual rate; of less it is the rate of the stretch itself, not annualised [GIPS 2020, provision 5.A.1.d and its
guidance: returns of less than a year are not annualised]. Pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from math import expm1, log
from sys import float_info

from fund.results.progress_rules import Move
from fund.results.rules import Flow, is_full_year, is_paid_in, multiple_of, over
from kernel.errors import NotFound
from kernel.periods import Quarter
from valuation.irr import DAYS_A_YEAR, Rate, RateStatus, xirr


class Span(StrEnum):
    """How long a stretch is; all of them end with a quarter."""

    QUARTER = "quarter"
    YEAR_TO_DATE = "year_to_date"
    ONE_YEAR = "one_year"
    THREE_YEARS = "three_years"
    FIVE_YEARS = "five_years"
    INCEPTION = "inception"
    YEAR = "year"


class Side(StrEnum):
    """Before fees and carry, on the holdings; or after both, on what the partners have."""

    GROSS = "gross"
    NET = "net"


class StretchUnknown(NotFound):
    code = "stretch_unknown"
    says = (
        "No return over “{span}” ends with {quarter}: a year ends with its fourth quarter, after money moved."
    )


class Lack(StrEnum):
    """Why a stretch has no rate, where its flows are not even asked for one."""

    YOUNGER = "younger"
    NOTHING = "nothing"
    BELOW_ZERO = "below_zero"


# A rate beyond the floats is told as the last of them, as `Rate` does.
_LARGEST = log(float_info.max)
YEARS = {Span.ONE_YEAR: 1, Span.THREE_YEARS: 3, Span.FIVE_YEARS: 5}


@dataclass(frozen=True)
class Stretch:
    """From the first day to the last, both counted."""

    span: Span
    starts_on: date
    ends_on: date

    @property
    def eve(self) -> date:
        """The day at whose end it opens."""
        return self.starts_on - timedelta(days=1)

    @property
    def quarter(self) -> Quarter:
        """The quarter that it ends with."""
        return Quarter.containing(self.ends_on)


@dataclass(frozen=True)
class Told:
    """The return of a stretch. Amounts in minor units; put in and received are what moved between the two values.

    `since` is the day from which it is counted: the eve of the stretch, or that of the first flow where the stretch
    began before it. `rate` is annual where `is_annual`, otherwise that of the stretch; None where there is not exactly
    one, of which `why` says the reason. `flows` are what `irr` solves, or
    where many stretches are told their sums by day.
    """

    since: date | None
    opening: int
    put_in: int
    received: int
    closing: int
    irr: Rate | None
    rate: float | None
    is_annual: bool
    lack: Lack | None
    flows: tuple[Flow, ...]

    @property
    def gain(self) -> int:
        """What came back and is there beyond what was there and was put in."""
        return self.closing + self.received - self.opening - self.put_in

    @property
    def multiple(self) -> float | None:
        """What the flows gave per unit put in, the opening value among it."""
        return multiple_of(self.flows) if self.lack is None else None

    @property
    def why(self) -> str | None:
        """The code of why there is no rate; None where there is one."""
        if self.lack is not None:
            return self.lack.value
        return None if self.rate is not None or self.irr is None else self.irr.status.value


@dataclass(frozen=True)
class Half:
    """A flow and the day of what takes it back or what it takes back: within one stretch no money moved then."""

    flow: Flow
    other: date | None

    @property
    def is_seen(self) -> bool:
        """Whether the end of a quarter saw it: what was taken back in its own quarter never counted."""
        return self.other is None or Quarter.containing(self.other) != Quarter.containing(self.flow.on)


@dataclass(frozen=True)
class Run:
    """What happened to some money: its flows with what took them back, its value at the end of each quarter, its flows
    since inception that stand.
    """

    halves: Sequence[Half]
    values: Mapping[Quarter, int]
    whole: Sequence[Flow]

    def value_on(self, quarter_end: date) -> int:
        """What stood there at the end of a quarter; nothing before the first movement."""
        return self.values.get(Quarter.containing(quarter_end), 0)

    def within(self, starts_on: date, ends_on: date) -> tuple[Flow, ...]:
        """The flows of a stretch as it was seen on its last day: what was taken back in it is left out, what was taken
        back later still counts, and what had counted before comes back on the day on which it was taken back.
        """
        own = self._halves[bisect_left(self._days, starts_on) : bisect_right(self._days, ends_on)]
        return tuple(one.flow for one in own if one.other is None or not starts_on <= one.other <= ends_on)

    @property
    def first_on(self) -> date | None:
        """The day of the first flow since inception that stands; of an interest that was bought the seller's."""
        return min((flow.on for flow in self.whole), default=None)

    @cached_property
    def began_on(self) -> date | None:
        """The day of the first flow that counted at a quarter's end, be it that it was taken back later; of an interest
        that was bought that of its transfer.
        """
        return next((half.flow.on for half in self._halves if half.is_seen), None)

    @cached_property
    def _days(self) -> list[date]:
        return [half.flow.on for half in self._halves]

    @cached_property
    def _halves(self) -> list[Half]:
        return sorted(self.halves, key=lambda half: (half.flow.on, half.flow.reference or ""))


def halves(moves: Collection[Move]) -> list[Half]:
    """The flows of these moves; one that counts until a day comes back on it."""
    days = {move.flow.reference: move.flow.on for move in moves if is_paid_in(move.flow)}
    found = []
    for move in (one for one in moves if one.is_flow):
        found.append(Half(move.flow, move.until or (days.get(move.twin) if move.twin else None)))
        if move.until is not None:
            back = replace(move.flow, on=move.until, amount=-move.flow.amount)
            found.append(Half(back, move.flow.on))
    return found


def ranges(through: Quarter, *, first: date) -> tuple[Stretch, ...]:
    """The stretches that end with a quarter: itself, the year to date, one, three and five years, since inception."""
    end = through.ends_on
    starts = {Span.QUARTER: through.starts_on, Span.YEAR_TO_DATE: through.year_starts_on}
    starts |= {
        span: Quarter(through.year - count, through.number).next.starts_on for span, count in YEARS.items()
    }
    starts[Span.INCEPTION] = first
    return tuple(Stretch(span, starts_on, end) for span, starts_on in starts.items())


def years(through: Quarter, *, first: date) -> tuple[Stretch, ...]:
    """Every calendar year that is over, from that of the first movement on, the latest first."""
    last = through.year if through.number == 4 else through.year - 1
    return tuple(
        Stretch(Span.YEAR, date(year, 1, 1), date(year, 12, 31)) for year in range(last, first.year - 1, -1)
    )


def quarters(through: Quarter, *, first: date) -> tuple[Stretch, ...]:
    """Every quarter from that of the first movement on, the latest first."""
    found, quarter = [], through
    while quarter.ends_on >= first:
        found.append(Stretch(Span.QUARTER, quarter.starts_on, quarter.ends_on))
        quarter = quarter.previous
    return tuple(found)


def told(run: Run, stretch: Stretch) -> Told:
    """The return of a stretch; that since inception is the rate of all flows."""
    began, closing = run.began_on, run.value_on(stretch.ends_on)
    is_whole = stretch.span is Span.INCEPTION
    if began is None or began > stretch.ends_on or (is_whole and not run.whole):
        return _lacking(Lack.NOTHING)
    if stretch.span in YEARS and stretch.starts_on < began:
        return _lacking(Lack.YOUNGER)
    # What was charged before the first money came is borne by that money.
    opening = run.value_on(stretch.eve) if began < stretch.starts_on and not is_whole else 0
    moved = run.whole if is_whole else run.within(stretch.starts_on, stretch.ends_on)
    flows = over(
        moved, starts_on=stretch.starts_on, ends_on=stretch.ends_on, opening=opening, closing=closing
    )
    if not flows:
        return _lacking(Lack.NOTHING)
    since = flows[0].on
    full = is_full_year(since, stretch.ends_on)
    irr = None if opening < 0 else _solved(flows)
    return Told(
        since=since,
        opening=opening,
        put_in=-sum(flow.amount for flow in moved if flow.amount < 0),
        received=sum(flow.amount for flow in moved if flow.amount > 0),
        closing=closing,
        irr=irr,
        rate=_rate(irr, (stretch.ends_on - since).days, full) if irr else None,
        is_annual=full,
        lack=Lack.BELOW_ZERO if opening < 0 else None,
        flows=flows,
    )


def _lacking(lack: Lack) -> Told:
    return Told(None, 0, 0, 0, 0, None, None, False, lack, ())


def _solved(flows: Sequence[Flow]) -> Rate:
    """The annual rate; the flows of a day are added up first, of which a fund with many partners has many."""
    sums: dict[date, int] = {}
    for flow in flows:
        sums[flow.on] = sums.get(flow.on, 0) + flow.amount
    return xirr(list(sums), list(sums.values()))


def _rate(irr: Rate, days: int, full: bool) -> float | None:
    """The annual rate, or of less than a year what it makes of the days: (1 + r) ^ (days / 365) - 1."""
    if irr.status is not RateStatus.UNIQUE:
        return None
    return irr.value if full else expm1(min(irr.log_roots[0] * days / DAYS_A_YEAR, _LARGEST))
