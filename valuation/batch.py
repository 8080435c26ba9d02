"""Rates of many series of different lengths: the flows are laid out in columns, some hundred thousand at a
time, so that every step is one pass over an array that stays in the processor's cache.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation import compiled
from valuation.answers import Roots
from valuation.flows import Floats, Ints, merge
from valuation.march import by_all_roots, surely
from valuation.newton import Room, quick_roots, signs_of
from valuation.roots import Mask

# Fewer would cost more in calls, more would leave the processor's cache: 1 << 15 and 1 << 18 measured slower.
FLOWS_AT_A_TIME = 1 << 17
# Series of about equal length share a table when the shorter ones waste less than this part of it.
WASTE = 1 / 8
# Of columns of amounts, with times and a known root or NaN: how many roots there are, and the only one.
Way = Callable[[Floats, Floats, Floats], tuple[NDArray[np.uint8], Floats]]
# So many tables of numbers are alive at once.
TABLES = 5


def moments_and_roots(
    days: Ints, amounts: Floats, cuts: Ints, cores: int, use_compiled: bool
) -> tuple[Ints, Roots]:
    """For each series how many different days it has, and its roots.

    Series i is days[cuts[i]:cuts[i + 1]] with its amounts. Only series whose days do not strictly ascend are
    sorted and merged.
    """
    moments, found = np.diff(cuts), Roots.unknown(len(cuts) - 1)
    if use_compiled:
        left = compiled.sweep(days, amounts, cuts, found, cores)
        untidy = np.flatnonzero(left == compiled.UNTIDY)
        _decide(days, amounts, cuts[:-1], moments, found, np.flatnonzero(left == compiled.OPEN), by_all_roots)
        moments[untidy] = 0
    else:
        untidy = _sweep(days, amounts, cuts[:-1], moments, found, cores)
        moments[untidy] = 0
    if len(untidy):
        lengths = np.diff(cuts)[untidy]
        own = np.repeat(np.arange(len(untidy)), lengths)
        items = np.arange(len(own)) + np.repeat(cuts[untidy] - (np.cumsum(lengths) - lengths), lengths)
        times, sums, own = merge(days[items], amounts[items], own)
        counts = np.bincount(own, minlength=len(untidy))
        part = Roots.unknown(len(untidy))
        _sweep(times, sums, np.cumsum(counts) - counts, counts, part, cores)
        moments[untidy] = counts
        found.put(untidy, part)
    return moments, found


def roots_on_days(days: Ints, table: Floats) -> Roots:
    """The roots of columns of flows, (flows, series), which share their days, each later than the one before it: these
    are tables as they come.
    """
    series = np.arange(table.shape[1])
    found, room = Roots.unknown(len(series)), Room(TABLES * FLOWS_AT_A_TIME)
    since = (days - days[0]).astype(np.float64)[:, None]
    for chosen in np.array_split(series, -(-table.size // FLOWS_AT_A_TIME)):
        room.clear()
        part = table[:, chosen[0] : chosen[-1] + 1]
        times = np.broadcast_to(since, part.shape)
        left = np.flatnonzero(_quickly(part, times, chosen, found, room))
        if left.size:
            rest = chosen[left]
            found.count[rest], found.only[rest] = surely(part[:, left], times[:, left], found.only[rest])
    return found


def _sweep(
    days: Ints | Floats, amounts: Floats, starts: Ints, lengths: Ints, found: Roots, cores: int
) -> NDArray[np.intp]:
    """Fill in the roots of every series of tidy flows: most by the quick way, the rest by the sure one. Returns
    those in which a day is not later than the one before it.
    """
    tables = list(_tables(lengths, np.flatnonzero(lengths), WASTE, FLOWS_AT_A_TIME))
    nobody = np.empty(0, dtype=np.intp)

    def share(turn: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        room, left, untidy = Room(TABLES * FLOWS_AT_A_TIME), [nobody], [nobody]
        for part in tables[turn::cores]:
            room.clear()
            chosen = part
            table, times = _laid_out(days, amounts, starts[chosen], lengths[chosen], room)
            tidy = _tidy(times, lengths[chosen])
            if not tidy.all():
                untidy.append(chosen[~tidy])
                table, times, chosen = table.compress(tidy, 1), times.compress(tidy, 1), chosen[tidy]
            left.append(chosen[_quickly(table, times, chosen, found, room)])
        return np.concatenate(left), np.concatenate(untidy)

    if cores > 1:
        with ThreadPoolExecutor(cores) as pool:
            shares = list(pool.map(share, range(cores)))
    else:
        shares = [share(0)]
    left, untidy = (np.sort(np.concatenate(part)) for part in zip(*shares, strict=True))
    _decide(days, amounts, starts, lengths, found, left, surely)
    return untidy


def _tidy(times: Floats, lengths: Ints) -> Mask:
    """Which columns have each time later than the one before it, but for what fills them at the end."""
    later = times[1:] > times[:-1]
    if lengths[0] < len(times):
        later |= np.arange(1, len(times))[:, None] >= lengths
    return np.asarray(later.all(axis=0))


def _decide(
    days: Ints | Floats,
    amounts: Floats,
    starts: Ints,
    lengths: Ints,
    found: Roots,
    left: NDArray[np.intp],
    way: Way,
) -> None:
    """Fill in the roots of the series that the quick way leaves open, in another way."""
    room = Room(0)
    # Few are left; each step costs more in calls than in arithmetic, so they stand together whatever their length.
    for chosen in _tables(lengths, left, np.inf, 4 * FLOWS_AT_A_TIME):
        table, times = _laid_out(days, amounts, starts[chosen], lengths[chosen], room)
        found.count[chosen], found.only[chosen] = way(table, times, found.only[chosen])


def _tables(lengths: Ints, series: NDArray[np.intp], waste: float, limit: int) -> Iterator[NDArray[np.intp]]:
    """The series, in parts of similar length, in ascending order of it; none longer than a table."""
    keys = lengths[series]
    if len(keys) and keys.max() < 1 << 16:
        keys = keys.astype(np.uint16)  # sixteen bits are sorted by counting
    order = series[np.argsort(keys, kind="stable")]
    sizes = lengths[order]
    begin = 0
    while begin < len(order):
        shortest = int(sizes[begin])
        alike = int(np.searchsorted(sizes, shortest, side="right")) - begin
        if alike * shortest >= limit // 8:
            parts = min(alike, -(-alike * shortest // limit))
            yield from np.array_split(order[begin : begin + alike], parts)
        else:
            wide = np.searchsorted(sizes, shortest * (1 + waste), side="right")
            flows = sizes[begin:wide] * np.arange(1, wide - begin + 1)
            alike = max(1, int(np.searchsorted(flows, limit, side="right")))
            yield order[begin : begin + alike]
        begin += alike


def _laid_out(
    days: Ints | Floats, amounts: Floats, starts: Ints, lengths: Ints, room: Room
) -> tuple[Floats, Floats]:
    """The series as columns: amounts, filled at the end with 0, and days from the first, filled with the
    last.
    """
    longest = int(lengths[-1])
    shape = (longest, len(starts))
    table, times = room.table(shape), room.table(shape)
    if lengths[0] == longest:
        table[...] = _whole(amounts, starts, longest).T
        times[...] = _whole(days, starts, longest).T
        times -= times[0].copy()
    else:
        places = np.arange(longest)[:, None]
        items = np.minimum(places, lengths - 1) + starts
        np.multiply(amounts[items], places < lengths, out=table)
        np.subtract(days[items], days[starts], out=times, casting="unsafe")
    return table, times


def _whole(values: NDArray[Any], starts: Ints, length: int) -> NDArray[Any]:
    """Series of one length as rows. Each is fetched as one item: that is twice as quick as number by number."""
    row = np.dtype((np.void, values.itemsize * length))
    windows = np.ndarray((len(values) - length + 1,), row, values, strides=(values.itemsize,))
    return windows[starts].view(values.dtype).reshape(len(starts), length)


def _quickly(table: Floats, times: Floats, chosen: NDArray[np.intp], found: Roots, room: Room) -> Mask:
    """Fill in what the quick way proves; returns the columns that it leaves open."""
    signs = signs_of(table)
    roots = quick_roots(table, times, signs, room)
    both = signs.changes > 0
    found.paid[chosen] = signs.paid_first | both
    found.received[chosen] = both
    same = np.flatnonzero(~both & ~signs.paid_first)
    found.received[chosen[same]] = table.take(same, 1).any(axis=0)
    count = roots.count * both
    found.count[chosen] = count
    found.only[chosen] = np.where(roots.settled & both & (count != 2), roots.roots, np.nan)
    return np.asarray(both & (count == 0))
