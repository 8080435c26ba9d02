"""Whole sheets: headings found, units carried, rows typed, every fault told by its place."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from openpyxl import Workbook

from kernel.sheets.days import Day
from kernel.sheets.numbers import Amount, Share
from kernel.sheets.reading import (
    Column,
    Layout,
    Reading,
    SheetRefused,
    SheetUnknown,
    read_file,
    read_if_there,
)
from kernel.sheets.words import Code, Text


@dataclass(frozen=True)
class Pledge:
    code: str
    name: str
    amount: int
    on: date
    hurdle: Fraction
    phone: str
    remark: str = ""


PLEDGES = Layout(
    name="commitments",
    row=Pledge,
    columns=(
        Column("code", Code(), ("编号", "Code")),
        Column("name", Text(), ("合伙人名称", "Partner")),
        Column("amount", Amount(), ("认缴金额", "认缴出资额", "Commitment")),
        Column("on", Day(), ("认缴日期", "Committed on")),
        Column("hurdle", Share(), ("门槛收益率", "Hurdle"), required=False, default=Fraction(2, 25)),
        Column("phone", Text(), ("联系人电话", "Phone"), required=False, default=""),
        Column("remark", Text(), ("备注", "Remark"), required=False, default=""),
    ),
    unique=("code",),
)


def read_csv(text: str) -> Reading[Pledge]:
    return read_file("认缴.csv", text.encode("gb18030"), PLEDGES)


def read_book(
    rows: Sequence[Sequence[object]], merges: Sequence[str] = (), title: str = "认缴"
) -> Reading[Pledge]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return read_file("认缴.xlsx", target.getvalue(), PLEDGES)


def told(reading: Reading[Pledge]) -> list[str]:
    return [str(problem) for problem in reading.problems]


GOOD = Pledge("LP01", "朔原钢铁", 15_000_000_000, date(2024, 1, 15), Fraction(2, 25), phone="")


@pytest.mark.parametrize(
    "text",
    [
        "编号,合伙人名称,认缴金额（万元）,认缴日期\nLP01,朔原钢铁,15000,2024-1-15\n",
        'Committed on,Commitment,Code,Partner\n2024年1月15日,"150,000,000.00",lp01,朔原钢铁\n',
        "编号/Code,合伙人名称 Partner,认缴金额(亿元),认缴日期\nLP01,朔原钢铁,１．５,20240115\n",
        '第一期认缴表,,,\n单位：万元,,,\n\n编号,合伙人名称,认缴金额,认缴日期\nLP01,朔原钢铁,"１５，０００",45306\n',
        "编号*,合伙人名称：,认缴出资额/万元,认缴日期\nLP01,朔原钢铁,15000,2024.1.15\n,,,\n  ,　,-,\n",
    ],
)
def test_headings_of_either_language_in_any_order_under_any_title(text: str) -> None:
    reading = read_csv(text)
    assert told(reading) == []
    assert [line.value for line in reading.required()] == [GOOD]


def test_merged_group_heads_and_titles_are_understood() -> None:
    reading = read_book(
        [
            ["成果转化一号基金认缴明细（示例）", None, None, None, None],
            ["编号", "合伙人名称", "认缴", None, "联系人"],
            [None, None, "金额（万元）", "日期", "电话"],
            ["LP01", "朔原钢铁", 15000, date(2024, 1, 15), "010-1234"],
        ],
        merges=["A1:E1", "A2:A3", "B2:B3", "C2:D2"],
    )
    assert told(reading) == []
    (line,) = reading.required()
    assert line.value == Pledge(
        "LP01", "朔原钢铁", 15_000_000_000, date(2024, 1, 15), Fraction(2, 25), "010-1234"
    )
    assert line.where == "认缴.xlsx, sheet 认缴, row 4"


def test_every_fault_names_file_sheet_row_heading_and_what_was_found() -> None:
    reading = read_book(
        [
            ["编号", "合伙人名称", "认缴金额（万元）", "认缴日期", "门槛收益率"],
            ["LP01", "朔原钢铁", "一亿", "2024-02-30", 8],
            ["LP02", None, 100, "2024-03-01", "8%"],
        ]
    )
    assert told(reading) == [
        "认缴.xlsx, sheet 认缴, row 2, 认缴金额（万元）: “一亿” is not an amount of money; "
        "expected digits such as 1,234,500.00 or 123.45万元",
        "认缴.xlsx, sheet 认缴, row 2, 认缴日期: “2024-02-30” is a date that does not exist",
        "认缴.xlsx, sheet 认缴, row 2, 门槛收益率: “8” is more than one; did you mean 8 %?",
        "认缴.xlsx, sheet 认缴, row 3, 合伙人名称: the cell is empty; expected a value",
    ]
    with pytest.raises(SheetRefused, match="4 faults; nothing was imported"):
        reading.required()


def test_unknown_columns_are_told_and_the_rest_is_read() -> None:
    reading = read_csv("编号,合伙人名称,认缴金额,认缴日期,门槛收益,颜色\nLP01,甲,1,2024-01-15,8%,红\n")
    assert [str(notice) for notice in reading.notices] == [
        "认缴.csv, row 1, 门槛收益: this heading is not known here and its column was not read; "
        "did you mean “门槛收益率”?",
        "认缴.csv, row 1, 颜色: this heading is not known here and its column was not read",
    ]
    assert len(reading.required()) == 1


def test_a_missing_column_is_told_once_and_not_again_in_every_row() -> None:
    reading = read_csv("编号,合伙人名称,认缴日期\nLP01,甲,2024-01-15\nLP02,乙,2024-01-15\n")
    assert told(reading) == [
        "认缴.csv, row 1: there is no column “认缴金额” (also read as: 认缴出资额, Commitment)"
    ]
    assert reading.lines == ()


def test_two_headings_for_one_field_are_refused() -> None:
    reading = read_csv("编号,合伙人名称,认缴金额,Commitment,认缴日期\nLP01,甲,1,2,2024-01-15\n")
    assert told(reading) == [
        "认缴.csv, row 1: the headings “认缴金额” and “Commitment” both mean 认缴金额; keep one"
    ]


def test_totals_and_notes_are_refused_in_plain_words() -> None:
    reading = read_csv(
        "编号,合伙人名称,认缴金额,认缴日期\nLP01,甲,1,2024-01-15\n合 计,,1,\n注：以上为示例。,,,\n"
    )
    assert told(reading) == [
        "认缴.csv, row 3: this is a totals row (“合 计”); leave totals out of the list",
        "认缴.csv, row 4: this is a note (“注：以上为示例。”), not an entry; leave notes out of the list",
    ]


def test_the_same_key_twice_names_the_first_row() -> None:
    reading = read_csv("编号,合伙人名称,认缴金额,认缴日期\nLP01,甲,1,2024-01-15\n\nlp01,乙,2,2024-01-16\n")
    assert told(reading) == ["认缴.csv, row 4: the same 编号 as in row 2: “LP01”"]


def test_faulty_and_unsaved_formulas_are_told_apart_from_empty_cells() -> None:
    reading = read_book(
        [
            ["编号", "合伙人名称", "认缴金额", "认缴日期"],
            ["LP01", "甲", "=1+1", "2024-01-15"],
            ["LP02", "#N/A", 1, 45306],
        ]
    )
    assert told(reading) == [
        "认缴.xlsx, sheet 认缴, row 2, 认缴金额: the cell holds a formula without a saved value; "
        "open the file in a spreadsheet program and save it",
        "认缴.xlsx, sheet 认缴, row 3, 合伙人名称: "
        "the cell holds the spreadsheet error #N/A; mend the formula",
    ]


def test_no_headings_and_no_rows_are_told() -> None:
    assert "no heading row was found in the first 30 rows" in told(read_csv("甲,乙\n1,2\n"))[0]
    assert told(read_csv("编号,合伙人名称,认缴金额,认缴日期\n")) == [
        "认缴.csv, row 1: there are headings but no rows under them"
    ]


def test_a_short_row_is_a_row_with_empty_cells() -> None:
    assert told(read_csv("编号,合伙人名称,认缴金额,认缴日期\nLP01,甲\n")) == [
        "认缴.csv, row 2, 认缴金额: the cell is empty; expected a value",
        "认缴.csv, row 2, 认缴日期: the cell is empty; expected a value",
    ]


def test_of_several_sheets_the_one_that_fits_is_read() -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.append(["封面"])
    sheet = book.create_sheet("明细")
    sheet.append(["编号", "合伙人名称", "认缴金额", "认缴日期"])
    sheet.append(["LP01", "甲", 1, "2024-01-15"])
    target = io.BytesIO()
    book.save(target)
    assert read_file("x.xlsx", target.getvalue(), PLEDGES).sheet == "明细"
    book.remove(sheet)
    book.create_sheet("再一页").append(["无关"])
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(SheetUnknown, match="编号, 合伙人名称, 认缴金额, 认缴日期"):
        read_file("x.xlsx", target.getvalue(), PLEDGES)


def test_a_layout_without_unique_columns_takes_the_same_row_twice() -> None:
    layout: Layout[dict[str, object]] = Layout(
        "pairs", dict, (Column("a", Code(), ("甲",)), Column("b", Code(), ("乙",)))
    )
    assert len(read_file("x.csv", "甲,乙\n1,2\n1,2\n".encode(), layout).required()) == 2


def test_lines_can_be_picked_and_keep_their_places() -> None:
    reading = read_csv("编号,合伙人名称,认缴金额,认缴日期\nLP01,甲,1,2024-01-15\nLP02,乙,2,2024-01-15\n")
    (line,) = reading.pick(lambda pledge: pledge.code == "LP02").required()
    assert (line.where, line.value.name) == ("认缴.csv, row 3", "乙")


def test_a_sheet_that_need_not_be_there() -> None:
    assert read_if_there("x.csv", b"a,b\n1,2\n", PLEDGES).required() == ()
    text = "编号,合伙人名称,认缴金额,认缴日期\nLP01,甲,1,2024-01-15\n"
    assert len(read_if_there("x.csv", text.encode(), PLEDGES).required()) == 1
