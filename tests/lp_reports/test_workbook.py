from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from lp_reports.facts import Rate
from lp_reports.snapshot import Figures
from lp_reports.workbook import workbook
from tests.builders.recalculated import OFFICE, added_up, differing, formulas
from tests.builders.reports import sample_figures
from valuation.irr import xirr

SHA = "ab" * 32


def exact(partner: int = 0) -> Figures:
    """Sample figures whose rate is solved from their own flows, as a real report's is."""
    figures = sample_figures(partner=partner)
    rows = list(opened(figures)["现金流 Cash flows"].iter_rows(min_row=2, values_only=True))
    solved = xirr([row[0].date() for row in rows], [round(row[3] * 100) for row in rows]).value
    rate = Rate("unique", Decimal(f"{solved:.8f}"))
    return replace(figures, key=replace(figures.key, net_irr=rate))


def opened(figures: Figures | None = None) -> openpyxl.Workbook:
    """The workbook with what we make of its formulas."""
    content = workbook(figures or sample_figures(), SHA)
    return openpyxl.load_workbook(BytesIO(content), data_only=True)


def returns(figures: Figures) -> dict[str, object]:
    live = openpyxl.load_workbook(BytesIO(workbook(figures, SHA)))
    return {row[0]: row[1] for row in live["业绩 Returns"].iter_rows(min_row=2, values_only=True)}


def test_totals_add_up_and_returns_are_live() -> None:
    content = workbook(exact(), SHA)
    assert added_up(content) == 12
    live = {formula for formula, _ in formulas(content).values()}
    assert sum(formula.startswith("=XIRR(") for formula in live) == 1
    assert {"=B3/B2", "=B4/B2", "=(B3+B4)/B2"} <= live


def test_what_the_formulas_come_to_is_what_the_report_prints() -> None:
    figures = exact()
    found = {row[0]: row[1] for row in opened(figures)["业绩 Returns"].iter_rows(min_row=2, values_only=True)}
    key = figures.key
    assert found["累计实缴 Paid in"] == key.paid_in / 100
    assert found["净值 NAV"] == key.nav / 100
    for name, printed in (("DPI", key.dpi), ("RVPI", key.rvpi), ("TVPI", key.tvpi)):
        assert printed is not None
        assert abs(found[name] - float(printed)) < 1e-6  # the sample prints six decimals
    assert key.net_irr.value is not None
    assert abs(found["净 IRR Net IRR"] - float(key.net_irr.value)) < 1e-8


def test_flows_that_are_not_all_there_is_give_no_formula() -> None:
    figures = exact()
    bought = replace(figures, calls=figures.calls[1:])
    found = returns(bought)
    assert found["累计实缴 Paid in"] == figures.key.paid_in / 100
    assert figures.key.net_irr.value is not None
    assert found["净 IRR Net IRR"] == float(figures.key.net_irr.value)
    young = replace(figures, key=replace(figures.key, net_irr=Rate("under_a_year")))
    assert returns(young)["净 IRR Net IRR"] is None


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("partner", [0, 1])
def test_libreoffice_computes_the_same(partner: int, tmp_path: Path) -> None:
    assert differing(workbook(exact(partner), SHA), tmp_path) == []


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
