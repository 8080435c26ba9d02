"""What a waterfall's first two tiers count, flow by flow: capital not returned and preferred return earned. Pure.

The same layers as in `division`, kept at every flow, so that a workbook can put its own formulas beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.capital.hurdle import Layer, accrued, give_back, half_up, pay_capital, pay_preferred
from fund.charter.rules import Compounding


@dataclass(frozen=True)
class Moved:
    """Money on one day: `paid_in` by the partner (below zero: it went back unused), or `paid_out` against it."""

    on: date
    paid_in: int
    paid_out: int


@dataclass(frozen=True)
class Stood:
    """One flow: the preferred return earned by then, what of the payment was capital and preferred return, and what
    is left of both. Preferred return that is not paid keeps its fractions.
    """

    moved: Moved
    earned: Fraction
    capital: int
    preferred: int
    unreturned: int
    left: Fraction


def account(moves: Sequence[Moved], *, hurdle: Fraction, compounding: Compounding) -> tuple[Stood, ...]:
    """The account over `moves`, which stand in their order."""
    layers: list[Layer] = []
    found = []
    for moved in moves:
        layers = [accrued(one, rate=hurdle, compounding=compounding, on=moved.on) for one in layers]
        earned = _preferred(layers)
        capital = min(moved.paid_out, half_up(_capital(layers)))
        preferred = min(moved.paid_out - capital, half_up(earned))
        layers = pay_preferred(pay_capital(layers, capital), preferred)
        if moved.paid_in < 0:
            layers = give_back(layers, -moved.paid_in)
        elif moved.paid_in:
            layers.append(Layer(moved.on, moved.on, Fraction(moved.paid_in)))
        unreturned = half_up(_capital(layers))
        found.append(Stood(moved, earned, capital, preferred, unreturned, _preferred(layers)))
    return tuple(found)


def _capital(layers: Sequence[Layer]) -> Fraction:
    return sum((layer.capital for layer in layers), Fraction(0))


def _preferred(layers: Sequence[Layer]) -> Fraction:
    return sum((layer.preferred for layer in layers), Fraction(0))
