"""Every real root of a sum of exponentials, which is what a present value is.

With x = ln(1 + r) the present value of amounts a_i at times t_i is f(x) = sum of a_i * exp(-t_i * x). Each
r > -1 is one real x and each real x one r > -1, so the rates of return are the real roots of f. Three
facts, none of which needs a starting guess, find them all:

1. Descartes' rule for exponentials. Let the signs of a_i, in order of time, change S times. For any moment
   c, the function f(x) * exp(c * x) has the roots of f, and its derivative is the sum of
   (c - t_i) * a_i * exp((c - t_i) * x). With c put between two amounts of opposite sign, that derivative's
   signs change S - 1 times. Between two neighbouring roots of the derivative the function is monotone and
   has at most one root. So the roots of f follow from those of a sum with one sign change fewer, and so
   down to S = 1, which has exactly one root, and S = 0, which has none.
2. Bounds. The first amount outweighs all others together above a computable x, the last one below another.
3. Pure investment (Teichroew, Robichek, Montalbano 1965). At a root x*, let B_k be the sum of the first k
   discounted amounts. Summing by parts, f(x* + y) = sum of B_k * (exp(-t_k * y) - exp(-t_(k+1) * y)). If no
   two B_k differ in sign, that is of one sign for every y > 0 and of the other for every y < 0: x* is the
   only root.

Sizes are kept as logarithms and taken relative to the largest, so that nothing overflows and the size of the
amounts plays no part. Values closer to zero than rounding can tell count as zero: a point where f only
touches zero is reported as one root, and roots closer together than that (about 1e-6) are too.

Many sums are worked on at once, one per column: a step costs a few passes over an array, however many there
are.
"""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valuation.flows import Floats

Mask = NDArray[np.bool_]
EPSILON = sys.float_info.epsilon
# A value within this many times its own rounding error of zero is taken as a root that touches zero.
TOUCHING = 16.0


@dataclass(frozen=True)
class Sums:
    """One sum of exponentials per column, each of shape (terms, columns): sign * exp(log - time * x).

    Columns shorter than the longest are filled at the end with sign 0, log -inf and time 0. Times ascend
    within a column.
    """

    signs: Floats
    logs: Floats
    times: Floats

    def columns(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Sums":
        """The chosen columns, as often as they are named."""
        # An index would leave them standing with the columns as rows, and each pass over them five times as slow.
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return Sums(*(np.take(part, places, axis=1) for part in (self.signs, self.logs, self.times)))

    def last(self) -> NDArray[np.intp]:
        """Where each column's last term stands."""
        return np.asarray(np.count_nonzero(self.signs, axis=0) - 1)


def sums_of(amounts: Floats, times: Floats) -> Sums:
    """Columns of amounts (zeros allowed, and dropped to the end) at ascending times, both of shape (terms,
    columns). No column may be all zeros.
    """
    order = np.argsort(amounts == 0, axis=0, kind="stable")
    amounts, times = np.take_along_axis(amounts, order, 0), np.take_along_axis(times, order, 0)
    kept = amounts != 0
    used = int(np.count_nonzero(kept, axis=0).max())
    amounts, times, kept = amounts[:used], times[:used], kept[:used]
    logs = np.log(np.abs(amounts), where=kept, out=np.full(amounts.shape, -np.inf))
    return Sums(np.sign(amounts), logs - logs.max(axis=0), np.where(kept, times - times[0], 0.0))


def beside(first: Sums, second: Sums) -> Sums:
    """The columns of both, which are of one height."""
    return Sums(
        np.hstack((first.signs, second.signs)),
        np.hstack((first.logs, second.logs)),
        np.hstack((first.times, second.times)),
    )


def sign_changes(sums: Sums) -> NDArray[np.intp]:
    """How often the sign changes along each column: an upper bound of its roots, and equal to their number
    but for pairs.
    """
    return np.asarray(np.count_nonzero(sums.signs[1:] * sums.signs[:-1] < 0, axis=0))


def bounds(sums: Sums) -> tuple[Floats, Floats]:
    """Between which x all roots of each column lie: outside, the last or the first term outweighs all
    others together.
    """
    last = sums.last()
    columns, places = np.arange(len(last)), np.arange(len(sums.signs))[:, None]
    margin = np.log(last + 1.0)
    later = (places > 0) & (places <= last)
    gaps = np.where(later, sums.times - sums.times[0], 1.0)
    high = np.where(later, (sums.logs - sums.logs[0] + margin) / gaps, -np.inf).max(axis=0)
    earlier = places < last
    gaps = np.where(earlier, sums.times[last, columns] - sums.times, 1.0)
    logs = np.where(earlier, sums.logs, 0.0)
    low = np.where(earlier, (sums.logs[last, columns] - logs - margin) / gaps, np.inf).min(axis=0)
    return low, high


def sizes_at(sums: Sums, x: Floats) -> Floats:
    """The size of each term at each column's x, as a part of the largest one of its column."""
    exponents = sums.logs - sums.times * x
    exponents -= exponents.max(axis=0)
    return np.asarray(np.exp(exponents, out=exponents))


def compare(sums: Sums, x: Floats, sizes: Floats | None = None) -> tuple[Floats, Floats]:
    """log(positive terms / negative terms) at each column's x, and its slope; of the sign of f, and zero
    where f is. Each side is summed by itself, so that neither drowns in the other's rounding. Infinite, with
    a slope that is no number, where one side is more than exp(700) times the other. sizes: those of `sizes_at`,
    where they are known.
    """
    if sizes is None:
        sizes = sizes_at(sums, x)
    received = np.where(sums.signs > 0, sizes, 0.0)
    paid = sizes - received
    sum_received, sum_paid = received.sum(axis=0), paid.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_received = np.einsum("tc,tc->c", received, sums.times) / sum_received
        mean_paid = np.einsum("tc,tc->c", paid, sums.times) / sum_paid
        return np.log(sum_received) - np.log(sum_paid), mean_paid - mean_received


def rounding(sums: Sums, x: Floats) -> Floats:
    """How far from its true value rounding can carry the answer of `compare`."""
    logs = np.abs(sums.logs, where=sums.signs != 0, out=np.zeros(sums.logs.shape))
    return np.asarray(8.0 + 4.0 * np.max(logs + np.abs(sums.times * x), axis=0)) * EPSILON


def bracketed(sums: Sums, low: Floats, high: Floats, low_sign: Floats) -> Floats:
    """The root of each column between `low`, where f has the sign `low_sign`, and `high`, where it has the
    other.

    Newton's method on `compare`, halving the bracket instead whenever a step leaves it or fails to halve
    the step before. It starts at 0 where that lies inside: most rates are not far from it.
    """
    roots, places = np.empty(len(low)), np.arange(len(low))
    x = np.where((low < 0) & (high > 0), 0.0, (low + high) / 2)
    step = high - low
    while len(places):
        gap, slope = compare(sums, x)
        same = np.sign(gap) == low_sign
        low, high = np.where(same, x, low), np.where(same, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = x - gap / slope
        safe = (newton > low) & (newton < high) & (2 * np.abs(newton - x) <= np.abs(step))
        there = np.where(safe, newton, low + (high - low) / 2)
        found = np.abs(gap) <= rounding(sums, x)
        done = found | (np.abs(there - x) <= EPSILON * (1 + np.abs(x)))
        roots[places[done]] = np.where(found & ~safe, x, there)[done]
        x, step = there, there - x
        if done.any():
            left = ~done
            sums, places = sums.columns(left), places[left]
            x, step, low, high, low_sign = x[left], step[left], low[left], high[left], low_sign[left]
    return roots


def only_root(sums: Sums, x: Floats) -> Mask:
    """Whether the root at each column's x is proved to be its only one by fact 3 above.

    Each running balance is taken from whichever end makes its sign certain; one that rounding leaves in
    doubt from both ends proves nothing. False therefore means "not proved", not "several roots".
    """
    sizes = sizes_at(sums, x)
    discounted = sums.signs * sizes
    last, places = sums.last(), np.arange(len(sizes))[:, None]
    doubt = rounding(sums, x) + 2 * EPSILON * (last + 1)
    first = sums.signs[0]
    from_start = np.cumsum(discounted, axis=0) * first > doubt * np.cumsum(sizes, axis=0)
    from_end = -_sum_after(discounted) * first > doubt * _sum_after(sizes)
    return np.asarray((from_start | from_end | (places >= last)).all(axis=0))


def _sum_after(terms: Floats) -> Floats:
    """For each item the sum of the items after it in its column, added from the end."""
    totals = np.zeros_like(terms)
    totals[:-1] = np.cumsum(terms[:0:-1], axis=0)[::-1]
    return totals


def all_roots(sums: Sums) -> Floats:
    """Every root of each column, ascending, by fact 1 above: (most roots of a column, columns), filled at
    the end with NaN. Columns have both signs. Roots that rounding cannot tell apart are one.
    """
    changes = sign_changes(sums)
    levels = [sums]
    for remaining in range(int(changes.max()), 1, -1):
        # Columns of fewer sign changes join the chain further down.
        levels.append(_derivative(levels[-1], remaining, changes >= remaining))
    roots = np.full((0, len(changes)), np.nan)
    for count, level in enumerate(reversed(levels), 1):
        joined, turns = changes >= count, roots
        roots = np.full((count, len(changes)), np.nan)
        roots[:, joined] = _roots_between(level.columns(joined), turns[:, joined])
        roots[:-1, ~joined] = turns[:, ~joined]
    return roots


def _derivative(sums: Sums, changes: int, chosen: Mask) -> Sums:
    """For the chosen columns, whose signs change so often, the derivative of f(x) * exp(c * x) with c
    between the two amounts at the middle one of the sign changes; the others as they are.
    """
    part = sums.columns(chosen)
    so_far = np.cumsum(part.signs[1:] * part.signs[:-1] < 0, axis=0)
    at, columns = np.argmax(so_far > changes // 2, axis=0), np.arange(part.signs.shape[1])
    offsets = (part.times[at, columns] + part.times[at + 1, columns]) / 2 - part.times
    logs = part.logs + np.log(np.abs(offsets))
    derived = Sums(sums.signs.copy(), sums.logs.copy(), sums.times)
    derived.signs[:, chosen] = part.signs * np.sign(offsets)
    derived.logs[:, chosen] = logs - logs.max(axis=0)
    return derived


def _roots_between(sums: Sums, turns: Floats) -> Floats:
    """The roots of each column, given every point where it may turn: (turns, columns), filled with NaN."""
    low, high = bounds(sums)
    points = np.vstack((low, np.clip(np.where(np.isnan(turns), high, turns), low, high), high))
    last = sums.signs[sums.last(), np.arange(len(low))]
    inner = points[1:-1]
    every = np.tile(np.arange(len(low)), len(inner))
    seen = _signs_at(sums.columns(every), inner.ravel()).reshape(inner.shape)
    signs = np.vstack((last, seen, sums.signs[0]))
    roots = _touched(points, signs)
    places, columns = np.nonzero(signs[:-1] * signs[1:] < 0)
    brackets = (points[places, columns], points[places + 1, columns], signs[places, columns])
    roots[places, columns] = bracketed(sums.columns(columns), *brackets)
    return np.sort(roots, axis=0)


def _signs_at(sums: Sums, x: Floats) -> Floats:
    """The sign of f at each column's x; 0 where it cannot be told from zero."""
    gap, _ = compare(sums, x)
    return np.where(np.abs(gap) <= TOUCHING * rounding(sums, x), 0.0, np.sign(gap))


def _touched(points: Floats, signs: Floats) -> Floats:
    """Where f touches zero, one row fewer than points, NaN elsewhere; a run of neighbouring such points,
    between which f stays at zero, counts once, as its middle. The outermost points never touch.
    """
    touched = np.full((len(points) - 1, points.shape[1]), np.nan)
    zero = (signs == 0).T
    columns, starts = np.nonzero(zero[:, 1:] & ~zero[:, :-1])
    _, ends = np.nonzero(zero[:, :-1] & ~zero[:, 1:])
    for column, start, end in zip(columns.tolist(), starts.tolist(), ends.tolist(), strict=True):
        touched[start, column] = points[start + 1 : end + 1, column].mean()
    return touched
