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

Sizes are kept as logarithms and compared through log(sum of positive terms) - log(sum of negative terms),
so that nothing overflows and the size of the amounts plays no part. Values closer to zero than rounding can
tell count as zero: a point where f only touches zero is reported as one root, and roots closer together
than that (about 1e-6) are too.
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
    """One sum of exponentials per row, each of shape (rows, terms): sign * exp(log - time * x).

    Rows shorter than the widest are filled at the end with sign 0, log -inf and time 0. Times ascend within
    a row.
    """

    signs: Floats
    logs: Floats
    times: Floats

    def row(self, position: int) -> "Sums":
        """One row alone, without its filling."""
        used = self.signs[position] != 0
        return Sums(
            self.signs[position : position + 1, used],
            self.logs[position : position + 1, used],
            self.times[position : position + 1, used],
        )

    def rows(self, chosen: Mask) -> "Sums":
        """The chosen rows."""
        return Sums(self.signs[chosen], self.logs[chosen], self.times[chosen])


def sums_of(amounts: Floats, times: Floats) -> Sums:
    """Rows of amounts (zeros allowed, and dropped to the end) at ascending times, both of shape (rows,
    terms).
    """
    order = np.argsort(amounts == 0, axis=1, kind="stable")
    amounts, times = np.take_along_axis(amounts, order, 1), np.take_along_axis(times, order, 1)
    kept = amounts != 0
    logs = np.log(np.abs(amounts), where=kept, out=np.full(amounts.shape, -np.inf))
    largest = np.max(logs, axis=1, keepdims=True)
    logs = np.subtract(logs, largest, where=kept, out=np.full(amounts.shape, -np.inf))
    return Sums(np.sign(amounts), logs, np.where(kept, times - times[:, :1], 0.0))


def sign_changes(sums: Sums) -> NDArray[np.intp]:
    """How often the sign changes along each row: an upper bound of its roots, and equal to their number but
    for pairs.
    """
    both = sums.signs[:, 1:] * sums.signs[:, :-1]
    return np.asarray(np.count_nonzero(both < 0, axis=1))


def bounds(sums: Sums) -> tuple[Floats, Floats]:
    """Between which x all roots of each row lie: outside, the last or the first term outweighs all others
    together.
    """
    terms = np.count_nonzero(sums.signs, axis=1)
    last = terms - 1
    rows = np.arange(len(terms))
    margin = np.log(terms)
    used = sums.signs != 0
    later = used & (np.arange(used.shape[1]) > 0)
    gaps = np.where(later, sums.times - sums.times[:, :1], 1.0)
    high = np.where(later, (sums.logs - sums.logs[:, :1] + margin[:, None]) / gaps, -np.inf).max(axis=1)
    earlier = used & (np.arange(used.shape[1]) < last[:, None])
    gaps = np.where(earlier, sums.times[rows, last][:, None] - sums.times, 1.0)
    logs = np.where(earlier, sums.logs, 0.0)
    low = np.where(earlier, (sums.logs[rows, last][:, None] - logs - margin[:, None]) / gaps, np.inf).min(
        axis=1
    )
    return low, high


def compare(sums: Sums, x: Floats) -> tuple[Floats, Floats]:
    """log(positive terms) - log(negative terms) at each row's x, and its slope. Zero, and of the sign of f,
    where f is.
    """
    exponents = sums.logs - sums.times * x[:, None]
    received, paid = sums.signs > 0, sums.signs < 0
    top_received = np.max(exponents, axis=1, where=received, initial=-np.inf)
    top_paid = np.max(exponents, axis=1, where=paid, initial=-np.inf)
    tops = np.where(received, top_received[:, None], top_paid[:, None])
    weights = np.exp(
        np.subtract(exponents, tops, where=received | paid, out=np.full(exponents.shape, -np.inf))
    )
    moments = weights * sums.times
    sum_received, sum_paid = (np.sum(weights, axis=1, where=side) for side in (received, paid))
    mean_received = np.sum(moments, axis=1, where=received) / sum_received
    mean_paid = np.sum(moments, axis=1, where=paid) / sum_paid
    gap = (top_received - top_paid) + (np.log(sum_received) - np.log(sum_paid))
    return gap, mean_paid - mean_received


def rounding(sums: Sums, x: Floats) -> Floats:
    """How far from its true value rounding can carry the answer of `compare`."""
    logs = np.where(sums.signs != 0, np.abs(sums.logs), 0.0)
    return np.asarray(8.0 + 4.0 * np.max(logs + np.abs(sums.times * x[:, None]), axis=1)) * EPSILON


def bracketed(sums: Sums, low: Floats, high: Floats, low_sign: Floats) -> Floats:
    """The root of each row between `low`, where f has the sign `low_sign`, and `high`, where it has the
    other.

    Newton's method on `compare`, halving the bracket instead whenever a step leaves it or fails to halve
    the step before.
    """
    low, high = low.copy(), high.copy()
    x = (low + high) / 2
    step = high - low
    open_rows = np.ones(len(x), dtype=np.bool_)
    while open_rows.any():
        part = sums.rows(open_rows)
        here, before = x[open_rows], step[open_rows]
        gap, slope = compare(part, here)
        same = np.sign(gap) == low_sign[open_rows]
        below, above = np.where(same, here, low[open_rows]), np.where(same, high[open_rows], here)
        newton = here - np.divide(gap, slope, where=slope != 0, out=np.full(len(here), np.inf))
        safe = (newton > below) & (newton < above) & (2 * np.abs(newton - here) <= np.abs(before))
        there = np.where(safe, newton, below + (above - below) / 2)
        found = np.abs(gap) <= rounding(part, here)
        settled = np.abs(there - here) <= EPSILON * (1 + np.abs(here))
        x[open_rows] = np.where(found & ~safe, here, there)
        step[open_rows] = there - here
        low[open_rows], high[open_rows] = below, above
        open_rows[open_rows] = ~(found | settled)
    return x


def only_root(sums: Sums, x: Floats) -> Mask:
    """Whether the root at each row's x is proved to be the row's only one by fact 3 above.

    Each running balance is taken from whichever end makes its sign certain; one that rounding leaves in
    doubt from both ends proves nothing. False therefore means "not proved", not "several roots".
    """
    exponents = sums.logs - sums.times * x[:, None]
    sizes = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    discounted = sums.signs * sizes
    terms = np.count_nonzero(sums.signs, axis=1)[:, None]
    doubt = rounding(sums, x)[:, None] + 2 * EPSILON * terms
    first = sums.signs[:, :1]
    from_start = np.cumsum(discounted, axis=1) * first > doubt * np.cumsum(sizes, axis=1)
    from_end = -_sum_after(discounted) * first > doubt * _sum_after(sizes)
    beyond = np.arange(sums.signs.shape[1]) >= terms - 1
    return np.asarray((from_start | from_end | beyond).all(axis=1))


def _sum_after(rows: Floats) -> Floats:
    """For each item the sum of the items after it in its row, added from the end."""
    totals = np.zeros_like(rows)
    totals[:, :-1] = np.cumsum(rows[:, :0:-1], axis=1)[:, ::-1]
    return totals


def all_roots(sums: Sums) -> Floats:
    """Every root of a single row, ascending, by fact 1 above. Roots that rounding cannot tell apart are
    one.
    """
    chain = [sums]
    while sign_changes(chain[-1])[0] > 1:
        chain.append(_derivative(chain[-1]))
    roots = np.empty(0)
    for level in reversed(chain):
        roots = _roots_between(level, roots)
    return roots


def _derivative(sums: Sums) -> Sums:
    """The derivative of f(x) * exp(c * x) with c between the two amounts at the middle one of the sign
    changes.
    """
    changes = np.flatnonzero(sums.signs[0, 1:] * sums.signs[0, :-1] < 0)
    at = changes[len(changes) // 2]
    offsets = (sums.times[0, at] + sums.times[0, at + 1]) / 2 - sums.times
    logs = sums.logs + np.log(np.abs(offsets))
    return Sums(sums.signs * np.sign(offsets), logs - logs.max(), sums.times)


def _roots_between(sums: Sums, turns: Floats) -> Floats:
    """The roots of a single row, given every point where it may turn."""
    low, high = (bound[0] for bound in bounds(sums))
    turns = turns[(turns > low) & (turns < high)]
    points = np.concatenate(([low], turns, [high]))
    signs = np.concatenate((sums.signs[:, -1], _signs_at(sums, turns), sums.signs[:, 0]))
    crossed = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    repeated = (len(crossed), sums.signs.shape[1])
    copies = Sums(*(np.broadcast_to(part, repeated) for part in (sums.signs, sums.logs, sums.times)))
    crossings = bracketed(copies, points[crossed], points[crossed + 1], signs[crossed])
    return np.sort(np.concatenate((crossings, _touched(points, signs))))


def _signs_at(sums: Sums, points: Floats) -> Floats:
    """The sign of f at each point; 0 where it cannot be told from zero."""
    shape = (len(points), sums.signs.shape[1])
    copies = Sums(*(np.broadcast_to(part, shape) for part in (sums.signs, sums.logs, sums.times)))
    gap, _ = compare(copies, points)
    return np.where(np.abs(gap) <= TOUCHING * rounding(copies, points), 0.0, np.sign(gap))


def _touched(points: Floats, signs: Floats) -> Floats:
    """Where f touches zero; a run of neighbouring such points, between which f stays at zero, counts once,
    as its middle.
    """
    touching = np.flatnonzero(signs == 0)
    runs = np.split(touching, np.flatnonzero(np.diff(touching) > 1) + 1)
    return np.array([points[run].mean() for run in runs if run.size])
