"""Later closes: what a newcomer pays, to whom it goes, and what of the past is shared anew.

Per earlier item other than fees the newcomer pays its share by commitments; that money and simple interest on it
from the item's due date (actual days / 365) go to the earlier partners in proportion to what they had paid. The
interest is nobody's contribution. Where a close goes by net asset value a premium takes its place (`premiums`).
Pure; amounts in minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from fund.capital.hurdle import YEAR, half_up
from kernel.allocation import allocate


@dataclass(frozen=True)
class PastItem:
    """An earlier item that is shared anew: what each partner has paid for it on balance (all above zero)."""

    item_id: int
    call: str
    due_on: date
    amounts: Mapping[int, int]


@dataclass(frozen=True)
class Equalisation:
    """The moves of a close, positive from newcomers and negative to earlier partners.

    `items` holds one mapping of partner to amount per earlier item and sums to zero, as does `interest`.
    """

    items: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    interest: Mapping[int, int] = field(default_factory=dict)


def equalise(
    items: Sequence[PastItem],
    *,
    commitments: Mapping[int, int],
    newcomers: Mapping[int, int],
    rate: Fraction,
    due_on: date,
) -> Equalisation:
    """Work out a close with `newcomers` (partner to commitment), payable on `due_on`.

    `commitments` are those of the partners before it. Interest is worked per call and newcomer.
    """
    moves = {item.item_id: _share_anew(item, commitments, newcomers) for item in items}
    interest: dict[int, int] = {}
    for call in dict.fromkeys(item.call for item in items):
        of_call = [item for item in items if item.call == call]
        for partner_id, amount in _interest(of_call, moves, newcomers, rate, due_on).items():
            interest[partner_id] = interest.get(partner_id, 0) + amount
    return Equalisation(items=moves, interest={key: value for key, value in interest.items() if value})


def _share_anew(
    item: PastItem, commitments: Mapping[int, int], newcomers: Mapping[int, int]
) -> dict[int, int]:
    earlier = list(item.amounts)
    weights = [commitments[partner_id] for partner_id in earlier] + list(newcomers.values())
    parts = allocate(sum(item.amounts.values()), weights)[len(earlier) :]
    back = allocate(sum(parts), list(item.amounts.values()))
    paid = dict(zip(newcomers, parts, strict=True))
    refunded = {partner_id: -part for partner_id, part in zip(earlier, back, strict=True)}
    return {partner_id: amount for partner_id, amount in {**paid, **refunded}.items() if amount}


def _interest(
    items: Sequence[PastItem],
    moves: Mapping[int, Mapping[int, int]],
    newcomers: Mapping[int, int],
    rate: Fraction,
    due_on: date,
) -> dict[int, int]:
    days = max(0, (due_on - items[0].due_on).days)
    owed = {
        partner_id: half_up(
            sum(moves[item.item_id].get(partner_id, 0) for item in items) * rate * Fraction(days, YEAR)
        )
        for partner_id in newcomers
    }
    contributed: dict[int, int] = {}
    for item in items:
        for partner_id, amount in item.amounts.items():
            contributed[partner_id] = contributed.get(partner_id, 0) + amount
    shares = allocate(sum(owed.values()), list(contributed.values()))
    received = {partner_id: -share for partner_id, share in zip(contributed, shares, strict=True)}
    return {**owed, **received}


def rebalance(balances: Mapping[int, int], weights: Mapping[int, int]) -> dict[int, int]:
    """What each partner gains or gives so that `balances` (of any sign) lie by `weights`; sums to zero."""
    partners = sorted({*balances, *weights})
    target = allocate(sum(balances.values()), [weights.get(partner_id, 0) for partner_id in partners])
    moves = {
        partner_id: part - balances.get(partner_id, 0)
        for partner_id, part in zip(partners, target, strict=True)
    }
    return {partner_id: move for partner_id, move in moves.items() if move}
