"""Gross returns as a workbook: a sheet for each way of telling them apart, the whole fund in the last row of each; and
gross and net returns by period up to the last quarter that is over.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.formats import instant, percent
from app.lists.rate_words import modified_words
from app.lists.tables import Named, Reader
from app.pages.return_words import LACK_WORDS
from app.pages.wording import RATE_WORDS
from fund.results.gross import GroupedReturns, grouped_returns
from fund.results.gross_rules import Gross, Group, Grouping
from fund.results.queries import returns_by_period
from fund.results.stretch_rules import Side, Told
from kernel.periods import Quarter, ended
from kernel.sheets.writing import Look, Sheet, Value
from pipeline.deals.rules import Origin
from valuation.irr import Rate


def _n(says: str) -> str:
    return says


TITLES = {
    Grouping.HOLDING: _n("Returns by holding"),
    Grouping.ORIGIN: _n("Returns by deal source"),
    Grouping.SECTOR: _n("Returns by sector"),
    Grouping.VINTAGE: _n("Returns by vintage"),
}
HEADS: tuple[Named, ...] = (
    *((_n("Holdings"), Look.WHOLE), (_n("Invested"), Look.MONEY), (_n("Come back"), Look.MONEY)),
    *((_n("Fair value"), Look.MONEY), (_n("Gain"), Look.MONEY), (_n("Multiple"), Look.TIMES)),
    *((_n("Gross IRR"), Look.SHARE), _n("About the rate")),
)


PERIOD_HEADS: tuple[Named, ...] = (
    *(
        _n("Period"),
        (_n("First day"), Look.DAY),
        (_n("Last day"), Look.DAY),
        _n("Gross or net"),
        (_n("Value at the beginning"), Look.MONEY),
    ),
    *((_n("Put in"), Look.MONEY), (_n("Received back"), Look.MONEY), (_n("Value at the end"), Look.MONEY)),
    *(
        (_n("Gain"), Look.MONEY),
        (_n("Multiple"), Look.TIMES),
        (_n("Rate of return"), Look.SHARE),
        _n("About the rate"),
    ),
)


def return_book(reader: Reader, *, on: date, known_at: datetime | None) -> bytes:
    """The returns on a day, as known at an instant."""
    assert reader.fund is not None
    return reader.book(
        *(
            _sheet(
                reader,
                grouped_returns(reader.tx, fund_id=reader.fund_id, by=by, as_of=on, known_at=known_at),
            )
            for by in Grouping
        ),
        _periods(reader, ended(Quarter.containing(on), today=on), known_at),
    )


def _sheet(reader: Reader, found: GroupedReturns) -> Sheet:
    first: Named = reader.label(found.by)
    rows = [
        (key_words(reader, found.by, one), *_row(reader, one.gross, len(one.holdings)))
        for one in found.groups
    ]
    held = sum(len(one.holdings) for one in found.groups)
    rows.append((reader.say(_n("Total")), *_row(reader, found.whole, held)))
    known = [instant(found.known_at)] if found.known_at else []
    return reader.sheet(TITLES[found.by], [first, *HEADS], rows, found.as_of.isoformat(), *known)


def _periods(reader: Reader, through: Quarter, known_at: datetime | None) -> Sheet:
    found = returns_by_period(reader.tx, fund_id=reader.fund_id, through=through, known_at=known_at)
    named = [
        *((reader.label(one.stretch.span), one) for one in found.ranges),
        *((str(one.stretch.ends_on.year), one) for one in found.years),
        *((str(one.stretch.quarter), one) for one in found.quarters),
    ]
    rows = [
        (name, one.stretch.starts_on, one.stretch.ends_on, reader.label(side), *_told(reader, told))
        for name, one in named
        for side in Side
        if (told := one.of(side)) is not None
    ]
    known = [instant(known_at)] if known_at else []
    return reader.sheet(_n("Returns by period"), PERIOD_HEADS, rows, through.ends_on.isoformat(), *known)


def _told(reader: Reader, told: Told) -> tuple[Value, ...]:
    """The figures of one side; none where it had not begun."""
    there = bool(told.flows)
    amounts = (told.opening, told.put_in, told.received, told.closing, told.gain)
    return (*(amounts if there else (None,) * 5), told.multiple, told.rate, _about(reader, told))


def _about(reader: Reader, told: Told) -> str:
    if told.why is None:
        return "" if told.is_annual else reader.say(_n("Less than a year: not annualised."))
    return _in_words(reader, LACK_WORDS[told.why], told.irr)


class Speaker(Protocol):
    """Whoever says names and labels in the language of a reader."""

    def name(self, name_zh: str, name_en: str) -> str:
        """A name in that language."""

    def label(self, value: StrEnum) -> str:
        """A choice in words."""


def key_words(speaker: Speaker, by: Grouping, group: Group, *, between: str = " ") -> str:
    """A group's key as people call it; `between` stands between the code and the name of a holding."""
    if by is Grouping.HOLDING:
        [sheet] = group.holdings
        return f"{sheet.code}{between}{speaker.name(sheet.name, sheet.name_en)}"
    if by is Grouping.ORIGIN and group.key in set(Origin):
        return speaker.label(Origin(group.key))
    return group.key


def _row(reader: Reader, gross: Gross, held: int) -> tuple[Value, ...]:
    """A rate of less than a year is not annualised; why there is none stands in words."""
    told = gross.is_full_year and gross.irr.value is not None
    return (
        *(held, gross.invested, gross.realised, gross.value, gross.gain, gross.multiple),
        *(gross.irr.value if told else None, "" if told else _why(reader, gross)),
    )


def _why(reader: Reader, gross: Gross) -> str:
    if not gross.is_full_year:
        return reader.say(_n("Less than a year: not annualised."))
    return _in_words(reader, RATE_WORDS[gross.irr.status], gross.irr)


def _in_words(reader: Reader, says: str, irr: Rate | None) -> str:
    """Why there is no rate, with every one that there is instead."""
    if irr is None:
        return reader.say(says)
    roots = "、".join(percent(root) for root in irr.roots)
    return f"{reader.say(says)} {roots}{modified_words(reader, irr)}".strip()
