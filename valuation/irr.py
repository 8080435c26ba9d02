"""The internal rate of return: every root, a status, and never a stand-in number.

A rate of return of flows a_i at times t_i (in years) is an r with 1 + r > 0 and sum of a_i / (1 + r)^t_i =
0. There may be one, several or none; `valuation.roots` finds them all or proves there is none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from valuation.answers import Roots
from valuation.batch import moments_and_roots, roots_on_days
from valuation.daycount import DayCount, year_fraction
from valuation.flows import (
    Floats,
    Ints,
    InvalidInput,
    Number,
    finite_array,
    finite_list,
    merge,
    rates_of_growth,
    real_dates,
    same_length,
)
from valuation.march import single_roots
from valuation.roots import Sums, all_roots, compare, sums_of

DAYS_A_YEAR = 365


class RateStatus(StrEnum):
    """What is known of a rate of return. The order is that of the codes in `RateBatch.status`."""

    UNIQUE = "unique"
    MULTIPLE = "multiple"
    NONE = "none"
    TOTAL_LOSS = "total_loss"
    UNDEFINED = "undefined"


# At what the modified rate beside several roots pays for money and lays it out: at nothing, which promises nothing.
FINANCE_RATE = REINVEST_RATE = 0.0
CODES = {status: code for code, status in enumerate(RateStatus)}
# The codes of flows of both signs with no root, one, and several.
ROOT_CODES = np.array(
    [CODES[status] for status in (RateStatus.NONE, RateStatus.UNIQUE, RateStatus.MULTIPLE)], dtype=np.uint8
)


@dataclass(frozen=True)
class Rate:
    """A rate of return with its status.

    status
        unique: exactly one root. multiple: several. none: flows of both signs, yet proved to have no root.
        total_loss: on two days or more money went out and none ever came back. undefined: no flow, only
        receipts, or everything on one single day.
    value
        The root if it is unique, otherwise None. Of several roots none is "the" rate: all satisfy the same
        equation, so choosing one (the nearest to zero, the largest) would be a claim the flows do not make.
    roots
        Every root, ascending, as annual (or periodic) fractions. A root beyond the floats next to -1 and
        next to infinity is given as that float; its exact place is in `log_roots`.
    log_roots
        The same roots as ln(1 + r), which no size of flows can overflow.
    residual
        The largest net present value at any root as a part of the gross discounted flows; 0.0 without roots.
    modified
        Beside several roots the modified rate, with FINANCE_RATE and REINVEST_RATE; otherwise None.
    """

    status: RateStatus
    value: float | None = None
    roots: tuple[float, ...] = ()
    log_roots: tuple[float, ...] = ()
    residual: float = 0.0
    modified: float | None = None


@dataclass(frozen=True)
class RateBatch:
    """Rates of many series: `values` float64 (NaN where `Rate.value` is None), `status` uint8 in RateStatus
    order.
    """

    values: Floats
    status: NDArray[np.uint8]


def xirr(dates: Sequence[date], amounts: Sequence[Number], *, daycount: DayCount = DayCount.ACT_365F) -> Rate:
    """The annual rate of return of dated amounts, negative = paid in, positive = received.

    Dates may come in any order and repeat: amounts of one day are summed first (of moments that the day
    count does not tell apart, likewise). Refuses lists of different length, what is no date, NaN and
    infinity, naming the item.
    """
    same_length(dates, "dates", amounts, "amounts")
    days, flows = real_dates(dates), finite_list(amounts, "amounts")
    first = min(days, default=date.min)
    return _rate([year_fraction(first, day, daycount) for day in days], flows)


def irr(amounts: Sequence[Number]) -> Rate:
    """The rate of return per period of amounts one period apart."""
    return _rate(list(range(len(amounts))), finite_list(amounts, "amounts"))


def xirr_batch(
    days: ArrayLike, amounts: ArrayLike, offsets: ArrayLike, *, cores: int = 1, compiled: bool = False
) -> RateBatch:
    """`xirr` on actual/365 of many series at once.

    days: (m,) whole days from any epoch. amounts: (m,) float64. offsets: (n + 1,) whole numbers from 0 to
    m, ascending: series i is days[offsets[i]:offsets[i + 1]] with its amounts. Returns n rates. The same
    answers as `xirr`, whatever `cores`, the number of threads; the steps run over all series together
    (`valuation.batch`), and only the few that these leave open are looked at more closely. compiled: run them
    as a compiled loop (`valuation.compiled`), refused where the extra of that name is not installed.
    """
    moments, flows, cuts = whole(days, "days"), finite_array(amounts, "amounts"), whole(offsets, "offsets")
    same_length(moments, "days", flows, "amounts")
    _check_offsets(cuts, len(flows))
    return _rates(*moments_and_roots(moments, flows, cuts, cores, compiled))


def xirr_on_days(days: Ints, flows: Floats) -> RateBatch:
    """The same for series that share their days, each later than the one before it. flows: (days, series)."""
    finite_array(flows.ravel(), "flows")
    return _rates(np.full(flows.shape[1], len(days)), roots_on_days(days, flows))


def _rates(moments: Ints, roots: Roots) -> RateBatch:
    """The answers, from how many different days each series has and its roots."""
    status = ROOT_CODES[roots.count]
    lossy, without = roots.paid & ~roots.received, ~(roots.paid & roots.received)
    status[without] = CODES[RateStatus.UNDEFINED]
    status[lossy & (moments > 1)] = CODES[RateStatus.TOTAL_LOSS]
    return RateBatch(rates_of_growth(roots.only * DAYS_A_YEAR), status)


def whole(values: ArrayLike, where: str) -> Ints:
    """A one-dimensional array of whole numbers; a refusal names the first position that is none."""
    given = np.asarray(values)
    if given.ndim == 1 and given.dtype.kind == "i":
        return given.astype(np.int64, copy=False)
    numbers = finite_array(values, where)
    bad = np.flatnonzero(numbers != np.trunc(numbers))
    if bad.size:
        raise InvalidInput(f"{where}[{bad[0]}] is {numbers[bad[0]]}; expected a whole number")
    return numbers.astype(np.int64)


def _check_offsets(offsets: Ints, items: int) -> None:
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != items:
        raise InvalidInput(f"offsets is {offsets.tolist()[:3]}...; expected to run from 0 to {items}")
    falling = np.flatnonzero(np.diff(offsets) < 0)
    if falling.size:
        raise InvalidInput(
            f"offsets[{falling[0] + 1}] is below offsets[{falling[0]}]; expected ascending offsets"
        )


def _rate(times: Sequence[float], flows: list[float]) -> Rate:
    moments = np.asarray(times, dtype=np.float64)
    merged, sums, _ = merge(
        moments, np.asarray(flows, dtype=np.float64), np.zeros(len(flows), dtype=np.int64)
    )
    without_roots = _without_roots(len(merged), bool((sums < 0).any()), bool((sums > 0).any()))
    if without_roots is not None:
        return Rate(without_roots)
    row = sums_of(sums[:, None], merged[:, None])
    found = _roots_of(row)
    status = (RateStatus.NONE, RateStatus.UNIQUE, RateStatus.MULTIPLE)[min(len(found), 2)]
    roots = tuple(rates_of_growth(found).tolist())
    return Rate(
        status=status,
        value=roots[0] if len(roots) == 1 else None,
        roots=roots,
        log_roots=tuple(found.tolist()),
        residual=max((_residual(row, log_root) for log_root in found), default=0.0),
        modified=_modified(merged, sums) if status is RateStatus.MULTIPLE else None,
    )


def _modified(moments: Floats, sums: Floats) -> float:
    """What was received on what was paid, per year of the time between the first flow and the last: the modified rate
    where money costs and earns nothing meanwhile (`valuation.rates.xmirr` with both rates 0).
    """
    paid, received = -math.fsum(sums[sums < 0]), math.fsum(sums[sums > 0])
    growth = (math.log(received) - math.log(paid)) / float(moments[-1] - moments[0])
    return float(rates_of_growth(np.array([growth]))[0])


def _without_roots(moments: int, paid: bool, received: bool) -> RateStatus | None:
    """The status of flows that cannot have a root because they lack a sign or a second day; None if they
    may have one.
    """
    if paid and received:
        return None
    return RateStatus.TOTAL_LOSS if paid and moments > 1 else RateStatus.UNDEFINED


def _roots_of(row: Sums) -> Floats:
    roots, proved = single_roots(row)
    return roots if proved[0] else _every_root(row)


def _every_root(row: Sums) -> Floats:
    found = all_roots(row)[:, 0]
    return found[~np.isnan(found)]


def _residual(row: Sums, log_root: float) -> float:
    gap, _ = compare(row, np.array([log_root]))
    return float(np.abs(np.tanh(gap[0] / 2)))
