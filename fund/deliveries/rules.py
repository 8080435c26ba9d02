"""Shares handed to the partners instead of money: how many whole units each gets. Pure.

What a partner is to be paid, its tax taken off, is divided by the price of the day: it gets the whole units in it and
the rest, less than one unit, in cash. Units that nobody gets whole stay with the fund, which pays for them that way. So
units and cash together are exactly what the waterfall gave, and nobody is paid by another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from kernel.errors import Conflict, Invalid, Problem

FEN = 100
LONGEST = 400


class OfferInvalid(Invalid):
    code = "in_kind_invalid"
    says = "These shares cannot be handed over."


class NothingWhole(Conflict):
    code = "in_kind_nothing_whole"
    says = "At {price} a unit nobody's part comes to a whole unit; sell them and distribute the money."


class HandedOverWithShares(Conflict):
    code = "in_kind_with_its_shares"
    says = "{distribution} hands over shares; it is paid and taken back together with them only."


@dataclass(frozen=True)
class Offer:
    """Units of one instrument at a price in yuan a unit, and where that price of the day is from."""

    instrument: str
    units: int
    price: Fraction
    price_source: str

    @property
    def value(self) -> int:
        """What all of it is worth in whole fen, never more than it is."""
        return floor(self.units * self.price * FEN)


@dataclass(frozen=True)
class Part:
    """Whole units of one partner and what they are worth in whole fen."""

    units: int
    value: int


def check_offer(offer: Offer) -> None:
    """Refuse no units, a price that is not above zero or makes less than a fen of all, and one from nowhere."""
    problems = []
    if offer.units <= 0:
        problems.append(Problem("units", "expected whole units above zero"))
    if offer.price <= 0 or offer.value <= 0:
        problems.append(
            Problem("price", "expected a price above zero that makes at least a fen of all units")
        )
    if not offer.price_source.strip():
        problems.append(Problem("price_source", "say where the price of the day is from"))
    if problems:
        raise OfferInvalid(problems=problems)


def handed_over(offer: Offer, entitled: Mapping[int, int]) -> dict[int, Part]:
    """Each partner's whole units out of what it is entitled to after tax, partners without a unit left out.

    Refused where nobody gets one.
    """
    each = offer.price * FEN
    units = {partner_id: floor(amount / each) for partner_id, amount in entitled.items()}
    found = {key: Part(count, floor(count * each)) for key, count in units.items() if count > 0}
    if not found:
        raise NothingWhole(price=Decimal(offer.price.numerator) / offer.price.denominator)
    return found
