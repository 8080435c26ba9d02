"""The one estimate of calls that a fund publishes: by which method it was made, and what of it falls on each partner.

Several methods answer what will be called. They are told side by side inside the house (`fund.forecasts`); what
partners read is the one that the manager published, named with its method and day. Amounts are minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kernel.allocation import allocate
from kernel.errors import Invalid
from kernel.periods import Quarter

AHEAD = 4
"""Quarters for which calls are estimated, and over which those of the past are averaged."""
LONGEST = 500


class CallMethod(StrEnum):
    """How calls are estimated.

    plan: the fee as last charged and the deals planned in a scenario. simulation: the median of that scenario's plays,
    in which the fee ends with the last sale. pacing: Takahashi and Alexander's model fitted to the fund's own years.
    trend: as called on average over the last four quarters.
    """

    PLAN = "plan"
    SIMULATION = "simulation"
    PACING = "pacing"
    TREND = "trend"


PLAYED = (CallMethod.PLAN, CallMethod.SIMULATION)
"""The methods that are made of a scenario."""


@dataclass(frozen=True)
class QuarterCalls:
    """What is expected to be called in a quarter. low, high: of both together, where the method gives a range."""

    quarter: Quarter
    fee: int
    investment: int
    low: int | None = None
    high: int | None = None

    @property
    def total(self) -> int:
        """Both together."""
        return self.fee + self.investment

    @property
    def is_told(self) -> bool:
        """Whether anything is expected, be it only as the high end of the range."""
        return bool(self.total or self.high)


@dataclass(frozen=True)
class Weights:
    """By what a partner takes part: what it was called for fees and expenses of late, and what it has not paid in."""

    running: int
    unfunded: int


class EstimateNoteTooLong(Invalid):
    code = "estimate_note_too_long"
    says = "The note of an estimate has at most {longest} characters."


def check_note(note: str) -> None:
    """Refuse a note that is too long to be printed."""
    if len(note) > LONGEST:
        raise EstimateNoteTooLong(longest=LONGEST)


def next_quarters(after: Quarter) -> tuple[Quarter, ...]:
    """The quarters for which calls are estimated at the end of `after`."""
    found, quarter = [], after
    for _ in range(AHEAD):
        quarter = quarter.next
        found.append(quarter)
    return tuple(found)


def parts(calls: Sequence[QuarterCalls], weights: Mapping[int, Weights]) -> list[tuple[int, QuarterCalls]]:
    """Each partner's part of every quarter, in the order of `weights`; the fund's estimate is the sum of them.

    Fees and expenses fall on the partners as they were called of late, else by what each has not paid in; investments
    by what each has then left. Of nobody more is estimated than it has left: what one cannot bear falls on the others.
    So with a range: its low end is within what is estimated of the partner, its high end within what the high ends of
    the quarters before leave of it, and never below what is estimated.
    """
    left = {key: max(0, one.unfunded) for key, one in weights.items()}
    left_at_most = dict(left)
    running = {key: max(0, one.running) for key, one in weights.items()}
    found: list[tuple[int, QuarterCalls]] = []
    for call in calls:
        fees = _split(call.fee, left, running)
        left = _less(left, fees)
        invested = _split(call.investment, left, left)
        left = _less(left, invested)
        totals = {key: fees[key] + invested[key] for key in left}
        lows, highs = _ends_of(call, totals, left_at_most)
        left_at_most = _less(left_at_most, highs or totals)
        found += [
            (
                key,
                QuarterCalls(
                    call.quarter,
                    fees[key],
                    invested[key],
                    lows[key] if lows else None,
                    highs[key] if highs else None,
                ),
            )
            for key in left
        ]
    return found


def _ends_of(
    call: QuarterCalls, totals: Mapping[int, int], left: Mapping[int, int]
) -> tuple[dict[int, int] | None, dict[int, int] | None]:
    """Both ends of the range by partner, about what is estimated of each; where nothing is, by what each has left."""
    if call.low is None or call.high is None:
        return None, None
    lows = _split(call.low, totals, totals)
    above = _split(call.high - sum(totals.values()), _less(left, totals), totals)
    return lows, {key: totals[key] + above[key] for key in totals}


def _less(left: Mapping[int, int], taken: Mapping[int, int]) -> dict[int, int]:
    return {key: max(0, amount - taken[key]) for key, amount in left.items()}


def _split(total: int, left: Mapping[int, int], weights: Mapping[int, int]) -> dict[int, int]:
    """`total`, or all that is left, by weights; nobody has more than it has left.

    What is beyond that falls on those who have something left, by their weights, at last on those without weight.
    """
    found = dict.fromkeys(left, 0)
    rest, bearing = max(0, min(total, sum(left.values()))), [key for key in left if left[key]]
    while rest:
        by = weights if any(weights[key] for key in bearing) else left
        shares = dict(zip(bearing, allocate(rest, [by[key] for key in bearing]), strict=True))
        full = [key for key in bearing if shares[key] > left[key]]
        if not full:
            return found | shares
        found |= {key: left[key] for key in full}
        rest -= sum(left[key] for key in full)
        bearing = [key for key in bearing if key not in full]
    return found


def summed(found: Sequence[QuarterCalls]) -> tuple[QuarterCalls, ...]:
    """Parts of the same quarters taken together, in the order of the quarters."""
    return tuple(
        QuarterCalls(
            quarter,
            sum(one.fee for one in own),
            sum(one.investment for one in own),
            _ends([one.low for one in own]),
            _ends([one.high for one in own]),
        )
        for quarter in sorted({one.quarter for one in found})
        for own in ([one for one in found if one.quarter == quarter],)
    )


def _ends(values: Sequence[int | None]) -> int | None:
    told = [one for one in values if one is not None]
    return sum(told) if told else None
