"""The workbook of the ILPA Performance Template: its formulas come to the figures of the books."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.languages import Language
from app.lists.tables import Reader
from app.lists.template_tables import template_book
from fund.charter.queries import fund as fund_sheet
from fund.charter.template_rules import TemplateForm
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import noon
from tests.builders.recalculated import OFFICE, differing, formulas
from tests.fund.results.test_template import LATER, sold_fund

QUARTER = Quarter.containing(LATER)


def book(tx: Tx, fund_id: int, quarter: Quarter, form: TemplateForm | None = None) -> bytes:
    reader = Reader(tx, SYSTEM, fund_sheet(tx, fund_id=fund_id), Language.EN, noon(LATER))
    return template_book(reader, quarter=quarter, form=form, known_at=None)


@pytest.mark.parametrize("form", list(TemplateForm))
def test_rates_and_multiples_are_live(tx: Tx, form: TemplateForm, tmp_path: Path) -> None:
    content = book(tx, sold_fund(tx), QUARTER, form)
    live = [text for text, _ in formulas(content).values()]
    # Four stages, two companies and all of them.
    assert sum(text.startswith("=XIRR(") for text in live) == 7
    if OFFICE is not None:
        assert differing(content, tmp_path) == []


def test_before_the_first_flow_there_are_no_formulas_and_no_rates(tx: Tx) -> None:
    content = book(tx, sold_fund(tx), Quarter(2001, 1))
    assert formulas(content) == {}
    shown = load_workbook(BytesIO(content))
    assert [cell.value for cell in shown["Gross to net"]["G"][2:]] == [None] * 4
