"""Splitting a whole into parts that sum to it exactly.

Largest remainder: every part first gets its exact share rounded down; the units left over go, one each, to
the parts with the largest fractions cut off, the earlier part first where fractions are equal. The same input
gives the same parts on every machine.
"""

from collections.abc import Sequence
from fractions import Fraction

from kernel.errors import Invalid


class NegativeWeight(Invalid):
    code = "negative_weight"
    says = "Weight number {position} is {weight}; a share cannot be negative."


class NothingToWeighBy(Invalid):
    code = "nothing_to_weigh_by"
    says = "{total} cannot be split: all weights are zero."


def allocate(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split `total` minor units in proportion to `weights`: one whole number per weight, summing to `total`.

    A negative total is the mirror image of the positive one. A zero weight gets nothing. Refused: a negative
    weight, and a total other than zero when no weight is above zero.
    """
    for position, weight in enumerate(weights, start=1):
        if weight < 0:
            raise NegativeWeight(position=position, weight=weight)
    if total < 0:
        return [-part for part in allocate(-total, weights)]
    whole = sum(weights, start=Fraction(0))
    if whole == 0:
        if total:
            raise NothingToWeighBy(total=total)
        return [0] * len(weights)
    exact = [total * Fraction(weight) / whole for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    left = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[:left]:
        parts[i] += 1
    return parts
