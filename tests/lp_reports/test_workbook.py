from io import BytesIO

import openpyxl

from lp_reports.workbook import workbook
from tests.builders.reports import sample_figures

SHA = "ab" * 32


def opened() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(workbook(sample_figures(), SHA)))


def test_the_same_figures_are_the_same_bytes() -> None:
    assert workbook(sample_figures(), SHA) == workbook(sample_figures(), SHA)


def test_amounts_come_back_to_the_fen() -> None:
    figures = sample_figures()
    page = opened()["资本账户 Capital account"]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    for line, row in zip(figures.account, rows, strict=True):
        printed = [round(value * 100) for value in row[1:] if isinstance(value, int | float)]
        assert printed == [
            *(line.yours.qtd, line.yours.ytd, line.yours.itd),
            *(line.fund.qtd, line.fund.ytd, line.fund.itd),
        ]


def test_the_cash_flows_end_with_the_value() -> None:
    figures = sample_figures()
    rows = list(opened()["现金流 Cash flows"].iter_rows(min_row=2, values_only=True))
    paid = -sum(row[3] for row in rows if str(row[2]).startswith("缴款"))
    assert round(paid * 100) == figures.key.paid_in
    assert round(rows[-1][3] * 100) == figures.key.nav


def test_it_says_which_figures_it_belongs_to() -> None:
    about = {row[0]: row[1] for row in opened()["说明 About"].iter_rows(values_only=True)}
    assert about["figures.json sha256"] == SHA
    assert about["示例 Example"] == "是 yes"


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    page = opened()["投资明细 Schedule"]
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "d"}
