"""Rates and returns as they are frozen."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from fund.results.gross_rules import Gross
from fund.results.performance import Performance
from fund.results.stretches import PeriodReturn as BookReturn
from lp_reports.facts import Column, PeriodReturn, Rate
from lp_reports.gathering.charter import decimal, ratio
from valuation.irr import Rate as SolvedRate


def frozen_rate(rate: SolvedRate, *, is_full_year: bool = True) -> Rate:
    """A rate of the solver with its digits cut to eight decimals, so that it is the same on every machine.

    Less than a year of flows is not annualised: the multiple beside it says what can be said [GIPS].
    """
    if not is_full_year:
        return Rate("under_a_year")
    found = _cut(rate.value) if rate.value is not None else None
    modified = _cut(rate.modified) if rate.modified is not None else None
    return Rate(rate.status.value, found, tuple(_cut(root) for root in rate.roots), modified)


def _cut(value: float) -> Decimal:
    return decimal(Fraction(value))


def net_column(found: Performance) -> Column:
    """Net figures; multiples are taken again from whole amounts, so that they are exact before they are cut."""
    return Column(
        irr=frozen_rate(found.net_irr, is_full_year=found.is_full_year),
        tvpi=ratio(found.distributed + found.nav, found.paid_in),
        dpi=ratio(found.distributed, found.paid_in),
        rvpi=ratio(found.nav, found.paid_in),
    )


def gross_column(found: Gross) -> Column:
    """Gross figures on the cost of investments; the total multiple is the MOIC."""
    return Column(
        irr=frozen_rate(found.irr, is_full_year=found.is_full_year),
        tvpi=ratio(found.realised + found.value, found.invested),
        dpi=ratio(found.realised, found.invested),
        rvpi=ratio(found.value, found.invested),
    )


def periods(found: Iterable[BookReturn], yours: Column) -> tuple[PeriodReturn, ...]:
    """Returns by period; the books already leave out what is too short to be a yearly rate.

    Since inception there is no opening value, so that line is the partner's TVPI and net IRR and nothing else: a
    fee charged before the first call would otherwise open it below zero.
    """
    return tuple(_since_inception(one, yours) if one.code == "inception" else _period(one) for one in found)


def _period(one: BookReturn) -> PeriodReturn:
    multiple = _cut(one.multiple) if one.multiple is not None else None
    annual = frozen_rate(one.annual) if one.annual is not None else None
    return PeriodReturn(one.code, one.starts_on, one.ends_on, one.days, multiple, annual)


def _since_inception(one: BookReturn, yours: Column) -> PeriodReturn:
    annual = None if yours.irr.status == "under_a_year" else yours.irr
    return PeriodReturn(one.code, one.starts_on, one.ends_on, one.days, yours.tvpi, annual)
