"""The pacing of a fund's calls and distributions, from its own years. Internal, as every forecast is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from fund.charter.queries import terms
from fund.forecasts.rules import PacingUnfit, PacingUntold
from fund.results.performance import Performance, net_flows, performance, progression
from fund.results.reading import Scope
from fund.results.rules import is_payout
from kernel.db import Tx
from kernel.instants import BEIJING
from kernel.periods import Quarter
from valuation.flows import InvalidInput
from valuation.pacing import PacingYear
from valuation.pacing_fit import FundYear, PacingFit, RunningYear, fit_pacing

# What the model is given where a young fund's own years do not tell it: the values of its authors' example.
GROWTH, BOW = 0.13, 2.5


@dataclass(frozen=True)
class Pacing:
    """The years of the fund, those that were with what the model makes of them, and those to come. Yuan.

    running: what is booked of the first year ahead, None where that has not begun; paid_in: what of it fell due by the
    day.
    """

    first_year: int
    history: tuple[FundYear, ...]
    fit: PacingFit
    running: RunningYear | None
    ahead: tuple[PacingYear, ...]
    paid_in: float = 0.0


def pacing(tx: Tx, *, fund_id: int, as_of: date) -> Pacing:
    """The model of Takahashi and Alexander fitted to the calendar years that are over, and the years to come.

    Of the year that runs what is booked by the day counts, and only its rest is estimated. Over the partners whose
    returns are told for the fund. Refused: no year is over; years that the model cannot tell.
    """
    promised = terms(tx, fund_id=fund_id, as_of=as_of)
    last = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    stages = progression(tx, fund_id=fund_id, through=Quarter(last, 4))
    if not stages:
        raise PacingUntold(as_of=as_of)
    ends = [one for one in stages if one.quarter.number == 4]
    whole = [(0, 0), *((one.paid_in, one.distributed) for one in ends)]
    years = tuple(
        FundYear((now[0] - before[0]) / 100, (now[1] - before[1]) / 100, end.nav / 100)
        for (before, now), end in zip(pairwise(whole), ends, strict=True)
    )
    first = ends[0].quarter.year
    stands = performance(tx, fund_id=fund_id, as_of=as_of)
    fit = _fitted(years, committed=stands.committed / 100, life=promised.term_ends_on.year - first + 1)
    running = _running(tx, stands, whole[-1]) if as_of.year > last and len(years) < fit.life else None
    until = promised.commitment_period_ends_on.year - first + 1
    ahead = fit.forecast(last_investment_year=until, running=running)
    paid_in = (stands.paid_in - whole[-1][0]) / 100 if running else 0.0
    return Pacing(first, years, fit, running, tuple(ahead), paid_in)


def _fitted(years: Sequence[FundYear], *, committed: float, life: int) -> PacingFit:
    try:
        return fit_pacing(years, commitment=committed, life=max(life, len(years)), growth=GROWTH, bow=BOW)
    except InvalidInput as fault:
        raise PacingUnfit(why=str(fault)) from fault


def _running(tx: Tx, stands: Performance, before: tuple[int, int]) -> RunningYear:
    """What is booked since the year before ended with so much paid in and distributed, what falls due until this one
    ends among it, as far as it stood in the books on the day.
    """
    day = stands.as_of
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    scope = Scope(stands.fund_id, frozenset(stands.partner_ids))
    known_at = datetime.combine(day, time.max, BEIJING)
    due = [one for one in net_flows(tx, scope=scope, as_of=last, known_at=known_at) if one.on > day]
    paid = sum(one.amount for one in due if is_payout(one))
    called = -sum(one.amount for one in due if not is_payout(one))
    return RunningYear(
        (stands.paid_in - before[0] + called) / 100,
        (stands.distributed - before[1] + paid) / 100,
        stands.nav / 100,
        ((day - first).days + 1) / ((last - first).days + 1),
        (called - paid) / 100,
    )
