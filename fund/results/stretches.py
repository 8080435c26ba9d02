"""Gross and net returns by period: the stretches that a reader expects, every year and every quarter.

Net is over the partners who pay fees, or of one partner; gross is of the holdings, for whoever reads the whole fund.
Entries and values are each read once, however many stretches there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fund.holdings.flows import all_cash_flows
from fund.holdings.queries import worth_by_quarter
from fund.results.interests import moves_of, passed_by
from fund.results.performance import flows_that_stand, own_moves, scope_of, values_by_quarter
from fund.results.progress_rules import Move
from fund.results.reading import Scope, reaches_all
from fund.results.rules import Flow
from fund.results.stretch_rules import (
    Run,
    Side,
    Span,
    Stretch,
    StretchUnknown,
    Told,
    quarters,
    ranges,
    told,
    years,
)
from kernel.db import Tx
from kernel.periods import Quarter
from valuation.irr import Rate

# Net, and gross for whoever reads the whole fund.
Runs = tuple[Run, Run | None]
# What a partner's report tells of its own periods.
_REPORTED = (Span.QUARTER, Span.YEAR_TO_DATE, Span.ONE_YEAR, Span.INCEPTION)


@dataclass(frozen=True)
class StretchReturn:
    """A stretch with its net return, and its gross one for whoever reads the whole fund."""

    stretch: Stretch
    net: Told
    gross: Told | None

    def of(self, side: Side) -> Told | None:
        """The return of one side."""
        return self.net if side is Side.NET else self.gross


@dataclass(frozen=True)
class Returns:
    """Returns by period up to a quarter's end, years and quarters the latest first; none before any money moved."""

    fund_id: int
    partner_id: int | None
    through: Quarter
    known_at: datetime | None
    ranges: tuple[StretchReturn, ...]
    years: tuple[StretchReturn, ...]
    quarters: tuple[StretchReturn, ...]


@dataclass(frozen=True)
class PeriodReturn:
    """The return of a stretch of time on opening value and money paid in; `annual` from a full year on."""

    code: str
    starts_on: date
    ends_on: date
    multiple: float | None
    annual: Rate | None
    flows: tuple[Flow, ...]

    @property
    def days(self) -> int:
        """How many days it has, first and last included."""
        return (self.ends_on - self.starts_on).days + 1


def returns_by_period(
    tx: Tx,
    *,
    fund_id: int,
    through: Quarter,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> Returns:
    """The quarter, the year to date, one, three and five years and since inception; every year that is over and every
    quarter.
    """
    runs = _runs(tx, fund_id, through, partner_id, known_at)
    first = _first(runs)
    lists = [listed(through, first=first) if first else () for listed in (ranges, years, quarters)]
    own = [tuple(_return(runs, one) for one in each) for each in lists]
    return Returns(fund_id, partner_id, through, known_at, *own)


def return_of(
    tx: Tx,
    *,
    fund_id: int,
    span: Span,
    through: Quarter,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> StretchReturn:
    """The one stretch of that span that ends with `through`. Refused: a year that does not end with it, and anything
    before money moved.
    """
    runs = _runs(tx, fund_id, through, partner_id, known_at)
    first = _first(runs)
    ending = [*ranges(through, first=first), *years(through, first=first)] if first else []
    for one in ending:
        if (one.span, one.ends_on) == (span, through.ends_on):
            return _return(runs, one)
    raise StretchUnknown(span=span.value, quarter=through)


def period_returns(
    tx: Tx,
    *,
    fund_id: int,
    quarter: Quarter,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> list[PeriodReturn]:
    """The net returns of the quarter, the year to date, four quarters and since inception, all to its last day; those
    that began before the first flow are left out.
    """
    run = _net(tx, fund_id, quarter, partner_id, known_at)
    if run.first_on is None:
        return []
    asked = [one for one in ranges(quarter, first=run.first_on) if one.span in _REPORTED]
    return list(_reported(run, asked))


def _reported(run: Run, asked: Iterable[Stretch]) -> Iterable[PeriodReturn]:
    for stretch in asked:
        is_whole = stretch.span is Span.INCEPTION
        if is_whole or (run.began_on is not None and run.began_on <= stretch.starts_on):
            found = told(run, stretch)
            annual = found.irr if found.is_annual else None
            yield PeriodReturn(
                stretch.span.value, stretch.starts_on, stretch.ends_on, found.multiple, annual, found.flows
            )


def _first(runs: Runs) -> date | None:
    return min((one.first_on for one in runs if one and one.first_on), default=None)


def _return(runs: Runs, stretch: Stretch) -> StretchReturn:
    net, gross = runs
    return StretchReturn(stretch, told(net, stretch), told(gross, stretch) if gross else None)


def _runs(tx: Tx, fund_id: int, through: Quarter, partner_id: int | None, known_at: datetime | None) -> Runs:
    net = _net(tx, fund_id, through, partner_id, known_at)
    return net, _gross(tx, fund_id, through, known_at) if reaches_all(tx) else None


def _net(tx: Tx, fund_id: int, through: Quarter, partner_id: int | None, known_at: datetime | None) -> Run:
    scope = Scope(
        fund_id, frozenset(sheet.id for sheet in scope_of(tx, fund_id=fund_id, partner_id=partner_id))
    )
    own = own_moves(tx, scope=scope, as_of=through.ends_on, known_at=known_at)
    passed = passed_by(tx, scope=scope, as_of=through.ends_on, known_at=known_at)
    return Run(
        moves=[*own, *moves_of(passed, by_day=True)],
        values=values_by_quarter(tx, scope=scope, through=through, known_at=known_at),
        whole=flows_that_stand([*own, *moves_of(passed)]),
    )


def _gross(tx: Tx, fund_id: int, through: Quarter, known_at: datetime | None) -> Run:
    moved = [
        Move(Flow(one.on, one.amount, one.kind, one.reference, act=one.act), None, until=one.until)
        for one in all_cash_flows(tx, fund_id=fund_id, as_of=through.ends_on, known_at=known_at)
    ]
    held = worth_by_quarter(tx, fund_id=fund_id, through=through, known_at=known_at)
    values = {quarter: sum(one.worth.value for one in own) for quarter, own in held.items()}
    return Run(moved, values, flows_that_stand(moved))
