"""Finding the heading row under titles and merged group heads, and the unit each heading states."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kernel.errors import Problem, Quoted
from kernel.sheets.cells import Cell, narrow, tidy
from kernel.sheets.files import Grid, one_line
from kernel.sheets.numbers import scale_of, unit_in

# The heading row is looked for among a sheet's first lines only.
SEARCHED_ROWS = 30

NO_HEADINGS = "no heading row was found in the first {rows} rows; expected headings such as: {headings}"
COLUMN_MISSING = "there is no column “{heading}” (also read as: {aliases})"
COLUMN_TWICE = "the headings “{first}” and “{second}” both mean {column}; keep one"
COLUMN_UNKNOWN = "this heading is not known here and its column was not read"
COLUMN_ALIKE = "this heading is not known here and its column was not read; did you mean “{alike}”?"

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_SHEET_UNIT = re.compile(r"(?:单位|unit)\s*:\s*(\S+)", re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9 .&'_-]*")


@dataclass(frozen=True)
class Heading:
    """Where a field is read: the column's place, its heading as written, its unit."""

    field: str
    place: int
    written: str
    unit: str


@dataclass(frozen=True)
class HeadingRow:
    """The heading row of a sheet: its number, what was found, what was not understood."""

    number: int
    headings: tuple[Heading, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]


def plain(heading: str) -> str:
    """A heading without case, spaces, brackets and marks, for comparing."""
    bare = _BRACKETS.sub("", narrow(heading))
    return re.sub(r"[\W_]", "", bare).casefold()


def readings(heading: str) -> set[str]:
    """The ways in which one heading cell may be meant: whole, or either language's half of it."""
    text = _BRACKETS.sub(" ", narrow(heading))
    halves = re.split(r"[/|\n]", text)
    latin = " ".join(_LATIN.findall(text))
    other = _LATIN.sub("", text)
    return {plain(part) for part in (heading, *halves, latin, other)} - {""}


def place(grid: Grid, row: int, heading: str = "") -> str:
    """How a place in a file is named to its owner."""
    parts = [
        grid.file,
        f"sheet {grid.sheet}" if grid.sheet else "",
        f"row {row}" if row else "",
        heading,
    ]
    return ", ".join(part for part in parts if part)


Aliases = Sequence[tuple[str, tuple[str, ...], bool]]
"""Per field: its name, its headings (the first is shown in complaints), whether the column must be there."""


def find_headings(grid: Grid, aliases: Aliases) -> HeadingRow | None:
    """The row that names most fields, or None when none names two (or the only one)."""
    best: tuple[int, dict[int, str]] = (0, {})
    known = _known(aliases)
    for number, cells in list(grid.numbered())[:SEARCHED_ROWS]:
        fields = _fields(cells, _above(grid, number), known)
        if len(set(fields.values())) > len(set(best[1].values())):
            best = (number, fields)
    number, fields = best
    return (
        _described(grid, number, fields, aliases)
        if len(set(fields.values())) >= min(2, len(aliases))
        else None
    )


def _above(grid: Grid, number: int) -> Sequence[Cell]:
    return grid.rows[number - 2] if number > 1 else ()


def _known(aliases: Aliases) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, words, _ in aliases:
        for word in words:
            known.setdefault(plain(word), name)
    return known


def _fields(cells: Sequence[Cell], above: Sequence[Cell], known: Mapping[str, str]) -> dict[int, str]:
    """Column place -> field. A group head above a cell (联系人 over 电话) is first read together with it."""
    fields: dict[int, str] = {}
    for index, cell in enumerate(cells):
        if cell.is_empty or (cell.merged and index and cells[index - 1].shown == cell.shown):
            continue
        group = above[index].shown if index < len(above) else ""
        grouped = plain(group + cell.shown)
        for reading in [grouped, *sorted(readings(cell.shown), key=len, reverse=True)]:
            if reading in known:
                fields[index] = known[reading]
                break
    return fields


def _described(grid: Grid, number: int, fields: dict[int, str], aliases: Aliases) -> HeadingRow:
    cells = grid.rows[number - 1]
    titles = " ".join(one_line(row) for row in grid.rows[: number - 1])
    stated = _SHEET_UNIT.search(narrow(titles))
    sheet_unit = unit_in(stated.group(1)) if stated else ""
    headings: dict[str, Heading] = {}
    problems = []
    for index, name in fields.items():
        written = tidy(cells[index].shown).replace("\n", " ")
        if name in headings:
            said = (headings[name].written, written, _shown(aliases, name))
            facts = dict(zip(("first", "second", "column"), map(Quoted, said), strict=True))
            problems.append(Problem(place(grid, number), COLUMN_TWICE, facts))
            continue
        headings[name] = Heading(name, index, written, _unit(written) or sheet_unit)
    problems += [
        Problem(
            place(grid, number),
            COLUMN_MISSING,
            {"heading": Quoted(words[0]), "aliases": Quoted(", ".join(words[1:]))},
        )
        for name, words, required in aliases
        if required and name not in headings
    ]
    return HeadingRow(
        number,
        tuple(headings.values()),
        tuple(problems),
        _unknown(grid, number, fields, aliases),
    )


def _shown(aliases: Aliases, name: str) -> str:
    """The heading by which complaints name a field."""
    return next(words[0] for field, words, _ in aliases if field == name)


def _unit(written: str) -> str:
    """The unit in a heading's brackets, or at its end: 金额（万元）, 金额/万元, 持股比例%."""
    narrowed = narrow(written)
    inside = " ".join(_BRACKETS.findall(narrowed))
    tail = re.split(r"[/,，:]", narrowed)[-1].strip()
    if unit_in(inside):
        return unit_in(inside)
    is_unit = bool(tail) and (scale_of(tail.lower()) > 1 or tail in ("元", "%"))
    return tail.lower() if is_unit else "%" if narrowed.endswith("%") else ""


def _unknown(grid: Grid, number: int, fields: dict[int, str], aliases: Aliases) -> tuple[Problem, ...]:
    every = [word for _, words, _ in aliases for word in words]
    notices = []
    for index, cell in enumerate(grid.rows[number - 1]):
        if cell.is_empty or cell.merged or index in fields:
            continue
        written = tidy(cell.shown).replace("\n", " ")
        alike = get_close_matches(written, every, n=1, cutoff=0.75)
        says = COLUMN_ALIKE if alike else COLUMN_UNKNOWN
        notices.append(
            Problem(place(grid, number, written), says, {"alike": Quoted(alike[0])} if alike else {})
        )
    return tuple(notices)
