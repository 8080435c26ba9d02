"""Public market equivalents: what the same money would have made in an index.

Everywhere: amounts (n,) negative = paid in, positive = paid out; index (n,) or (n + 1,) levels above zero,
one per amount; with one level more than amounts the net asset value `nav` stands at that last level,
otherwise at the last amount's. With `dates` (one per index level) rates are annual on actual/365, without
them they are per period. An amount grows to the end by the factor index[-1] / index[i].

`dated` takes the index as levels by day instead and answers by all four methods at once.

Sources: Long and Nickels 1996; Kaplan and Schoar 2005; Rouvinez 2003 and Capital Dynamics (PME+); Gredil,
Griffiths and Stucke 2014 (direct alpha).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from valuation.flows import (
    CANCELLED,
    InvalidInput,
    Number,
    divisor,
    finite,
    finite_list,
    plausible,
    positive,
    real_dates,
    same_length,
)
from valuation.irr import Rate, irr, xirr


@dataclass(frozen=True)
class LongNickels:
    """rate: return of the index investment that copies the fund's flows. theoretical_nav: what is left in
    it, or owed.

    The method fails when the fund pays out more than the index investment is worth: from then on the index
    is sold short, and the rate is that of a bet against it, not a comparison. short_from: the position of
    the first flow that does so, None if none does.
    """

    rate: Rate
    theoretical_nav: float
    short_from: int | None = None

    @property
    def fails(self) -> bool:
        """Whether the rate compares nothing. Read the Kaplan-Schoar ratio or direct alpha then: neither can
        fail so.
        """
        return self.short_from is not None or self.theoretical_nav < 0


@dataclass(frozen=True)
class PmePlus:
    """scale: the factor on every payout that makes the index investment end at the fund's own value. rate:
    its return. A scale below 0 (the fund holds more than its payments would be worth in the index) turns payouts
    into payments: the method fails too.
    """

    scale: float
    rate: Rate

    @property
    def fails(self) -> bool:
        """Whether the rate compares nothing."""
        return self.scale < 0


@dataclass(frozen=True)
class Equivalents:
    """One fund by all four methods, beside its own rate. pme_plus is None while nothing was paid out."""

    rate: Rate
    ks_pme: float
    long_nickels: LongNickels
    pme_plus: PmePlus | None
    direct_alpha: Rate


def dated(
    dates: Sequence[date],
    amounts: Sequence[Number],
    index: Mapping[date, Number],
    *,
    nav: Number,
    valued_on: date,
) -> Equivalents:
    """All four methods for flows on their dates, in any order, against an index of levels by day.

    The index must have a level for every day with a flow and for `valued_on`: a level is never made up from
    its neighbours. Refused: days without one, all named; a flow after `valued_on`; no flow; no payment in.
    """
    same_length(dates, "dates", amounts, "amounts")
    flows, given = finite_list(amounts, "amounts"), real_dates(dates)
    order = sorted(range(len(flows)), key=lambda at: (given[at], flows[at]))
    days = [*(given[at] for at in order), valued_on]
    if days[-2:-1] > [valued_on]:
        raise InvalidInput(f"dates has {days[-2]}, after the value of {valued_on}; expected none later")
    money, levels = [flows[at] for at in order], levels_on(index, days)
    paid_out = any(flow > 0 for flow in money)
    return Equivalents(
        rate=_rate_with_end(money, finite(nav, "nav"), len(days), days),
        ks_pme=ks_pme(money, levels, nav=nav),
        long_nickels=long_nickels(money, levels, nav=nav, dates=days),
        pme_plus=pme_plus(money, levels, nav=nav, dates=days) if paid_out else None,
        direct_alpha=direct_alpha(money, levels, nav=nav, dates=days),
    )


def levels_on(index: Mapping[date, Number], days: Sequence[date]) -> list[Number]:
    """The index's level on each day; refused when any is missing, naming every such day."""
    missing = sorted({day for day in days if day not in index})
    if missing:
        raise InvalidInput(f"the index has no level for {', '.join(f'{day}' for day in missing)}")
    return [positive(index[day], f"the index on {day}") for day in days]


def long_nickels(
    amounts: Sequence[Number], index: Sequence[Number], *, nav: Number, dates: Sequence[date] | None = None
) -> LongNickels:
    """Buy the index with each payment in, sell it for each payment out; the rest takes the place of `nav`."""
    flows, growth, _ = _checked(amounts, index, nav)
    theoretical = -math.fsum(flow * factor for flow, factor in zip(flows, growth, strict=False))
    rate = _rate_with_end(flows, theoretical, len(growth), dates)
    return LongNickels(rate, theoretical, _short_from(flows, growth))


def ks_pme(amounts: Sequence[Number], index: Sequence[Number], *, nav: Number) -> float:
    """Kaplan-Schoar ratio: (payouts grown with the index + nav) / payments grown with the index; above 1
    beats the index.

    Refused when nothing was paid in.
    """
    flows, growth, value = _checked(amounts, index, nav)
    paid_in, paid_out = _grown_sides(flows, growth)
    if not paid_in:
        raise InvalidInput("amounts has no payment in; a ratio to the money paid in does not exist")
    return (paid_out + value) / paid_in


def pme_plus(
    amounts: Sequence[Number], index: Sequence[Number], *, nav: Number, dates: Sequence[date] | None = None
) -> PmePlus:
    """Scale every payout by one factor so that the index investment ends at `nav`. Refused without a
    payout.
    """
    flows, growth, value = _checked(amounts, index, nav)
    paid_in, paid_out = _grown_sides(flows, growth)
    if not paid_out:
        raise InvalidInput("amounts has no payout; there is nothing to scale")
    scale = (paid_in - value) / paid_out
    scaled = [flow * scale if flow > 0 else flow for flow in flows]
    return PmePlus(scale, _rate_with_end(scaled, value, len(growth), dates))


def direct_alpha(
    amounts: Sequence[Number], index: Sequence[Number], *, nav: Number, dates: Sequence[date] | None = None
) -> Rate:
    """The rate of return of the flows grown with the index: the return beyond the index, compounding with
    it.
    """
    flows, growth, value = _checked(amounts, index, nav)
    grown = [flow * factor for flow, factor in zip(flows, growth, strict=False)]
    return _rate_with_end(grown, value, len(growth), dates)


def _checked(
    amounts: Sequence[Number], index: Sequence[Number], nav: Number
) -> tuple[list[float], list[float], float]:
    """The flows, the growth factor from each index level to the last, and the value at the end."""
    flows = finite_list(amounts, "amounts")
    for position, flow in enumerate(flows):
        divisor(abs(flow), f"the size of amounts[{position}]")
    levels = [
        positive(divisor(level, f"index[{position}]"), f"index[{position}]")
        for position, level in enumerate(index)
    ]
    if not flows or len(levels) - len(flows) not in (0, 1):
        raise InvalidInput(
            f"amounts has {len(flows)} items and index has {len(levels)};"
            " expected at least one amount, and one index level for each or one more"
        )
    value = finite(nav, "nav")
    plausible(abs(value), "the size of nav")
    return flows, [levels[-1] / level for level in levels], value


def _grown_sides(flows: list[float], growth: list[float]) -> tuple[float, float]:
    """Payments in (as a positive number) and payouts, both grown with the index to the end."""
    grown = [flow * factor for flow, factor in zip(flows, growth, strict=False)]
    return math.fsum(-flow for flow in grown if flow < 0), math.fsum(flow for flow in grown if flow > 0)


def _short_from(flows: list[float], growth: list[float]) -> int | None:
    """The first flow after which less than nothing is held of the index, beyond rounding."""
    held = gross = 0.0
    for position, (flow, factor) in enumerate(zip(flows, growth, strict=False)):
        held -= flow * factor
        gross += abs(flow * factor)
        if held < -CANCELLED * gross:
            return position
    return None


def _rate_with_end(flows: list[float], end: float, moments: int, dates: Sequence[date] | None) -> Rate:
    """The rate of return of the flows with `end` added at the last of the index's moments."""
    complete = flows + [0.0] * (moments - len(flows))
    complete[-1] += end
    if dates is None:
        return irr(complete)
    same_length(dates, "dates", complete, "index")
    return xirr(dates, complete)
