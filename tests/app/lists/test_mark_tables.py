"""Marks as a workbook: what goes out in the columns of the list comes in elsewhere and says the same."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO

from openpyxl import load_workbook

from app.languages import Language
from app.lists.mark_tables import mark_book
from app.lists.tables import Reader
from fund.charter.queries import fund
from fund.holdings.mark_rules import Technique
from fund.holdings.queries import marks
from fund.holdings.rules import InstrumentKind
from fund.valuations.actions import prepare
from fund.valuations.class_values import found
from fund.valuations.file import RightsMethod, Synergy, Weighed
from fund.valuations.imports import import_marks
from fund.valuations.queries import file_of
from fund.valuations.rights import keep_rights, with_classes
from fund.valuations.rules import weighted
from kernel.db import Tx
from tests.builders.holdings import a_draft, bought, committed, held, the_analyst
from tests.builders.valuations import MILLION, OPTION, SCENARIOS, a_file
from tests.fund.valuations.test_right_rules import COMMON, B

ON = date(2025, 3, 31)


def test_what_goes_out_comes_in_and_says_the_same(tx: Tx, now: datetime) -> None:
    """Shares with a file of two techniques, scenarios and class rights on record, and a convertible with a quick mark;
    brought in again it changes nothing, and where nothing stands it makes the same marks and files.
    """
    sheet = held(tx, committed(tx).fund_id)
    bought(tx, sheet.id, instrument="CB", kind=InstrumentKind.CONVERTIBLE, quantity=1)
    analyst = the_analyst(tx)
    classes = (COMMON, replace(B, name="B", conversion=Fraction(4, 3)))
    facts = {"effective_on": date(2024, 3, 1), "source": "章程", "now": now}
    keep_rights(tx, analyst, holding=sheet, classes=classes, **facts)
    technique = Weighed(Technique.SCENARIOS, Fraction(2, 3), None, "classes with unlike rights")
    beside = Weighed(Technique.MILESTONES, Fraction(1, 3), 2 * MILLION, "董事会纪要；样机|中试\n已达")
    file = a_file(
        techniques=(technique, beside),
        scenarios=SCENARIOS,
        rights=replace(OPTION, method=RightsMethod.PROBABILITY_WEIGHTED, classes=(), held="B"),
        readiness=6,
        readiness_source="review",
        synergy=Synergy(True, "what a steel maker gains"),
    )
    told = {"holding_id": sheet.id, "instrument": "EQ", "marked_on": ON, "ownership": Fraction(1, 3)}
    worked = with_classes(tx, file=file, holding=sheet, on=ON)
    value = weighted(file.techniques, by_rights=found(worked.rights, SCENARIOS).held)
    made = prepare(tx, analyst, value=value, file=file, reason="好 / good", now=now, **told)
    a_draft(tx, analyst, sheet.id, on=ON, value=21 * MILLION, instrument="CB", inputs=[], now=now)
    reader = Reader(tx, analyst, fund(tx, fund_id=sheet.fund_id), Language.EN, now)
    before = marks(tx, holding_id=sheet.id)
    taken = {"fund_id": sheet.fund_id, "filename": "m.xlsx", "now": now}
    (again,) = import_marks(tx, analyst, content=mark_book(reader, on=ON), **taken)
    assert [str(one) for one in again.known] == [
        f"m.xlsx, sheet Marks as a list to bring in, row {row}: H01 {code} 2025-03-31 is known already; the row changes"
        " nothing"
        for row, code in ((3, "EQ"), (4, "CB"))
    ]
    assert marks(tx, holding_id=sheet.id) == before
    import_marks(tx, analyst, content=_as_corrections(mark_book(reader, on=ON)), **taken)
    later = {one.instrument: one for one in reversed(marks(tx, holding_id=sheet.id))}
    for one in before:
        same = {"id": 0, "number": 0, "supersedes_id": None, "state": one.state}
        assert replace(later[one.instrument], **same) == replace(one, **same)
    assert later["EQ"].id != made.mark_id
    kept = file_of(tx, mark_id=later["EQ"].id)
    assert (kept.file, kept.found) == (made.file, made.found)


def _as_corrections(content: bytes) -> bytes:
    """The list with every row said to correct what stands."""
    workbook = load_workbook(BytesIO(content))
    page = workbook.worksheets[2]
    heads = {cell.value: cell.column for cell in page[2]}
    for row in range(3, page.max_row + 1):
        page.cell(row, heads["Correction"], "是")
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()
