"""Takahashi-Alexander pacing fitted to a fund's own years. An internal forecast, never part of a partner's document.

Each parameter is the one with which the model, led along the values that really were, arrives at the fund's own
totals: as much gained, as much paid out. So a history made by the model gives back its parameters, and every year
counts by the money in it. The model itself: `valuation.pacing`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from valuation.flows import InvalidInput, Number, divisor, finite, fraction_of_one, plausible, positive
from valuation.pacing import PacingYear, takahashi_alexander, years_after

# A bow above this pays out nothing before the last year: (0.9) ^ 200 is less than a part in a thousand million.
LARGEST_BOW = 200.0
# Amounts that miss a bound by this part are rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class FundYear:
    """What was called and distributed in a year of the fund, and its value at the end."""

    contribution: Number
    distribution: Number
    nav: Number


@dataclass(frozen=True)
class RunningYear:
    """What is booked of a year that is not over, the value now, and which part of the year is over. coming: what of it
    falls due later in the year, calls less distributions, and is not in the value yet.
    """

    contribution: Number
    distribution: Number
    nav: Number
    over: Number
    coming: Number = 0


@dataclass(frozen=True)
class PacingFit:
    """The parameters and where the fund stands.

    contribution_rates: of each year that was. later_rate: of the years to come: all that was called / all
    that could have been. assumed: the parameters that the history does not tell and that were given. model:
    what the model would have made of the same years from the commitment alone, to be read beside them.
    """

    contribution_rates: tuple[float, ...]
    later_rate: float
    growth: float
    bow: float
    yield_floor: float
    life: int
    assumed: tuple[str, ...]
    last: PacingYear
    model: tuple[PacingYear, ...]

    def forecast(
        self, *, last_investment_year: int | None = None, running: RunningYear | None = None
    ) -> list[PacingYear]:
        """The years to come, up to the last of the fund's life, from where it stands; nothing is called after
        `last_investment_year`. Of a year that is `running` only the rest is forecast, beside what is booked of it.
        """
        last_call = self.life if last_investment_year is None else last_investment_year
        last, begun = self.last, []
        if running is not None and last.year < self.life:
            last = self._completed(running, self.later_rate if last.year < last_call else 0.0)
            begun = [last]
        years = range(last.year + 1, self.life + 1)
        rates = [self.later_rate if year <= last_call else 0.0 for year in years]
        return begun + years_after(
            last,
            rates,
            life=self.life,
            bow=self.bow,
            growth=self.growth,
            yield_floor=self.yield_floor,
        )

    def _completed(self, running: RunningYear, rate: float) -> PacingYear:
        """The year that runs with what its rest brings: the rates of a whole year in proportion, compounded."""
        rest = 1 - fraction_of_one(running.over, "the part of the year that is over")
        year = self.last.year + 1
        booked = finite(running.contribution, "what is called"), finite(running.distribution, "what is paid")
        left = max(self.last.unfunded - booked[0], 0.0)
        called = (1 - (1 - rate) ** rest) * left
        grown = finite(running.nav, "nav") * (1 + self.growth) ** rest
        share = max(self.yield_floor, (year / self.life) ** self.bow)
        paid = (1 - (1 - share) ** rest) * max(grown, 0.0)
        nav = grown + finite(running.coming, "what is coming") + called - paid
        return PacingYear(year, booked[0] + called, booked[1] + paid, nav, left - called)


def fit_pacing(
    history: Sequence[FundYear],
    *,
    commitment: Number,
    life: int,
    yield_floor: Number = 0.0,
    growth: Number | None = None,
    bow: Number | None = None,
) -> PacingFit:
    """Fit the model to the years from the first on.

    Rate of a year: contribution / commitment not yet called. Growth: all gains of the years that opened with
    a value / those opening values, where gain = closing + distribution - contribution - opening. Bow: the
    one B at which the sum of grown value x max(yield_floor, (year / life) ^ B) is what was distributed in
    those years; the sum falls as B rises, so there is one at most.

    `growth` or `bow`, if given, holds where the history does not tell it: growth before a second year, bow
    before distributions above the floor. Refused: no year, a life shorter than the history, more called or
    lost than there was, amounts below 0, and a parameter that is neither told nor given.
    """
    years = _checked(history, life)
    floor = fraction_of_one(yield_floor, "yield_floor")
    callable_ = _callable(years, positive(divisor(commitment, "commitment"), "commitment"))
    rates = [
        min(year.called / most, 1.0) if most else 0.0 for year, most in zip(years, callable_, strict=False)
    ]
    told_growth, told_bow = _growth(years), _bow(years, life, floor)
    fitted_growth, fitted_bow = _chosen("growth", told_growth, growth), _chosen("bow", told_bow, bow)
    told = {"growth": told_growth, "bow": told_bow}
    last = years[-1]
    model = takahashi_alexander(
        commitment=commitment,
        contribution_rates=rates,
        life=life,
        bow=fitted_bow,
        growth=fitted_growth,
        yield_floor=floor,
    )
    return PacingFit(
        contribution_rates=tuple(rates),
        later_rate=min(math.fsum(year.called for year in years) / math.fsum(callable_[:-1]), 1.0),
        growth=fitted_growth,
        bow=fitted_bow,
        yield_floor=floor,
        life=life,
        assumed=tuple(name for name, value in told.items() if value is None),
        last=PacingYear(len(years), last.called, last.paid, last.closing, callable_[-1]),
        model=tuple(model[: len(years)]),
    )


@dataclass(frozen=True)
class _Year:
    """A year that was, checked. grown: what its opening value had become before calls and payments."""

    called: float
    paid: float
    opening: float
    closing: float

    @property
    def grown(self) -> float:
        return self.closing + self.paid - self.called


def _checked(history: Sequence[FundYear], life: int) -> list[_Year]:
    if not history:
        raise InvalidInput("history is empty; expected at least one year")
    if life < len(history):
        raise InvalidInput(f"life is {life} and history has {len(history)} years; expected no more")
    years: list[_Year] = []
    for number, year in enumerate(history, 1):
        opening = years[-1].closing if years else 0.0
        checked = _Year(
            plausible(year.contribution, f"contribution of year {number}"),
            plausible(year.distribution, f"distribution of year {number}"),
            opening,
            divisor(year.nav, f"nav of year {number}"),
        )
        if opening and checked.grown < -ROUNDING * opening:
            raise InvalidInput(
                f"year {number} opened with {opening:g} and lost {opening - checked.grown:g}; expected no more than all"
            )
        years.append(checked)
    return years


def _callable(years: Sequence[_Year], commitment: float) -> list[float]:
    """What could still be called before each year, and after the last."""
    left = [commitment]
    for number, year in enumerate(years, 1):
        rest = left[-1] - year.called
        if rest < -ROUNDING * commitment:
            raise InvalidInput(
                f"year {number} called {year.called:g} of {left[-1]:g} that were left; expected no more"
            )
        left.append(max(rest, 0.0))
    return left


def _growth(years: Sequence[_Year]) -> float | None:
    opened = [year for year in years if year.opening]
    if not opened:
        return None
    grown = math.fsum(year.grown for year in opened)
    return max(grown / math.fsum(year.opening for year in opened) - 1, -1.0)


def _bow(years: Sequence[_Year], life: int, floor: float) -> float | None:
    """The bow at which the model pays out what was paid out; None where no bow up to LARGEST_BOW does."""
    opened = [(at / life, max(year.grown, 0.0)) for at, year in enumerate(years, 1) if year.opening]
    paid = math.fsum(year.paid for year in years if year.opening)

    def model(bow: float) -> float:
        return math.fsum(grown * max(floor, age**bow) for age, grown in opened)

    if not model(LARGEST_BOW) < paid <= model(0.0):
        return None
    low, high = 0.0, LARGEST_BOW
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if model(middle) > paid else (low, middle)
    return high


def _chosen(name: str, told: float | None, given: Number | None) -> float:
    if told is not None:
        return told
    if given is None:
        raise InvalidInput(f"the history does not tell the {name}; expected one as an assumption")
    return finite(given, name)
