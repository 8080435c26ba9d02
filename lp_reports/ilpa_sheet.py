"""The sheet "ILPA": each row of the template on the spreadsheet row of its number, its sums as live formulas.

So a formula of the template is the sheet's own with a column before each number. Nothing is computed here that the
frozen figures do not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lp_reports.checks import PERIODS
from lp_reports.ilpa_facts import Ilpa, IlpaNote, IlpaRow
from lp_reports.ilpa_words import ROWS
from lp_reports.snapshot import Figures

NAME = "ILPA"
WHOSE = ("本合伙人 This LP", "基金合计 Total fund", "普通合伙人 GP")
FIRST_AMOUNT = 3
COLUMNS = "DEFGHIJKL"
HEADS_ROW = 11
"""The last row above the template's first."""
# Merged cells do not grow with their text: so many characters fit on a line of so many points.
PER_LINE, LINE = 130, 16
# How wide the labels' columns are, in Latin letters; some programs do not let a row grow when a file is opened.
LABEL_WIDTHS = (76, 54)
BOLD = 1.15
A3 = 8
MONEY = "#,##0.00_);(#,##0.00)"


def write_ilpa(book: xlsxwriter.Workbook, figures: Figures, ilpa: Ilpa) -> None:
    """Add the sheet; amounts in yuan, below zero in brackets."""
    page = book.add_worksheet(NAME)
    formats = _formats(book)
    _set_up(page, figures)
    _head(page, figures, ilpa, formats)
    for row in ilpa.rows:
        _row(page, row, formats)
    last = ilpa.rows[-1].number + 1
    for offset, note in enumerate(ilpa.notes):
        says = _says(note)
        page.merge_range(last + offset, 1, last + offset, FIRST_AMOUNT + 8, says, formats["note"])
        page.set_row(last + offset, LINE * (1 + len(says) // PER_LINE))


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    looks: Mapping[str, Mapping[str, object]] = {
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
        "amount_head": {"bold": True, "bottom": 1, "align": "right"},
        "whose": {"bold": True, "align": "center", "bottom": 1},
        "number": {"num_format": "0", "valign": "top", "align": "left"},
        "label": {"text_wrap": True, "valign": "top"},
        "heading": {"bold": True, "text_wrap": True, "valign": "top"},
        "sum_label": {"bold": True, "text_wrap": True, "valign": "top", "top": 1},
        "money": {"num_format": MONEY, "valign": "top"},
        "sum": {"num_format": MONEY, "bold": True, "valign": "top", "top": 1},
        "note": {"text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(dict(look)) for name, look in looks.items()}


def _set_up(page: Worksheet, figures: Figures) -> None:
    """Widths, panes that stay, and print: A3 across, one page wide, the heads on each page."""
    for column, width in enumerate((6, *LABEL_WIDTHS)):
        page.set_column(column, column, width)
    page.set_column(FIRST_AMOUNT, FIRST_AMOUNT + 8, 19)
    page.freeze_panes(HEADS_ROW, FIRST_AMOUNT)
    page.set_landscape()
    page.set_paper(A3)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADS_ROW - 2, HEADS_ROW - 1)
    page.set_footer(f"&L{figures.document.number}&R&P / &N")


def _head(page: Worksheet, figures: Figures, ilpa: Ilpa, formats: Mapping[str, Format]) -> None:
    document, fund = figures.document, figures.fund
    page.write_string(0, 0, ilpa.version, formats["title"])
    facts = (
        f"基金 Fund: {fund.name.zh} {fund.name.en}",
        f"合伙人 Partner: {figures.partner.code} {figures.partner.name.zh} {figures.partner.name.en}",
        f"季度 Quarter: {document.quarter} ({document.starts_on} – {document.ends_on})",
        f"币种 Currency: {fund.currency}　单位：元 unit: yuan　未经审计 unaudited",
        "正负号按对净值的影响；缴款与分配按总额列示；损益已扣除超额收益。 "
        "Signed by effect on wealth; contributions and distributions gross; gains net of carried interest.",
    )
    for row, says in enumerate(facts, start=2):
        page.write_string(row, 0, says.rstrip())
    for at, whose in enumerate(WHOSE):
        first = FIRST_AMOUNT + 3 * at
        page.merge_range(HEADS_ROW - 2, first, HEADS_ROW - 2, first + 2, whose, formats["whose"])
        for offset, period in enumerate(PERIODS):
            page.write_string(HEADS_ROW - 1, first + offset, period.upper(), formats["amount_head"])
    for column, says in enumerate(("行 Row", "ILPA", "中文")):
        page.write_string(HEADS_ROW - 1, column, says, formats["head"])


def _row(page: Worksheet, row: IlpaRow, formats: Mapping[str, Format]) -> None:
    at, is_sum = row.number - 1, row.formula.startswith("=")
    look = "heading" if row.formula == "heading" else "sum_label" if is_sum else "label"
    page.set_row(at, LINE * _lines(row, 1.0 if look == "label" else BOLD))
    page.write_number(at, 0, row.number, formats["number"])
    page.write_string(at, 1, row.label, formats[look])
    page.write_string(at, 2, ROWS[row.number], formats[look])
    columns = (
        getattr(amounts, period)
        for amounts in (row.yours, row.fund, row.general)
        if amounts is not None
        for period in PERIODS
    )
    for letter, (column, minor) in zip(COLUMNS, enumerate(columns, start=FIRST_AMOUNT), strict=False):
        if is_sum:
            page.write_formula(at, column, formula_in(letter, row.formula), formats["sum"], minor / 100)
        else:
            page.write_number(at, column, Decimal(minor) / 100, formats["money"])


def _lines(row: IlpaRow, breadth: float) -> int:
    """How many lines the longer of the two labels takes; a Chinese character is as wide as two letters."""
    widths = (len(row.label), 2 * len(ROWS[row.number]))
    return max(1 + int(one * breadth) // room for one, room in zip(widths, LABEL_WIDTHS, strict=True))


def formula_in(column: str, formula: str) -> str:
    """A formula of the template over one column of the sheet: "=SUM(13:17)" is "=SUM(D13:D17)"."""
    return re.sub(r"[0-9]+", lambda number: f"{column}{number[0]}", formula)


def _says(note: IlpaNote) -> str:
    share = Decimal(abs(note.amount) * 100) / note.expenses if note.expenses else None
    told = f"，占基金费用 {share:.1f}% of the fund's expenses" if share is not None else ""
    causes = "；".join(f"{one.says} {_yuan(one.amount)}" for one in note.causes)
    return f"* 第 {note.row} 行 Row {note.row}, {note.period.upper()}: {_yuan(note.amount)}{told}" + (
        f" — {causes}" if causes else ""
    )


def _yuan(minor: int) -> str:
    amount = f"{Decimal(abs(minor)) / 100:,.2f}"
    return f"({amount})" if minor < 0 else amount
