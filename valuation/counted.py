"""One rate for every play of a forecast, by a written rule, so that the good and the bad stand in one distribution.

Several rates may solve the flows of one play, or none: a fee that is paid in after money came back turns the sign a
second time, above all where little came back. To leave those plays out would leave out the bad ones.
"""

import numpy as np

from valuation.flows import Floats, Ints, rates_of_growth
from valuation.irr import CODES, DAYS_A_YEAR, RateBatch, RateStatus
from valuation.roots import all_roots, sums_of

# Logarithms of growth nearer to zero than this are zero, which is on the side of gain and of loss.
ZERO = 1e-9
_HOPELESS = [CODES[status] for status in (RateStatus.MULTIPLE, RateStatus.NONE, RateStatus.TOTAL_LOSS)]


def counted_rates(days: Ints, flows: Floats, rates: RateBatch) -> Floats:
    """What each row of `flows` (plays, days), negative = paid in, counts as; `days` ascend and may repeat.

    The only root where there is one. Of several the one nearest to zero on the side of what was won or lost in
    all: above zero for a gain, below for a loss. -1 for a loss that no rate explains, the loss of everything among
    them: at every rate that is no gain the flows are worth less than nothing. NaN for what else has none.
    """
    counted, won = rates.values.copy(), flows.sum(axis=1)
    several = np.flatnonzero(rates.status == CODES[RateStatus.MULTIPLE])
    if len(several):
        counted[several] = _fitting(days, flows[several], won[several])
    counted[np.isnan(counted) & (won < 0) & np.isin(rates.status, _HOPELESS)] = -1.0
    return counted


def _fitting(days: Ints, flows: Floats, won: Floats) -> Floats:
    """Of the roots of each row the one nearest to zero on the side of `won`; NaN where none is."""
    moments, starts = np.unique(days, return_index=True)
    amounts = np.ascontiguousarray(np.add.reduceat(flows, starts, axis=1).T)
    times = np.broadcast_to(moments[:, None] / DAYS_A_YEAR, amounts.shape)
    roots = all_roots(sums_of(amounts, times))
    distances = np.where(won >= 0, roots, -roots)
    distances[np.isnan(roots) | (distances < -ZERO)] = np.inf
    nearest = distances.argmin(axis=0), np.arange(len(won))
    return rates_of_growth(np.where(np.isinf(distances[nearest]), np.nan, roots[nearest]))
