"""What holdings cost and were worth at the end of many days, without the rest of their sheets. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from fund.holdings.position import Position
from kernel.periods import Quarter


class Worth(NamedTuple):
    """What a holding cost and was worth at the end of a day, and the day of its first purchase: None before it."""

    acquired_on: date | None
    cost: int
    value: int


class Held(NamedTuple):
    """A holding on a day with its labels, by the name of each."""

    name: str
    labels: Mapping[str, str]
    worth: Worth
    holding_id: int


def course(positions: Sequence[Position], days: Sequence[date]) -> list[Worth]:
    """The worth of one holding at the end of each of the days, in their order.

    Between two days on which something happened it stays the same, and is looked at once.
    """
    if not any(position.disposals for position in positions):
        return _undisturbed(positions, days)
    happened = sorted({day for position in positions for day in position.days})
    known: dict[int, Worth] = {}
    found = []
    for day in days:
        at = bisect_right(happened, day)
        if at not in known:
            known[at] = _worth([position.until(day) for position in positions])
        found.append(known[at])
    return found


def _undisturbed(positions: Sequence[Position], days: Sequence[date]) -> list[Worth]:
    """The same of what was never sold: the last mark, and the cost of what was bought after it."""
    known = [_steps(position) for position in positions if position.lots or position.marks]
    found = []
    for day in days:
        acquired_on, cost, value = None, 0, 0
        for bought, costs, marked, above in known:
            own = costs[bisect_right(bought, day)]
            cost, value = cost + own, value + own + above[bisect_right(marked, day)]
            if bought and bought[0] <= day and (acquired_on is None or bought[0] < acquired_on):
                acquired_on = bought[0]
        found.append(Worth(acquired_on, cost, value))
    return found


def _steps(position: Position) -> tuple[list[date], list[int], list[date], list[int]]:
    """The days of the purchases with what was paid up to each, and those of the marks with what each stands above it;
    both sums begin with nothing.
    """
    bought = [lot.bought_on for lot in position.lots]
    costs = list(accumulate((lot.cost for lot in position.lots), initial=0))
    marked = [mark.marked_on for mark in position.marks]
    above = [mark.value - costs[bisect_right(bought, mark.marked_on)] for mark in position.marks]
    return bought, costs, marked, [0, *above]


def quarters_held(holdings: Iterable[Sequence[Position]], through: Quarter) -> list[Quarter]:
    """The quarters from that of the first purchase on that the end of its quarter saw, be it taken back later."""
    seen = [quarter for positions in holdings for quarter in _bought_in(positions)]
    found, quarter = [], min(seen, default=through.next)
    while quarter <= through:
        found.append(quarter)
        quarter = quarter.next
    return found


def _bought_in(positions: Sequence[Position]) -> list[Quarter]:
    """The quarters of its purchases at whose ends it was held."""
    own = sorted({Quarter.containing(lot.bought_on) for position in positions for lot in position.lots})
    worth = course(positions, [quarter.ends_on for quarter in own])
    return [quarter for quarter, one in zip(own, worth, strict=True) if one.acquired_on is not None]


def _worth(positions: Sequence[Position]) -> Worth:
    bought = [lot.bought_on for position in positions for lot in position.kept]
    cost = sum(position.cost for position in positions)
    return Worth(min(bought, default=None), cost, sum(position.value for position in positions))
