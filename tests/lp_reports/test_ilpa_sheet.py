"""The sheet stands as the template does, and its live formulas come to what was frozen."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from fund.results.ilpa_form import form
from lp_reports.ilpa_sheet import NAME, formula_in
from lp_reports.ilpa_words import ROWS
from lp_reports.workbook import workbook
from tests.builders.ilpa import figures_with_ilpa, sample_ilpa
from tests.builders.recalculated import OFFICE, added_up, differing, formulas
from tests.builders.reports import sample_figures

SHA = "ab" * 32


@pytest.fixture(scope="module")
def content() -> bytes:
    return workbook(figures_with_ilpa(), SHA)


def opened(content: bytes, *, data_only: bool = True) -> Any:
    return openpyxl.load_workbook(BytesIO(content), data_only=data_only)[NAME]


def test_each_row_stands_on_the_row_of_its_number_with_its_nine_columns(content: bytes) -> None:
    page = opened(content)
    for row in sample_ilpa().rows:
        assert [page.cell(row.number, column).value for column in (1, 2, 3)] == [
            row.number,
            row.label,
            ROWS[row.number],
        ]
        amounts = [
            getattr(one, period)
            for one in (row.yours, row.fund, row.general)
            if one
            for period in ("qtd", "ytd", "itd")
        ]
        shown = [page.cell(row.number, column).value for column in range(4, 13)]
        assert [round(one * 100) for one in shown if one is not None] == amounts
        assert shown == [None] * 9 if row.formula == "heading" else None not in shown
    assert [page["D95"].value, page["E95"].value, page["F95"].value] == [45_673_600] * 3
    assert [page["G114"].value, page["L114"].value] == [37_000_000, 0]


def test_every_row_has_its_chinese_name() -> None:
    assert list(ROWS) == [row.number for row in form()]
    assert len(set(ROWS.values())) == len({row.label for row in form()})


def test_its_sums_are_live_and_add_up(content: bytes) -> None:
    live = opened(content, data_only=False)
    assert live["D18"].value == "=SUM(D13:D17)"
    assert live["I81"].value == "=SUM(I78:I79)-I80"
    assert live["L104"].value == "=L95-L103"
    assert formula_in("E", "=SUM(34,61)") == "=SUM(E34,E61)"
    own = [formula for (sheet, _), (formula, _) in formulas(content).items() if sheet == NAME]
    assert len(own) == 9 * sum(row.formula.startswith("=") for row in form())
    assert added_up(content) == 12 + len(own)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_the_same(content: bytes, tmp_path: Path) -> None:
    assert [one for one in differing(content, tmp_path) if one.startswith(NAME)] == []


def test_it_is_set_up_to_be_read_and_printed(content: bytes) -> None:
    page = opened(content)
    assert page.freeze_panes == "D12"
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    assert page.print_title_rows == "$10:$11"
    assert page["D14"].number_format == "#,##0.00_);(#,##0.00)"
    assert [page["D10"].value, page["G10"].value, page["J11"].value] == [
        "本合伙人 This LP",
        "基金合计 Total fund",
        "QTD",
    ]


def test_a_note_says_what_others_were(content: bytes) -> None:
    says = opened(content)["B133"].value
    assert says.startswith("* 第 57 行 Row 57, QTD: (93,500.00)，占基金费用 97.4% of the fund's expenses")
    assert "年会场地 (90,000.00)；=1+1 (3,500.00)" in says


def test_figures_frozen_before_have_no_such_sheet() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(sample_figures(), SHA)))
    assert NAME not in book.sheetnames
