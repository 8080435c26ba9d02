"""Looking at a list before it counts: which columns were understood, what each row becomes, what is wrong where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.lists.kinds import Given, Kind, ListKind, bring_in, kinds_of
from app.lists.untold import notices, unread
from kernel.db import Tx
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.identity.rules import Actor
from kernel.sheets.files import Grid, open_file
from kernel.sheets.headings import find_headings, place
from kernel.sheets.importing import Imported
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, Reading, read_grid


@dataclass(frozen=True)
class SeenColumn:
    """A column of the file and what it was taken for; `total` sums its money, in fen."""

    column: Column
    written: str
    is_money: bool
    total: int


@dataclass(frozen=True)
class Fault:
    """One fault of a row: the heading it stands under ("" for the row as a whole) and what was expected."""

    heading: str
    problem: Problem


@dataclass(frozen=True)
class SeenRow:
    """A row of the file: what its cells become (as they stand in the file where they could not be read), its faults;
    `known` says why a row that is in order books nothing.
    """

    number: int
    values: tuple[object, ...]
    is_read: bool
    faults: tuple[Fault, ...]
    known: Problem | None = None


@dataclass(frozen=True)
class SeenList:
    """One list of the file."""

    kind: ListKind
    sheet: str
    columns: tuple[SeenColumn, ...]
    missing: tuple[Column, ...]
    rows: tuple[SeenRow, ...]

    @property
    def faulty(self) -> int:
        """How many rows have faults."""
        return sum(bool(row.faults) for row in self.rows)


@dataclass(frozen=True)
class Look:
    """All that was seen in a file. `general` are faults of no single row; nothing was changed by looking."""

    file: str
    kinds: tuple[Kind, ...]
    lists: tuple[SeenList, ...]
    general: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    unread: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether the file can be imported as it stands."""
        return not self.general and not any(one.faulty for one in self.lists)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(len(one.rows) for one in self.lists)

    @property
    def faulty(self) -> int:
        """How many of them have faults."""
        return sum(one.faulty for one in self.lists)

    @property
    def known(self) -> int:
        """How many of them say nothing new."""
        return sum(row.known is not None for one in self.lists for row in one.rows)


def look(
    tx: Tx, actor: Actor, *, given: Given, named: str | None, fund_id: int | None, now: datetime
) -> Look:
    """See what a file would do, all the way through the importers, and undo it.

    Refused: a file that is no list, and whoever may not bring in what it holds.
    """
    grids = open_file(given.name, given.content)
    kinds = kinds_of(grids, named)
    done, refused = _tried(tx, actor, kinds=kinds, given=given, fund_id=fund_id, now=now)
    sheets = [(name, grid, read_grid(grid, layout), layout) for name, grid, layout in _sheets(grids, kinds)]
    found = [problem for _, _, reading, _ in sheets for problem in reading.problems]
    problems = {str(problem): problem for problem in (*found, *refused)}
    known = {problem.where: problem for one in done for problem in one.known}
    lists = tuple(_seen(*one, problems=tuple(problems.values()), known=known) for one in sheets)
    told = {str(fault.problem) for seen in lists for row in seen.rows for fault in row.faults}
    general = tuple(problem for words, problem in problems.items() if words not in told)
    return Look(given.name, kinds, lists, general, tuple(notices(done)), unread(grids, kinds, done))


def _tried(
    tx: Tx, actor: Actor, *, kinds: Sequence[Kind], given: Given, fund_id: int | None, now: datetime
) -> tuple[tuple[Imported, ...], Sequence[Problem]]:
    """What the importers would do, or why they refuse."""
    try:
        with tx.begin_nested():
            done = bring_in(tx, actor, kinds=kinds, given=given, fund_id=fund_id, now=now, dry_run=True)
    except (Conflict, Invalid, NotFound) as refusal:
        return (), refusal.problems or (Problem("", refusal.says, refusal.facts),)
    return done, ()


def _sheets(grids: Sequence[Grid], kinds: Sequence[Kind]) -> Iterator[tuple[ListKind, Grid, Layout[Any]]]:
    """Each list with the sheet that the importers would read it from."""
    for kind in kinds:
        yield kind.name, max(grids, key=kind.layout.fit), kind.layout
        for one in kind.beside:
            grid = max(grids, key=one.layout.fit)
            if one.layout.fit(grid):
                yield one.name, grid, one.layout


def _seen(
    name: ListKind,
    grid: Grid,
    reading: Reading[Any],
    layout: Layout[Any],
    *,
    problems: Sequence[Problem],
    known: Mapping[str, Problem],
) -> SeenList:
    row = find_headings(grid, layout.aliases)
    headings = {heading.field: heading for heading in row.headings} if row else {}
    read = {line.where: line.value for line in reading.lines}
    shown = [column for column in layout.columns if column.field in headings]
    places = [headings[column.field].place for column in shown]
    faults = _faults(grid, problems)
    rows = []
    for number, cells in grid.numbered():
        here = place(grid, number)
        if row is None or number <= row.number or (here not in read and number not in faults):
            continue
        raw = tuple(cells[at].shown if at < len(cells) else "" for at in places)
        values = tuple(getattr(read[here], column.field) for column in shown) if here in read else raw
        wrong = tuple(faults.get(number, ()))
        rows.append(SeenRow(number, values, here in read, wrong, known.get(here)))
    columns = tuple(
        _column(column, headings[column.field].written, [line.value for line in reading.lines])
        for column in shown
    )
    missing = tuple(column for column in layout.columns if column.field not in headings)
    return SeenList(name, grid.sheet, columns, missing, tuple(rows))


def _column(column: Column, written: str, values: Sequence[object]) -> SeenColumn:
    is_money = isinstance(column.reader, Amount)
    total = sum(getattr(value, column.field) or 0 for value in values) if is_money else 0
    return SeenColumn(column, written, is_money, total)


def _faults(grid: Grid, problems: Sequence[Problem]) -> dict[int, list[Fault]]:
    """The problems of this sheet's rows and cells, by the number of the row."""
    found: dict[int, list[Fault]] = {}
    prefix = f"{place(grid, 0)}, row "
    for problem in problems:
        number, _, heading = problem.where.removeprefix(prefix).partition(", ")
        if problem.where.startswith(prefix) and number.isdigit():
            found.setdefault(int(number), []).append(Fault(heading, problem))
    return found
