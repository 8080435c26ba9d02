"""Net performance beside a market index: what the same money would have made in it, by four methods."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.indices.queries import IndexSheet, index_by_code, indices, levels
from fund.results.performance import Performance, performance
from fund.results.rules import (
    IndexDayMissing,
    NothingToCompare,
    days_shown,
    index_days,
    missing_days,
)
from kernel.db import Tx
from valuation.pme import Equivalents, dated


@dataclass(frozen=True)
class Comparison:
    """Some investors' flows against an index. Without all of its levels, or before any payment in, `found` is None:
    `missing` are the days of flows and value on which the index has no level. Before a full year nothing may be printed
    as an annual rate.
    """

    index: IndexSheet
    as_of: date
    is_full_year: bool
    missing: tuple[date, ...]
    found: Equivalents | None

    def proved(self) -> Equivalents:
        """What was found. Refused: days without a level, nothing paid in."""
        if self.missing:
            raise IndexDayMissing(index=self.index.code, days=days_shown(self.missing))
        if self.found is None:
            raise NothingToCompare(as_of=self.as_of)
        return self.found


def equivalents(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    code: str,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> Comparison:
    """The net flows of a partner, or of the fund's fee-paying partners together, against one index."""
    index = index_by_code(tx, fund_id=fund_id, code=code)
    figures = performance(tx, fund_id=fund_id, as_of=as_of, partner_id=partner_id, known_at=known_at)
    return against(tx, figures=figures, index=index, known_at=known_at)


def all_equivalents(tx: Tx, *, figures: Performance) -> list[Comparison]:
    """The same figures against every index on record, by their codes."""
    return [against(tx, figures=figures, index=one) for one in indices(tx, fund_id=figures.fund_id)]


def against(
    tx: Tx, *, figures: Performance, index: IndexSheet, known_at: datetime | None = None
) -> Comparison:
    """Figures that are at hand against an index."""
    money = [flow for flow in figures.flows if flow.kind != "value"]
    known = levels(tx, index_id=index.id, known_at=known_at)
    missing = missing_days(index_days(money, valued_on=figures.as_of), known)
    if missing or not any(flow.amount < 0 for flow in money):
        return Comparison(index, figures.as_of, figures.is_full_year, missing, None)
    found = dated(
        [flow.on for flow in money],
        [flow.amount for flow in money],
        known,
        nav=figures.nav,
        valued_on=figures.as_of,
    )
    return Comparison(index, figures.as_of, figures.is_full_year, (), found)
