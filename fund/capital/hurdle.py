"""The preferred return a partner has earned, under three conventions, to the fen.

Each contribution is a layer that earns from its own day. Days are actual days, a year is 365 of them.

- daily: capital and unpaid preferred return grow together, H <- H * (1 + r) ** (days / 365)
- anniversary: simple interest within a year, joined to the layer's earning balance on each anniversary of its
  contribution; a full year earns exactly r, so the 366th day of a leap year earns nothing
- simple: only capital not yet returned earns, capital * r * days / 365

Everything is an exact fraction except the daily power, which is taken to fifty digits. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from fund.charter.rules import Compounding

YEAR = 365
_DIGITS = 50
_FINEST = 10**20


@dataclass(frozen=True)
class Layer:
    """One contribution: what of it is not returned yet and what it has earned by day `on`, in minor units.

    `earning` is preferred return that has joined the balance that earns (anniversary and daily) or, under
    simple interest, just what is owed; `waiting` is interest of the running year that earns nothing yet.
    """

    opened_on: date
    on: date
    capital: Fraction
    earning: Fraction = Fraction(0)
    waiting: Fraction = Fraction(0)

    @property
    def preferred(self) -> Fraction:
        """Preferred return earned and not paid."""
        return self.earning + self.waiting


def half_up(amount: Fraction) -> int:
    """The nearest whole minor unit, halves upwards."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


@lru_cache(maxsize=4096)
def growth(rate: Fraction, days: int) -> Fraction:
    """(1 + rate) ** (days / 365), to fifty digits."""
    with localcontext() as context:
        context.prec = _DIGITS
        start = 1 + Decimal(rate.numerator) / Decimal(rate.denominator)
        return Fraction(start ** (Decimal(days) / YEAR))


def anniversary(opened_on: date, years: int) -> date:
    """The day `years` after `opened_on`; 29 February becomes the 28th outside leap years."""
    if (opened_on.month, opened_on.day) == (2, 29):
        following = date(opened_on.year + years, 3, 1)
        return date.fromordinal(following.toordinal() - 1)
    return opened_on.replace(year=opened_on.year + years)


def accrued(layer: Layer, *, rate: Fraction, compounding: Compounding, on: date) -> Layer:
    """`layer` carried forward to day `on`, which is not before the layer's own."""
    if compounding is Compounding.ANNIVERSARY:
        return _by_anniversaries(layer, rate, on)
    days = (on - layer.on).days
    if compounding is Compounding.SIMPLE:
        earned = layer.capital * rate * days / YEAR
    else:
        grown = (layer.capital + layer.earning) * (growth(rate, days) - 1)
        earned = Fraction(round(grown * _FINEST), _FINEST)
    return replace(layer, on=on, earning=layer.earning + earned)


def _by_anniversaries(layer: Layer, rate: Fraction, on: date) -> Layer:
    while layer.on < on:
        years = layer.on.year - layer.opened_on.year
        if anniversary(layer.opened_on, years) > layer.on:
            years -= 1
        began, ends = anniversary(layer.opened_on, years), anniversary(layer.opened_on, years + 1)
        until = min(on, ends)
        days = min((until - began).days, YEAR) - min((layer.on - began).days, YEAR)
        waiting = layer.waiting + (layer.capital + layer.earning) * rate * days / YEAR
        if until == ends:
            layer = replace(layer, on=until, earning=layer.earning + waiting, waiting=Fraction(0))
        else:
            layer = replace(layer, on=until, waiting=waiting)
    return layer


def pay_capital(layers: Sequence[Layer], amount: int) -> list[Layer]:
    """`layers` after `amount` of capital was returned, oldest first; the caller keeps within what is due."""
    paid, left = [], Fraction(amount)
    for layer in layers:
        part = min(left, layer.capital)
        paid.append(replace(layer, capital=layer.capital - part))
        left -= part
    return paid


def give_back(layers: Sequence[Layer], amount: int | Fraction) -> list[Layer]:
    """`layers` after called money that was not used went back, the newest first; what they have earned stays due."""
    back, left = [], Fraction(amount)
    for layer in reversed(layers):
        part = min(left, layer.capital)
        back.append(replace(layer, capital=layer.capital - part))
        left -= part
    return back[::-1]


def pay_preferred(layers: Sequence[Layer], amount: int) -> list[Layer]:
    """`layers` after `amount` of preferred return was paid, oldest first, what already earns before the rest.

    Once all that is due to the fen has been paid, the fraction of a fen that rounding left is forgotten.
    """
    if amount and amount == half_up(sum((layer.preferred for layer in layers), start=Fraction(0))):
        return [replace(layer, earning=Fraction(0), waiting=Fraction(0)) for layer in layers]
    paid, left = [], Fraction(amount)
    for layer in layers:
        first = min(left, layer.earning)
        second = min(left - first, layer.waiting)
        paid.append(replace(layer, earning=layer.earning - first, waiting=layer.waiting - second))
        left -= first + second
    return paid
