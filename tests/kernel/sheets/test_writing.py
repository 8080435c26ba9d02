"""Workbooks hold numbers as numbers, days as days, and text that no spreadsheet takes for a formula."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from openpyxl import load_workbook

from kernel.sheets.writing import LONGEST_TEXT, Head, Look, Sheet, workbook

NOW = datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
HEADS = (
    Head("Name", choices=("甲", "乙")),
    Head("Amount", Look.MONEY),
    Head("Count", Look.WHOLE),
    Head("Part", Look.SHARE),
    Head("On", Look.DAY),
    Head("At", Look.INSTANT),
)
ROWS = (
    ("=HYPERLINK(0)", -123_456, 7, Fraction(1, 4), date(2026, 9, 30), NOW),
    ("+86", None, Decimal(3), 0.5, None, None),
    ("x" * 40_000, 10**17 + 1, 0, None, None, None),
)


def test_values_keep_their_kind() -> None:
    page = load_workbook(BytesIO(workbook([Sheet("S", HEADS, ROWS, "Unit: yuan")], title="t", made_at=NOW)))[
        "S"
    ]
    assert page["A1"].value == "Unit: yuan"
    assert [cell.value for cell in page[2]] == ["Name", "Amount", "Count", "Part", "On", "At"]
    assert page.freeze_panes == "B3"
    assert page["B3"].value == -1234.56
    assert page["B3"].number_format == "#,##0.00_);(#,##0.00)"
    assert page["C3"].value == 7
    assert page["D3"].value == 0.25
    assert str(page["E3"].value) == "2026-09-30 00:00:00"
    assert str(page["F3"].value) == "2026-10-01 01:00:00"
    assert (page["B4"].value, page["D4"].value) == (None, 0.5)


def test_text_never_becomes_a_formula() -> None:
    page = load_workbook(BytesIO(workbook([Sheet("S", HEADS, ROWS)], title="t", made_at=NOW)))["S"]
    for place in ("A2", "A3"):
        assert page[place].data_type == "s"
        assert page[place].quotePrefix
    assert page["A2"].value == "=HYPERLINK(0)"
    assert len(page["A4"].value) == LONGEST_TEXT
    assert not page["A4"].quotePrefix


def test_what_may_be_chosen_is_offered() -> None:
    page = load_workbook(BytesIO(workbook([Sheet("S", HEADS, ())], title="t", made_at=NOW)))["S"]
    (offer,) = page.data_validations.dataValidation
    assert (offer.formula1, offer.errorStyle) == ('"甲,乙"', "information")
    many = Head("Long", choices=tuple(str(number) * 9 for number in range(100)))
    page = load_workbook(BytesIO(workbook([Sheet("S", (many,), ())], title="t", made_at=NOW)))["S"]
    assert not page.data_validations.dataValidation


def test_the_same_sheets_give_the_same_bytes() -> None:
    first, second = (workbook([Sheet("S", HEADS, ROWS)], title="t", made_at=NOW) for _ in range(2))
    assert first == second
