"""Reading a bank's statement from CSV or XLSX: every fault by its row and column, all lines or none."""

import hashlib
from datetime import datetime

from fund.bank.layouts import STATEMENT, is_of_costs, lacking
from fund.bank.rules import MAIN_ACCOUNT, StatementOutOfTime
from fund.bank.sheets import StatementSheet
from fund.bank.statement_rules import ReadLine, lines_of
from fund.bank.statements import take_statement
from fund.charter.queries import fund
from kernel.db import Tx
from kernel.errors import Conflict, Forbidden, NotFound, Problem
from kernel.identity.rules import Actor
from kernel.sheets.files import open_file
from kernel.sheets.headings import COLUMN_MISSING, find_headings, place
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused, read_grid


def _n(says: str) -> str:
    return says


OF_COSTS = _n(
    "these are costs by category and no bank statement: no column says what is left or whether money came in"
)
KNOWN = _n("{count} of its lines were known from an earlier file and left alone")


def import_statement(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    account: str = MAIN_ACCOUNT,
    is_new_account: bool = False,
    now: datetime,
) -> StatementSheet:
    """Take the lines of a statement in; nothing is booked by that. The file itself is not kept, only its hash."""
    currency = fund(tx, fund_id=fund_id).currency
    lines, _, _ = read_statement(filename, content, currency=currency)
    return take_statement(
        tx,
        actor,
        fund_id=fund_id,
        account=account,
        filename=filename,
        sha256=hashlib.sha256(content).hexdigest(),
        lines=lines,
        is_new_account=is_new_account,
        now=now,
    )


def import_lines(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """The same for the importer of lists, into the fund's main account; a refusal is told as a fault of the file."""
    try:
        with tx.begin_nested() as whole:
            currency = fund(tx, fund_id=fund_id).currency
            _, sheet, notices = read_statement(filename, content, currency=currency)
            taken = import_statement(tx, actor, fund_id=fund_id, filename=filename, content=content, now=now)
            if dry_run:
                whole.rollback()
    except (Conflict, Forbidden, NotFound, StatementOutOfTime) as refusal:
        fault = Problem("", refusal.says, refusal.facts)
        raise SheetRefused(file=filename, count=1, problems=[fault]) from refusal
    told = (Problem("", KNOWN, {"count": taken.known}),) if taken.known else ()
    return (Imported(filename, sheet, "bank lines", taken.lines, dry_run, (*notices, *told)),)


def read_statement(
    filename: str, content: bytes, *, currency: str
) -> tuple[list[ReadLine], str, tuple[Problem, ...]]:
    """The lines of a file in the order in which the money moved, the sheet, and what was not read.

    Refused: SheetRefused with every fault at once (a missing column, a day or an amount that cannot be read, another
    currency than `currency`, a line that stands there twice, and where all could be read a balance that does not
    follow).
    """
    grid = max(open_file(filename, content), key=STATEMENT.fit)
    reading, found = read_grid(grid, STATEMENT), find_headings(grid, STATEMENT.aliases)
    problems = list(reading.problems)
    written = {one.field: one.written for one in found.headings} if found else {}
    missing: list[str] = []
    if found is not None:
        words = {column.field: column.headings for column in STATEMENT.columns}
        missing = list(lacking(set(written)))
        problems += [
            Problem(
                place(grid, found.number),
                COLUMN_MISSING,
                {"heading": words[name][0], "aliases": ", ".join(words[name][1:])},
            )
            for name in missing
        ]
        problems += [Problem(place(grid, found.number), OF_COSTS)] if is_of_costs(grid, found) else []
    rows = [(line.where, line.value) for line in reading.lines]
    # Without a column that all rows need, each of them would only say again that it is missing.
    lines, wrong = lines_of(
        [] if missing else rows, headings=written, currency=currency, is_whole=not problems
    )
    if problems or wrong:
        problems += wrong
        raise SheetRefused(file=filename, count=len(problems), problems=problems)
    return lines, grid.sheet, reading.notices
