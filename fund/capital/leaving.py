"""Who bears what leaves a holding of its value above cost: a disposal takes it out of what each carries of it. Pure.

What one disposal takes follows from what each carries when the day begins and from what left on that day before it,
and from nothing else: so it is the same whether a mark or a later close of before was written down first or since.
Amounts in minor units, a gain above zero.
"""

from collections.abc import Mapping, Sequence

from kernel.allocation import allocate

Parts = Mapping[int, int]
"""By partner, minor units."""


def leaves(amount: int, carried: Parts, parts: Parts, *, is_all: bool = False) -> dict[int, int]:
    """The part of the unrealised gain that goes, by partner, out of what each carries; `is_all` of the holding leaves.

    If all of it goes, each partner's goes; a part goes in proportion to what each carries. Of more than that, as one of
    two instruments may take, the rest goes by the partners' parts in the holding; so does all of it where some carry a
    gain and others a loss, or what goes is a loss of what is a gain in all: there is no such proportion then.
    """
    whole = sum(carried.values())
    if is_all or amount == whole != 0:
        return {partner: part for partner, part in carried.items() if part}
    if whole == 0 or amount * whole < 0 or any(part * whole < 0 for part in carried.values()):
        return _split(amount, parts)
    if abs(amount) > abs(whole):
        rest = _split(amount - whole, parts)
        return more({}, {key: carried.get(key, 0) + rest.get(key, 0) for key in {**carried, **rest}})
    return _split(amount, {partner: abs(carried[partner]) for partner in sorted(carried)})


def _split(amount: int, weights: Parts) -> dict[int, int]:
    found = zip(weights, allocate(amount, list(weights.values())), strict=True)
    return {partner: part for partner, part in found if part}


def taken(
    amounts: Sequence[int], carried: Parts, parts: Parts, *, before: int = 0, is_all: bool = False
) -> list[dict[int, int]]:
    """What each of several disposals of a day takes from each partner, after `before` has left on that day; with the
    last one `is_all` of the holding has left.
    """
    found: list[dict[int, int]] = []
    gone, so_far = before, leaves(before, carried, parts) if before else {}
    for turn, amount in enumerate(amounts, start=1):
        gone += amount
        until = leaves(gone, carried, parts, is_all=is_all and turn == len(amounts))
        found.append(more(so_far, until))
        so_far = until
    return found


def more(before: Parts, after: Parts) -> dict[int, int]:
    """What each has on top."""
    found = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
    return {key: amount for key, amount in found.items() if amount}
