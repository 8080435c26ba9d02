"""How the portfolio is spread, against the fund's own limits, with or without one more deal. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fund.charter.rules import Basis, Dimension, Limit
from valuation.exposure import Position, hhi, shares

UNSAID = "—"


@dataclass(frozen=True)
class Part:
    """What is held of one company, with its label in every dimension. Amounts in minor units."""

    name: str
    cost: int
    value: int
    labels: Mapping[Dimension, str]

    def on(self, basis: Basis) -> int:
        """What it counts for on a basis: its value on value, its cost on any other."""
        return self.value if basis is Basis.VALUE else self.cost


@dataclass(frozen=True)
class WhatIf:
    """One more investment of `amount`, as it would be labelled; an existing company's name makes it a follow-on.

    Without a vintage it is of the year of the company's first purchase, or of the year that is asked about.
    """

    name: str
    amount: int
    sector: str = ""
    chain_position: str = ""
    stage: str = ""
    origin: str = ""
    city: str = ""
    vintage: str = ""

    @property
    def part(self) -> Part:
        """The investment as if it were made."""
        labels = {dimension: getattr(self, dimension.value, "") for dimension in Dimension}
        return Part(self.name, self.amount, self.amount, {**labels, Dimension.COMPANY: self.name})


@dataclass(frozen=True)
class Slice:
    """What lies under one key of a dimension; `share` is of the portfolio's value, exact."""

    key: str
    cost: int
    value: int
    share: Fraction
    names: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """The portfolio by one dimension, largest first. `concentration` is the HHI of shares in percent, 0-10000."""

    dimension: Dimension
    slices: tuple[Slice, ...]
    concentration: float | None


@dataclass(frozen=True)
class LimitCheck:
    """A limit and what stands against it under one key. `before` is the share without the deal in question."""

    limit: Limit
    key: str
    before: Fraction
    current: Fraction
    amount: int
    base: int

    @property
    def passed(self) -> bool:
        """Whether the limit is kept; exactly at the limit it is."""
        return self.current <= self.limit.maximum

    @property
    def headroom(self) -> int:
        """How many minor units could still be added under the key; below zero: what is too much.

        On cost and value the base grows with what is added: (amount + x) / (base + x) = maximum.
        """
        maximum = self.limit.maximum
        room = maximum * self.base - self.amount
        if self.limit.basis is not Basis.COMMITMENTS and maximum < 1:
            room /= 1 - maximum
        return room.numerator // room.denominator


def spread(parts: Sequence[Part], dimension: Dimension) -> Spread:
    """The portfolio by one dimension; a portfolio worth nothing has no shares."""
    positions = [Position(part.name, part.value, _labels(part)) for part in parts]
    if sum(part.value for part in parts) <= 0:
        return Spread(dimension, (), None)
    found = shares(positions, dimension.value)
    costs: dict[str, int] = {}
    for part in parts:
        key = _labels(part)[dimension.value]
        costs[key] = costs.get(key, 0) + part.cost
    slices = tuple(
        Slice(share.key, costs[share.key], int(share.value), share.share, share.names) for share in found
    )
    return Spread(dimension, slices, hhi([100 * share.share for share in found]))


def check_limits(
    limits: Sequence[Limit], parts: Sequence[Part], *, committed: int, added: Sequence[Part] = ()
) -> list[LimitCheck]:
    """Every limit under every key it binds, with what is `added` to the parts; the fullest first within a limit."""
    after = [*parts, *added]
    checks = []
    for limit in limits:
        keys = [limit.key] if limit.key is not None else _keys(after, limit.dimension)
        found = [_check(limit, key, parts, after, committed) for key in keys]
        checks += sorted(found, key=lambda check: (-check.current, check.key))
    return checks


def binding(checks: Sequence[LimitCheck], what_if: WhatIf | None) -> list[LimitCheck]:
    """One check for every limit: that of the deal in question, otherwise the fullest."""
    chosen: dict[Limit, LimitCheck] = {}
    for check in checks:
        own = what_if is not None and check.key == _labels(what_if.part)[check.limit.dimension.value]
        if check.limit not in chosen or own:
            chosen[check.limit] = check
    return list(chosen.values())


def _check(
    limit: Limit, key: str, before: Sequence[Part], after: Sequence[Part], committed: int
) -> LimitCheck:
    amount, base = _measure(limit, key, after, committed)
    earlier, earlier_base = _measure(limit, key, before, committed)
    return LimitCheck(
        limit,
        key,
        before=Fraction(earlier, earlier_base) if earlier_base else Fraction(0),
        current=Fraction(amount, base) if base else Fraction(0),
        amount=amount,
        base=base,
    )


def _measure(limit: Limit, key: str, parts: Sequence[Part], committed: int) -> tuple[int, int]:
    """What lies under the key and the whole it is measured against."""
    amounts = {at: part.on(limit.basis) for at, part in enumerate(parts)}
    under = sum(amounts[at] for at, p in enumerate(parts) if _labels(p)[limit.dimension.value] == key)
    return under, committed if limit.basis is Basis.COMMITMENTS else sum(amounts.values())


def _keys(parts: Sequence[Part], dimension: Dimension) -> list[str]:
    return list(dict.fromkeys(_labels(part)[dimension.value] for part in parts))


def _labels(part: Part) -> dict[str, str]:
    return {dimension.value: part.labels.get(dimension) or UNSAID for dimension in Dimension}
