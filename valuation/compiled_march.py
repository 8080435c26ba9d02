"""The march of `valuation.march` over one series at a time, compiled where `valuation.machine` can.

The facts, the bounds and the cautions are told there; amounts that are 0 play no part.
"""

import math

import numpy as np

from valuation.flows import Floats
from valuation.machine import exponential, loop
from valuation.march import CAUTION, FAR, LEAP
from valuation.newton import TOLERANCE
from valuation.roots import EPSILON, TOUCHING

# More than over tables: here a step of one series costs next to nothing, and to leave one open a thousand times that.
MOST_STEPS = 100
# What a march ends with, and what is not known after both.
CLEAR, CROSSED, LOST = 1, 2, 3
UNSURE = 3
# Less than exp(LEAST) of the largest is nothing, far beyond what FAR looks at.
LEAST = -700.0


@loop
def counted(a: Floats, t: Floats, signs: Floats, changes: int, root: float) -> tuple[int, float]:
    """How many roots a series has: 0, 1, 2 for several, or UNSURE; and the only one. root: one that is known, or NaN.
    signs: room for as many numbers as flows; a and t are overwritten.
    """
    size = _prepared(a, t, signs)
    a, t, signs = a[:size], t[:size], signs[:size]
    if changes % 2 and math.isnan(root):
        root = _far_root(a, t, signs)
        if math.isnan(root):
            return UNSURE, root
    # With one change h falls without a turn, so that there is no other root.
    return (1 if changes == 1 else _marched(a, t, signs, changes, root)), root


@loop
def _far_root(a: Floats, t: Floats, signs: Floats) -> float:
    """A root of a series whose signs change an odd number of times, on the scale of logarithms, however far from 0 it
    is; NaN where the steps do not settle.

    Newton steps from 0, each kept between the points where h is known to be below 0 and above: half way instead, and
    ever further out on the side where no such point is known yet.
    """
    x, span, low, high = 0.0, t[-1], -np.inf, np.inf
    leap = 1 / span
    for _ in range(MOST_STEPS):
        gap, slope, doubt, _one_signed = _compared(a, t, signs, x)
        step = gap / slope
        bend = abs(span * span * step / (4 * slope))
        if bend <= 0.5 and bend * abs(step) * span <= TOLERANCE:
            # What rounding hides is told to the caller.
            sure = doubt * span <= TOLERANCE * (1 + abs(x) * span) * abs(slope)
            return float(x - step) if sure else np.nan
        # Above every root h has the sign of the first amount.
        if gap * signs[0] > 0:
            high = x
        else:
            low = x
        x -= step
        if not low < x < high:
            x = (low + high) / 2 if high - low < np.inf else low + leap if low > -np.inf else high - leap
            leap *= 2
    return float(np.nan)


@loop
def _marched(a: Floats, t: Floats, signs: Floats, changes: int, root: float) -> int:
    """How many roots: 0, 1, 2 for several, or UNSURE. root: one of them if the signs change an odd number of times;
    else it plays no part.
    """
    odd, start, away = changes % 2, 0.0, 0.0
    if odd:
        # Half of the way on which h, having this slope at its root, cannot come back to 0.
        start = root
        away = 4 * abs(_compared(a, t, signs, root)[1]) / t[-1] ** 2
    above = _march(a, t, signs, start + away)
    if above == LOST:
        return UNSURE
    if above == CLEAR:
        _reverse(a, t, signs)
        below = _march(a, t, signs, away - start)
        if below != CROSSED:
            return odd if below == CLEAR else UNSURE
    return 2


@loop
def _prepared(a: Floats, t: Floats, signs: Floats) -> int:
    """Bring the amounts that are not 0 to the front, as signs and as logarithms relative to the largest, with
    times from the first; gives how many they are.
    """
    size, largest = 0, np.max(np.abs(a))
    first = 0.0
    for j in range(len(a)):
        if a[j] != 0:
            if size == 0:
                first = t[j]
            signs[size], a[size], t[size] = np.sign(a[j]), np.log(abs(a[j]) / largest), t[j] - first
            size += 1
    return size


@loop
def _reverse(logs: Floats, times: Floats, signs: Floats) -> None:
    """The same flows with time running backwards."""
    logs[:] = logs[::-1].copy()
    signs[:] = signs[::-1].copy()
    times[:] = times[-1] - times[::-1]


@loop
def _compared(logs: Floats, times: Floats, signs: Floats, x: float) -> tuple[float, float, float, bool]:
    """The gap h and its slope, how far rounding can carry h, and whether the sums of the first discounted amounts all
    have, surely, the sign of the first.
    """
    top, widest = -np.inf, 0.0
    for j in range(len(logs)):
        top = max(top, logs[j] - times[j] * x)
        widest = max(widest, abs(logs[j]) + abs(times[j] * x))
    doubt = (8 + 4 * widest) * EPSILON
    received, paid, moment_received, moment_paid = 0.0, 0.0, 0.0, 0.0
    balance, gross, least = 0.0, 0.0, doubt + 2 * EPSILON * len(logs)
    one_signed = True
    for j in range(len(logs)):
        size = exponential(max(logs[j] - times[j] * x - top, LEAST))
        if signs[j] > 0:
            received += size
            moment_received += size * times[j]
        else:
            paid += size
            moment_paid += size * times[j]
        balance += signs[j] * size * signs[0]
        gross += size
        one_signed = one_signed and balance > least * gross
    gap = np.log(received) - np.log(paid)
    return gap, moment_paid / paid - moment_received / received, doubt, one_signed


@loop
def _free_way(size: float, slope: float, span: float) -> float:
    """How far |h| stays above 0, from its size, its slope and |h'| <= span, |h''| <= span^2 / 4."""
    bend = span * span / 8
    return float(max((slope + np.sqrt(slope * slope + 4 * bend * size)) / (2 * bend), size / span))


@loop
def _look(logs: Floats, times: Floats, signs: Floats, x: float) -> tuple[float, float, int]:
    """How far away the next root above is at least, and the next below; and CROSSED if there is one above, CLEAR
    if there is none, LOST if rounding hides the sign, 0 if nothing is known.
    """
    gap, slope, doubt, one_signed = _compared(logs, times, signs, x)
    span, sign = times[-1], np.sign(gap)
    if abs(gap) > FAR:
        # So far out that the lesser side drowns in rounding, only these bounds are sure.
        slope = -sign * span
    size = (1 - CAUTION) * min(abs(gap), FAR) - 2 * TOUCHING * doubt
    if not size > 0:
        return 0.0, 0.0, LOST
    up = _free_way(size, sign * slope - CAUTION * span, span)
    down = _free_way(size, -sign * slope - CAUTION * span, span)
    # Above every root the sign is that of the first amount.
    if sign != signs[0]:
        return up, down, CROSSED
    return up, down, CLEAR if one_signed else 0


@loop
def _march(logs: Floats, times: Floats, signs: Floats, x: float) -> int:
    """Whether no root lies above x (CLEAR) or one does (CROSSED); LOST where that stays open."""
    up, _, verdict = _look(logs, times, signs, x)
    leap = LEAP
    for _ in range(MOST_STEPS - 1):
        if verdict:
            break
        there = x + leap * up
        next_up, down, seen = _look(logs, times, signs, there)
        # What lies between the bounds of the two points has not been seen; then go no further than the first.
        leap = LEAP if there - down <= x + up else 1.0
        if leap == LEAP or seen == CROSSED:
            x, up, verdict = there, next_up, seen
    return verdict if verdict else LOST
