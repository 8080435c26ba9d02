"""Booking the rows of a sheet one by one through a room's action: all of them, or none."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from kernel.db import Tx
from kernel.errors import Conflict, Problem, Refusal
from kernel.sheets.reading import Layout, Line, Reading, SheetRefused

T = TypeVar("T")

KNOWN = "{name} is known already; the row changes nothing"
PASSED_OVER = "{name} was taken back where the list comes from; the row books nothing"
DIFFERS = "{name} is recorded already with {recorded}; an import changes nothing that is recorded"


class RowDiffers(Conflict):
    """A row that names what is recorded already and says something else of it."""

    code = "row_differs"
    says = "{name} is recorded already and says something else."


@dataclass(frozen=True)
class Known:
    """What an act answers for a row that says nothing new: it was left alone, and is told so by its row."""

    name: str
    says: str = KNOWN


def known_as_said(layout: Layout[Any], *, name: str, pairs: Mapping[str, tuple[object, object]]) -> Known:
    """That a row is known. `pairs` holds by field what the row says and what is recorded; None and "" say nothing.

    Refused: RowDiffers, which names the heading of each field that says something else.
    """
    headings = {column.field: column.headings[0] for column in layout.columns}
    problems = [
        Problem(headings[field], DIFFERS, {"name": name, "recorded": recorded})
        for field, (said, recorded) in pairs.items()
        if said not in (None, "") and said != recorded
    ]
    if problems:
        raise RowDiffers(problems=problems, name=name)
    return Known(name)


@dataclass(frozen=True)
class Imported:
    """What an import did (or, as a dry run, would do).

    `rows` were read and booked, but for those that said nothing new, which `known` names one by one; `notices` tell of
    columns that were not read; `told` is what whoever imports is told this once (a one-time password), and nothing of
    it after a dry run.
    """

    file: str
    sheet: str
    what: str
    rows: int
    dry_run: bool
    notices: tuple[Problem, ...] = ()
    told: tuple[Problem, ...] = ()
    known: tuple[Problem, ...] = ()

    def tried(self, dry_run: bool) -> "Imported":
        """The same, said to be a dry run or not."""
        return replace(self, dry_run=dry_run, told=() if dry_run else self.told)


def book(
    tx: Tx,
    reading: Reading[T],
    act: Callable[[T], object],
    *,
    what: str,
    dry_run: bool = False,
) -> Imported:
    """Call `act` for every line; a line that is refused is told by its row, and the others are still tried. An act that
    answers `Known` has left its line alone.

    Each line runs in its own savepoint, so that one refused line cannot mislead the next. Any refusal refuses
    the whole file; a dry run undoes everything at its end.
    """
    lines = reading.required()
    with tx.begin_nested() as whole:
        known: list[Problem] = []
        problems = [problem for line in lines for problem in _tried(tx, line, act, known)]
        if problems:
            raise SheetRefused(file=reading.file, count=len(problems), problems=problems)
        if dry_run:
            whole.rollback()
    return Imported(
        reading.file, reading.sheet, what, len(lines), dry_run, reading.notices, known=tuple(known)
    )


def together(tx: Tx, *books: Callable[[], Imported], dry_run: bool) -> tuple[Imported, ...]:
    """Book several sheets, each after those before it: all of them or none. Sheets without a row are not told."""
    with tx.begin_nested() as whole:
        done = [book_one() for book_one in books]
        if dry_run:
            whole.rollback()
    return tuple(one.tried(dry_run) for one in done if one.rows)


def belonging(
    parts: Reading[T], owners: Collection[str], *, owner: Callable[[T], str], name: str, says: str
) -> dict[str, list[T]]:
    """The rows of a sheet by the code of their owner on another one, which `owner` reads off a row.

    Rows whose owner is not among `owners` are refused together, each told by its row with `says`, in which the
    owner's code stands as `name`.
    """
    found: dict[str, list[T]] = {}
    problems = []
    for line in parts.required():
        code = owner(line.value)
        if code not in owners:
            problems.append(Problem(line.where, says, {name: code}))
        found.setdefault(code, []).append(line.value)
    if problems:
        raise SheetRefused(file=parts.file, count=len(problems), problems=problems)
    return found


def _tried(tx: Tx, line: Line[T], act: Callable[[T], object], known: list[Problem]) -> Sequence[Problem]:
    try:
        with tx.begin_nested():
            answer = act(line.value)
            tx.flush()
    except Refusal as refusal:
        return _told(line, refusal)
    if isinstance(answer, Known):
        known.append(Problem(line.where, answer.says, {"name": answer.name}))
    return ()


def _told(line: Line[T], refusal: Refusal) -> Sequence[Problem]:
    if not refusal.problems:
        return (Problem(line.where, refusal.says, refusal.facts),)
    return tuple(
        Problem(f"{line.where}, {p.where}" if p.where else line.where, p.says, p.facts)
        for p in refusal.problems
    )
