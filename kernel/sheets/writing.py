"""Lists as workbooks: real numbers and days, a head that stays in sight, and text that can never become a formula.

Amounts come as whole minor units and stand in the file as yuan; their unit is stated once, in the line above the head.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.instants import BEIJING

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767
# A spreadsheet keeps the words of a drop-down list in at most this many characters.
LONGEST_CHOICE = 255
OFFERED_ROWS = 2_000
# What a spreadsheet would take for the beginning of a formula when the text is typed or pasted again.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Formula:
    """A formula that the spreadsheet computes again, and what it comes to: that is shown until it has.

    Its text is made by us alone, of cell addresses; it never holds what somebody has typed.
    """

    text: str
    value: int | float | Decimal | Fraction


Value = str | int | float | Decimal | Fraction | date | datetime | Formula | None


class Look(StrEnum):
    """How a column's values are shown."""

    TEXT = "text"
    MONEY = "money"
    WHOLE = "whole"
    SHARE = "share"
    TIMES = "times"
    DAY = "day"
    INSTANT = "instant"


_FORMATS = {
    Look.MONEY: {"num_format": "#,##0.00_);(#,##0.00)"},
    Look.WHOLE: {"num_format": "0"},
    Look.SHARE: {"num_format": "0.0000%"},
    Look.TIMES: {"num_format": '0.00"×"'},
    Look.DAY: {"num_format": "yyyy-mm-dd"},
    Look.INSTANT: {"num_format": "yyyy-mm-dd hh:mm"},
}
_WIDTHS = {
    Look.TEXT: 22,
    Look.MONEY: 18,
    Look.WHOLE: 10,
    Look.SHARE: 12,
    Look.TIMES: 10,
    Look.DAY: 12,
    Look.INSTANT: 17,
}


@dataclass(frozen=True)
class Head:
    """One column: its heading, how its values look, how wide it is (0: as usual for the look), what may be chosen."""

    says: str
    look: Look = Look.TEXT
    width: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the line above the head ("" for none), heads, rows; a list may be filtered."""

    name: str
    heads: tuple[Head, ...]
    rows: Iterable[Sequence[Value]]
    caption: str = ""
    is_list: bool = True


def workbook(sheets: Sequence[Sheet], *, title: str, made_at: datetime) -> bytes:
    """The bytes of an XLSX file; the same sheets at the same instant give the same bytes."""
    target = BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": made_at.astimezone(BEIJING).replace(tzinfo=None)})
    formats = {look: book.add_format(facts) for look, facts in _FORMATS.items()}
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    formats[Look.TEXT] = book.add_format({"text_wrap": True, "valign": "top"})
    quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats, head, quoted)
    book.close()
    return target.getvalue()


def _write(page: Worksheet, sheet: Sheet, formats: dict[Look, Format], head: Format, quoted: Format) -> None:
    top = 1 if sheet.caption else 0
    if sheet.caption:
        page.write_string(0, 0, sheet.caption)
    page.freeze_panes(top + 1, 1)
    for column, one in enumerate(sheet.heads):
        page.set_column(column, column, one.width or _WIDTHS[one.look])
        page.write_string(top, column, one.says, head)
        _offer(page, top + 1, column, one.choices)
    last = top
    for last, cells in enumerate(sheet.rows, start=top + 1):
        for column, (one, cell) in enumerate(zip(sheet.heads, cells, strict=True)):
            typed = isinstance(cell, str) and cell.startswith(FORMULA_SIGNS)
            text_format = quoted if typed else formats[Look.TEXT]
            _put(
                page,
                (last, column),
                cell,
                one.look,
                text_format if one.look is Look.TEXT else formats[one.look],
            )
    if sheet.is_list:
        page.autofilter(top, 0, last, len(sheet.heads) - 1)


def _offer(page: Worksheet, top: int, column: int, choices: Sequence[str]) -> None:
    """A list to choose from in the cells of a column; other words may still be typed."""
    if choices and len(",".join(choices)) <= LONGEST_CHOICE:
        rule = {"validate": "list", "source": list(choices), "error_type": "information"}
        page.data_validation(top, column, top + OFFERED_ROWS, column, rule)


def _put(page: Worksheet, place: tuple[int, int], cell: Value, look: Look, made: Format) -> None:
    row, column = place
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        page.write_datetime(row, column, cell.astimezone(BEIJING).replace(tzinfo=None), made)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, made)
    elif isinstance(cell, str):
        # A browser ends the lines of a text with two characters, of which a cell would show one as "_x000D_".
        lines = cell.replace("\r\n", "\n").replace("\r", "\n")
        page.write_string(row, column, lines[:LONGEST_TEXT], made)
    elif isinstance(cell, Formula):
        page.write_formula(row, column, cell.text, made, float(_number(cell.value, look)))
    else:
        page.write_number(row, column, _number(cell, look), made)


def _number(cell: float | Decimal | Fraction, look: Look) -> Decimal:
    exact = (
        Decimal(cell.numerator) / Decimal(cell.denominator) if isinstance(cell, Fraction) else Decimal(cell)
    )
    return exact / 100 if look is Look.MONEY else exact
