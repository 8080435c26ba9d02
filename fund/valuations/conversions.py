"""What the anti-dilution terms on record make of the conversions, from one set of rights to the next. Pure.

A round is told by two sets: a preferred class that is new in the later one, or that has more shares and more paid in,
was issued on its day at what came in / the shares that came, as common. A pool is excepted, and so is a class whose
issue is said to be. More shares without more paid in are a split and no issue; common shares have no price on record.

The term of a class is that of the set before, unless the later one takes it away. A conversion that the later set
states anew is what its document says, the issues of that day included; one that it repeats is adjusted further.

A class has one conversion price: what was paid for a share in its first issue on record / its conversion. Shares of it
that come later, for more or for less, convert at that price too and do not move it but by the term.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from fund.valuations.right_rules import MOST, AntiDilution, ClassKind, ClassRights
from valuation.anti_dilution import Adjusted, Issue, Protection, Standing, after_issues

# Decimals of a conversion that are kept.
PLACES = 10
PROTECTIONS: Mapping[AntiDilution, Protection] = MappingProxyType(
    {
        AntiDilution.NONE: Protection.NONE,
        AntiDilution.WEIGHTED_AVERAGE: Protection.BROAD_BASED,
        AntiDilution.NARROW_WEIGHTED_AVERAGE: Protection.NARROW_BASED,
        AntiDilution.FULL_RATCHET: Protection.FULL_RATCHET,
    }
)


@dataclass(frozen=True)
class Adjustment:
    """What the term of a class made of its conversion on a day. Prices are minor units for a common share; `shares`
    and `base` are common shares: those issued below the price, and those that counted before (0 of a ratchet).
    """

    on: date
    name: str
    term: AntiDilution
    issues: tuple[str, ...]
    money: int
    shares: Fraction
    base: Fraction
    price_before: Fraction
    price: Fraction
    conversion_before: Fraction
    conversion: Fraction


@dataclass(frozen=True)
class Conversions:
    """How many common shares a share of each class becomes, and what changed it."""

    ratios: Mapping[str, Fraction]
    adjustments: tuple[Adjustment, ...] = ()


def conversions(sets: Sequence[tuple[date, Sequence[ClassRights]]]) -> Conversions:
    """The conversions after the last of the sets, which are in the order of their days, one a day."""
    ratios, paid = _stated(sets[0][1]), _paid((), sets[0][1], {})
    found: list[Adjustment] = []
    for (_, before), (on, after) in pairwise(sets):
        carried = _carried(before, after, ratios)
        bound = {one.name for one in after if one.anti_dilution is not AntiDilution.NONE} & set(carried)
        standing = [
            _standing(one, ratios[one.name], paid[one.name], is_bound=one.name in bound) for one in before
        ]
        terms = {one.name: one.anti_dilution for one in before}
        issues = list(_issues(before, after, carried))
        made = [_adjustment(on, terms[one.name], one) for one in after_issues(standing, issues)]
        ratios = _stated(after) | carried | {one.name: one.conversion for one in made}
        paid = _paid(before, after, paid)
        found += made
    return Conversions(ratios, tuple(found))


def _stated(classes: Iterable[ClassRights]) -> dict[str, Fraction]:
    return {one.name: one.conversion for one in classes}


def _carried(
    before: Sequence[ClassRights], after: Sequence[ClassRights], ratios: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """What has become of the conversions that the later set repeats."""
    stated = _stated(before)
    return {one.name: ratios[one.name] for one in after if stated.get(one.name) == one.conversion}


def _paid(
    before: Sequence[ClassRights], after: Sequence[ClassRights], paid: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """What was paid for a share of each class in its first issue, in shares as they are after a split."""
    known = {one.name: one for one in before if one.invested}
    found = {one.name: one.invested / one.shares for one in after}
    for one in after:
        old = known.get(one.name)
        if old is not None and _is_issue(*_added(old, one)):
            found[one.name] = paid[one.name]
        elif old is not None:
            found[one.name] *= paid[one.name] * old.shares / old.invested
    return found


def _standing(one: ClassRights, ratio: Fraction, paid: Fraction, *, is_bound: bool) -> Standing:
    protection = PROTECTIONS[one.anti_dilution] if is_bound else Protection.NONE
    return Standing(one.name, one.shares, ratio, paid * one.shares, protection, one.kind is ClassKind.OPTIONS)


def _issues(
    before: Sequence[ClassRights], after: Sequence[ClassRights], carried: Mapping[str, Fraction]
) -> Iterable[Issue]:
    known = {one.name: one for one in before}
    for one in after:
        shares, money = _added(known.get(one.name), one)
        if _is_issue(shares, money):
            ratio = carried.get(one.name, one.conversion)
            yield Issue(one.name, shares * ratio, Fraction(money), one.is_exempt)


def _added(old: ClassRights | None, one: ClassRights) -> tuple[Fraction, int]:
    """The shares of a class that came, and the money."""
    return (one.shares - old.shares, one.invested - old.invested) if old else (one.shares, one.invested)


def _is_issue(shares: Fraction, money: int) -> bool:
    return shares > 0 and money > 0


def _adjustment(on: date, term: AntiDilution, one: Adjusted) -> Adjustment:
    return Adjustment(
        on=on,
        name=one.name,
        term=term,
        issues=one.issues,
        money=int(one.money),
        shares=one.shares,
        base=one.base,
        price_before=one.price_before,
        price=one.price,
        conversion_before=one.ratio_before,
        # To the decimals that are kept, which never lower it, and no further than numbers of a company go.
        conversion=max(one.ratio_before, min(round(one.ratio, PLACES), Fraction(MOST))),
    )
