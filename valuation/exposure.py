"""Exposure: how much of a whole lies in each part, how concentrated that is, and which limits it breaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from valuation.flows import InvalidInput, Number, at_least

ANY = "*"


@dataclass(frozen=True)
class Position:
    """A value and the label it carries in each dimension: {"sector": "hydrogen", "stage": "seed"}."""

    name: str
    value: Number
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Share:
    """The part of the whole that carries one label of a dimension. `share` is exact: value / base."""

    dimension: str
    key: str
    value: Fraction
    share: Fraction
    names: tuple[str, ...]


@dataclass(frozen=True)
class Limit:
    """At most `maximum` of the base under the label `key` of a dimension; the key "*" holds for each label
    alone.
    """

    dimension: str
    key: str
    maximum: Fraction


@dataclass(frozen=True)
class Breach:
    """A limit and the share that is above it. A share equal to the maximum is within it."""

    limit: Limit
    share: Share


def hhi(weights: Iterable[Number]) -> float:
    """Herfindahl-Hirschman index: the sum of squared weights, in the weights' unit squared.

    Shares in percent give 0 to 10 000, fractions 0 to 1. The weights are taken as they are, not made to sum
    to the whole.
    """
    return sum(at_least(weight, f"weights[{at}]", 0) ** 2 for at, weight in enumerate(weights))


def shares(positions: Sequence[Position], dimension: str, *, base: Number | None = None) -> list[Share]:
    """The positions grouped by their label in `dimension`, largest first, equal ones by label.

    `base` is the whole they are measured against (the fund's commitments, its cost); without it, the sum of
    the positions, and the shares then sum to exactly 1. Refused: a position without that label, a negative
    value, a base of zero.
    """
    values = [_exact(position) for position in positions]
    whole = Fraction(sum(values) if base is None else base)
    if whole <= 0:
        raise InvalidInput(f"the base of the shares by {dimension} is {whole}; expected more than 0")
    groups: dict[str, list[int]] = {}
    for at, position in enumerate(positions):
        if dimension not in position.labels:
            raise InvalidInput(f"{position.name} has no {dimension}; expected a label for every position")
        groups.setdefault(position.labels[dimension], []).append(at)
    grouped = [
        Share(dimension, key, total, total / whole, tuple(positions[at].name for at in members))
        for key, members in groups.items()
        for total in (Fraction(sum(values[at] for at in members)),)
    ]
    return sorted(grouped, key=lambda share: (-share.value, share.key))


def breaches(
    positions: Sequence[Position], limits: Iterable[Limit], *, base: Number | None = None
) -> list[Breach]:
    """Every limit that the positions break, in the order of the limits. Measured as in `shares`."""
    found = []
    for limit in limits:
        for share in shares(positions, limit.dimension, base=base):
            if limit.key in (ANY, share.key) and share.share > limit.maximum:
                found.append(Breach(limit, share))
    return found


def _exact(position: Position) -> int | Fraction:
    """Whole numbers stay whole: they are as exact, and sooner added up."""
    at_least(position.value, position.name, 0)
    return position.value if type(position.value) is int else Fraction(position.value)
