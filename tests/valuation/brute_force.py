"""Every rate of a series by brute force: a dense grid to see where the present value changes sign or nearly
touches zero, and 50 decimal digits to say which. Shares no code and no idea with `valuation`.
"""

from fractions import Fraction

import mpmath as mp
import numpy as np

DIGITS = 50
GRID = 20_000
# Where the present value comes nearer to zero than this part of the gross, it is looked at closely.
SUSPICIOUS = 1e-3


def log_roots(days: list[int], amounts: list[float]) -> list[mp.mpf]:
    """Every ln(1 + r), ascending; a point where the present value only touches zero counts once."""
    merged: dict[int, Fraction] = {}
    for day, amount in zip(days, amounts, strict=True):
        # As it is written in decimals: 0.1 + 0.2 - 0.3 is nothing.
        merged[day] = merged.get(day, Fraction(0)) + Fraction(repr(float(amount)))
    with mp.workdps(DIGITS):
        flows = sorted(
            (day, mp.mpf(amount.numerator) / amount.denominator) for day, amount in merged.items() if amount
        )
        if not flows or all(a > 0 for _, a in flows) or all(a < 0 for _, a in flows) or len(merged) < 2:
            return []
        flows = [(mp.mpf(day - flows[0][0]) / 365, amount) for day, amount in flows]
        return _found(flows)


def value(flows: list[tuple[mp.mpf, mp.mpf]], x: mp.mpf, order: int = 0) -> mp.mpf:
    """The present value at log growth x, or a derivative of it."""
    return mp.fsum(amount * (-time) ** order * mp.exp(-time * x) for time, amount in flows)


def gross(flows: list[tuple[mp.mpf, mp.mpf]], x: mp.mpf) -> mp.mpf:
    """The present value of the amounts' sizes."""
    return mp.fsum(abs(amount) * mp.exp(-time * x) for time, amount in flows)


def _found(flows: list[tuple[mp.mpf, mp.mpf]]) -> list[mp.mpf]:
    grid = _grid(flows)
    seen = _on(flows, grid)
    found = []
    for at in np.flatnonzero(seen[:-1] * seen[1:] < 0).tolist():
        found.append(_between(flows, mp.mpf(grid[at]), mp.mpf(grid[at + 1])))
    found += [mp.mpf(grid[at]) for at in np.flatnonzero(seen == 0).tolist()]
    size = np.abs(seen)
    dips = (size[1:-1] < SUSPICIOUS) & (size[1:-1] <= size[:-2]) & (size[1:-1] <= size[2:])
    for at in (np.flatnonzero(dips) + 1).tolist():
        if seen[at - 1] * seen[at] > 0 and seen[at] * seen[at + 1] > 0:
            found += _near_touch(flows, mp.mpf(grid[at - 1]), mp.mpf(grid[at + 1]))
    return sorted(found)


def _grid(flows: list[tuple[mp.mpf, mp.mpf]]) -> np.ndarray:
    """From where the last amount outweighs all others together to where the first one does."""
    span = float(flows[-1][0])
    low, high = mp.mpf(-1) / span, mp.mpf(1) / span
    while 2 * abs(flows[-1][1]) * mp.exp(-flows[-1][0] * low) <= gross(flows, low):
        low *= 2
    while 2 * abs(flows[0][1]) <= gross(flows, high):
        high *= 2
    near = np.linspace(max(float(low), -3.0), min(float(high), 3.0), GRID)
    return np.unique(np.concatenate((np.linspace(float(low), float(high), GRID), near)))


def _on(flows: list[tuple[mp.mpf, mp.mpf]], grid: np.ndarray) -> np.ndarray:
    times = np.array([float(time) for time, _ in flows])
    logs = np.array([float(mp.log(abs(amount))) for _, amount in flows])
    signs = np.array([1.0 if amount > 0 else -1.0 for _, amount in flows])
    exponents = logs - grid[:, None] * times
    sizes = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    share = (sizes @ signs) / sizes.sum(axis=1)
    # Signs that sixteen digits cannot tell are told by fifty.
    for at in np.flatnonzero(np.abs(share) < 1e-12).tolist():
        x = mp.mpf(grid[at])
        share[at] = float(value(flows, x) / gross(flows, x))
    return share


def _between(flows: list[tuple[mp.mpf, mp.mpf]], low: mp.mpf, high: mp.mpf, order: int = 0) -> mp.mpf:
    sign = mp.sign(value(flows, low, order))
    for _ in range(140):
        middle = (low + high) / 2
        if mp.sign(value(flows, middle, order)) == sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _near_touch(flows: list[tuple[mp.mpf, mp.mpf]], low: mp.mpf, high: mp.mpf) -> list[mp.mpf]:
    """The roots around a dip: none, the touching point, or one on each side of the turn."""
    if mp.sign(value(flows, low, 1)) == mp.sign(value(flows, high, 1)):
        return []
    turn = _between(flows, low, high, order=1)
    there = value(flows, turn)
    if abs(there) < mp.mpf(10) ** -38 * gross(flows, turn):
        return [turn]
    if mp.sign(there) == mp.sign(value(flows, low)):
        return []
    return [_between(flows, low, turn), _between(flows, turn, high)]
