"""Every mark of a fund as a workbook: marks with their bridges and people, and the lines of their files."""

from collections.abc import Iterator
from datetime import date

from app.lists.mark_rows import row_sheet
from app.lists.tables import Named, Reader
from fund.holdings.queries import MarkSheet, holding_labels, marks
from fund.valuations.queries import FileSheet, files_of
from kernel.sheets.writing import Look, Sheet, Value

MONEY, DAY, INSTANT, SHARE = Look.MONEY, Look.DAY, Look.INSTANT, Look.SHARE


def _n(says: str) -> str:
    return says


def mark_book(reader: Reader, *, on: date) -> bytes:
    """The marks of days up to `on` that the reader may see, and what their files say of techniques, inputs and
    milestones; those that stand once more in the columns in which a list of marks is brought in.
    """
    labels = holding_labels(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
    found = [
        (*names, one)
        for key, names in labels.items()
        for one in reversed(marks(reader.tx, holding_id=key, actor=reader.actor))
        if one.marked_on <= on
    ]
    files = files_of(reader.tx, mark_ids=[one.id for _, _, one in found], actor=reader.actor)
    rows = [_mark(reader, code, name, one, files.get(one.id)) for code, name, one in found]
    lines = [
        line for code, _, one in found if one.id in files for line in _lines(reader, code, files[one.id])
    ]
    again = row_sheet(reader, [(code, one, files.get(one.id)) for code, _, one in found], on)
    return reader.book(_marks(reader, rows, on), _files(reader, lines, on), again)


def _marks(reader: Reader, rows: list[tuple[Value, ...]], on: date) -> Sheet:
    heads: list[Named] = [
        *((_n("Marked on"), DAY), _n("Holding"), _n("Company"), _n("Instrument"), (_n("Fair value"), MONEY)),
        *(_n("Technique"), (_n("Opening"), MONEY), (_n("Bought at cost"), MONEY)),
        *((_n("Sold at value"), MONEY), (_n("The company"), MONEY), (_n("The market"), MONEY)),
        *((_n("Rights"), MONEY), (_n("The currency"), MONEY), _n("Reason"), _n("State")),
        *(_n("Prepared by"), _n("Approved by"), (_n("Approved at"), INSTANT), _n("Minute")),
        *((_n("By the techniques"), MONEY), _n("Fingerprint of the file")),
    ]
    return reader.sheet(_n("Marks"), heads, rows, on.isoformat())


def _mark(reader: Reader, code: str, name: str, one: MarkSheet, file: FileSheet | None) -> tuple[Value, ...]:
    way = one.bridge
    return (
        *(one.marked_on, code, name, one.instrument, one.value, reader.label(one.technique), way.opening),
        *(way.bought, way.sold, way.causes.company, way.causes.market, way.causes.rights),
        *(way.causes.currency, one.reason, reader.label(one.state), one.prepared_by, one.approved_by),
        *(one.approved_at, one.minute, file.weighted if file else None, file.sha256 if file else None),
    )


def _files(reader: Reader, rows: list[tuple[Value, ...]], on: date) -> Sheet:
    heads: list[Named] = [
        *((_n("Marked on"), DAY), _n("Holding"), _n("Kind"), _n("Name"), _n("Figure")),
        *((_n("Weight"), SHARE), (_n("Amount"), MONEY), (_n("Day"), DAY), _n("Why, source or evidence")),
    ]
    return reader.sheet(_n("Valuation files"), heads, rows, on.isoformat())


def _lines(reader: Reader, code: str, file: FileSheet) -> Iterator[tuple[Value, ...]]:
    """A file's techniques, inputs, milestones and scenarios, a row each."""
    head, said = (file.effective_on, code), file.file
    for used in said.techniques:
        gives = used.value if used.value is not None or file.found is None else file.found.held
        kind = reader.say(_n("Technique"))
        yield *head, kind, reader.label(used.technique), None, used.weight, gives, None, used.why
    for given in said.inputs:
        yield *head, reader.say(_n("Input")), given.name, given.value, None, None, given.on, given.source
    for planned in said.milestones:
        met = planned.met_on.isoformat() if planned.met_on else None
        kind = reader.say(_n("Milestone"))
        yield *head, kind, planned.what, met, None, None, planned.due_on, planned.evidence
    for future in said.scenarios:
        kind = reader.say(_n("Scenario"))
        yield *head, kind, future.name, None, future.probability, future.proceeds, None, None
