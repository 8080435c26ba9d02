"""Opening the file: CSV in the encodings that spreadsheets write, and XLSX read by value."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from kernel.errors import Invalid
from kernel.sheets.cells import Cell

LARGEST_MEGABYTES = 20
MOST_ROWS = 50_000
MOST_COLUMNS = 200
# A small file can be packed to unfold into gigabytes: what is inside is weighed before it is opened.
LARGEST_UNFOLDED_MEGABYTES = 200
MOST_CELLS = 1_000_000

NO_SAVED_VALUE = "=?"


class FileTooLarge(Invalid):
    code = "file_too_large"
    says = "{file} is larger than {limit}; expected a list of at most {rows} rows and {columns} columns."


class FileUnknown(Invalid):
    code = "file_unknown"
    says = "{file} is not a sheet that can be read; expected a .csv or .xlsx file."


class FileDamaged(Invalid):
    code = "file_damaged"
    says = "{file} cannot be opened as {kind}; it may be damaged, protected by a password, or misnamed."


class EncodingUnknown(Invalid):
    code = "encoding_unknown"
    says = "The text of {file} is neither UTF-8 nor GB18030; save it again as “CSV UTF-8”."


class FileEmpty(Invalid):
    code = "file_empty"
    says = "There is nothing in {file}."


@dataclass(frozen=True)
class Grid:
    """One sheet of a file as cells; row numbers count from 1, as a spreadsheet shows them."""

    file: str
    sheet: str
    rows: tuple[tuple[Cell, ...], ...]

    def numbered(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Each row with its number."""
        return enumerate(self.rows, start=1)


def open_file(filename: str, content: bytes) -> tuple[Grid, ...]:
    """The visible sheets of a CSV or XLSX file that have anything in them; `filename` is only its name."""
    if len(content) > LARGEST_MEGABYTES * 2**20:
        raise _too_large(filename, f"{LARGEST_MEGABYTES} MB")
    ending = filename.rsplit(".", 1)[-1].lower()
    if ending not in ("csv", "txt", "tsv", "xlsx", "xlsm"):
        raise FileUnknown(file=filename)
    grids = _workbook(filename, content) if ending.startswith("xls") else (_csv(filename, content),)
    filled = tuple(grid for grid in grids if any(not cell.is_empty for row in grid.rows for cell in row))
    if not filled:
        raise FileEmpty(file=filename)
    return filled


def _decoded(filename: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise EncodingUnknown(file=filename)


def _csv(filename: str, content: bytes) -> Grid:
    text = _decoded(filename, content)
    opening = "\n".join(text.splitlines()[:20])
    delimiter = max(",;\t", key=opening.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise FileDamaged(file=filename, kind="CSV") from fault
    _measure(filename, len(lines), max(map(len, lines), default=0))
    return Grid(filename, "", tuple(tuple(Cell(value) for value in line) for line in lines))


def _measure(filename: str, rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise _too_large(filename, f"{rows} × {columns}")


def _weigh(filename: str, content: bytes) -> None:
    """Refuse a workbook whose parts are too large or hold too many cells, without building anything of it."""
    cells = 0
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        unfolded = sum(part.file_size for part in parts.infolist())
        if unfolded > LARGEST_UNFOLDED_MEGABYTES * 2**20:
            raise _too_large(filename, f"{LARGEST_UNFOLDED_MEGABYTES} MB")
        for part in parts.infolist():
            if part.filename.startswith("xl/worksheets/"):
                cells += _cells_of(parts, part)
                if cells > MOST_CELLS:
                    raise _too_large(filename, f"{MOST_CELLS:,} cells")


def _cells_of(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    found, before = 0, b""
    with parts.open(part) as stream:
        while chunk := stream.read(2**20):
            text = before + chunk
            found += text.count(b"<c ") + text.count(b"<c>")
            before = text[-2:]
    return found


def _too_large(filename: str, limit: str) -> FileTooLarge:
    return FileTooLarge(file=filename, limit=limit, rows=MOST_ROWS, columns=MOST_COLUMNS)


def _workbook(filename: str, content: bytes) -> Iterator[Grid]:
    try:
        _weigh(filename, content)
        with warnings.catch_warnings():
            # openpyxl warns of print settings and drop-down lists that it does not keep; none is read here.
            warnings.simplefilter("ignore")
            formulas = load_workbook(io.BytesIO(content))
            values = load_workbook(io.BytesIO(content), data_only=True)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        ParseError,
        EOFError,
        OSError,
    ) as fault:
        raise FileDamaged(file=filename, kind="XLSX") from fault
    return iter(
        [
            _sheet(filename, values[sheet.title], sheet)
            for sheet in formulas.worksheets
            if sheet.sheet_state == "visible"
        ]
    )


def _sheet(filename: str, values: Worksheet, formulas: Worksheet) -> Grid:
    _measure(filename, values.max_row, values.max_column)
    rows = [
        [_cell(value, formula) for value, formula in zip(*pair, strict=True)]
        for pair in zip(values.iter_rows(), formulas.iter_rows(), strict=True)
    ]
    for merged in formulas.merged_cells.ranges:
        left, top, right, bottom = merged.bounds
        first = rows[top - 1][left - 1]
        shadow = Cell(first.value, percent=first.percent, merged=True, fault=first.fault)
        for line in rows[top - 1 : bottom]:
            line[left - 1 : right] = [shadow] * len(line[left - 1 : right])
        rows[top - 1][left - 1] = first
    return Grid(filename, values.title, tuple(map(tuple, rows)))


def _cell(value: BookCell | MergedCell, formula: BookCell | MergedCell) -> Cell:
    if isinstance(value, MergedCell) or isinstance(formula, MergedCell):
        return Cell()
    if value.data_type == "e":
        return Cell(fault=str(value.value))
    if formula.data_type == "f" and value.value is None:
        return Cell(fault=NO_SAVED_VALUE)
    percent = "%" in (value.number_format or "") and '"%"' not in (value.number_format or "")
    return Cell(_known(value.value), percent=percent)


def _known(
    value: object,
) -> str | int | float | Decimal | bool | datetime | date | time | None:
    if value is None or isinstance(value, (str, int, float, Decimal, bool, datetime, date, time)):
        return value
    return str(value)


def one_line(cells: Sequence[Cell]) -> str:
    """A row's text in one line, for finding titles and units."""
    return " ".join(cell.shown for cell in cells if not cell.is_empty and not cell.merged)
