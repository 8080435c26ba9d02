"""The quick way of `valuation.newton` as one loop over the series, with the march of `valuation.march` behind it.

Each series is read once and stays in the nearest cache: nothing is laid out, and none waits for the slowest of
its table. Formulas, bounds and proofs are those of the two modules, and what the loop leaves open is decided by
them. `valuation.machine` tells what compiles it.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from valuation.answers import Roots
from valuation.compiled_march import UNSURE, counted
from valuation.flows import Floats, Ints, InvalidInput
from valuation.machine import AVAILABLE, exponential, loop, loop_in_any_order, rough_exponential
from valuation.newton import LEAST_MONEY, MOST_GROWTH, MOST_MONEY, TOLERANCE
from valuation.roots import EPSILON, Mask

# What the loop leaves a series as: decided, open, or in need of sorting first.
DECIDED, OPEN, UNTIDY = 0, 1, 2
MOST_STEPS = 8
# From where h is further from 0 no step is the last one.
LARGEST_GAP = 0.1
# Of the square of net by gross: what the series of `_gap` leaves out is then less than a rounding error.
NEAR_A_ROOT = 1e-3
_Sums = tuple[float, float, float, float]


def sweep(days: Ints, amounts: Floats, cuts: Ints, found: Roots, cores: int) -> NDArray[np.uint8]:
    """Fill in the answers of what is decided; returns what each series is left as. Series i is
    days[cuts[i]:cuts[i + 1]] with its amounts. Refused without the extra.
    """
    if not AVAILABLE:
        raise InvalidInput("compiled is True, but its compiler is missing; install the extra `compiled`")
    return looped(days, amounts, cuts, found, cores)


def looped(days: Ints, amounts: Floats, cuts: Ints, found: Roots, cores: int) -> NDArray[np.uint8]:
    """The same, compiled or not."""
    left = np.zeros(len(cuts) - 1, dtype=np.uint8)
    longest = int(np.diff(cuts).max(initial=0))
    parts = np.linspace(0, len(left), cores + 1).astype(np.int64)

    def share(turn: int) -> None:
        answers = (found.count, found.only, found.paid, found.received, left)
        with np.errstate(all="ignore"):
            _loop(
                days,
                amounts,
                cuts,
                parts[turn],
                parts[turn + 1],
                np.empty(longest),
                np.empty(longest),
                np.empty(longest),
                *answers,
            )

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(share, range(cores)))
    return left


@loop
def _read(days: Ints, amounts: Floats, a: Floats, t: Floats) -> tuple[int, int, int]:
    """Copy one series, its days from the first on. Gives how many days do not ascend, how many amounts are 0, and
    how often their signs change if none is.
    """
    unordered, zeros, changes = 0, int(amounts[0] == 0), 0
    a[0], t[0] = amounts[0], 0.0
    for j in range(1, len(days)):
        unordered += days[j] <= days[j - 1]
        a[j], t[j] = amounts[j], days[j] - days[0]
        zeros += amounts[j] == 0
        changes += (amounts[j] < 0) != (amounts[j - 1] < 0)
    return unordered, zeros, changes


@loop
def _without_zeros(a: Floats) -> tuple[int, bool, int]:
    """Where the last amount that is not 0 stands, whether the first one was paid, and how often signs change."""
    last, changes, paid_first, paid = -1, 0, False, False
    for j in range(len(a)):
        if a[j] != 0:
            if last < 0:
                paid_first = a[j] < 0
            elif (a[j] < 0) != paid:
                changes += 1
            last, paid = j, a[j] < 0
    return last, paid_first, changes


@loop
def _gap(net: float, gross: float) -> float:
    """Gives h = log(P / N) = 2 artanh(net / gross), near a root by its series, quicker than a logarithm."""
    part = net / gross
    square = part * part
    if square < NEAR_A_ROOT:
        return part * (2 + square * (2 / 3 + square * (2 / 5 + square * (2 / 7 + square * (2 / 9)))))
    return math.log((gross + net) / (gross - net))


@loop_in_any_order
def _start(a: Floats, t: Floats) -> float:
    """The root nearest to 0 of the parabola that touches h at 0; of its tangent where it has none."""
    net, gross, net_1, gross_1, net_2, gross_2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(len(a)):
        size, moment = abs(a[j]), a[j] * t[j]
        net += a[j]
        gross += size
        net_1 += moment
        gross_1 += size * t[j]
        net_2 += moment * t[j]
        gross_2 += size * t[j] * t[j]
    received, paid = gross + net, gross - net
    if not (received > 0 and paid > 0):
        return math.nan
    mean_received, mean_paid = (gross_1 + net_1) / received, (gross_1 - net_1) / paid
    bend = (gross_2 + net_2) / received - mean_received**2 - (gross_2 - net_2) / paid + mean_paid**2
    gap, slope = math.log(received / paid), mean_paid - mean_received
    inside = slope * slope - 2 * gap * bend
    if inside > 0:
        return float(-2 * gap / (slope + math.copysign(math.sqrt(inside), slope)))
    return float(-gap / slope)


@loop_in_any_order
def _roughly(a: Floats, t: Floats, x: float) -> _Sums:
    net, gross, net_moment, gross_moment = 0.0, 0.0, 0.0, 0.0
    for j in range(len(a)):
        value = a[j] * rough_exponential(-x * t[j])
        net += value
        gross += abs(value)
        net_moment += value * t[j]
        gross_moment += abs(value) * t[j]
    return net, gross, net_moment, gross_moment


@loop_in_any_order
def _closely(a: Floats, t: Floats, v: Floats, x: float) -> _Sums:
    """Sums of the discounted amounts and of their sizes, plain and times the time; `v` takes the amounts."""
    net, gross, net_moment, gross_moment = 0.0, 0.0, 0.0, 0.0
    for j in range(len(a)):
        value = a[j] * exponential(-x * t[j])
        v[j] = value
        net += value
        gross += abs(value)
        net_moment += value * t[j]
        gross_moment += abs(value) * t[j]
    return net, gross, net_moment, gross_moment


@loop
def _newton(a: Floats, t: Floats, v: Floats) -> tuple[bool, float, float, float]:
    """Steps to a root. Gives whether the last one is proved to be accurate, from where it went, the step, and the
    gross present value there.
    """
    x, span = _start(a, t), t[-1]
    for turn in range(MOST_STEPS):
        if not abs(x) * span <= MOST_GROWTH:
            break
        net, gross, net_moment, gross_moment = _roughly(a, t, x) if turn == 0 else _closely(a, t, v, x)
        received, paid = gross + net, gross - net
        if not (received > 0 and paid > 0):
            break
        gap = _gap(net, gross)
        slope = 2 * (net * gross_moment - gross * net_moment) / (received * paid)
        step = gap / slope
        bend = abs(span * span * step / (4 * slope))
        if turn and abs(gap) < LARGEST_GAP and bend <= 0.5 and bend * abs(step) * span <= TOLERANCE:
            growth = abs(x - step) * span
            exact = (8 + 4 * growth) * EPSILON * span <= TOLERANCE * (1 + growth) * abs(slope)
            sound = growth <= MOST_GROWTH and LEAST_MONEY < gross < MOST_MONEY
            return exact and sound, x, step, gross
        x -= step
    return False, x, 0.0, 0.0


@loop
def _one_signed(v: Floats, doubt: float) -> bool:
    """Whether all running sums are surely above 0, or all below. Both halves are summed at once, so that neither waits
    for the other.
    """
    half, first, second = len(v) // 2, 0.0, 0.0
    lowest, highest, later_lowest, later_highest = np.inf, -np.inf, np.inf, -np.inf
    for j in range(half):
        first += v[j]
        lowest, highest = min(lowest, first), max(highest, first)
        second += v[half + j]
        later_lowest, later_highest = min(later_lowest, second), max(later_highest, second)
    if len(v) % 2:
        second += v[-1]
        later_lowest, later_highest = min(later_lowest, second), max(later_highest, second)
    lowest, highest = min(lowest, first + later_lowest), max(highest, first + later_highest)
    return bool(lowest > doubt or highest < -doubt)


@loop
def _loop(
    days: Ints,
    amounts: Floats,
    cuts: Ints,
    begin: int,
    end: int,
    amounts_room: Floats,
    times_room: Floats,
    values_room: Floats,
    count: NDArray[np.uint8],
    only: Floats,
    paid: Mask,
    received: Mask,
    left: NDArray[np.uint8],
) -> None:
    """The series from `begin` to `end`, with room for the longest of them."""
    for i in range(begin, end):
        first, size = cuts[i], cuts[i + 1] - cuts[i]
        if size == 0:
            continue
        a, t, v = amounts_room[:size], times_room[:size], values_room[:size]
        unordered, zeros, changes = _read(days[first : first + size], amounts[first : first + size], a, t)
        if unordered:
            left[i] = UNTIDY
            continue
        last, paid_first = size - 1, a[0] < 0
        if zeros:
            last, paid_first, changes = _without_zeros(a)
        paid[i], received[i] = paid_first or changes > 0, zeros < size and (changes > 0 or not paid_first)
        if changes == 0:
            continue
        settled, x, step, gross = _newton(a, t, v)
        if settled and changes % 2 == 1:
            doubt = 3 * t[-1] * abs(step) + EPSILON * (size + 8 + 4 * abs(x) * t[-1])
            if changes == 1 or _one_signed(v[:last], doubt * gross):
                count[i], only[i] = 1, x - step
                continue
        if settled and changes % 2 == 0:
            count[i] = 2
            continue
        left[i] = OPEN
        number, root = counted(a, t, v, changes, x - step if settled else np.nan)
        if number != UNSURE:
            left[i], count[i] = DECIDED, number
        if number == 1:
            only[i] = root
