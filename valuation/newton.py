"""The quick way to a rate: a few Newton steps over many series at once, each answer proved or given up.

For flows a_i at times t_i let P(x) and N(x) be the present values of what was received and what was paid, at
log growth x. A root is where h(x) = log(P / N) is 0. The slope h' is the mean time of the payments less that
of the receipts, each weighted by its present value, and h'' the difference of the variances of those times,
so |h''| <= span^2 / 4. That makes h almost straight, and bounds the error of a step:

* Start: the parabola of h at x = 0, where every weight is 1 and no exponential is needed.
* Newton steps. With step d and K = span^2 / 4 * |d / h'| <= 1/2 there is a root within 2 |d|, and the
  point after the step is nearer to it than K |d| (Kantorovich 1948). An answer is accepted only by that bound.
* Only root: one sign change (Descartes), or running balances of one sign (fact 3 of `valuation.roots`), held
  against how far the balances can move within 2 |d|.

What is not accepted and proved is left to `valuation.roots`. Flows stand in columns, one series each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valuation.flows import Floats
from valuation.roots import EPSILON, Mask

# Two steps for all, then one at a time for those that are not accurate yet.
STEPS = (2, 1, 1, 1)
# Accepted error of a root, in log growth over the series' whole span.
TOLERANCE = 1e-11
# Far inside what a float can hold: beyond, an underflow might hide money.
MOST_GROWTH, LEAST_MONEY, MOST_MONEY = 600.0, 1e-140, 1e140


class Room:
    """Memory for the tables of one part of the work, taken once: fetching it from the system anew for each
    part costs more than the arithmetic.
    """

    def __init__(self, items: int) -> None:
        self._memory, self._used = np.empty(items), 0

    def clear(self) -> None:
        """Give all of it free again."""
        self._used = 0

    def table(self, rows: int, columns: int) -> Floats:
        """A table whose content means nothing yet."""
        begin, self._used = self._used, self._used + rows * columns
        if self._used > len(self._memory):
            return np.empty((rows, columns))
        return self._memory[begin : self._used].reshape(rows, columns)


@dataclass(frozen=True)
class Signs:
    """Signs of columns of flows. changes: how often they change, zeros left out. paid_first: whether the
    first amount that is not zero was paid; False without one. last: where the last such amount stands, and
    None when that is the last row everywhere.
    """

    changes: NDArray[np.integer]
    paid_first: Mask
    last: NDArray[np.intp] | None


@dataclass(frozen=True)
class Found:
    """roots: log growth per unit of time. settled: whether the root is accurate. alone: whether it is
    settled and proved to be the only one.
    """

    roots: Floats
    settled: Mask
    alone: Mask


@dataclass(frozen=True)
class _Moments:
    """Sums over each column of amounts (net) and of their sizes (gross), plain and times the time."""

    net: Floats
    gross: Floats
    net_moment: Floats
    gross_moment: Floats

    def gap(self) -> Floats:
        """Gives h = log(P / N)."""
        return np.asarray(np.log((self.gross + self.net) / (self.gross - self.net)))

    def slope(self) -> Floats:
        """Gives h'."""
        product = (self.gross + self.net) * (self.gross - self.net)
        return np.asarray(2 * (self.net * self.gross_moment - self.gross * self.net_moment) / product)


@dataclass(frozen=True)
class _Flows:
    """Columns of flows, with the products that every step needs."""

    amounts: Floats
    sizes: Floats
    moments: Floats
    size_moments: Floats
    times: Floats

    @staticmethod
    def of(amounts: Floats, times: Floats, room: Room) -> "_Flows":
        sizes = np.abs(amounts, out=room.table(*amounts.shape))
        moments = np.multiply(amounts, times, out=room.table(*amounts.shape))
        size_moments = np.multiply(sizes, times, out=room.table(*amounts.shape))
        return _Flows(amounts, sizes, moments, size_moments, times)

    def columns(self, chosen: NDArray[np.intp]) -> "_Flows":
        parts = (self.amounts, self.sizes, self.moments, self.size_moments, self.times)
        return _Flows(*(part[:, chosen] for part in parts))

    def start(self) -> Floats:
        """The root nearest to 0 of the parabola that touches h at 0; of its tangent where it has none."""
        parts = (self.amounts, self.sizes, self.moments, self.size_moments)
        sums = _Moments(*(part.sum(axis=0) for part in parts))
        net_square, gross_square = _total(self.moments, self.times), _total(self.size_moments, self.times)
        received, paid = sums.gross + sums.net, sums.gross - sums.net
        mean_received = (sums.gross_moment + sums.net_moment) / received
        mean_paid = (sums.gross_moment - sums.net_moment) / paid
        bend = (gross_square + net_square) / received - mean_received**2
        bend -= (gross_square - net_square) / paid - mean_paid**2
        gap, slope = sums.gap(), mean_paid - mean_received
        inside = slope * slope - 2 * gap * bend
        parabola = -2 * gap / (slope + np.copysign(np.sqrt(np.maximum(inside, 0.0)), slope))
        x = np.where(inside > 0, parabola, -gap / slope)
        return np.where(np.isfinite(x), x, 0.0)

    def steps(self, x: Floats, count: int, weights: Floats) -> tuple[Floats, Mask]:
        """The points some Newton steps from x, and whether each is accurate."""
        for _ in range(count):
            np.exp(np.multiply(self.times, -x, out=weights), out=weights)
            parts = (self.amounts, self.sizes, self.moments, self.size_moments)
            sums = _Moments(*(_total(part, weights) for part in parts))
            slope = sums.slope()
            step = sums.gap() / slope
            x = x - step
        return x, _settled(x, step, slope, sums.gross, self.times[-1])


def _total(part: Floats, weights: Floats) -> Floats:
    return np.asarray(np.einsum("fc,fc->c", part, weights))


def signs_of(amounts: Floats) -> Signs:
    """The signs of amounts, (flows, columns)."""
    paid = amounts < 0
    last = None
    if np.count_nonzero(amounts) < amounts.size:
        # A zero takes the sign of the amount before it, or of the first one.
        kept = amounts != 0
        places = np.where(kept, np.arange(len(amounts))[:, None], kept.argmax(axis=0))
        places = np.maximum.accumulate(places, axis=0)
        paid, last = np.take_along_axis(paid, places, 0), places[-1]
    changed = paid[1:] != paid[:-1]
    width = np.uint8 if len(amounts) <= 256 else np.intp
    return Signs(np.add.reduce(changed.view(np.uint8), axis=0, dtype=width), paid[0], last)


def quick_roots(amounts: Floats, times: Floats, signs: Signs, room: Room) -> Found:
    """Roots of columns of amounts, with their times from 0 in ascending order, both (flows, columns)."""
    with np.errstate(all="ignore"):
        flows, weights = _Flows.of(amounts, times, room), room.table(*times.shape)
        x = flows.start()
        settled, left = np.zeros(len(x), dtype=np.bool_), np.arange(len(x))
        for steps in STEPS:
            x[left], fine = flows.steps(x[left], steps, weights[:, : len(left)])
            settled[left] = fine
            open_columns = np.flatnonzero(~fine)
            flows, left = flows.columns(open_columns), left[open_columns]
        several = np.flatnonzero(settled & (signs.changes % 2 == 1) & (signs.changes > 1))
        alone = settled & (signs.changes == 1)
        if several.size:
            alone[several] = _balances_agree(amounts, times, x, signs.last, several, weights)
    return Found(x, settled, alone)


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


def _balances_agree(
    amounts: Floats,
    times: Floats,
    x: Floats,
    last: NDArray[np.intp] | None,
    chosen: NDArray[np.intp],
    memory: Floats,
) -> Mask:
    """Whether every running balance of the chosen columns but the last, which is zero, has one and the same
    sign beyond doubt. memory: a table that may be written over.
    """
    if len(chosen) < 0.8 * len(x):
        amounts, times, x = amounts[:, chosen], times[:, chosen], x[chosen]
        last = None if last is None else last[chosen]
        chosen = np.arange(len(x))
    # Columns that were not asked about are answered too, and dropped at the end.
    terms = np.multiply(times, -x, out=memory[:, : len(x)])
    np.multiply(np.exp(terms, out=terms), amounts, out=terms)
    gross = np.abs(terms).sum(axis=0)
    lowest, highest = _extremes(terms, last)
    doubt = (4 * TOLERANCE + EPSILON * (len(times) + 8 + 4 * np.abs(x) * times[-1])) * gross
    return np.asarray((lowest > doubt) | (highest < -doubt))[chosen]


def _extremes(terms: Floats, last: NDArray[np.intp] | None) -> tuple[Floats, Floats]:
    """The least and the greatest running sum of each column, its last one left out. Writes over `terms`."""
    rows, columns = terms.shape
    if last is None and columns > rows:
        # For wide tables a row at a time is twice as quick as a running sum down the columns.
        balance, lowest, highest = terms[0], terms[0].copy(), terms[0].copy()
        for row in terms[1:-1]:
            balance += row
            np.minimum(lowest, balance, out=lowest)
            np.maximum(highest, balance, out=highest)
        return lowest, highest
    balances = np.cumsum(terms, axis=0, out=terms)[:-1]
    if last is not None:
        balances = np.where(np.arange(rows - 1)[:, None] < last, balances, balances[0])
    return balances.min(axis=0), balances.max(axis=0)
