"""Exposure by every dimension and the agreement's limits, as the books measure them."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from fund.charter.rules import Dimension
from fund.results.exposure import exposure
from fund.results.exposure_rules import LimitCheck, Spread
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Text
from lp_reports.gathering.charter import decimal
from lp_reports.portfolio import Exposure, Limit, Slice
from lp_reports.vocabulary import place, value


def exposures(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime, names: Mapping[str, Text]
) -> tuple[tuple[Exposure, ...], tuple[Limit, ...]]:
    """The portfolio by every dimension but the company, and the fullest figure against each limit."""
    found = exposure(tx, fund_id=fund_id, as_of=quarter.ends_on, known_at=known_at)
    shown = [_spread(one) for one in found.spreads if one.dimension is not Dimension.COMPANY and one.slices]
    return tuple(shown), tuple(_limit(check, names) for check in found.limits)


def _spread(found: Spread) -> Exposure:
    slices = tuple(
        Slice(_key(found.dimension, one.key), one.value, decimal(one.share)) for one in found.slices
    )
    squares = sum((one.share * one.share for one in found.slices), Fraction(0))
    return Exposure(found.dimension.value, slices, decimal(squares))


def _limit(check: LimitCheck, names: Mapping[str, Text]) -> Limit:
    dimension = check.limit.dimension
    return Limit(
        dimension=dimension.value,
        key=names.get(check.key) or _key(dimension, check.key),
        current=decimal(check.current),
        maximum=decimal(check.limit.maximum),
        basis=check.limit.basis.value,
    )


def _key(dimension: Dimension, key: str) -> Text:
    if dimension is Dimension.COMPANY:
        return Text(key)
    return place(key) if dimension is Dimension.CITY else value(key)
