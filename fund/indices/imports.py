"""Reading the levels of market indices from a sheet; one row, one error message, all rows or none.

A sheet may hold several indices. The name is needed in the first row of an index that is new; the other rows may
leave it empty. Levels that are on record as they are cost nothing, so a longer list is simply brought in again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from fund.indices.actions import add_levels
from fund.indices.queries import indices, levels
from fund.indices.rules import Level, fault
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.sheets.cells import Cell
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import number_in
from kernel.sheets.reading import Column, Layout, Line, SheetRefused, read_file
from kernel.sheets.words import Code, Text, YesNo


@dataclass(frozen=True)
class Points:
    """An index level: a number with any decimals."""

    def read(self, cell: Cell) -> Fraction:
        """The number, exactly as it is written."""
        return Fraction(number_in(cell))


@dataclass(frozen=True)
class LevelRow:
    """The level of an index on a day."""

    index: str
    name: str
    name_en: str
    on: date
    level: Fraction
    source: str
    is_invented: bool
    corrects: bool

    @property
    def said(self) -> Level:
        """The level itself."""
        return Level(self.on, self.level, self.corrects)


LEVELS = Layout(
    "index levels",
    LevelRow,
    (
        Column("index", Code(), ("指数代码", "Index")),
        Column("name", Text(), ("指数名称", "Index name"), False, ""),
        Column("name_en", Text(), ("指数英文名称", "Index name in English"), False, ""),
        Column("on", Day(), ("点位日期", "Level on")),
        Column("level", Points(), ("收盘点位", "Level")),
        Column("source", Text(), ("数据来源", "Source"), False, ""),
        Column("is_invented", YesNo(), ("虚构", "Invented"), False, False),
        Column("corrects", YesNo(), ("更正", "Correction"), False, False),
    ),
    unique=("index", "on"),
)


def import_levels(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Put every level of a sheet on record. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, LEVELS)
    lines = reading.required()
    known = {one.code: levels(tx, index_id=one.id) for one in indices(tx, fund_id=fund_id)}
    problems = [problem for line in lines for problem in _problems(line, known, day_in_beijing(now))]
    if problems:
        raise SheetRefused(file=reading.file, count=len(problems), problems=problems)
    by_index: dict[str, list[Line[LevelRow]]] = {}
    for line in lines:
        by_index.setdefault(line.value.index, []).append(line)

    def act(first: LevelRow) -> None:
        add_rows(tx, actor, rows=[line.value for line in by_index[first.index]], fund_id=fund_id, now=now)

    firsts = replace(reading, lines=tuple(own[0] for own in by_index.values()))
    done = book(tx, firsts, act, what="index levels", dry_run=dry_run)
    return (replace(done, rows=len(lines)),)


def _problems(line: Line[LevelRow], known: dict[str, dict[date, Fraction]], today: date) -> Sequence[Problem]:
    refusal = fault(line.value.said, known=known.get(line.value.index, {}), today=today)
    return () if refusal is None else (Problem(line.where, refusal.says, refusal.facts),)


def add_rows(tx: Tx, actor: Actor, *, rows: Sequence[LevelRow], fund_id: int, now: datetime) -> None:
    """Put the levels of one index on record; its name and source are read off the first row."""
    first = rows[0]
    add_levels(
        tx,
        actor,
        fund_id=fund_id,
        code=first.index,
        name=first.name,
        name_en=first.name_en,
        source=first.source,
        is_invented=first.is_invented,
        levels=[row.said for row in rows],
        now=now,
    )
