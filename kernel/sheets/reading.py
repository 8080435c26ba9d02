"""A sheet becomes typed rows, or a list of what to mend: file, sheet, row, heading, found, expected."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from kernel.errors import Invalid, Problem
from kernel.sheets.cells import Cell, Reader, Unreadable, narrow
from kernel.sheets.files import NO_SAVED_VALUE, Grid, open_file
from kernel.sheets.headings import (
    NO_HEADINGS,
    SEARCHED_ROWS,
    Heading,
    HeadingRow,
    find_headings,
    place,
)

T = TypeVar("T")
R = TypeVar("R")

EMPTY = "the cell is empty; expected a value"
FAULTY = "the cell holds the spreadsheet error {found}; mend the formula"
UNSAVED = "the cell holds a formula without a saved value; open the file in a spreadsheet program and save it"
TOTALS_ROW = "this is a totals row (“{found}”); leave totals out of the list"
NOTE_ROW = "this is a note (“{found}”), not an entry; leave notes out of the list"
DUPLICATE = "the same {columns} as in row {row}: “{found}”"
# The example row of a blank begins so; it is never an entry, even where somebody forgets to take it out.
EXAMPLE_MARK = "例："
NO_ROWS = "there are headings but no rows under them"

_TOTALS = re.compile(
    r"(合计|总计|小计|共计|累计|total|totals|subtotal|grand total|sum)[\W_]*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(注|备注|说明|制表|审核|填表|数据来源|note|notes|source|prepared by|remark)\s*[:0-9].*",
    re.IGNORECASE | re.DOTALL,
)


class SheetRefused(Invalid):
    """Some rows of a file cannot be read or booked; nothing of it was imported."""

    code = "sheet_refused"
    says = "{file} has {count} faults; nothing was imported."


class SheetUnknown(Invalid):
    code = "sheet_unknown"
    says = "{file} has no sheet with the expected headings; expected headings such as: {headings}."


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, how its cells are read, and its headings in either language.

    The first heading is the one named in complaints. A column that is not `required` may be missing, and its
    empty cells become `default`.
    """

    field: str
    reader: Reader[object]
    headings: tuple[str, ...]
    required: bool = True
    default: object = None


@dataclass(frozen=True, eq=False)
class Layout(Generic[T]):
    """What a sheet holds: its columns, the row type they make, and the columns no two rows may share."""

    name: str
    row: Callable[..., T]
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()

    @property
    def aliases(self) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
        """The headings to look for."""
        return tuple((c.field, c.headings, c.required) for c in self.columns)

    @property
    def shown(self) -> str:
        """The first headings of the columns that must be there, for complaints."""
        return ", ".join(c.headings[0] for c in self.columns if c.required)

    def fit(self, grid: Grid) -> int:
        """How many of this layout's columns the sheet has; 0 when a column that must be there is missing."""
        found = find_headings(grid, self.aliases)
        return 0 if found is None or found.problems else len(found.headings)


@dataclass(frozen=True)
class Line(Generic[T]):
    """A row as read, and where it stands, so that a later refusal can name the row too."""

    where: str
    value: T


@dataclass(frozen=True)
class Reading(Generic[T]):
    """All that was read from one sheet. `problems` refuse the file; `notices` are only told."""

    file: str
    sheet: str
    lines: tuple[Line[T], ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]

    def pick(self, test: Callable[[T], bool]) -> "Reading[T]":
        """The same sheet with only the lines whose value passes `test`."""
        return replace(self, lines=tuple(line for line in self.lines if test(line.value)))

    def by_day(self, day: Callable[[T], date]) -> "Reading[T]":
        """The same sheet with its lines in the order of their days."""
        return replace(self, lines=tuple(sorted(self.lines, key=lambda line: day(line.value))))

    def gathered(self, key: Callable[[T], Hashable], make: Callable[[tuple[T, ...]], R]) -> "Reading[R]":
        """The lines whose values have the same key as one line, which stands where the first of them stands."""
        found: dict[Hashable, list[Line[T]]] = {}
        for line in self.lines:
            found.setdefault(key(line.value), []).append(line)
        lines = tuple(
            Line(same[0].where, make(tuple(line.value for line in same))) for same in found.values()
        )
        return Reading(self.file, self.sheet, lines, self.problems, self.notices)

    def required(self) -> tuple[Line[T], ...]:
        """The lines, or SheetRefused with every problem found."""
        if self.problems:
            raise SheetRefused(file=self.file, count=len(self.problems), problems=self.problems)
        return self.lines


def read_file(filename: str, content: bytes, layout: Layout[T]) -> Reading[T]:
    """Read the sheet of a file that fits `layout` best; of several sheets one must fit."""
    grids = open_file(filename, content)
    grid = max(grids, key=layout.fit)
    if len(grids) > 1 and not layout.fit(grid):
        raise SheetUnknown(file=filename, headings=layout.shown)
    return read_grid(grid, layout)


def read_if_there(filename: str, content: bytes, layout: Layout[T]) -> Reading[T]:
    """Read the sheet that fits `layout` best; without one that fits there are no lines and no problems."""
    grid = max(open_file(filename, content), key=layout.fit)
    return read_grid(grid, layout) if layout.fit(grid) else Reading(filename, "", (), (), ())


def read_grid(grid: Grid, layout: Layout[T]) -> Reading[T]:
    """Read one sheet; faults of different rows and cells are collected, not stopped at."""
    found = find_headings(grid, layout.aliases)
    if found is None:
        facts = {"rows": SEARCHED_ROWS, "headings": layout.shown}
        return Reading(
            grid.file,
            grid.sheet,
            (),
            (Problem(place(grid, 0), NO_HEADINGS, facts),),
            (),
        )
    lines: list[tuple[int, dict[str, object]]] = []
    problems = list(found.problems)
    for number, cells in _entries(grid, found):
        stray = _stray(grid, number, cells)
        values, faults = ({}, [stray]) if stray else _values(grid, layout, found.headings, number, cells)
        problems += faults
        lines += [] if faults else [(number, values)]
    problems += _repeated(grid, layout, lines)
    if not lines and not problems:
        problems.append(Problem(place(grid, found.number), NO_ROWS))
    # Without all its columns a row cannot be made; the missing column itself is among the problems.
    made = () if found.problems else tuple(Line(place(grid, n), layout.row(**v)) for n, v in lines)
    return Reading(grid.file, grid.sheet, made, tuple(problems), found.notices)


def _entries(grid: Grid, found: HeadingRow) -> list[tuple[int, tuple[Cell, ...]]]:
    """The rows under the headings that have anything of their own in them; a blank's example row is none."""
    entries = []
    for number, cells in grid.numbered():
        own = [cell for cell in cells if not cell.is_empty and not cell.merged]
        if number > found.number and own and not narrow(own[0].shown).startswith(narrow(EXAMPLE_MARK)):
            entries.append((number, cells))
    return entries


def _stray(grid: Grid, number: int, cells: Sequence[Cell]) -> Problem | None:
    """The complaint about a totals row or a note that stands among the entries."""
    own = [cell for cell in cells if not cell.is_empty and not cell.merged]
    first = narrow(own[0].shown)
    if _TOTALS.fullmatch(first.replace(" ", "")):
        return Problem(place(grid, number), TOTALS_ROW, {"found": own[0].shown})
    if len(own) <= 2 and _NOTE.fullmatch(first):
        return Problem(place(grid, number), NOTE_ROW, {"found": own[0].shown[:40]})
    return None


def _values(
    grid: Grid,
    layout: Layout[T],
    headings: Sequence[Heading],
    number: int,
    cells: Sequence[Cell],
) -> tuple[dict[str, object], list[Problem]]:
    at = {heading.field: heading for heading in headings}
    values: dict[str, object] = {}
    problems = []
    for column in layout.columns:
        heading = at.get(column.field)
        cell = cells[heading.place] if heading and heading.place < len(cells) else Cell()
        try:
            values[column.field] = _value(column, replace(cell, unit=heading.unit if heading else ""))
        except Unreadable as fault:
            where = place(grid, number, heading.written if heading else column.headings[0])
            # A missing column is told once, at its heading row, not again in every row.
            problems += [Problem(where, fault.says, fault.facts)] if heading else []
    return values, problems


def _value(column: Column, cell: Cell) -> object:
    if cell.fault:
        raise Unreadable(UNSAVED if cell.fault == NO_SAVED_VALUE else FAULTY, found=cell.fault)
    if not cell.is_empty:
        return column.reader.read(cell)
    if column.required:
        raise Unreadable(EMPTY)
    return column.default


def _repeated(
    grid: Grid, layout: Layout[T], lines: Sequence[tuple[int, Mapping[str, object]]]
) -> list[Problem]:
    if not layout.unique:
        return []
    shown = " + ".join(c.headings[0] for c in layout.columns if c.field in layout.unique)
    first: dict[tuple[object, ...], int] = {}
    problems = []
    for number, values in lines:
        key = tuple(values[field] for field in layout.unique)
        if key in first:
            facts = {
                "columns": shown,
                "row": first[key],
                "found": " + ".join(map(str, key)),
            }
            problems.append(Problem(place(grid, number), DUPLICATE, facts))
        first.setdefault(key, number)
    return problems
