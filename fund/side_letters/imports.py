"""Reading side letters from a sheet: rows of one partner and one day are one letter, each with a right and a clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.charter.layouts import DIMENSIONS
from fund.charter.rules import Dimension, Language
from fund.partners.queries import partner_by_code
from fund.side_letters.actions import write_letter
from fund.side_letters.rules import Clause, Excuse, LetterTerms
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Share
from kernel.sheets.reading import Column, Layout, Reading, read_file
from kernel.sheets.words import Choice, Text, YesNo

LANGUAGES = {"中文": Language.ZH, "英文": Language.EN, "双语": Language.BOTH}
# What holds for the whole letter; every row of it says the same.
WHOLE = ("fee_rate", "basis_discount", "has_mfn", "language", "document", "note")


class LetterRowsDiffer(Conflict):
    code = "side_letter_rows_differ"
    says = (
        "The rows of one letter say the same of its fee, rights of the most favoured, language and paper; "
        "those of {partner} from {effective_on} differ."
    )


class ExcuseHalfSaid(Conflict):
    code = "side_letter_excuse_half_said"
    says = "A right to be excused of {partner} needs both its dimension and its object."


@dataclass(frozen=True)
class LetterRow:
    """One row: the letter, and one right to be excused and one clause of it where they are said."""

    partner: str
    effective_on: date
    fee_rate: Fraction | None
    basis_discount: Fraction
    has_mfn: bool
    language: Language | None
    dimension: Dimension | None
    key: str
    heading_zh: str
    heading_en: str
    text_zh: str
    text_en: str
    document: str
    note: str


LETTERS = Layout(
    "side letters",
    LetterRow,
    (
        Column("partner", Text(), ("补充协议合伙人", "Partner of the letter")),
        Column("effective_on", Day(), ("协议生效日", "Letter in force from")),
        Column("fee_rate", Share(), ("协议管理费率", "Own fee rate"), False),
        Column("basis_discount", Share(), ("费基折扣", "Basis discount"), False, Fraction(0)),
        Column("has_mfn", YesNo(), ("最惠国待遇", "最惠待遇", "Most favoured"), False, False),
        Column("language", Choice(Language, LANGUAGES), ("报告语言", "Reports in"), False),
        Column("dimension", Choice(Dimension, DIMENSIONS), ("豁免维度", "Excused by"), False),
        Column("key", Text(), ("豁免对象", "Excused from"), False, ""),
        Column("heading_zh", Text(), ("条款标题", "Clause heading in Chinese"), False, ""),
        Column("heading_en", Text(), ("条款英文标题", "Clause heading in English"), False, ""),
        Column("text_zh", Text(), ("条款内容", "Clause in Chinese"), False, ""),
        Column("text_en", Text(), ("条款英文内容", "Clause in English"), False, ""),
        Column("document", Text(), ("签署文件", "Signed paper"), False, ""),
        Column("note", Text(), ("签订事由", "Why it was agreed")),
    ),
)


@dataclass(frozen=True)
class LetterRows:
    """The rows of one letter."""

    rows: tuple[LetterRow, ...]


def import_letters(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Write every letter of a sheet as its partner's next version, in the order of their days.

    Refused: rows of one letter that differ, half a right, and what `write_letter` refuses.
    """
    reading = together(read_file(filename, content, LETTERS))

    def act(letter: LetterRows) -> None:
        first = letter.rows[0]
        write_letter(
            tx,
            actor,
            partner_id=partner_by_code(tx, fund_id=fund_id, code=first.partner, actor=actor).id,
            terms=terms_of(letter.rows),
            effective_on=first.effective_on,
            document=first.document,
            note=first.note,
            now=now,
        )

    return (book(tx, reading, act, what="side letters", dry_run=dry_run),)


def terms_of(rows: Sequence[LetterRow]) -> LetterTerms:
    """What the rows of one letter promise together. Refused: rows that differ, half a right."""
    first = rows[0]
    for row in rows:
        if any(getattr(row, name) != getattr(first, name) for name in WHOLE):
            raise LetterRowsDiffer(partner=first.partner, effective_on=first.effective_on)
        if (row.dimension is None) != (not row.key):
            raise ExcuseHalfSaid(partner=first.partner)
    return LetterTerms(
        first.fee_rate,
        first.basis_discount,
        first.has_mfn,
        first.language,
        tuple(Excuse(row.dimension, row.key) for row in rows if row.dimension is not None),
        tuple(clause for row in rows if (clause := _clause(row)) != Clause("", "", "", "")),
    )


def _clause(row: LetterRow) -> Clause:
    return Clause(row.heading_zh, row.heading_en, row.text_zh, row.text_en)


def together(reading: Reading[LetterRow]) -> Reading[LetterRows]:
    """The rows of each letter as one line, where its first row stands; letters in the order of their days."""
    in_order = reading.by_day(lambda row: row.effective_on)
    return in_order.gathered(lambda row: (row.partner.upper(), row.effective_on), LetterRows)
