"""Public market equivalents: what the same money would have made in an index.

Everywhere: amounts (n,) negative = paid in, positive = paid out; index (n,) or (n + 1,) levels above zero,
one per amount; with one level more than amounts the net asset value `nav` stands at that last level,
otherwise at the last amount's. With `dates` (one per index level) rates are annual on actual/365, without
them they are per period. An amount grows to the end by the factor index[-1] / index[i].

Sources: Long and Nickels 1996; Kaplan and Schoar 2005; Rouvinez 2003 and Capital Dynamics (PME+); Gredil,
Griffiths and Stucke 2014 (direct alpha).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from valuation.flows import InvalidInput, Number, finite, finite_list, positive, same_length
from valuation.irr import Rate, irr, xirr


@dataclass(frozen=True)
class LongNickels:
    """rate: return of the index investment that copies the fund's flows. theoretical_nav: what is left in
    it, or owed.
    """

    rate: Rate
    theoretical_nav: float


@dataclass(frozen=True)
class PmePlus:
    """scale: the factor on every payout that makes the index investment end at the fund's own value. rate:
    its return.
    """

    scale: float
    rate: Rate


def long_nickels(
    amounts: Sequence[Number], index: Sequence[Number], *, nav: Number, dates: Sequence[date] | None = None
) -> LongNickels:
    """Buy the index with each payment in, sell it for each payment out; the rest takes the place of `nav`."""
    flows, growth, _ = _checked(amounts, index, nav)
    theoretical = -math.fsum(flow * factor for flow, factor in zip(flows, growth, strict=False))
    return LongNickels(_rate_with_end(flows, theoretical, len(growth), dates), theoretical)


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
    levels = [positive(level, f"index[{position}]") for position, level in enumerate(index)]
    if not flows or len(levels) - len(flows) not in (0, 1):
        raise InvalidInput(
            f"amounts has {len(flows)} items and index has {len(levels)};"
            " expected at least one amount, and one index level for each or one more"
        )
    return flows, [levels[-1] / level for level in levels], finite(nav, "nav")


def _grown_sides(flows: list[float], growth: list[float]) -> tuple[float, float]:
    """Payments in (as a positive number) and payouts, both grown with the index to the end."""
    grown = [flow * factor for flow, factor in zip(flows, growth, strict=False)]
    return math.fsum(-flow for flow in grown if flow < 0), math.fsum(flow for flow in grown if flow > 0)


def _rate_with_end(flows: list[float], end: float, moments: int, dates: Sequence[date] | None) -> Rate:
    """The rate of return of the flows with `end` added at the last of the index's moments."""
    complete = flows + [0.0] * (moments - len(flows))
    complete[-1] += end
    if dates is None:
        return irr(complete)
    same_length(dates, "dates", complete, "index")
    return xirr(dates, complete)
