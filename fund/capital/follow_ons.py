"""Sharing what is called for a deal by the shares in it, within what is left of each commitment. Pure; minor units."""

from collections.abc import Sequence

from kernel.allocation import allocate


def within(amount: int, weights: Sequence[int], left: Sequence[int]) -> list[int]:
    """`amount` by `weights`, nobody above what it has `left`; what is beyond that falls to the others by weight.

    Worked: 9 million by 5 : 3 : 1 with 2, 9 and 9 million left are 2, 5.25 and 1.75 million. Where all together have
    too little left, the parts are by weight alone, so that the refusal can name who is asked for too much.
    """
    parts = allocate(amount, list(weights))
    full: dict[int, int] = {}
    while over := [place for place, part in enumerate(parts) if part > max(0, left[place])]:
        full |= {place: max(0, left[place]) for place in over}
        open_weights = [0 if place in full else weight for place, weight in enumerate(weights)]
        if not any(open_weights):
            return allocate(amount, list(weights))
        rest = allocate(amount - sum(full.values()), open_weights)
        parts = [full.get(place, part) for place, part in enumerate(rest)]
    return parts
