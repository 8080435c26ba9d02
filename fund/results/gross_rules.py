"""Returns before fees and carry, on one holding, on all, or on those that share a mark. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.holdings.flows import CashFlow
from fund.holdings.sheets import HoldingSheet
from fund.results.rules import Flow, has_full_year, moic, rate, with_value
from kernel.errors import NotFound
from valuation.irr import Rate

UNSAID = "—"


class Grouping(StrEnum):
    """By what returns are told apart; the vintage is the year of the first purchase."""

    HOLDING = "holding"
    ORIGIN = "origin"
    SECTOR = "sector"
    VINTAGE = "vintage"


class GrossFigure(StrEnum):
    """A gross figure that is the sum of entries."""

    INVESTED = "invested"
    REALISED = "realised"
    VALUE = "value"


class GroupUnknown(NotFound):
    code = "group_unknown"
    says = "Nothing was invested under {key} by then."


@dataclass(frozen=True)
class Gross:
    """A return before fees and carry: on a holding, on some, or on all of them. Amounts in minor units."""

    irr: Rate
    moic: float | None
    invested: int
    realised: int
    value: int
    is_full_year: bool
    flows: tuple[Flow, ...]

    @property
    def multiple(self) -> Fraction | None:
        """What came back and what is still there on what was invested, exact; None while nothing was."""
        return Fraction(self.realised + self.value, self.invested) if self.invested else None

    @property
    def gain(self) -> int:
        """What came back and what is still there beyond what was invested."""
        return self.realised + self.value - self.invested


@dataclass(frozen=True)
class Group:
    """The holdings that share a key, with their return; `key` is a code, a label of the holdings, or a year."""

    key: str
    holdings: tuple[HoldingSheet, ...]
    gross: Gross


def gross_of(sheets: Sequence[HoldingSheet], flows: Mapping[int, Sequence[CashFlow]], as_of: date) -> Gross:
    """The return of some holdings together; `flows` by holding."""
    money = [
        Flow(one.on, one.amount, one.kind, one.reference, act=one.act)
        for sheet in sheets
        for one in flows.get(sheet.id, ())
    ]
    invested = sum(sheet.invested for sheet in sheets)
    realised = sum(sheet.realised for sheet in sheets)
    value = sum(sheet.value for sheet in sheets)
    whole = with_value(money, on=as_of, value=value)
    return Gross(
        irr=rate(whole),
        moic=moic(invested=invested, realised=realised, value=value),
        invested=invested,
        realised=realised,
        value=value,
        is_full_year=has_full_year(whole, as_of),
        flows=whole,
    )


def key_of(sheet: HoldingSheet, by: Grouping) -> str:
    """Under which key a holding stands."""
    keys = {
        Grouping.HOLDING: sheet.code,
        Grouping.ORIGIN: sheet.origin,
        Grouping.SECTOR: sheet.sector,
        Grouping.VINTAGE: sheet.vintage,
    }
    return keys[by] or UNSAID


def grouped(
    sheets: Sequence[HoldingSheet], flows: Mapping[int, Sequence[CashFlow]], by: Grouping, as_of: date
) -> tuple[Group, ...]:
    """Every holding under exactly one key: holdings and years in their order, the others by what was invested."""
    found: dict[str, list[HoldingSheet]] = {}
    for sheet in sheets:
        found.setdefault(key_of(sheet, by), []).append(sheet)
    groups = [Group(key, tuple(own), gross_of(own, flows, as_of)) for key, own in found.items()]
    if by in {Grouping.HOLDING, Grouping.VINTAGE}:
        return tuple(sorted(groups, key=lambda group: group.key))
    return tuple(sorted(groups, key=lambda group: (-group.gross.invested, group.key)))
