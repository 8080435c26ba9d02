"""Side letters as a workbook: every version, in the columns in which letters are brought in."""

from collections.abc import Iterator

from app.lists.tables import Reader
from fund.charter.layouts import DIMENSIONS
from fund.partners.queries import partners
from fund.side_letters.imports import LANGUAGES, LETTERS
from fund.side_letters.queries import LetterSheet, letters
from fund.side_letters.rules import Clause
from kernel.sheets.writing import Look, Sheet, Value

DAY, SHARE = Look.DAY, Look.SHARE
LOOKS = {"effective_on": DAY, "fee_rate": SHARE, "basis_discount": SHARE}
YES, NO = "是", "否"


def _n(says: str) -> str:
    return says


def letter_book(reader: Reader) -> bytes:
    """The letters that the reader may see: all of them, or a partner's people their own; brought in again they are
    written anew.
    """
    tx, fund_id = reader.tx, reader.fund_id
    codes = {one.id: one.code for one in partners(tx, fund_id=fund_id, actor=reader.actor)}
    found = letters(tx, fund_id=fund_id, actor=reader.actor)
    rows = [row for one in found for row in _rows(codes[one.partner_id], one)]
    heads = reader.columns_of(LETTERS, LOOKS)
    return reader.book(Sheet(reader.say(_n("Side letters")), heads, rows, reader.caption()))


def _rows(code: str, one: LetterSheet) -> Iterator[tuple[Value, ...]]:
    """A letter as rows: each with a right and a clause of it, as long as there are any."""
    terms = one.terms
    words = {kind: word for word, kind in DIMENSIONS.items()}
    spoken = {kind: word for word, kind in LANGUAGES.items()}
    for place in range(max(len(terms.excuses), len(terms.clauses), 1)):
        excuse = terms.excuses[place] if place < len(terms.excuses) else None
        clause = terms.clauses[place] if place < len(terms.clauses) else Clause("", "", "", "")
        yield (
            code,
            one.effective_on,
            terms.fee_rate,
            terms.basis_discount,
            YES if terms.has_mfn else NO,
            spoken[terms.language] if terms.language else None,
            words[excuse.dimension] if excuse else None,
            excuse.key if excuse else None,
            clause.heading_zh or None,
            clause.heading_en or None,
            clause.text_zh or None,
            clause.text_en or None,
            one.document or None,
            one.note,
        )
