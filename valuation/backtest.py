"""Marks held against what happened: the price of an exit against the last marks before it, and marks grown stale.

Source: IPEV Valuation Guidelines, December 2025, on back-testing and on the time since a valuation.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

from valuation.flows import InvalidInput, Number, divisor, plausible

# Marks before an exit that its price is held against.
LOOK_BACK = 4


@dataclass(frozen=True)
class Exit:
    """A sale or write-off: what was received for the quantity sold, and the marks of that same quantity by day."""

    name: str
    on: date
    price: Number
    marks: Mapping[date, Number]


@dataclass(frozen=True)
class Compared:
    """The price of an exit against one of its marks, `back` marks before it (1 = the last).

    days: from the mark to the exit. difference: price - mark. ratio: price / mark, None where the mark was 0.
    """

    name: str
    back: int
    marked_on: date
    days: int
    mark: float
    price: float

    @property
    def left_on(self) -> date:
        """The day of the exit."""
        return self.marked_on + timedelta(days=self.days)

    @property
    def difference(self) -> float:
        """What the exit brought above the mark."""
        return self.price - self.mark

    @property
    def ratio(self) -> float | None:
        """What the exit brought per unit of the mark."""
        return self.price / self.mark if self.mark else None


@dataclass(frozen=True)
class BackTest:
    """How the marks taken `back` marks before their exits did.

    count: exits with a mark so far back. pooled: all prices / all marks, which large exits rule. mean, median: of the
    exits' ratios, each counted once. above: the fraction of exits above their mark; at the mark is not above.
    mean_error: the mean of |price - mark| / mark. without_ratio: exits from a mark of 0, in `pooled` and
    `above` only. Figures that have nothing to be taken of are None. Few exits prove little: read `count` first.
    """

    back: int
    count: int
    pooled: float | None
    mean: float | None
    median: float | None
    above: float
    mean_error: float | None
    mean_days: float
    without_ratio: int


@dataclass(frozen=True)
class Happening:
    """Something that may have changed a value: a milestone missed, a round, a lost customer."""

    on: date
    what: str


@dataclass(frozen=True)
class Milestone:
    """Something planned for a day, and the day on which it was met, if it was."""

    what: str
    due_on: date
    met_on: date | None = None


@dataclass(frozen=True)
class Staleness:
    """How old a mark is, and what happened after its day. `is_old`: older than the days that were allowed."""

    days: int
    is_old: bool
    since: tuple[Happening, ...]

    @property
    def is_stale(self) -> bool:
        """Whether the mark must be looked at again: for its age, or for what happened since."""
        return self.is_old or bool(self.since)


def compare(exits: Iterable[Exit], *, look_back: int = LOOK_BACK) -> list[Compared]:
    """Every exit against its last `look_back` marks before its day, in the order of the exits, the last mark first.

    A mark of the day of the exit itself is no forecast of it and does not count. Refused: an exit without a mark
    before it, a mark after it, a negative mark or price, two exits of one name and day.
    """
    if look_back < 1:
        raise InvalidInput(f"look_back is {look_back}; expected 1 or more")
    seen: set[tuple[str, date]] = set()
    found = []
    for one in exits:
        if (one.name, one.on) in seen:
            raise InvalidInput(f"{one.name} left twice on {one.on}; expected one exit a day")
        seen.add((one.name, one.on))
        found += _compared(one, look_back)
    return found


def back_tests(compared: Sequence[Compared]) -> list[BackTest]:
    """The statistics by how many marks before the exit, the last marks first."""
    backs = sorted({one.back for one in compared})
    return [_tested(back, [one for one in compared if one.back == back]) for back in backs]


def staleness(
    marked_on: date,
    *,
    as_of: date,
    maximum_days: int,
    happenings: Iterable[Happening] = (),
    milestones: Iterable[Milestone] = (),
) -> Staleness:
    """How stale the mark of the end of `marked_on` is at the end of `as_of`.

    It is old after more than `maximum_days`. What happened counts when it came after `marked_on`, up to
    `as_of`; a milestone happened by being missed: due in that time and not met on its day. Refused: a mark
    after `as_of`, a negative number of days.
    """
    if marked_on > as_of:
        raise InvalidInput(f"the mark is of {marked_on}, after {as_of}")
    if maximum_days < 0:
        raise InvalidInput(f"maximum_days is {maximum_days}; expected 0 or more")
    missed = [
        Happening(one.due_on, one.what) for one in milestones if one.met_on is None or one.met_on > one.due_on
    ]
    since = sorted(
        (one for one in (*happenings, *missed) if marked_on < one.on <= as_of),
        key=lambda one: (one.on, one.what),
    )
    days = (as_of - marked_on).days
    return Staleness(days, days > maximum_days, tuple(since))


def _compared(one: Exit, look_back: int) -> list[Compared]:
    price = plausible(one.price, f"price of {one.name}")
    marks = {day: divisor(value, f"mark of {one.name} on {day}") for day, value in one.marks.items()}
    late = [day for day in marks if day > one.on]
    if late:
        raise InvalidInput(f"{one.name} left on {one.on} and has a mark of {min(late)}; expected none later")
    before = sorted((day for day in marks if day < one.on), reverse=True)[:look_back]
    if not before:
        raise InvalidInput(f"{one.name} left on {one.on} and has no mark before; nothing can be compared")
    return [
        Compared(one.name, back, day, (one.on - day).days, marks[day], price)
        for back, day in enumerate(before, 1)
    ]


def _tested(back: int, compared: Sequence[Compared]) -> BackTest:
    ratios = [one.ratio for one in compared if one.ratio is not None]
    marked = math.fsum(one.mark for one in compared)
    return BackTest(
        back=back,
        count=len(compared),
        pooled=math.fsum(one.price for one in compared) / marked if marked else None,
        mean=fmean(ratios) if ratios else None,
        median=median(ratios) if ratios else None,
        above=sum(one.price > one.mark for one in compared) / len(compared),
        mean_error=fmean(abs(ratio - 1) for ratio in ratios) if ratios else None,
        mean_days=fmean(one.days for one in compared),
        without_ratio=len(compared) - len(ratios),
    )
