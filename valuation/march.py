"""Whether a series has a root, one or several, where the quick way cannot tell: a march away from a known
point.

Let h(x) = log(P / N) as in `valuation.newton`, with |h''| <= span^2 / 4. From a point z where h is not 0, no
root lies nearer above than the d where |h| + s * h' * d - span^2 / 8 * d^2 is 0, s being the sign of h; the
same bound holds downwards with -h'. So a march upwards advances by nearly 2 d at a time, from bound to bound,
until

* the sums of the first discounted amounts have one sign, which proves that no root lies above (fact 3 of
  `valuation.roots`, taken at z instead of a root), or
* the sign of h changes, which proves that there is a root.

Downwards is upwards for the same flows with time reversed. A march that reaches a point where rounding hides
the sign of h is given up: `valuation.roots.all_roots` decides.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.flows import Floats
from valuation.roots import (
    EPSILON,
    TOUCHING,
    Mask,
    Sums,
    all_roots,
    beside,
    bounds,
    bracketed,
    compare,
    only_root,
    rounding,
    sign_changes,
    sizes_at,
    sums_of,
)

MOST_STEPS = 24
LEAP = 1.9
# Sizes of h beyond which it is not relied on, and the part of it (and of its slope) that rounding may eat.
FAR, CAUTION = 20.0, 1e-6
OPEN, CLEAR, CROSSED = 0, 1, 2
UNDECIDED = 3


def surely(table: Floats, times: Floats, known: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Of columns of flows of both signs, (flows, columns): how many roots (2 stands for several), and the
    only one; NaN where there is not exactly one. known: a root of each column, NaN where none is known.
    """
    ahead, back = sums_of(table, times), sums_of(table[::-1], times[-1] - times[::-1])
    odd = sign_changes(ahead) % 2 == 1
    roots, count = np.where(odd, known, 0.0), np.full(len(known), UNDECIDED, dtype=np.uint8)
    new = np.flatnonzero(np.isnan(roots))
    roots[new], proved = single_roots(ahead.columns(new))
    count[new[proved]] = 1
    left = np.flatnonzero(count == UNDECIDED)
    if left.size:
        count[left] = _marched(ahead.columns(left), back.columns(left), roots[left])
    left = np.flatnonzero(count == UNDECIDED)
    if left.size:
        count[left], roots[left] = _counted(ahead.columns(left))
    return count, np.where(count == 1, roots, np.nan)


def by_all_roots(table: Floats, times: Floats, _known: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """The same, for columns of which a march has told nothing: every root is sought."""
    count, roots = _counted(sums_of(table, times))
    return count, np.where(count == 1, roots, np.nan)


def _counted(sums: Sums) -> tuple[NDArray[np.uint8], Floats]:
    """How many roots each column has (2 stands for several), and the first."""
    every = all_roots(sums)
    return np.minimum(np.count_nonzero(~np.isnan(every), axis=0), 2).astype(np.uint8), every[0]


def single_roots(sums: Sums) -> tuple[Floats, Mask]:
    """For each column of both signs a root, and whether it is proved to be the only one; without proof the
    number means nothing, but that it is some root if the signs change an odd number of times.
    """
    changes = sign_changes(sums)
    odd = changes % 2 == 1
    part = sums.columns(odd)
    low, high = bounds(part)
    roots, proved = np.zeros(len(odd)), odd.copy()
    roots[odd] = bracketed(part, low, high, part.signs[part.last(), np.arange(part.signs.shape[1])])
    proved[odd] = (changes[odd] == 1) | only_root(part, roots[odd])
    return roots, proved


def _marched(ahead: Sums, back: Sums, start: Floats) -> NDArray[np.uint8]:
    """How many roots each column has: 0, 1, 2 for several, or UNDECIDED. start: a root where the signs
    change an odd number of times, any point elsewhere.
    """
    odd = sign_changes(ahead) % 2
    _, slope = compare(ahead, start)
    # Half of the way on which h, having this slope at its root, cannot come back to 0.
    span = ahead.times.max(axis=0)
    away = np.where(odd == 1, 4 * np.abs(slope) / span**2, 0.0)
    verdict = _march(beside(ahead, back), np.concatenate((start + away, away - start)))
    above, below = np.split(verdict, 2)
    count = np.where((above == CLEAR) & (below == CLEAR), odd, UNDECIDED)
    return np.where((above == CROSSED) | (below == CROSSED), 2, count).astype(np.uint8)


def _march(sums: Sums, start: Floats) -> NDArray[np.uint8]:
    """Whether each column has no root above `start` (CLEAR), has one (CROSSED), or that stays OPEN."""
    verdict, places = np.full(len(start), OPEN, dtype=np.uint8), np.arange(len(start))
    here = _look(sums, start)
    leap = np.full(len(start), LEAP)
    for _ in range(MOST_STEPS):
        # Above every root the sign is that of the first amount.
        verdict[places[here.crossed]] = CROSSED
        verdict[places[here.clear]] = CLEAR
        going = ~(here.crossed | here.clear | here.lost)
        if not going.any():
            break
        sums, places, leap, here = sums.columns(going), places[going], leap[going], here.columns(going)
        there = _look(sums, here.x + leap * here.up)
        # What lies between the bounds of the two points has not been seen; then go no further than the first.
        seen = there.x - there.down <= here.x + here.up
        here = here.moved(there, seen | there.crossed)
        leap = np.where(seen, LEAP, 1.0)
    return verdict


@dataclass(frozen=True)
class _View:
    """What is seen from the point x of each column. up, down: how far away the next root is at least.
    crossed: there is a root above. clear: there is none. lost: rounding hides the sign.
    """

    x: Floats
    up: Floats
    down: Floats
    crossed: Mask
    clear: Mask
    lost: Mask

    def columns(self, chosen: Mask) -> "_View":
        return _View(*(part[chosen] for part in self._parts()))

    def moved(self, other: "_View", where: Mask) -> "_View":
        """The other view where told, this one elsewhere."""
        pairs = zip(other._parts(), self._parts(), strict=True)
        return _View(*(np.where(where, there, here) for there, here in pairs))

    def _parts(self) -> tuple[Any, ...]:
        return (self.x, self.up, self.down, self.crossed, self.clear, self.lost)


def _look(sums: Sums, x: Floats) -> _View:
    sizes = sizes_at(sums, x)
    gap, slope = compare(sums, x, sizes)
    span, doubt = sums.times.max(axis=0), rounding(sums, x)
    sign = np.sign(gap)
    # So far out that the lesser side drowns in rounding, only these bounds are sure.
    far = np.abs(gap) > FAR
    slope = np.where(far, -sign * span, slope)
    size = (1 - CAUTION) * np.minimum(np.abs(gap), FAR) - 2 * TOUCHING * doubt
    lost = size <= 0
    size = np.where(lost, 0.0, size)
    up, down = (_free_way(size, side * sign * slope - CAUTION * span, span) for side in (1.0, -1.0))
    first = sums.signs[0]
    return _View(x, up, down, ~lost & (sign != first), ~lost & _one_signed(sums.signs, sizes, doubt), lost)


def _free_way(size: Floats, slope: Floats, span: Floats) -> Floats:
    """How far |h| stays above 0, from its size, its slope and |h'| <= span, |h''| <= span^2 / 4."""
    bend = span * span / 8
    return np.maximum((slope + np.sqrt(slope * slope + 4 * bend * size)) / (2 * bend), size / span)


def _one_signed(signs: Floats, sizes: Floats, doubt: Floats) -> Mask:
    """Whether the sums of the first discounted amounts of each column all have the sign of the first."""
    balances = np.cumsum(signs * sizes, axis=0) * signs[0]
    return np.asarray((balances > (doubt + 2 * EPSILON * len(sizes)) * np.cumsum(sizes, axis=0)).all(axis=0))
