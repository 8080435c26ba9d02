"""Who bears what leaves a holding of its value above cost: a disposal takes it out of what each carries of it. Pure.

What one disposal takes follows from what each carries when the day begins and from what left on that day before it,
and from nothing else: so it is the same whether a mark or a later close of before was written down first or since.
Amounts in minor units, a gain above zero.
"""

from collections.abc import Iterable, Mapping

from kernel.allocation import allocate

Parts = Mapping[int, int]
"""By partner, minor units."""


def leaves(amount: int, carried: Parts, parts: Parts) -> dict[int, int]:
    """The part of the unrealised gain that goes, by partner, out of what each carries.

    If all of it goes, each partner's goes; a part goes in proportion to what each carries; where some carry a gain
    and others a loss there is no such proportion, and the partners' parts in the holding decide.
    """
    if amount == sum(carried.values()):
        return {partner: part for partner, part in carried.items() if part}
    gains, losses = (any(sign * part > 0 for part in carried.values()) for sign in (1, -1))
    weights = parts if gains == losses else {partner: abs(carried[partner]) for partner in sorted(carried)}
    found = zip(weights, allocate(amount, list(weights.values())), strict=True)
    return {partner: part for partner, part in found if part}


def taken(amounts: Iterable[int], carried: Parts, parts: Parts, *, before: int = 0) -> list[dict[int, int]]:
    """What each of several disposals of a day takes from each partner, after `before` has left on that day."""
    found: list[dict[int, int]] = []
    gone, so_far = before, leaves(before, carried, parts) if before else {}
    for amount in amounts:
        gone += amount
        until = leaves(gone, carried, parts)
        found.append(more(so_far, until))
        so_far = until
    return found


def more(before: Parts, after: Parts) -> dict[int, int]:
    """What each has on top."""
    found = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
    return {key: amount for key, amount in found.items() if amount}
