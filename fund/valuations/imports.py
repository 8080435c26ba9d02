"""Reading a quarter's marks from a sheet; one row, one error message, all rows or none.

A row says the value at the end of a day, the technique, why it moved, and the inputs with their sources. A row that
says how techniques weigh, or anything else that only a valuation file holds, hands the file in with its mark. All
marks come in as drafts: whoever imports them prepares them, somebody else approves. A row marked as a correction
replaces the last mark of its day; a row that says what stands already, as a list that was taken out does, changes
nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import HoldingSheet, MarkSheet, holding_by_code, marks
from fund.valuations.actions import prepare, prepare_quick
from fund.valuations.file import File
from fund.valuations.layouts import INSTRUMENT_HEADINGS, MARKS, WORKING_HEADINGS, MarkRow
from fund.valuations.queries import FileSheet, files_of
from fund.valuations.rights import as_issued
from fund.valuations.rows import causes_of, file_of_row, plain_of, reason_of, row_of
from fund.valuations.rules import MarkDiffers
from fund.valuations.working_rules import check_has_working
from kernel.db import Tx
from kernel.errors import Conflict, Invalid, Problem
from kernel.identity.rules import Actor
from kernel.sheets.importing import Imported, Known, book
from kernel.sheets.reading import read_file


class NothingToCorrect(Conflict):
    code = "nothing_to_correct"
    says = "{holding} has no mark of {marked_on} that could be corrected."


class InstrumentUnclear(Invalid):
    code = "mark_instrument_unclear"
    says = "The row does not say which instrument of {holding} it values."


class Settle(Protocol):
    """Completes a file from what the caller knows of the company."""

    def __call__(self, tx: Tx, *, sheet: HoldingSheet, on: date, file: File) -> File: ...


def import_marks(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    settle: Settle | None = None,
    now: datetime,
) -> tuple[Imported, ...]:
    """Prepare every mark of a sheet as a draft. `settle` completes the file of each from what the caller knows of the
    company. Refused: see SheetRefused, each fault with its row.
    """
    reading = read_file(filename, content, MARKS)

    def act(row: MarkRow) -> Known | None:
        return add_mark(tx, actor, row=row, fund_id=fund_id, settle=settle, now=now)

    return (book(tx, reading, act, what="marks", dry_run=dry_run),)


def add_mark(
    tx: Tx, actor: Actor, *, row: MarkRow, fund_id: int, settle: Settle | None = None, now: datetime
) -> Known | None:
    """Prepare one mark, with its file where the row says more than a quick mark does; what stands already in the very
    words of the row is left alone.
    """
    found = holding_by_code(tx, fund_id=fund_id, code=row.holding, as_of=row.marked_on)
    instrument = _instrument(found, row)
    of_day = [
        one
        for one in marks(tx, holding_id=found.id)
        if (one.marked_on, one.instrument) == (row.marked_on, instrument)
    ]
    if _stands(tx, row, of_day, found):
        return Known(f"{found.code} {instrument} {row.marked_on}")
    facts: dict[str, Any] = {
        "holding_id": found.id,
        "marked_on": row.marked_on,
        "value": row.value,
        "instrument": instrument,
        "calibration": row.calibration,
        "reason": reason_of(row),
        "causes": causes_of(row),
        "ownership": row.ownership,
        "is_permanent_loss": row.is_permanent_loss,
        "supersedes_id": _corrected(row, of_day),
        "now": now,
    }
    if not row.has_file:
        check_has_working(row.technique, where=WORKING_HEADINGS[0])
        inputs = [plain_of(one) for one in row.inputs]
        milestones = [plain_of(one) for one in row.milestones]
        prepare_quick(tx, actor, technique=row.technique, inputs=inputs, milestones=milestones, **facts)
        return None
    if not row.working:
        for one in row.techniques:
            check_has_working(one["technique"], where=WORKING_HEADINGS[0])
    file = file_of_row(row)
    if settle is not None:
        file = settle(tx, sheet=found, on=row.marked_on, file=file)
    if file.techniques and file.leading is not row.technique:
        raise MarkDiffers(what="technique")
    prepare(tx, actor, file=file, **facts)
    return None


def _instrument(sheet: HoldingSheet, row: MarkRow) -> str | None:
    """The instrument that a row values: the one named, in any case, or the only one. Refused, naming those to choose
    from: none named where there are several, and one that the holding does not have.
    """
    held = {one.code.upper(): one.code for one in sheet.instruments}
    if row.instrument in held:
        return held[row.instrument]
    if not row.instrument and len(held) <= 1:
        return next(iter(held.values()), None)
    facts = {"found": row.instrument, "holding": sheet.code, "known": ", ".join(held.values()) or "-"}
    where = INSTRUMENT_HEADINGS[0]
    none = Problem(where, "the cell is empty; {holding} has several, expected one of: {known}", facts)
    other = Problem(where, "“{found}” is no instrument of {holding}; expected one of: {known}", facts)
    raise InstrumentUnclear(holding=sheet.code, problems=[other if row.instrument else none])


def _stands(tx: Tx, row: MarkRow, of_day: Sequence[MarkSheet], sheet: HoldingSheet) -> bool:
    """Whether the mark that stands for the day says what the row says; without a split the row takes that of it."""
    last = max(of_day, key=lambda one: one.id, default=None)
    if row.corrects or last is None or last.state is MarkState.REJECTED:
        return False
    kept = files_of(tx, mark_ids=[last.id]).get(last.id)
    said = standing_row(tx, known=last, kept=kept, code=sheet.code, party_id=sheet.party_id)
    causes = row if row.company is not None else said
    told = replace(
        row,
        instrument=said.instrument,
        holding=said.holding,
        reason=reason_of(row),
        reason_en="",
        company=causes.company,
        market=causes.market,
        rights=causes.rights,
        currency=causes.currency,
    )
    return told == said


def standing_row(tx: Tx, *, known: MarkSheet, kept: FileSheet | None, code: str, party_id: int) -> MarkRow:
    """A mark with its file in the words of the list in which marks are brought in. A working whose classes were typed
    into the file is not in it: such a row is refused when it is brought in elsewhere.
    """
    file = kept.file if kept else None
    rights = as_issued(tx, file=file, party_id=party_id) if file else None
    return row_of(known, code=code, file=file, rights=rights)


def _corrected(row: MarkRow, of_day: Sequence[MarkSheet]) -> int | None:
    """The last mark of the day, if the row says that it corrects it."""
    if not row.corrects:
        return None
    if not of_day:
        raise NothingToCorrect(holding=row.holding, marked_on=row.marked_on)
    return max(one.id for one in of_day)
