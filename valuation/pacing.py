"""Pacing: when a commitment will be called and come back. An internal forecast, never part of a partner's
document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from valuation.flows import InvalidInput, Number, at_least, finite, fraction_of_one


@dataclass(frozen=True)
class PacingYear:
    """One year of the forecast: what is called and distributed in it, and value and unfunded commitment at
    its end.
    """

    year: int
    contribution: float
    distribution: float
    nav: float
    unfunded: float


def takahashi_alexander(
    *,
    commitment: Number,
    contribution_rates: Sequence[Number],
    life: int,
    bow: Number,
    growth: Number,
    yield_floor: Number = 0.0,
    last_investment_year: int | None = None,
) -> list[PacingYear]:
    """The forecast for years 1 to `life`. Source: Takahashi and Alexander, "Illiquid Alternative Asset Fund
    Modeling", 2001.

    Each year: contribution = rate x commitment not yet called (a short list of rates repeats its last;
    nothing after `last_investment_year`); distribution = max(yield_floor, (year / life) ^ bow) x last
    year's value grown by `growth`; value = last year's value grown + contribution - distribution. So in the
    last year all but its own call is paid out.
    """
    rates = [fraction_of_one(rate, f"contribution_rates[{at}]") for at, rate in enumerate(contribution_rates)]
    if not rates:
        raise InvalidInput("contribution_rates is empty; expected at least one rate")
    if life < 1:
        raise InvalidInput(f"life is {life}; expected at least one year")
    last_call = (
        life if last_investment_year is None else int(finite(last_investment_year, "last_investment_year"))
    )
    called = [rates[min(year, len(rates)) - 1] if year <= last_call else 0.0 for year in range(1, life + 1)]
    begin = PacingYear(0, 0.0, 0.0, 0.0, at_least(commitment, "commitment", 0))
    return years_after(begin, called, life=life, bow=bow, growth=growth, yield_floor=yield_floor)


def years_after(
    last: PacingYear,
    rates: Sequence[float],
    *,
    life: int,
    bow: Number,
    growth: Number,
    yield_floor: Number,
) -> list[PacingYear]:
    """The years that follow `last`, one for each rate of contribution."""
    power, factor = at_least(bow, "bow", 0), 1 + at_least(growth, "growth", -1)
    floor = fraction_of_one(yield_floor, "yield_floor")
    unfunded, nav, years = last.unfunded, last.nav, []
    for year, rate in enumerate(rates, last.year + 1):
        contribution = rate * unfunded
        grown = nav * factor
        distribution = grown * max(floor, (year / life) ** power)
        nav, unfunded = grown + contribution - distribution, unfunded - contribution
        years.append(PacingYear(year, contribution, distribution, nav, unfunded))
    return years
