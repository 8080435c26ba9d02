"""Gross and net returns by period: the stretches that a reader expects, every year and every quarter.

Net is over the partners who pay fees, or of one partner; gross is of the holdings, for whoever reads the whole fund.
Entries and values are each read once, however many stretches there are.
"""

from dataclasses import dataclass
from datetime import datetime

from fund.holdings.flows import all_cash_flows
from fund.holdings.queries import worth_by_quarter
from fund.results.performance import flows_that_stand, net_run
from fund.results.progress_rules import Move
from fund.results.reading import reaches_all
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

# Net, and gross for whoever reads the whole fund.
Runs = tuple[Run, Run | None]


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
    own = [tuple(_return(runs, one) for one in each) for each in _lists(runs, through)]
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
    spans, calendar, _ = _lists(runs, through)
    for one in (*spans, *calendar):
        if (one.span, one.ends_on) == (span, through.ends_on):
            return _return(runs, one)
    raise StretchUnknown(span=span.value, quarter=through)


def _lists(runs: Runs, through: Quarter) -> tuple[tuple[Stretch, ...], ...]:
    """Ranges, years and quarters. What was taken back later counts in the years and quarters before, and since
    inception only what stands.
    """
    stands = [one.first_on for one in runs if one and one.first_on]
    counted = [*stands, *(one.began_on for one in runs if one and one.began_on)]
    if not counted:
        return (), (), ()
    first = min(counted)
    return (
        ranges(through, first=min(stands, default=first)),
        years(through, first=first),
        quarters(through, first=first),
    )


def _return(runs: Runs, stretch: Stretch) -> StretchReturn:
    net, gross = runs
    return StretchReturn(stretch, told(net, stretch), told(gross, stretch) if gross else None)


def _runs(tx: Tx, fund_id: int, through: Quarter, partner_id: int | None, known_at: datetime | None) -> Runs:
    net = net_run(tx, fund_id=fund_id, through=through, partner_id=partner_id, known_at=known_at)
    return net, _gross(tx, fund_id, through, known_at) if reaches_all(tx) else None


def _gross(tx: Tx, fund_id: int, through: Quarter, known_at: datetime | None) -> Run:
    moved = [
        Move(Flow(one.on, one.amount, one.kind, one.reference, act=one.act), None, until=one.until)
        for one in all_cash_flows(tx, fund_id=fund_id, as_of=through.ends_on, known_at=known_at)
    ]
    held = worth_by_quarter(tx, fund_id=fund_id, through=through, known_at=known_at)
    values = {quarter: sum(one.worth.value for one in own) for quarter, own in held.items()}
    return Run(moved, values, flows_that_stand(moved))
