"""The ILPA Reporting Template as a report freezes it; whole minor units, signed by their effect on wealth."""

from __future__ import annotations

from dataclasses import dataclass

from lp_reports.facts import Periods


@dataclass(frozen=True)
class IlpaRow:
    """A row as the template names and numbers it: its partner's, the whole fund's and the general partner's amounts.

    `formula` is a sum of other rows, "input", or "heading", which has no amounts.
    """

    number: int
    label: str
    formula: str
    yours: Periods | None
    fund: Periods | None
    general: Periods | None


@dataclass(frozen=True)
class IlpaCause:
    """What a part of a row of "Other" was for."""

    says: str
    amount: int


@dataclass(frozen=True)
class IlpaNote:
    """A row of "Other" that is more than 5 % of the fund's `expenses` of a period, and what the fund's records say."""

    row: int
    period: str
    amount: int
    expenses: int
    causes: tuple[IlpaCause, ...]


@dataclass(frozen=True)
class Ilpa:
    """The template's version, all its rows in their order, and its footnotes."""

    version: str
    rows: tuple[IlpaRow, ...]
    notes: tuple[IlpaNote, ...] = ()
