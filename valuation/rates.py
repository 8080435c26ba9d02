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


def xmirr(
    dates: Sequence[date],
    amounts: Sequence[Number],
    finance_rate: Number,
    reinvest_rate: Number,
    *,
    daycount: DayCount = DayCount.ACT_365F,
) -> float:
    """Modified annual rate of return of dated amounts, which may come in any order; those of a day are summed first.

    (sum of receipts_i (1 + reinvest)^(T - t_i) / sum of payments_i (1 + finance)^-t_i)^(1 / T) - 1, with t_i in years
    since the first day and T at the last. Refused without both a payment and a receipt, and on one day alone.
    """
    same_length(dates, "dates", amounts, "amounts")
    days, flows = real_dates(dates), finite_list(amounts, "amounts")
    sums: dict[date, list[float]] = {}
    for day, flow in zip(days, flows, strict=True):
        sums.setdefault(day, []).append(flow)
    first, last = min(days, default=date.min), max(days, default=date.min)
    if first == last:
        raise InvalidInput("dates has one day only; a modified rate needs two")
    merged = {day: math.fsum(own) for day, own in sums.items()}
    times = [year_fraction(first, day, daycount) for day in merged]
    paid = -_discounted(finance_rate, times, [min(flow, 0.0) for flow in merged.values()])
    received = _discounted(reinvest_rate, times, [max(flow, 0.0) for flow in merged.values()])
    if paid <= 0 or received <= 0:
        raise InvalidInput("amounts has no payment or no receipt; a modified rate needs both")
    growth = (math.log(received) - math.log(paid)) / year_fraction(first, last, daycount)
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
