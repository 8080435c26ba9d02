"""Cash flows as numbers: checking what comes in, and merging it into one amount per moment.

Sign convention throughout `valuation`: negative = money paid in by the investor, positive = money received.
"""

import math
import sys
from collections.abc import Iterable, Mapping, Sized
from datetime import date
from decimal import Decimal
from fractions import Fraction
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

Number = float | Decimal | Fraction
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What several amounts of one day leave after they cancel is rounding, not money, below this part of their
# gross sum.
CANCELLED = 8 * sys.float_info.epsilon
# The rates next to -100 % and next to infinity that a float can hold.
LOWEST_RATE = math.nextafter(-1.0, 0.0)
HIGHEST_RATE = sys.float_info.max

# No amount of money, number of shares or index level lies beyond, in whatever unit it is told.
SMALLEST_AMOUNT = 1e-30
LARGEST_AMOUNT = 1e30


class InvalidInput(ValueError):
    """An argument cannot be computed with. The sentence names the argument, the item and what was expected.

    It may come as a template `says` with its `facts`, so that whoever shows it can say it in another language.
    """

    def __init__(self, says: str, **facts: object) -> None:
        super().__init__(says.format_map(facts) if facts else says)
        self.says, self.facts = says, facts


def finite(value: object, where: str) -> float:
    """`value` as a finite float; anything that is not a finite real number is refused, naming `where`."""
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        raise InvalidInput("{where} is {value}; expected a number", where=where, value=repr(value))
    try:
        number = float(value)
    except OverflowError:
        raise InvalidInput("{where} is too large for a floating point number", where=where) from None
    if not math.isfinite(number):
        raise InvalidInput("{where} is {value}; expected a finite number", where=where, value=str(number))
    return number


def finite_list(values: Iterable[object], where: str) -> list[float]:
    """Every item of `values` as a finite float; a refusal names the position, as in `amounts[3]`."""
    return [finite(value, f"{where}[{position}]") for position, value in enumerate(values)]


def finite_map(values: Mapping[str, Number], where: str, *, minimum: float = 0.0) -> dict[str, float]:
    """Every value of a mapping as a finite float not below `minimum`; a refusal names the key."""
    return {key: at_least(value, f"{where}[{key!r}]", minimum) for key, value in values.items()}


def at_least(value: object, where: str, minimum: float) -> float:
    """`value` as a finite float not below `minimum`."""
    number = finite(value, where)
    if number < minimum:
        raise InvalidInput(
            "{where} is {value}; expected {minimum} or more",
            where=where,
            value=f"{number:g}",
            minimum=f"{minimum:g}",
        )
    return number


def positive(value: object, where: str) -> float:
    """`value` as a finite float above zero."""
    number = finite(value, where)
    if number <= 0:
        raise InvalidInput("{where} is {value}; expected more than 0", where=where, value=f"{number:g}")
    return number


def plausible(value: object, where: str) -> float:
    """`value` as 0 or an amount up to LARGEST_AMOUNT, so that sums of several are numbers."""
    number = at_least(value, where, 0)
    if number > LARGEST_AMOUNT:
        raise InvalidInput(
            "{where} is {value}; expected {most} at most",
            where=where,
            value=f"{number:g}",
            most=f"{LARGEST_AMOUNT:g}",
        )
    return number


def divisor(value: object, where: str) -> float:
    """`value` as 0 or an amount by which others can be divided: not below SMALLEST_AMOUNT either."""
    number = plausible(value, where)
    if 0 < number < SMALLEST_AMOUNT:
        raise InvalidInput(
            "{where} is {value}; expected 0, or {least} or more",
            where=where,
            value=f"{number:g}",
            least=f"{SMALLEST_AMOUNT:g}",
        )
    return number


def fraction_of_one(value: object, where: str) -> float:
    """`value` as a float from 0 to 1; 8 where 0.08 was meant is refused."""
    number = finite(value, where)
    if not 0 <= number <= 1:
        raise InvalidInput(
            "{where} is {value}; expected a fraction from 0 to 1 (0.08 for 8 %)",
            where=where,
            value=f"{number:g}",
        )
    return number


def rate_above_total_loss(value: object, where: str) -> float:
    """`value` as a periodic or annual rate with 1 + rate > 0."""
    number = finite(value, where)
    if number <= -1:
        raise InvalidInput(f"{where} is {number:g}; expected a rate above -1 (above -100 %)")
    return number


def rates_of_growth(log_growth: Floats) -> Floats:
    """The rates r with ln(1 + r) = `log_growth`; beyond what a float can hold, the nearest float with 1 + r
    > 0.
    """
    beyond = log_growth >= math.log(HIGHEST_RATE)
    rates = np.maximum(np.expm1(np.where(beyond, 0.0, log_growth)), LOWEST_RATE)
    return np.where(beyond, HIGHEST_RATE, rates)


def same_length(first: Sized, first_name: str, second: Sized, second_name: str) -> None:
    """Refuses two lists that should run side by side but do not."""
    if len(first) != len(second):
        raise InvalidInput(
            f"{first_name} has {len(first)} items and {second_name} has {len(second)}; expected as many"
        )


def real_dates(dates: Iterable[object]) -> list[date]:
    """The dates as given, each checked to be a date; a refusal names the position."""
    checked: list[date] = []
    for position, day in enumerate(dates):
        if not isinstance(day, date):
            raise InvalidInput(f"dates[{position}] is {day!r}; expected a date")
        checked.append(day)
    return checked


def finite_array(values: ArrayLike, where: str) -> Floats:
    """A one-dimensional float64 array without NaN or infinity; a refusal names the first bad position."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(f"{where} holds something that is no number, or rows of unequal length") from None
    if array.ndim != 1:
        raise InvalidInput(f"{where} has {array.ndim} dimensions; expected one")
    # The sum shows NaN and infinity, and is three times as quick as looking at each; so may a sum that overflows.
    with np.errstate(over="ignore", invalid="ignore"):
        sound = bool(np.isfinite(array.sum()))
    bad = np.empty(0) if sound else np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise InvalidInput(f"{where}[{bad[0]}] is {array[bad[0]]}; expected a finite number")
    return array


def merge(times: Floats, amounts: Floats, series: Ints) -> tuple[Floats, Floats, Ints]:
    """Sum amounts that share a series and a moment; the order of the input plays no part in the result.

    times, amounts, series: (n,). Returns the same three, one row per series and moment, ascending in both.
    A sum that is only the rounding left by amounts that cancel is made exactly 0, so that it cannot pose as
    a cash flow.
    """
    later = (np.diff(series) > 0) | ((np.diff(series) == 0) & (np.diff(times) > 0))
    if later.all():
        return times, amounts, series
    order = np.lexsort((amounts, times, series))
    times, amounts, series = times[order], amounts[order], series[order]
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(series) != 0) | (np.diff(times) != 0))))
    sums = np.add.reduceat(amounts, starts)
    gross = np.add.reduceat(np.abs(amounts), starts)
    sums[np.abs(sums) <= CANCELLED * gross] = 0.0
    return times[starts], sums, series[starts]
