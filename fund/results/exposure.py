"""How the portfolio is spread on a day, and whether the fund's limits are kept, with or without one more deal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from fund.capital.queries import commitments
from fund.charter.queries import terms
from fund.charter.rules import Dimension
from fund.holdings.queries import Held, HoldingSheet, holdings, vintage_of, worth_by_quarter
from fund.results.exposure_rules import (
    LimitCheck,
    Part,
    Promised,
    Spread,
    WhatIf,
    binding,
    check_limits,
    spread,
    unheld,
)
from fund.results.reading import reaches_all
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class Exposure:
    """The portfolio by every dimension. `limits` holds one check a limit, `checks` every key of each.

    With a deal in question the spreads and the checks count it in, at cost; `unheld` are its labels that no holding
    carries yet. The checks count what is approved and not paid, `promised` in all; the spreads are of what is held.
    """

    fund_id: int
    as_of: date
    cost: int
    value: int
    committed: int
    promised: int
    is_of_size: bool
    spreads: tuple[Spread, ...]
    limits: tuple[LimitCheck, ...]
    checks: tuple[LimitCheck, ...]
    unheld: tuple[tuple[Dimension, str], ...]

    @property
    def breaches(self) -> tuple[LimitCheck, ...]:
        """Every check that fails."""
        return tuple(check for check in self.checks if not check.passed)

    def by(self, dimension: Dimension) -> Spread:
        """The spread by one dimension."""
        return next(found for found in self.spreads if found.dimension is dimension)


@dataclass(frozen=True)
class Moment:
    """The portfolio by one dimension at the end of a quarter."""

    quarter: Quarter
    spread: Spread


def exposure(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    what_if: WhatIf | None = None,
    promised: Sequence[Promised] = (),
    known_at: datetime | None = None,
) -> Exposure:
    """The exposure at the end of `as_of`, with `what_if` as if that deal were made. `promised`: what is approved to be
    invested and not paid, without the deal in question; whoever asks is told it by the rooms that approve.

    Commitments that count are those promised by then; before the first close it is the fund's size. It is the
    size as well for a reader, like a committee member, to whom the database shows no or only some commitments:
    a part of them taken for the whole would be wrong. `is_of_size` says so.
    """
    agreed = terms(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    found = commitments(tx, fund_id=fund_id, as_of=as_of, known_at=known_at) if reaches_all(tx) else {}
    base = sum(found.values()) or agreed.size
    held = [part_of(sheet) for sheet in holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)]
    parts = [part for part in held if part.cost or part.value]
    what_if = what_if.tidy if what_if else None
    if what_if and not what_if.vintage:
        first = next((part.labels[Dimension.VINTAGE] for part in parts if part.name == what_if.name), "")
        what_if = replace(what_if, vintage=first or str(as_of.year))
    unpaid = [one.part for one in promised]
    added = what_if.parts if what_if else ()
    checks = check_limits(agreed.limits, [*parts, *unpaid], committed=base, added=added)
    counted = [*parts, *([what_if.part] if what_if else [])]
    return Exposure(
        fund_id=fund_id,
        as_of=as_of,
        cost=sum(part.cost for part in counted),
        value=sum(part.value for part in counted),
        committed=base,
        promised=sum(part.cost for part in unpaid) + (what_if.rest if what_if else 0),
        is_of_size=not found,
        spreads=tuple(spread(counted, dimension) for dimension in Dimension),
        limits=tuple(binding(checks, what_if)),
        checks=tuple(checks),
        unheld=unheld([*parts, *unpaid], what_if) if what_if else (),
    )


def exposure_history(
    tx: Tx,
    *,
    fund_id: int,
    dimension: Dimension,
    through: Quarter,
    known_at: datetime | None = None,
) -> tuple[Moment, ...]:
    """The spread by one dimension at the end of every quarter from the first purchase on, under each day's labels."""
    found = worth_by_quarter(tx, fund_id=fund_id, through=through, known_at=known_at)
    return tuple(
        Moment(quarter, spread([_part(one, dimension) for one in held], dimension))
        for quarter, held in found.items()
    )


def part_of(sheet: HoldingSheet) -> Part:
    """A holding under its labels."""
    labels = {dimension: getattr(sheet, dimension.value, "") for dimension in Dimension}
    return Part(sheet.name, sheet.cost, sheet.value, {**labels, Dimension.COMPANY: sheet.name})


def _part(held: Held, dimension: Dimension) -> Part:
    """The same under its label in one dimension."""
    name, labels, worth = held.name, held.labels, held.worth
    if dimension is Dimension.COMPANY:
        label = name
    elif dimension is Dimension.VINTAGE:
        label = vintage_of(worth.acquired_on)
    else:
        label = labels[dimension]
    return Part(name, worth.cost, worth.value, {dimension: label})
