"""What a cheaper issue does to the conversion of the classes that are protected against it, in exact fractions.

A share converts at its conversion price: what was paid for it / the common shares that it becomes. An issue below that
price lowers it, and the share becomes so many more common shares; nothing ever raises the price. With CP the price
before, A the shares that count, M the money and N the shares of the issue, all shares as common:

* weighted average: CP' = CP x (A + M / CP) / (A + N) = (A CP + M) / (A + N). Broad-based: A counts every class as
  converted and the option pool. Narrow-based: A leaves the pool out, so the new shares weigh more.
* full ratchet: CP' is the price of the issue, however few shares it is of.

Source: NVCA Model Certificate of Incorporation, Article Fourth, part B, section 4.4, and its notes on other formulas.
As there, what is excepted (an option pool, shares issued under an exception of the articles) adjusts nothing, and A is
taken immediately before the issue. So every protected class is adjusted from the same facts: the order of the classes
plays no part, and none is adjusted by another's adjustment. Issues of one day count together, each where it is below
the class's own price; the ratchet takes the cheapest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from valuation.flows import positive


class Protection(StrEnum):
    """By what a class is protected."""

    NONE = "none"
    BROAD_BASED = "broad_based"
    NARROW_BASED = "narrow_based"
    FULL_RATCHET = "full_ratchet"


@dataclass(frozen=True)
class Standing:
    """A class before an issue. ratio: common shares that one share becomes. paid: money for all its shares; of a class
    that is not protected it plays no part. is_pool: options, granted or reserved.
    """

    name: str
    shares: Fraction
    ratio: Fraction = Fraction(1)
    paid: Fraction = Fraction(0)
    protection: Protection = Protection.NONE
    is_pool: bool = False

    @property
    def common(self) -> Fraction:
        """Its shares as common."""
        return self.shares * self.ratio


@dataclass(frozen=True)
class Issue:
    """New shares, as common, and the money for all of them."""

    name: str
    shares: Fraction
    money: Fraction
    is_excepted: bool = False

    @property
    def price(self) -> Fraction:
        """The money for one of them."""
        return self.money / self.shares


@dataclass(frozen=True)
class Adjusted:
    """A conversion that an issue changed, with its working. `issues`, `money` and `shares` are of those below the
    price; `base`: the shares that counted before, 0 of a ratchet.
    """

    name: str
    protection: Protection
    issues: tuple[str, ...]
    money: Fraction
    shares: Fraction
    base: Fraction
    price_before: Fraction
    price: Fraction
    ratio_before: Fraction
    ratio: Fraction


def weighted_average(*, price: Fraction, base: Fraction, money: Fraction, shares: Fraction) -> Fraction:
    """The conversion price after an issue of `shares` for `money`; an issue at or above the price changes nothing."""
    return min(price, (base * price + money) / (base + shares))


def after_issues(classes: Sequence[Standing], issues: Sequence[Issue]) -> tuple[Adjusted, ...]:
    """The classes whose conversion the issues of one day change, in their order.

    Refused: a class or an issue that counts without shares, ratio or money.
    """
    for one in classes:
        positive(one.shares, f"{one.name}.shares")
        positive(one.ratio, f"{one.name}.ratio")
    counted = [one for one in issues if not one.is_excepted]
    for issue in counted:
        positive(issue.shares, f"{issue.name}.shares")
        positive(issue.money, f"{issue.name}.money")
    base = {
        Protection.BROAD_BASED: sum((one.common for one in classes), Fraction(0)),
        Protection.NARROW_BASED: sum((one.common for one in classes if not one.is_pool), Fraction(0)),
        Protection.FULL_RATCHET: Fraction(0),
    }
    found = [
        _adjusted(one, base[one.protection], counted)
        for one in classes
        if one.protection is not Protection.NONE
    ]
    return tuple(one for one in found if one is not None)


def _adjusted(own: Standing, base: Fraction, issues: Sequence[Issue]) -> Adjusted | None:
    positive(own.paid, f"{own.name}.paid")
    before = own.paid / own.common
    cheaper = [one for one in issues if one.price < before]
    if not cheaper:
        return None
    money = sum((one.money for one in cheaper), Fraction(0))
    shares = sum((one.shares for one in cheaper), Fraction(0))
    if own.protection is Protection.FULL_RATCHET:
        price = min(one.price for one in cheaper)
    else:
        price = weighted_average(price=before, base=base, money=money, shares=shares)
    names = tuple(one.name for one in cheaper)
    ratio = own.ratio * before / price
    return Adjusted(own.name, own.protection, names, money, shares, base, before, price, own.ratio, ratio)
