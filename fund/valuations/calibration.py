"""Calibration at entry: the parameter that makes a technique give the price of the round, kept for later dates.

The price of a round is evidence of fair value on its day and no technique [IPEV, December 2025]. What it implies
(a multiple, a rate, a chance of success, an equity value) is carried forward, and every later file says what it is now
and, where it moved, why.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fund.valuations.class_values import found
from fund.valuations.file import Rights
from kernel.errors import Invalid

PLACES = 8
SHORTEST_YEARS = Fraction(1, 366)
LONGEST_YEARS = 50
# A rate beyond 10,000 % a year is a slip in the price, the proceeds or the years, and no investor's.
HIGHEST_RATE = 100


class CalibrationKind(StrEnum):
    """What the price of a round implies."""

    MULTIPLE = "multiple"
    RATE = "rate"
    PROBABILITY = "probability"
    EQUITY = "equity"


class CalibrationInvalid(Invalid):
    code = "valuation_calibration_invalid"
    says = "The calibration cannot be: {why}."


@dataclass(frozen=True)
class Facts:
    """What a round tells: its price and what stands against it.

    multiple: price / metric. rate: (probability x proceeds / price) ^ (1 / years) - 1, what an investor who paid the
    price asked for. probability: price / what success is worth today (`proceeds`). equity: what option pricing
    solves from the price of a share (`rights`, by backsolve). Price, metric and proceeds in minor units, of the same
    thing: the whole company or the fund's part.
    """

    price: int = 0
    metric: int = 0
    proceeds: int = 0
    years: Fraction = Fraction(0)
    probability: Fraction = Fraction(1)
    rights: Rights | None = None


def implied(kind: CalibrationKind, facts: Facts) -> Fraction:
    """The parameter at the price of the round, to eight decimals; an equity value in whole minor units.

    Refused: what is missing or below 0 for that kind, a chance above 1, a rate that no investor asks for.
    """
    if kind is CalibrationKind.EQUITY:
        if facts.rights is None:
            raise CalibrationInvalid(
                why="an equity value is solved from a cap table and the price of a share"
            )
        return Fraction(found(facts.rights, ()).equity or 0)
    if facts.price <= 0:
        raise CalibrationInvalid(why="the price of the round is above 0")
    if kind is CalibrationKind.MULTIPLE:
        if facts.metric <= 0:
            raise CalibrationInvalid(why="the figure that the multiple is of is above 0")
        return to_places(Fraction(facts.price, facts.metric))
    if facts.proceeds <= 0:
        raise CalibrationInvalid(why="the proceeds are above 0")
    if kind is CalibrationKind.PROBABILITY:
        if facts.proceeds < facts.price:
            raise CalibrationInvalid(
                why="success is worth less than the price; no chance could make up for it"
            )
        return to_places(Fraction(facts.price, facts.proceeds))
    return _rate(facts)


def _rate(facts: Facts) -> Fraction:
    if not SHORTEST_YEARS <= facts.years <= LONGEST_YEARS or not 0 < facts.probability <= 1:
        raise CalibrationInvalid(
            why="years lie between a day and 50 years, a probability above 0 and up to 1"
        )
    growth = Fraction(facts.proceeds, facts.price) * facts.probability
    # The root is taken in decimals of 28 digits: exact to far more places than are kept.
    whole = Decimal(growth.numerator) / Decimal(growth.denominator)
    over = Decimal(facts.years.denominator) / Decimal(facts.years.numerator)
    grown = whole**over
    if grown - 1 > HIGHEST_RATE:
        raise CalibrationInvalid(
            why="the price, the proceeds and the years imply a rate above 10,000 % a year"
        )
    rate = to_places(Fraction(grown) - 1)
    if rate <= -1:
        raise CalibrationInvalid(why="the price, the proceeds and the years imply a rate of -100 % a year")
    return rate


def to_places(value: Fraction) -> Fraction:
    """A parameter to the places that are kept, half to even."""
    return round(value, PLACES)
