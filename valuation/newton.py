"""The quick way to a rate: a few Newton steps over many series at once, each answer proved or given up.

For flows a_i at times t_i let P(x) and N(x) be the present values of what was received and what was paid, at
log growth x. A root is where h(x) = log(P / N) is 0. The slope h' is the mean time of the payments less that
of the receipts, each weighted by its present value, and h'' the difference of the variances of those times,
so |h''| <= span^2 / 4. That makes h almost straight, and bounds the error of a step:

* Start: the parabola of h at x = 0, where every weight is 1 and no exponential is needed; then a Newton step
  or a few in single precision, at half the cost.
* A last Newton step in double precision. With step d and K = span^2 / 4 * |d / h'| <= 1/2 there is a root
  within 2 |d|, and the point after the step is nearer to it than K |d| (Kantorovich 1948). An answer is
  accepted only by that bound.
* Only root: one sign change (Descartes), or running balances of one sign (fact 3 of `valuation.roots`), held
  against how far the balances can move within 2 |d|.

What is not accepted and proved is left to `valuation.roots`. Flows stand in columns, one series each.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.flows import Floats
from valuation.roots import EPSILON, Mask

# Numbers of eight bytes in a line of the cache.
LINE = 8
# Most steps in single precision; each is for those only that are still far off.
STEPS = 3
# A step of so much growth over the span leaves an error that the last step makes too small to matter.
NEAR = 3e-3
# Accepted error of a root, in log growth over the series' whole span.
TOLERANCE = 1e-11
# Far inside what a float can hold: beyond, an underflow might hide money.
MOST_GROWTH, LEAST_MONEY, MOST_MONEY = 600.0, 1e-140, 1e140


class Room:
    """Memory for the tables of one part of the work, taken once: fetching it from the system anew for each
    part costs more than the arithmetic. Tables begin at the bounds of the processor's cache lines, without which
    writing them takes twice as long.
    """

    def __init__(self, items: int) -> None:
        memory = np.empty(items + LINE)
        self._memory, self._used = memory[-(memory.ctypes.data // memory.itemsize) % LINE :], 0

    def clear(self) -> None:
        """Give all of it free again."""
        self._used = 0

    def table(self, shape: tuple[int, ...], kind: type = np.float64) -> NDArray[Any]:
        """A table of eight-byte numbers, or smaller ones, whose content means nothing yet."""
        size = math.prod(shape)
        lines = -(-size * np.dtype(kind).itemsize // (8 * LINE))
        begin, self._used = self._used, self._used + LINE * lines
        if self._used > len(self._memory):
            return np.empty(shape, dtype=kind)
        return self._memory[begin : self._used].view(kind)[:size].reshape(shape)


@dataclass(frozen=True)
class Signs:
    """Signs of columns of flows. changes: how often they change, zeros left out. paid_first: whether the
    first amount that is not zero was paid; False without one. last: where the last such amount stands.
    """

    changes: NDArray[np.integer]
    paid_first: Mask
    last: NDArray[np.intp]


@dataclass(frozen=True)
class Found:
    """roots: log growth per unit of time. settled: whether the root is accurate. count: 1 where it is proved to be the
    only one, 2 where there are several, 0 where that is open.
    """

    roots: Floats
    settled: Mask
    count: NDArray[np.uint8]


@dataclass(frozen=True)
class _Moments:
    """Sums over each column of discounted amounts (net) and of their sizes (gross), plain and times the time."""

    net: Floats
    gross: Floats
    net_moment: Floats
    gross_moment: Floats

    @staticmethod
    def of(discounted: Floats, times: Floats) -> "_Moments":
        """Of discounted amounts, which are overwritten by their sizes."""
        net, net_moment = discounted.sum(axis=0), _total(discounted, times)
        np.abs(discounted, out=discounted)
        return _Moments(net, discounted.sum(axis=0), net_moment, _total(discounted, times))

    def gap(self) -> Floats:
        """Gives h = log(P / N)."""
        return np.asarray(np.log((self.gross + self.net) / (self.gross - self.net)))

    def slope(self) -> Floats:
        """Gives h'."""
        product = (self.gross + self.net) * (self.gross - self.net)
        return np.asarray(2 * (self.net * self.gross_moment - self.gross * self.net_moment) / product)


def _total(part: Floats, weights: Floats) -> Floats:
    return np.asarray(np.einsum("fc,fc->c", part, weights))


def _discounted(amounts: Floats, times: Floats, x: Floats, memory: Floats) -> Floats:
    """The present value of each amount, written into `memory`."""
    values = np.multiply(times, -x, out=memory[:, : len(x)])
    return np.multiply(np.exp(values, out=values), amounts, out=values)


def _start(amounts: Floats, times: Floats, memory: Floats) -> Floats:
    """The root nearest to 0 of the parabola that touches h at 0; of its tangent where it has none."""
    moments = np.multiply(amounts, times, out=memory)
    first = _Moments.of(moments, times)
    net, gross = amounts.sum(axis=0), np.abs(amounts, out=memory).sum(axis=0)
    received, paid = gross + net, gross - net
    mean_received, mean_paid = (first.gross + first.net) / received, (first.gross - first.net) / paid
    bend = (first.gross_moment + first.net_moment) / received - mean_received**2
    bend -= (first.gross_moment - first.net_moment) / paid - mean_paid**2
    gap, slope = np.log(received / paid), mean_paid - mean_received
    inside = slope * slope - 2 * gap * bend
    parabola = -2 * gap / (slope + np.copysign(np.sqrt(np.maximum(inside, 0.0)), slope))
    x = np.where(inside > 0, parabola, -gap / slope)
    return np.where(np.isfinite(x), x, 0.0)


def signs_of(amounts: Floats) -> Signs:
    """The signs of amounts, (flows, columns)."""
    paid, kept = amounts < 0, amounts != 0
    last = np.full(amounts.shape[1], len(amounts) - 1)
    if not kept.all():
        paid, last = _filled(paid, kept)
    changed = paid[1:] != paid[:-1]
    width = np.uint8 if len(amounts) <= 256 else np.intp
    return Signs(np.add.reduce(changed.view(np.uint8), axis=0, dtype=width), paid[0], last)


def _filled(paid: Mask, kept: Mask) -> tuple[Mask, NDArray[np.intp]]:
    """Signs in which a zero takes that of the amount before it, or of the first one; where the last amount stands."""
    # Of the places of amounts so far, each with its sign as the last bit, the greatest is that of the last one.
    places = np.arange(1, len(paid) + 1, dtype=np.int32)[:, None]
    codes = (2 * places + paid) * kept
    if paid.shape[1] > len(paid):
        # For wide tables a row at a time is several times as quick.
        for before, row in pairwise(codes):
            np.maximum(before, row, out=row)
    else:
        np.maximum.accumulate(codes, axis=0, out=codes)
    signs = (codes & 1).astype(np.bool_)
    if not kept[0].all():
        first = np.take_along_axis(paid, kept.argmax(axis=0)[None], 0)
        signs = np.where(codes == 0, first, signs)
    return signs, np.maximum(codes[-1] // 2 - 1, 0).astype(np.intp)


def quick_roots(amounts: Floats, times: Floats, signs: Signs, room: Room) -> Found:
    """Roots of columns of amounts, with their times from 0 in ascending order, both (flows, columns)."""
    memory = room.table(times.shape)
    with np.errstate(all="ignore"):
        x = _approached(amounts, times, room)
        values = _discounted(amounts, times, x, memory)
        odd = signs.changes % 2 == 1
        lowest, highest = _extremes(values, signs.last, odd & (signs.changes > 1))
        sums = _Moments.of(values, times)
        slope = sums.slope()
        gap = sums.gap()
        step, span = gap / slope, times[-1]
        # Far from a root one side drowns in the other's rounding, and nothing said of it is sure.
        settled = (np.abs(gap) < 0.1) & _settled(x - step, step, slope, sums.gross, span)
        doubt = 3 * span * np.abs(step) + EPSILON * (len(times) + 8 + 4 * np.abs(x) * span)
        one_signed = (lowest > doubt * sums.gross) | (highest < -doubt * sums.gross)
        alone = odd & (one_signed | (signs.changes == 1))
    return Found(x - step, settled, settled * (alone + np.uint8(2) * ~odd))


def _approached(amounts: Floats, times: Floats, room: Room) -> Floats:
    """Points near the roots. Single precision halves the work, and the next step mends it."""
    a, t, memory = (room.table(times.shape, np.float32) for _ in range(3))
    a[...], t[...] = amounts, times
    x = _start(a, t, memory)
    near, left = x, np.arange(len(x))
    for _ in range(STEPS):
        sums = _Moments.of(_discounted(a, t, near, memory), t)
        step = sums.gap() / sums.slope()
        near = near - step
        x[left] = near
        # The error that is left is about the square of the step. What has run away is given up.
        rough = np.flatnonzero(np.abs(step) * t[-1] > NEAR)
        if not rough.size:
            break
        # An index would lay the columns out as rows, and passes over those take several times as long.
        near, left, a, t = near[rough], left[rough], np.take(a, rough, axis=1), np.take(t, rough, axis=1)
    return x.astype(np.float64)


def _settled(x: Floats, step: Floats, slope: Floats, gross: Floats, span: Floats) -> Mask:
    """Whether the point after the last step is accurate, by Kantorovich's bound and that of rounding."""
    bend = np.abs(span * span * step / (4 * slope))
    growth = np.abs(x) * span
    rounding = (8 + 4 * growth) * EPSILON * span
    return np.asarray(
        (bend <= 0.5)
        & (bend * np.abs(step) * span <= TOLERANCE)
        & (rounding <= TOLERANCE * (1 + growth) * np.abs(slope))
        & (growth <= MOST_GROWTH)
        & (gross > LEAST_MONEY)
        & (gross < MOST_MONEY)
    )


def _extremes(terms: Floats, last: NDArray[np.intp], wanted: Mask) -> tuple[Floats, Floats]:
    """The least and the greatest running sum of each wanted column, the one after its last amount left out."""
    if 4 * np.count_nonzero(wanted) > len(wanted):
        return _extremes_before(terms, last)
    lowest, highest = np.zeros((2, len(wanted)))
    chosen = np.flatnonzero(wanted)
    if chosen.size:
        few = np.take(terms, chosen, axis=1)
        lowest[chosen], highest[chosen] = _extremes_before(few, last[chosen])
    return lowest, highest


def _extremes_before(terms: Floats, last: NDArray[np.intp]) -> tuple[Floats, Floats]:
    if last.min() == len(terms) - 1:
        return _running_extremes(terms[:-1])
    # With nothing in the place of the last amount the sum before it is repeated to the end.
    ends = last, np.arange(len(last))
    kept, terms[ends] = terms[ends], 0.0
    extremes = _running_extremes(terms)
    terms[ends] = kept
    return extremes


def _running_extremes(terms: Floats) -> tuple[Floats, Floats]:
    rows, columns = terms.shape
    if columns <= rows:
        balances = np.cumsum(terms, axis=0)
        return balances.min(axis=0), balances.max(axis=0)
    # For wide tables a row at a time is twice as quick as a running sum down the columns.
    balance = terms[0].copy()
    lowest, highest = balance.copy(), balance.copy()
    for row in terms[1:]:
        balance += row
        np.minimum(lowest, balance, out=lowest)
        np.maximum(highest, balance, out=highest)
    return lowest, highest
