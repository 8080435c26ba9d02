"""The marks that stand, in the columns of the list in which marks are brought in: what goes out comes in again."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.api.schemas import exact
from app.lists.tables import Reader
from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import MarkSheet, holdings
from fund.valuations.imports import standing_row
from fund.valuations.layouts import MARKS, METHOD_WORDS, TECHNIQUE_WORDS, Lines, MarkRow
from fund.valuations.queries import FileSheet
from kernel.sheets.numbers import Amount, Ratio, Share
from kernel.sheets.reading import Column
from kernel.sheets.words import escaped
from kernel.sheets.writing import Look, Sheet, Value

LOOKS: Mapping[str, Look] = {
    "marked_on": Look.DAY,
    "value": Look.MONEY,
    "company": Look.MONEY,
    "market": Look.MONEY,
    "rights": Look.MONEY,
    "currency": Look.MONEY,
    "readiness": Look.WHOLE,
}
STANDING = (MarkState.DRAFT, MarkState.APPROVED)
# The first word for each, as the list's own reader knows it; the rest of a word is found by its value.
_WORDS: Mapping[StrEnum, str] = {
    member: word for word, member in reversed([*TECHNIQUE_WORDS.items(), *METHOD_WORDS.items()])
}


def _n(says: str) -> str:
    return says


def row_sheet(reader: Reader, found: Sequence[tuple[str, MarkSheet, FileSheet | None]], on: date) -> Sheet:
    """A row for each mark that is in force or waits, with its file."""
    tx = reader.tx
    parties = {
        one.id: one.party_id for one in holdings(tx, fund_id=reader.fund_id, as_of=on, actor=reader.actor)
    }
    rows = [
        _cells(standing_row(tx, known=one, kept=kept, code=code, party_id=parties[one.holding_id]))
        for code, one, kept in found
        if one.state in STANDING
    ]
    heads = reader.columns_of(MARKS, LOOKS)
    return Sheet(
        reader.say(_n("Marks as a list to bring in"))[:31], heads, rows, reader.caption(on.isoformat())
    )


def _cells(row: MarkRow) -> tuple[Value, ...]:
    return tuple(_cell(column, getattr(row, column.field)) for column in MARKS.columns)


def _cell(column: Column, value: Any) -> Value:
    if isinstance(column.reader, Lines):
        return "；".join(_line(column.reader, one) for one in value) or None
    if isinstance(value, Fraction):
        return _fraction(column.reader, value)
    found: Value = _word(value) if isinstance(value, bool | StrEnum) else value
    return None if found == "" else found


def _line(reader: Lines, one: Mapping[str, Any]) -> str:
    """A record as it is read: its parts between strokes, those left out at the end dropped."""
    parts = [_part(reader.readers.get(name), one[name]) for name in reader.fields]
    while parts and not parts[-1]:
        parts.pop()
    return "|".join(parts)


def _part(reader: object, value: Any) -> str:
    """A part as its reader takes it."""
    if isinstance(value, Fraction):
        return _fraction(reader, value)
    if isinstance(value, bool | StrEnum):
        return _word(value)
    if isinstance(value, int) and isinstance(reader, Amount):
        return f"{value // 100}.{value % 100:02d}"
    return escaped(str(value))


def _word(value: bool | StrEnum) -> str:
    if isinstance(value, StrEnum):
        return _WORDS.get(value, value.value)
    return "是" if value else "否"


def _fraction(reader: object, value: Fraction) -> str:
    """A share in percent where that ends, else as "2/3" where the reader takes it."""
    percent = exact(value * 100)
    if isinstance(reader, Ratio):
        return exact(value) if "/" in percent else f"{percent}%"
    if isinstance(reader, Share):
        return f"{exact(round(value * 100, 10))}%"
    return exact(value)
