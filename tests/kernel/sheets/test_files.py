"""Files as they arrive: encodings, workbooks, damage."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from kernel.sheets.cells import Cell
from kernel.sheets.files import (
    MOST_COLUMNS,
    NO_SAVED_VALUE,
    EncodingUnknown,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    FileUnknown,
    open_file,
)

MIDNIGHT = datetime.combine(date(2024, 3, 1), time())
TEXT = "编号,创始人\r\nA1,顾𬀩\r\n"


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding_spreadsheets_write(encoding: str) -> None:
    (grid,) = open_file("people.csv", TEXT.encode(encoding))
    assert [[cell.value for cell in row] for row in grid.rows] == [["编号", "创始人"], ["A1", "顾𬀩"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_other_separators(delimiter: str) -> None:
    content = f"a{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n".encode()
    assert [cell.value for cell in open_file("x.csv", content)[0].rows[1]] == ["1", "2", "3"]


def test_a_quoted_line_break_stays_inside_its_cell() -> None:
    rows = open_file("x.csv", b'a,b\n"one\ntwo",3\n4,5\n')[0].rows
    assert rows[1][0].value == "one\ntwo"
    assert len(rows) == 3


def test_text_that_is_neither_utf8_nor_gb18030_is_refused() -> None:
    with pytest.raises(EncodingUnknown, match="CSV UTF-8"):
        open_file("x.csv", b"a,b\n\xff\xff\x00,1\n")


def test_a_csv_with_an_open_quote_is_refused_as_damaged() -> None:
    with pytest.raises(FileDamaged, match="CSV"):
        open_file("x.csv", b'a,b\n"one,2\n')


@pytest.mark.parametrize("name", ["x.pdf", "x.xls", "noending"])
def test_other_kinds_of_file_are_refused(name: str) -> None:
    with pytest.raises(FileUnknown):
        open_file(name, b"anything")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(FileDamaged, match=r"x\.xlsx cannot be opened"):
        open_file("x.xlsx", content)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileEmpty):
        open_file("x.csv", b"\r\n,,\r\n")
    with pytest.raises(FileEmpty):
        open_file("x.xlsx", saved(Workbook()))


def test_files_beyond_the_limits_are_refused() -> None:
    with pytest.raises(FileTooLarge, match="20 MB"):
        open_file("x.csv", b"a" * (20 * 2**20 + 1))
    with pytest.raises(FileTooLarge, match="columns"):
        open_file("x.csv", b"," * (MOST_COLUMNS + 1))


def test_a_workbook_that_unfolds_without_end_is_refused_before_it_is_opened() -> None:
    for inside, limit in ((b" " * 2**20, "200 MB"), (b"<c r='A1'/>" * 100_000, "1,000,000 cells")):
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts,
            parts.open("xl/worksheets/sheet1.xml", "w") as sheet,
        ):
            for _ in range(210 if limit.endswith("MB") else 11):
                sheet.write(inside)
        assert len(packed.getvalue()) < 2**20
        with pytest.raises(FileTooLarge, match=limit):
            open_file("x.xlsx", packed.getvalue())


def test_a_workbook_is_read_by_value_with_dates_percentages_and_errors() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", 1.5, MIDNIGHT, "#REF!", None])
    sheet.append([0.08])
    sheet["A2"].number_format = "0.0%"
    sheet["D1"].data_type = "e"
    first, second = open_file("x.xlsx", saved(book))[0].rows
    assert [cell.value for cell in first] == ["a", 1.5, MIDNIGHT, None]
    assert first[3].fault == "#REF!"
    assert second[0] == Cell(0.08, percent=True)


def test_a_formula_without_a_saved_value_is_a_fault_not_an_empty_cell() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([1, "=A1*2"])
    assert open_file("x.xlsx", saved(book))[0].rows[0][1].fault == NO_SAVED_VALUE


def test_merged_cells_give_their_value_to_the_whole_range() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["group", None, "x"])
    sheet.append([None, None, "y"])
    sheet.merge_cells("A1:B2")
    rows = open_file("x.xlsx", saved(book))[0].rows
    assert rows[0][0] == Cell("group")
    assert rows[1][1] == Cell("group", merged=True)


def test_hidden_sheets_are_left_out() -> None:
    book = Workbook()
    hidden, shown = book.active, book.create_sheet("shown")
    assert hidden is not None
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    shown.append(["plain"])
    assert [grid.sheet for grid in open_file("x.xlsx", saved(book))] == ["shown"]
