"""How the portfolio is spread, against the fund's own limits, with or without one more deal. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fund.charter.rules import Basis, Dimension, Limit
from kernel.texts import seen
from valuation.exposure import Position, hhi, shares

UNSAID = "—"
# What is typed of a deal and carried by holdings alike.
TYPED = (
    Dimension.SECTOR,
    Dimension.CHAIN_POSITION,
    Dimension.STAGE,
    Dimension.ORIGIN,
    Dimension.CITY,
)


@dataclass(frozen=True)
class Part:
    """What is held of one company, with its label in every dimension. Amounts in minor units.

    `is_promised`: not held yet but approved, and still to be paid; it counts at what is to be paid.
    """

    name: str
    cost: int
    value: int
    labels: Mapping[Dimension, str]
    is_promised: bool = False

    def on(self, basis: Basis) -> int:
        """What it counts for on a basis: its value on value, its cost on any other."""
        return self.value if basis is Basis.VALUE else self.cost

    def under(self, dimension: Dimension) -> str:
        """Its label in a dimension, or that none is said."""
        return self.labels.get(dimension) or UNSAID


@dataclass(frozen=True)
class Promised:
    """What has been approved to be invested in a company and is not paid."""

    party_id: int
    part: Part

    @property
    def amount(self) -> int:
        """What is still to be paid, in minor units."""
        return self.part.cost


@dataclass(frozen=True)
class WhatIf:
    """One more investment of `amount`, as it would be labelled; an existing company's name makes it a follow-on.

    Without a vintage it is of the year of the company's first purchase, or of the year that is asked about. `rest`:
    what else of the same deal is approved and not paid with it.
    """

    name: str
    amount: int
    sector: str = ""
    chain_position: str = ""
    stage: str = ""
    origin: str = ""
    city: str = ""
    vintage: str = ""
    rest: int = 0

    @property
    def tidy(self) -> "WhatIf":
        """The same without blanks around what was typed, which would make another label of it."""
        labels = {one.value: seen(getattr(self, one.value)) for one in TYPED}
        return WhatIf(seen(self.name), self.amount, **labels, vintage=seen(self.vintage), rest=self.rest)

    @property
    def part(self) -> Part:
        """The investment as if it were made."""
        labels = {dimension: getattr(self, dimension.value, "") for dimension in Dimension}
        return Part(self.name, self.amount, self.amount, {**labels, Dimension.COMPANY: self.name})

    @property
    def parts(self) -> tuple[Part, ...]:
        """The investment, and what of its deal is still to be paid after it."""
        own = self.part
        return (own, promised_part(own, self.rest)) if self.rest else (own,)


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
    """A limit and what stands against it under one key. `before` is the share without the deal in question.

    Of `amount`, `unpaid` is approved and still to be paid.
    """

    limit: Limit
    key: str
    before: Fraction
    current: Fraction
    amount: int
    base: int
    unpaid: int = 0

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
    if sum(part.value for part in parts) <= 0:
        return Spread(dimension, (), None)
    name, costs = dimension.value, dict[str, int]()
    positions = []
    for part in parts:
        key = part.under(dimension)
        costs[key] = costs.get(key, 0) + part.cost
        positions.append(Position(part.name, part.value, {name: key}))
    found = shares(positions, name)
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
        # Each part is looked at once, and not once for every key.
        earlier, now = _under(limit, parts), _under(limit, after)
        unpaid = _under(limit, [part for part in after if part.is_promised])
        keys = [limit.key] if limit.key is not None else list(now)
        wholes = [
            committed if limit.basis is Basis.COMMITMENTS else sum(of.values()) for of in (earlier, now)
        ]
        found = [_check(limit, key, (earlier, now), wholes, unpaid.get(key, 0)) for key in keys]
        checks += sorted(found, key=lambda check: (-check.current, check.key))
    return checks


def promised_part(part: Part, amount: int) -> Part:
    """What is still to be paid for a company, under the labels of `part`."""
    return Part(part.name, amount, amount, part.labels, is_promised=True)


def unheld(parts: Sequence[Part], what_if: WhatIf) -> tuple[tuple[Dimension, str], ...]:
    """The labels of the deal in question that no part carries: new to the portfolio, or misspelt."""
    labels = what_if.part.labels
    return tuple(
        (one, labels[one])
        for one in TYPED
        if labels[one] and all(part.under(one) != labels[one] for part in parts)
    )


def binding(checks: Sequence[LimitCheck], what_if: WhatIf | None) -> list[LimitCheck]:
    """One check for every limit: that of the deal in question, otherwise the fullest."""
    chosen: dict[Limit, LimitCheck] = {}
    for check in checks:
        own = what_if is not None and check.key == what_if.part.under(check.limit.dimension)
        if check.limit not in chosen or own:
            chosen[check.limit] = check
    return list(chosen.values())


def _check(
    limit: Limit, key: str, amounts: Sequence[Mapping[str, int]], wholes: Sequence[int], unpaid: int
) -> LimitCheck:
    """The limit under one key, by the amounts under each and by the wholes, without the deal and with it."""
    before, current = (
        Fraction(of.get(key, 0), whole) if whole else Fraction(0)
        for of, whole in zip(amounts, wholes, strict=True)
    )
    return LimitCheck(limit, key, before, current, amounts[1].get(key, 0), wholes[1], unpaid)


def _under(limit: Limit, parts: Sequence[Part]) -> dict[str, int]:
    """What lies under each key of the limit's dimension, on its basis, in the order of the parts."""
    found: dict[str, int] = {}
    for part in parts:
        key = part.under(limit.dimension)
        found[key] = found.get(key, 0) + part.on(limit.basis)
    return found
