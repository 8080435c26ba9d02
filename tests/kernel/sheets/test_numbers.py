"""Numbers as people type them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.sheets.cells import Cell, Unreadable, decimal, narrow
from kernel.sheets.numbers import Amount, Ratio, Share, Whole, scale_of, unit_in


@pytest.mark.parametrize(
    ("written", "unit", "fen"),
    [
        ("1234500", "", 123450000),
        ("1,234,500.00", "", 123450000),
        ("１，２３４，５００．００", "", 123450000),
        ("1，234，500", "元", 123450000),
        (" 1 234 500 ", "", 123450000),
        ("¥1,200.50", "", 120050),
        ("￥1,200.50元", "", 120050),
        ("人民币 500 万元整", "", 500000000),
        ("CNY 12.34", "", 1234),
        ("12.34 RMB", "", 1234),
        ("333.33333", "万元", 333333330),
        ("1.2亿", "", 12000000000),
        ("1.2 亿元", "万元", 12000000000),
        ("500万", "万元", 500000000),
        ("12,000,000元", "万元", 1200000000),
        ("0", "万元", 0),
        (1234.5, "", 123450),
        (0.1 + 0.2, "", 30),
        (3000, "万元", 3000000000),
        (Decimal("3000.01"), "", 300001),
        ("2.5 million", "", 250000000),
    ],
)
def test_amounts_are_read_to_the_fen(written: str | float, unit: str, fen: int) -> None:
    assert Amount().read(Cell(written, unit=unit)) == fen


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("1,23,456", "not an amount"),
        ("12 dollars", "not an amount"),
        ("$12", "not an amount"),
        ("about 5", "not an amount"),
        ("1.234", "finer than one fen"),
        (0.001, "finer than one fen"),
        ("-5", "negative"),
        ("(5.00)", "negative"),
        (True, "not an amount"),
        (date(2024, 1, 1), "not an amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_what_was_found(written: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        Amount().read(Cell(written))


def test_brackets_and_signs_are_negatives_where_negatives_are_allowed() -> None:
    assert Amount(negative=True).read(Cell("（1,234.50）")) == -123450
    assert Amount(negative=True).read(Cell("−5", unit="万元")) == -5000000


def test_an_amount_in_merged_cells_is_refused_because_it_would_count_twice() -> None:
    with pytest.raises(Unreadable, match="merged"):
        Amount().read(Cell(100, merged=True))


@given(st.integers(min_value=0, max_value=10**15))
def test_every_amount_survives_its_own_printing(fen: int) -> None:
    assert Amount().read(Cell(f"{Decimal(fen) / 100:,.2f}")) == fen


@pytest.mark.parametrize(
    ("cell", "unit", "share"),
    [
        (Cell("8%"), "", Fraction(2, 25)),
        (Cell("８％"), "", Fraction(2, 25)),
        (Cell(" 8 % "), "", Fraction(2, 25)),
        (Cell("1.5‰"), "", Fraction(3, 2000)),
        (Cell("0.08"), "", Fraction(2, 25)),
        (Cell(0.08), "", Fraction(2, 25)),
        (Cell(0.08, percent=True), "%", Fraction(2, 25)),
        (Cell(8), "%", Fraction(2, 25)),
        (Cell("8"), "%", Fraction(2, 25)),
        (Cell("8%"), "%", Fraction(2, 25)),
        (Cell(1, percent=True), "", Fraction(1)),
        (Cell(0), "", Fraction(0)),
        (Cell(2), "‰", Fraction(1, 500)),
    ],
)
def test_percentages_are_exact_fractions(cell: Cell, unit: str, share: Fraction) -> None:
    assert Share().read(replace(cell, unit=unit)) == share


def test_a_bare_eight_is_asked_about_and_never_read_as_800_percent() -> None:
    with pytest.raises(Unreadable, match="did you mean 8 %"):
        Share().read(Cell("8"))
    with pytest.raises(Unreadable, match="did you mean 8 %"):
        Share().read(Cell(8))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (1, "1 % or 100 %"),
        ("120%", "outside"),
        ("-3%", "outside"),
        ("eight", "not a percentage"),
        ("", "not a perc"),
    ],
)
def test_doubtful_percentages_are_refused(written: object, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        Share().read(Cell(str(written)))


def test_a_ratio_stays_exact() -> None:
    assert Ratio().read(Cell("2/3")) == Fraction(2, 3)
    assert Ratio().read(Cell("２／３")) == Fraction(2, 3)
    assert Ratio().read(Cell("66.5%")) == Fraction(133, 200)
    assert Ratio().read(Cell(0.5)) == Fraction(1, 2)


def test_a_ratio_above_one_or_turned_into_a_date_is_refused() -> None:
    with pytest.raises(Unreadable, match="not a ratio"):
        Ratio().read(Cell("3/2"))
    with pytest.raises(Unreadable, match="as text"):
        Ratio().read(Cell(date(2026, 2, 3)))


def test_whole_numbers_may_carry_their_unit_word() -> None:
    level = Whole(1, 9, around=("TRL", "级"))
    assert [level.read(Cell(v)) for v in ("TRL 4", "4级", "４", 4, 4.0)] == [4] * 5


@pytest.mark.parametrize(("written", "says"), [("4.5", "whole"), ("12", "outside 1 to 9"), ("four", "whole")])
def test_what_is_no_level_is_refused(written: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        Whole(1, 9).read(Cell(written))


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("（万元）", "万元"),
        ("(亿元)", "亿元"),
        ("元", "元"),
        ("CNY million", "million"),
        ("%", "%"),
        ("(吨)", ""),
    ],
)
def test_units_in_headings(heading: str, unit: str) -> None:
    assert unit_in(heading) == unit


def test_a_unit_that_is_not_money_scales_nothing() -> None:
    assert scale_of("%") == scale_of("") == 1


def test_a_spreadsheets_number_is_what_its_user_sees() -> None:
    assert decimal(0.1 + 0.2) == Decimal("0.3")
    assert Cell(1234500.0).shown == "1234500"
    assert narrow("　１２ ") == "12"
