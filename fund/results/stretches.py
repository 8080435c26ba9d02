"""Gross and net returns by period: the stretches that a reader expects, every year and every quarter.

Net is over the partners who pay fees, or of one partner; gross is of the holdings, for whoever reads the whole fund.
Entries and values are each read once, however many stretches there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.holdings.flows import all_cash_flows
from fund.holdings.queries import worth_by_quarter
from fund.ledger.chart import Account
from fund.ledger.together import DaySum, moved_by_day
from fund.results.interests import moves_of, passed_by
from fund.results.performance import (
    FLOWS,
    flows_that_stand,
    in_order,
    own_moves,
    scope_of,
    values_by_quarter,
)
from fund.results.progress_rules import Move
from fund.results.reading import Scope, reaches_all
from fund.results.rules import Flow
from fund.results.stretch_rules import (
    Half,
    Run,
    Side,
    Span,
    Stretch,
    StretchUnknown,
    Told,
    halves,
    quarters,
    ranges,
    told,
    years,
)
from kernel.db import Tx
from kernel.periods import Quarter
from valuation.irr import Rate

# What a partner's report tells of its own periods.
_REPORTED = (Span.QUARTER, Span.YEAR_TO_DATE, Span.ONE_YEAR, Span.INCEPTION)
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
    quarter. The net flows are sums by day; `return_of` names their entries.
    """
    runs = _runs(tx, fund_id, through, partner_id, known_at, by_day=True)
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
    run = net_run(tx, fund_id=fund_id, through=quarter, partner_id=partner_id, known_at=known_at)
    first = run.first_on or run.began_on
    if first is None:
        return []
    asked = [one for one in ranges(quarter, first=first) if one.span in _REPORTED]
    return list(_reported(run, asked))


def _reported(run: Run, asked: Iterable[Stretch]) -> Iterable[PeriodReturn]:
    for stretch in asked:
        reaches = run.began_on is not None and run.began_on <= stretch.starts_on
        if run.whole if stretch.span is Span.INCEPTION else reaches:
            found = told(run, stretch)
            annual = found.irr if found.is_annual else None
            yield PeriodReturn(
                stretch.span.value, stretch.starts_on, stretch.ends_on, found.multiple, annual, found.flows
            )


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


def _runs(
    tx: Tx,
    fund_id: int,
    through: Quarter,
    partner_id: int | None,
    known_at: datetime | None,
    *,
    by_day: bool = False,
) -> Runs:
    net = net_run(
        tx, fund_id=fund_id, through=through, partner_id=partner_id, known_at=known_at, by_day=by_day
    )
    return net, _gross(tx, fund_id, through, known_at) if reaches_all(tx) else None


def _gross(tx: Tx, fund_id: int, through: Quarter, known_at: datetime | None) -> Run:
    moved = [
        Move(Flow(one.on, one.amount, one.kind, one.reference, act=one.act), None, until=one.until)
        for one in all_cash_flows(tx, fund_id=fund_id, as_of=through.ends_on, known_at=known_at)
    ]
    held = worth_by_quarter(tx, fund_id=fund_id, through=through, known_at=known_at)
    values = {quarter: sum(one.worth.value for one in own) for quarter, own in held.items()}
    return Run(halves(moved), values, flows_that_stand(moved))


def net_run(
    tx: Tx,
    *,
    fund_id: int,
    through: Quarter,
    partner_id: int | None,
    known_at: datetime | None,
    by_day: bool = False,
) -> Run:
    """What happened to the money of a partner, or of the fund's fee-paying partners, up to the end of a quarter.

    With `by_day` the flows of a day are added up and name no entries, which is enough to tell many stretches.
    """
    sheets = scope_of(tx, fund_id=fund_id, partner_id=partner_id)
    scope = Scope.of(fund_id, sheets)
    asked: dict[str, Any] = {"scope": scope, "as_of": through.ends_on, "known_at": known_at}
    passed = passed_by(tx, **asked)
    own = _summed(tx, **asked) if by_day else halves(own_moves(tx, **asked))
    stands = [half.flow for half in own if half.other is None]
    return Run(
        halves=[*own, *halves(list(moves_of(passed, by_day=True)))],
        values=values_by_quarter(tx, scope=scope, through=through, known_at=known_at),
        whole=in_order([*stands, *flows_that_stand(list(moves_of(passed)))]),
    )


def _summed(tx: Tx, *, scope: Scope, as_of: date, known_at: datetime | None) -> list[Half]:
    """What these partners paid in and received by day, kind and day of what takes it back."""
    found = moved_by_day(
        tx,
        fund_id=scope.fund_id,
        as_of=as_of,
        accounts=FLOWS,
        partner_ids=scope.partner_ids,
        known_at=known_at,
    )
    return [_half(one, FLOWS[Account(one.account)]) for one in found]


def _half(moved: DaySum, kind: str) -> Half:
    return Half(Flow(moved.on, -moved.amount, kind, None), None if kind == "distribution" else moved.other_on)
