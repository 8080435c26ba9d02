"""Who paid for what a holding cost: the money called for it by name, and the fund's general money for the rest. Pure.

Money called for a holding pays for the purchases from its due date on, in their order, and what is left of it for
those before, the latest first. What it leaves of a purchase was paid out of the general money called by that day,
by all who had a part in that. Amounts in minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.allocation import allocate


@dataclass(frozen=True)
class Paid:
    """Money called as of a day, by partner, on balance."""

    on: date
    amounts: Mapping[int, int]


@dataclass(frozen=True)
class Bought:
    """A purchase and its cost."""

    on: date
    cost: int


def funded(
    purchases: Sequence[Bought],
    named: Sequence[Paid],
    general: Sequence[Paid],
    *,
    otherwise: Mapping[int, int],
) -> dict[int, int]:
    """What each partner paid for a holding: its own `named` money, and its part of the general money behind the rest.

    `otherwise` are the weights of general money for a purchase before any was called; an empty answer says that
    nothing was called for the holding and nothing bought.
    """
    weights: dict[int, int] = {}
    for paid in named:
        _add(weights, paid.amounts)
    bought = sorted(purchases, key=lambda purchase: purchase.on)
    for purchase, rest in zip(bought, _left(bought, named), strict=True):
        pool = _summed([paid for paid in general if paid.on <= purchase.on]) or _summed(general) or otherwise
        if rest and any(pool.values()):
            _add(weights, dict(zip(pool, allocate(rest, list(pool.values())), strict=True)))
    return {partner_id: weight for partner_id, weight in weights.items() if weight > 0}


def _left(bought: Sequence[Bought], named: Sequence[Paid]) -> list[int]:
    """What the money called by name leaves of each purchase."""
    left = [purchase.cost for purchase in bought]
    for paid in sorted(named, key=lambda paid: paid.on):
        amount = sum(paid.amounts.values())
        since = [place for place, purchase in enumerate(bought) if purchase.on >= paid.on]
        for place in [*since, *reversed(range(len(bought) - len(since)))]:
            taken = min(amount, left[place])
            left[place] -= taken
            amount -= taken
    return left


def _summed(paid: Sequence[Paid]) -> dict[int, int]:
    summed: dict[int, int] = {}
    for one in paid:
        _add(summed, one.amounts)
    return {partner_id: amount for partner_id, amount in summed.items() if amount > 0}


def _add(weights: dict[int, int], amounts: Mapping[int, int]) -> None:
    for partner_id, amount in amounts.items():
        weights[partner_id] = weights.get(partner_id, 0) + amount
