"""Present values and the modified rate of return."""

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from valuation.daycount import DayCount, year_fraction
from valuation.flows import (
    InvalidInput,
    Number,
    finite_list,
    rate_above_total_loss,
    rates_of_growth,
    real_dates,
    same_length,
)


def npv(rate: Number, amounts: Sequence[Number]) -> float:
    """Net present value of amounts one period apart, the first at t = 0: sum of a_t / (1 + rate)^t. No
    amounts: 0.
    """
    flows = finite_list(amounts, "amounts")
    return _discounted(rate, [float(period) for period in range(len(flows))], flows)


def xnpv(
    rate: Number, dates: Sequence[date], amounts: Sequence[Number], *, daycount: DayCount = DayCount.ACT_365F
) -> float:
    """Net present value of dated amounts on the earliest of the dates, which may come in any order.

    The sum of a_i / (1 + rate)^t_i, where t_i is the year fraction since the earliest date. No amounts: 0.
    """
    same_length(dates, "dates", amounts, "amounts")
    days, flows = real_dates(dates), finite_list(amounts, "amounts")
    first = min(days, default=date.min)
    return _discounted(rate, [year_fraction(first, day, daycount) for day in days], flows)


def mirr(amounts: Sequence[Number], finance_rate: Number, reinvest_rate: Number) -> float:
    """Modified internal rate of return of amounts one period apart, per period.

    Payments are discounted at `finance_rate` to the start, receipts compounded at `reinvest_rate` to the
    end, and the rate that leads from the one to the other is returned. Refused without both a payment and a
    receipt.
    """
    flows = finite_list(amounts, "amounts")
    paid = -npv(finance_rate, [min(flow, 0.0) for flow in flows])
    received = npv(reinvest_rate, [max(flow, 0.0) for flow in flows])
    if paid <= 0 or received <= 0:
        raise InvalidInput("amounts has no payment or no receipt; a modified rate needs both")
    growth = (math.log(received) - math.log(paid)) / (len(flows) - 1)
    growth += math.log1p(rate_above_total_loss(reinvest_rate, "reinvest_rate"))
    return float(rates_of_growth(np.array([growth]))[0])


def _discounted(rate: Number, times: list[float], flows: list[float]) -> float:
    log_growth = math.log1p(rate_above_total_loss(rate, "rate"))
    try:
        values = [flow * math.exp(-log_growth * time) for time, flow in zip(times, flows, strict=True)]
        total = math.fsum(values)
    except OverflowError:
        raise InvalidInput(
            f"rate is {rate}; the present value is too large for a floating point number"
        ) from None
    if not math.isfinite(total):
        raise InvalidInput(f"rate is {rate}; the present value is too large for a floating point number")
    return total
