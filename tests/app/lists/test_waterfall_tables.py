"""The workbook of a distribution's waterfall: what its formulas come to is the working that was kept, to the fen."""

from datetime import date
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.languages import Language
from app.lists.tables import Reader
from app.lists.waterfall_tables import NoWorking, waterfall_book
from fund.capital.outflows import distribution_by_code
from fund.charter.carry_rules import CarryForm, FurtherTier, Measure
from fund.charter.queries import fund as fund_sheet
from fund.charter.rules import Compounding
from fund.holdings.actions import sell
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    CapitalFund,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought
from tests.builders.recalculated import OFFICE, differing, formulas

MILLION = 100_000_000
PAID_IN, SOLD, SOLD_AGAIN = date(2026, 3, 2), date(2027, 6, 30), date(2028, 9, 29)


def sold_in_parts(tx: Tx, **terms: Any) -> CapitalFund:
    """30m called and invested, 7m of expenses; a third of it sold for 18m, then two thirds for 75m."""
    fund = committed(tx, **terms)
    steel = a_holding(tx, fund.fund_id, now=noon(PAID_IN)).id
    a_paid_call(tx, fund, investment(30 * MILLION, holding_id=steel), expense(7 * MILLION), due_on=PAID_IN)
    bought(tx, steel, on=PAID_IN, cost=30 * MILLION, quantity=3, now=noon(PAID_IN))
    for on, quantity, proceeds in ((SOLD, 1, 18 * MILLION), (SOLD_AGAIN, 2, 75 * MILLION)):
        facts: dict[str, Any] = {"holding_id": steel, "proceeds": proceeds, "now": noon(on)}
        sell(tx, SYSTEM, sold_on=on, quantity=quantity, **facts)
        cost = quantity * 10 * MILLION
        a_distribution(tx, fund, pay_on=on, holding_id=steel, return_of_capital=cost, gain=proceeds - cost)
    return fund


def book(tx: Tx, fund: CapitalFund, code: str) -> bytes:
    sheet = fund_sheet(tx, fund_id=fund.fund_id)
    reader = Reader(tx, SYSTEM, sheet, Language.EN, noon(SOLD_AGAIN))
    return waterfall_book(reader, fund_id=fund.fund_id, code=code)


TIER = FurtherTier(Measure.MULTIPLE, Fraction(3, 2), Fraction(1, 4))
CASES: list[dict[str, Any]] = [
    {},
    {"compounding": Compounding.SIMPLE, "catch_up": Fraction(1, 2)},
    {"compounding": Compounding.ANNIVERSARY, "catch_up": Fraction(0)},
    {"carry_form": CarryForm.DEAL_BY_DEAL, "further": (TIER,)},
]


@pytest.mark.parametrize("terms", CASES)
def test_the_sheets_hold_the_working_and_libreoffice_agrees(
    tx: Tx, tmp_path: Path, terms: dict[str, Any]
) -> None:
    fund = sold_in_parts(tx, **terms)
    kept = distribution_by_code(tx, fund_id=fund.fund_id, code="DIST-002").line(fund["LP01"]).working
    content = book(tx, fund, "DIST-002")
    shown = load_workbook(BytesIO(content), data_only=True)
    assert shown.sheetnames == ["LP01 hurdle", "LP01 tiers", "LP02 hurdle", "LP02 tiers"]
    assert kept is not None
    rows = list(shown["LP01 tiers"].iter_rows(min_row=3, values_only=True))
    told = [(round(row[2] * 100), round(row[3] * 100), round(row[4] * 100)) for row in rows]
    expected = [(tier["lp"] + tier["gp"], tier["lp"], tier["gp"]) for tier in kept["tiers"]]
    assert told == [*expected, (kept["distributed"], kept["lp"], kept["gp"])]
    assert kept["gp"] > 0
    assert len(formulas(content)) > 40
    if OFFICE is not None:
        assert differing(content, tmp_path) == []


def test_where_nobody_bears_carry_there_is_no_workbook(tx: Tx) -> None:
    fund = committed(tx, {"GP": 10 * MILLION})
    a_paid_call(tx, fund, investment(1 * MILLION), due_on=PAID_IN)
    a_distribution(tx, fund, pay_on=SOLD, return_of_capital=1 * MILLION)
    with pytest.raises(NoWorking):
        book(tx, fund, "DIST-001")
