"""What each method says will be called in the quarters to come, so that the methods can stand side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.estimates.rules import AHEAD, QuarterCalls, next_quarters
from fund.forecasts.rules import ExpectedQuarter
from kernel.allocation import allocate
from kernel.errors import Invalid
from kernel.periods import Quarter


class MethodUntold(Invalid):
    code = "method_untold"
    says = "This method tells no calls for these quarters."


class ScenarioUnnamed(Invalid):
    code = "scenario_unnamed"
    says = "This method is made of a scenario; name one that was kept."


@dataclass(frozen=True)
class YearsAhead:
    """Calls as pacing tells them, by calendar year: of the year of the day only what is left of it. Minor units."""

    calls: Mapping[int, int]
    left: int
    """Of the commitments of those for whom the model is fitted, on the day."""


def planned_calls(expected: Sequence[ExpectedQuarter], *, after: Quarter) -> tuple[QuarterCalls, ...]:
    """The plan of a scenario. A scenario of fewer quarters says nothing of the rest."""
    return tuple(
        QuarterCalls(quarter, one.fee, one.planned)
        for quarter, one in zip(next_quarters(after), expected, strict=False)
    )


def simulated_calls(
    expected: Sequence[ExpectedQuarter],
    called: Sequence[Sequence[float]],
    *,
    after: Quarter,
    levels: Sequence[float],
) -> tuple[QuarterCalls, ...]:
    """The median of all plays, from the lowest to the highest of `levels`."""
    middle, found = list(levels).index(0.5), []
    for quarter, one, figures in zip(next_quarters(after), expected, called, strict=False):
        told = [round(value) for value in figures]
        fee = max(0, told[middle] - one.planned)
        found.append(QuarterCalls(quarter, fee, one.planned, told[0], told[-1]))
    return tuple(found)


def paced_calls(
    years: YearsAhead, *, as_of: date, fees: Sequence[int], unfunded: int
) -> tuple[QuarterCalls, ...]:
    """The model's years spread over their days, and raised from the partners whom it is fitted to, to all.

    unfunded: of all partners. fees: of each quarter, taken out of what the model tells, which knows no kinds of calls.
    """
    found: list[QuarterCalls] = []
    for quarter, fee in zip(next_quarters(Quarter.containing(as_of)), fees, strict=True):
        days = _days_left(quarter.year, as_of)
        whole = years.calls.get(quarter.year, 0) * unfunded // years.left if years.left > 0 else 0
        total = allocate(whole, list(days.values()))[list(days).index(quarter)]
        found.append(QuarterCalls(quarter, min(fee, total), total - min(fee, total)))
    return tuple(found)


def _days_left(year: int, as_of: date) -> dict[Quarter, int]:
    """How many days of each quarter of a year are still to come."""
    quarters = [Quarter(year, number) for number in range(1, 5)]
    return {one: max(0, min(one.days, (one.ends_on - as_of).days)) for one in quarters}


def trend_calls(*, running: int, invested: int, after: Quarter, until: Quarter) -> tuple[QuarterCalls, ...]:
    """What was called over the last four quarters, an even part in each to come; for investments none after `until`."""
    fee, investment = max(0, running) // AHEAD, max(0, invested) // AHEAD
    return tuple(
        QuarterCalls(quarter, fee, investment if quarter <= until else 0) for quarter in next_quarters(after)
    )
