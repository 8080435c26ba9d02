"""Gross returns as a workbook: a sheet for each way of telling them apart, the whole fund in the last row of each."""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.formats import instant, percent
from app.lists.rate_words import modified_words
from app.lists.tables import Named, Reader
from app.pages.wording import RATE_WORDS
from fund.results.gross import GroupedReturns, grouped_returns
from fund.results.gross_rules import Gross, Group, Grouping
from kernel.sheets.writing import Look, Sheet, Value
from pipeline.deals.rules import Origin


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
        )
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
    roots = "、".join(percent(root) for root in gross.irr.roots)
    return f"{reader.say(RATE_WORDS[gross.irr.status])} {roots}{modified_words(reader, gross.irr)}".strip()
