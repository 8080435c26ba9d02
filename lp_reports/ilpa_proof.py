"""That the ILPA rows of frozen figures are those of the books as they were known when the figures were frozen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fund.partners.queries import partners
from fund.results.ilpa_form import VERSION, form
from fund.results.ilpa_template import Books, Columns, Note, general_columns, notes, read
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Periods
from lp_reports.ilpa_facts import Ilpa, IlpaNote, IlpaRow
from lp_reports.rules import SOMEBODY


@dataclass(frozen=True)
class IlpaBooks:
    """What the template of any partner is held against: read once for a quarter as known at an instant."""

    books: Books
    fund: Columns
    general: Columns
    notes: tuple[Note, ...]


def ilpa_books(tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime) -> IlpaBooks:
    """The fund's and the general partner's columns, the notes, and where each partner's columns come from."""
    books = read(tx, fund_id=fund_id, quarter=quarter, known_at=known_at)
    found = partners(tx, fund_id=fund_id, as_of=quarter.ends_on)
    general_id = next((one.id for one in found if one.is_general), None)
    return IlpaBooks(books, books.columns(None), general_columns(books, general_id), notes(tx, books=books))


def ilpa_faults(told: Ilpa, known: IlpaBooks, *, partner_id: int) -> Iterator[str]:
    """Every figure of a frozen template that is not what the books say; there has been one version of it."""
    if told.version != VERSION:
        yield f"its ILPA template is of a version that there never was: {told.version}"
        return
    rows = [(row.number, row.label, row.formula) for row in told.rows]
    if rows != [(row.number, row.label, row.formula) for row in form()]:
        yield "its ILPA rows are not those of the template"
        return
    columns = {"yours": known.books.columns(partner_id), "fund": known.fund, "general": known.general}
    for row in told.rows:
        for whose, of in columns.items():
            yield from _differing(row, whose, getattr(row, whose), of)
    if _amounts(told.notes) != _amounts(known.notes) or not _same_words(told.notes, known.notes):
        yield "its ILPA notes are not what the books say"


def _differing(row: IlpaRow, whose: str, amounts: Periods | None, columns: Columns) -> Iterator[str]:
    for period, column in columns.items():
        one = getattr(amounts, period, None)
        other = None if row.formula == "heading" else column[row.number]
        if one != other:
            yield (
                f"its ILPA row {row.number}, {whose} {period}, is {one} and not {other}, as the books say (minor units)"
            )


def _amounts(found: Sequence[Note] | Sequence[IlpaNote]) -> list[tuple[object, ...]]:
    """What notes say in numbers."""
    return [
        (one.row, one.period, one.amount, one.expenses, *(cause.amount for cause in one.causes))
        for one in found
    ]


def _same_words(told: Sequence[IlpaNote], known: Sequence[Note]) -> bool:
    """Whether notes of the same numbers say the same, but for names of partners that were left out."""
    pairs = zip(told, known, strict=True)
    causes = [both for one, other in pairs for both in zip(one.causes, other.causes, strict=True)]
    return all(one.says == other.says or SOMEBODY in one.says for one, other in causes)
