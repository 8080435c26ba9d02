"""Who paid for what a holding cost: the money called for it by name, and the fund's general money for the rest. Pure.

Money called for a holding pays for the purchases from its due date on, in their order, and what is left of it for
those before, the latest first. What it leaves of a purchase was paid out of the general money called by that day,
by all who had a part in that. A sale takes the same part of every purchase that it finds, and with it that part of
what each partner paid for it. Amounts in minor units.

Shares go by exact parts: were they kept in whole units, a share would change with every sale, and with every purchase
out of the same money.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm


@dataclass(frozen=True)
class Paid:
    """Money called as of a day, by partner, on balance."""

    on: date
    amounts: Mapping[int, int]


@dataclass(frozen=True)
class Bought:
    """A purchase, its cost, and the part of it that is still held."""

    on: date
    cost: int
    kept: Fraction = Fraction(1)


@dataclass(frozen=True)
class Sold:
    """What left at cost, by sale or write-off."""

    on: date
    cost: int


def kept(moves: Sequence[Bought | Sold]) -> list[Bought]:
    """The purchases among `moves`, which stand in their order, each with the part of it that is still held."""
    held: list[Bought] = []
    for move in moves:
        if isinstance(move, Bought):
            held.append(move)
            continue
        cost = sum(one.cost * one.kept for one in held)
        left = max(Fraction(0), 1 - Fraction(move.cost) / cost) if cost else Fraction(1)
        held = [Bought(one.on, one.cost, one.kept * left) for one in held]
    return held


def funded(
    purchases: Sequence[Bought],
    named: Sequence[Paid],
    general: Sequence[Paid],
    *,
    otherwise: Mapping[int, int],
) -> dict[int, int]:
    """By what partners share in what is held: what each paid for it, its own `named` money and its part of the general
    money for the rest, in minor units or, where that leaves fractions, in the largest parts of one that make it whole.

    Of a holding that was left for good, what each paid for all of it: what still comes back goes by that. `otherwise`
    are the weights of general money for a purchase before any was called; an empty answer says that nothing was called
    for the holding and nothing bought.
    """
    if purchases and not any(one.kept for one in purchases):
        purchases = [Bought(one.on, one.cost) for one in purchases]
    weights: dict[int, Fraction] = {}
    bought = sorted(purchases, key=lambda purchase: purchase.on)
    left = [purchase.cost for purchase in bought]
    for paid in on_balance(named):
        part = _spent(paid, bought, left)
        _add(weights, {partner_id: amount * part for partner_id, amount in paid.amounts.items()})
    for purchase, rest in zip(bought, left, strict=True):
        pool = _summed([paid for paid in general if paid.on <= purchase.on]) or _summed(general) or otherwise
        whole = sum(pool.values())
        if rest and whole:
            of_each = rest * purchase.kept / whole
            _add(weights, {partner_id: amount * of_each for partner_id, amount in pool.items()})
    found = {partner_id: weight for partner_id, weight in weights.items() if weight > 0}
    unit = lcm(*(weight.denominator for weight in found.values()))
    return {partner_id: int(weight * unit) for partner_id, weight in found.items()}


def on_balance(named: Sequence[Paid]) -> list[Paid]:
    """The money in the order of its days; what went back unused is taken off what was called last before."""
    found: list[Paid] = []
    for paid in sorted(named, key=lambda paid: paid.on):
        back = {key: -amount for key, amount in paid.amounts.items() if amount < 0}
        for place in reversed(range(len(found))):
            amounts = dict(found[place].amounts)
            for key, left in back.items():
                taken = max(0, min(left, amounts.get(key, 0)))
                amounts[key], back[key] = amounts.get(key, 0) - taken, left - taken
            found[place] = Paid(found[place].on, {key: amount for key, amount in amounts.items() if amount})
        came = {key: amount for key, amount in paid.amounts.items() if amount > 0}
        found.append(Paid(paid.on, came))
    return [paid for paid in found if paid.amounts]


def _spent(paid: Paid, bought: Sequence[Bought], left: list[int]) -> Fraction:
    """Spend the money on what is `left` of the purchases; the part of it that stands in what is held, or is unspent."""
    amount = whole = sum(paid.amounts.values())
    gone = Fraction(0)
    since = [place for place, purchase in enumerate(bought) if purchase.on >= paid.on]
    for place in [*since, *reversed(range(len(bought) - len(since)))]:
        taken = min(amount, left[place])
        left[place] -= taken
        amount -= taken
        gone += taken * (1 - bought[place].kept)
    return 1 - gone / whole if whole > 0 else Fraction(1)


def _summed(paid: Sequence[Paid]) -> dict[int, int]:
    summed: dict[int, int] = {}
    for one in paid:
        for partner_id, amount in one.amounts.items():
            summed[partner_id] = summed.get(partner_id, 0) + amount
    return {partner_id: amount for partner_id, amount in summed.items() if amount > 0}


def _add(weights: dict[int, Fraction], amounts: Mapping[int, Fraction | int]) -> None:
    for partner_id, amount in amounts.items():
        weights[partner_id] = weights.get(partner_id, Fraction(0)) + amount
