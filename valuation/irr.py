"""The internal rate of return: every root, a status, and never a stand-in number.

A rate of return of flows a_i at times t_i (in years) is an r with 1 + r > 0 and sum of a_i / (1 + r)^t_i =
0. There may be one, several or none; `valuation.roots` finds them all or proves there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
from valuation.roots import Sums, all_roots, bounds, bracketed, compare, only_root, sign_changes, sums_of

DAYS_A_YEAR = 365


class RateStatus(StrEnum):
    """What is known of a rate of return. The order is that of the codes in `RateBatch.status`."""

    UNIQUE = "unique"
    MULTIPLE = "multiple"
    NONE = "none"
    TOTAL_LOSS = "total_loss"
    UNDEFINED = "undefined"


CODES = {status: code for code, status in enumerate(RateStatus)}


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
    """

    status: RateStatus
    value: float | None = None
    roots: tuple[float, ...] = ()
    log_roots: tuple[float, ...] = ()
    residual: float = 0.0


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


def xirr_batch(days: ArrayLike, amounts: ArrayLike, offsets: ArrayLike) -> RateBatch:
    """`xirr` on actual/365 of many series at once.

    days: (m,) whole days from any epoch. amounts: (m,) float64. offsets: (n + 1,) whole numbers from 0 to
    m, ascending: series i is days[offsets[i]:offsets[i + 1]] with its amounts. Returns n rates. The same
    answers as `xirr`; the steps run over all series together, and only a series that may have several roots
    is isolated on its own.
    """
    moments, flows, cuts = whole(days, "days"), finite_array(amounts, "amounts"), whole(offsets, "offsets")
    same_length(moments, "days", flows, "amounts")
    _check_offsets(cuts, len(flows))
    lengths = np.diff(cuts)
    series = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.minimum.reduceat(moments, cuts[:-1][lengths > 0]) if len(flows) else moments
    times = (moments - np.repeat(starts, lengths[lengths > 0])) / DAYS_A_YEAR
    return _solve(times, flows, series, len(lengths))


def whole(values: ArrayLike, where: str) -> Ints:
    """A one-dimensional array of whole numbers; a refusal names the first position that is none."""
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
    row = sums_of(sums[None, :], merged[None, :]).row(0)
    found = _roots_of_row(row)
    status = (RateStatus.NONE, RateStatus.UNIQUE, RateStatus.MULTIPLE)[min(len(found), 2)]
    roots = tuple(rates_of_growth(found).tolist())
    return Rate(
        status=status,
        value=roots[0] if len(roots) == 1 else None,
        roots=roots,
        log_roots=tuple(found.tolist()),
        residual=max((_residual(row, log_root) for log_root in found), default=0.0),
    )


def _without_roots(moments: int, paid: bool, received: bool) -> RateStatus | None:
    """The status of flows that cannot have a root because they lack a sign or a second day; None if they
    may have one.
    """
    if paid and received:
        return None
    return RateStatus.TOTAL_LOSS if paid and moments > 1 else RateStatus.UNDEFINED


def _roots_of_row(row: Sums) -> Floats:
    roots, proved = _single_roots(row)
    return roots if proved[0] else all_roots(row)


def _single_roots(sums: Sums) -> tuple[Floats, NDArray[np.bool_]]:
    """For each row a root, and whether it is proved to be the only one; without proof the number means
    nothing.
    """
    changes = sign_changes(sums)
    odd = changes % 2 == 1
    part = sums.rows(odd)
    low, high = bounds(part)
    last = np.count_nonzero(part.signs, axis=1) - 1
    roots, proved = np.zeros(len(odd)), odd.copy()
    roots[odd] = bracketed(part, low, high, part.signs[np.arange(len(last)), last])
    proved[odd] = (changes[odd] == 1) | only_root(part, roots[odd])
    return roots, proved


def _residual(row: Sums, log_root: float) -> float:
    gap, _ = compare(row, np.array([log_root]))
    return float(np.abs(np.tanh(gap[0] / 2)))


def _solve(times: Floats, flows: Floats, series: Ints, count: int) -> RateBatch:
    times, flows, series = merge(times, flows, series)
    moments = np.bincount(series, minlength=count)
    paid = np.bincount(series[flows < 0], minlength=count) > 0
    received = np.bincount(series[flows > 0], minlength=count) > 0
    status = np.full(count, CODES[RateStatus.UNDEFINED], dtype=np.uint8)
    status[paid & ~received & (moments > 1)] = CODES[RateStatus.TOTAL_LOSS]
    values = np.full(count, np.nan)
    first = np.concatenate(([0], np.cumsum(moments)))
    width = np.where(paid & received, 2 ** np.ceil(np.log2(np.maximum(moments, 1))), 0)
    for wide in np.unique(width[width > 0]):
        chosen = np.flatnonzero(width == wide)
        places = np.arange(int(moments[chosen].max()))
        inside = places < moments[chosen][:, None]
        items = np.where(inside, first[chosen][:, None] + places, 0)
        rows = sums_of(np.where(inside, flows[items], 0.0), np.where(inside, times[items], 0.0))
        values[chosen], status[chosen] = _solve_rows(rows)
    return RateBatch(values, status)


def _solve_rows(rows: Sums) -> tuple[Floats, NDArray[np.uint8]]:
    """The value and the status code of each row of flows of both signs."""
    log_roots, proved = _single_roots(rows)
    status = np.full(len(proved), CODES[RateStatus.UNIQUE], dtype=np.uint8)
    for position in np.flatnonzero(~proved).tolist():
        found = all_roots(rows.row(position))
        alone = len(found) == 1
        log_roots[position] = found[0] if alone else np.nan
        if not alone:
            status[position] = CODES[RateStatus.MULTIPLE if len(found) else RateStatus.NONE]
    return rates_of_growth(log_roots), status
