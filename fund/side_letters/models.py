"""Side letters, version by version, with their rights and clauses. A partner reads its own and nobody else's."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.charter.rules import Dimension, Language
from fund.side_letters.rules import Promise
from kernel import columns, walls
from kernel.columns import Row


class SideLetter(Row, table=True):
    """One version of what a partner was promised beside the charter, in force from `effective_on`.

    `elected` says that it took something over by the right of the most favoured; from whom is kept apart.
    """

    __tablename__ = "side_letter"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "version"),
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        columns.choices_check("language", Language),
        columns.choices_check("elected", Promise),
        sa.CheckConstraint("btrim(note) <> ''", name="has_note"),
    )

    fund_id: int = columns.ref("fund.id", index=True)
    partner_id: int = columns.number()
    version: int = columns.number()
    effective_on: date = columns.day()
    fee_rate: Fraction | None = columns.fraction(nullable=True)
    basis_discount: Fraction = columns.fraction()
    has_mfn: bool = columns.flag()
    language: Language | None = columns.choice(Language, nullable=True)
    elected: Promise | None = columns.choice(Promise, nullable=True)
    document: str = columns.text()
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class SideLetterWithdrawal(Row, table=True):
    """A version of a letter that was found wrong before it held, and never does."""

    __tablename__ = "side_letter_withdrawal"
    __table_args__ = (
        sa.UniqueConstraint("letter_id"),
        sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),
    )

    letter_id: int = columns.ref("side_letter.id")
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class SideLetterExcuse(Row, table=True):
    """A kind of deal from which the partner may be excused."""

    __tablename__ = "side_letter_excuse"
    __table_args__ = (
        sa.UniqueConstraint("letter_id", "dimension", "of_key"),
        columns.choices_check("dimension", Dimension),
    )

    letter_id: int = columns.ref("side_letter.id")
    dimension: Dimension = columns.choice(Dimension)
    of_key: str = columns.text()


class SideLetterClause(Row, table=True):
    """A clause in words."""

    __tablename__ = "side_letter_clause"
    __table_args__ = (sa.UniqueConstraint("letter_id", "position"),)

    letter_id: int = columns.ref("side_letter.id")
    position: int = columns.number()
    heading_zh: str = columns.text()
    heading_en: str = columns.text()
    text_zh: str = columns.text()
    text_en: str = columns.text()


class SideLetterElection(Row, table=True):
    """What a version took over from another partner's letter; only those who run or audit the fund may know."""

    __tablename__ = "side_letter_election"
    __table_args__ = (
        sa.UniqueConstraint("letter_id"),
        columns.choices_check("promise", Promise),
    )

    letter_id: int = columns.ref("side_letter.id")
    from_letter_id: int = columns.ref("side_letter.id")
    promise: Promise = columns.choice(Promise)
    of_key: str = columns.text()


class CallExcuse(Row, table=True):
    """Why a partner was excused from a call: by its letter, or for a reason of its own."""

    __tablename__ = "call_excuse"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "partner_id", "position"),
        sa.CheckConstraint("letter_id IS NOT NULL OR btrim(reason) <> ''", name="has_ground"),
    )

    call_id: int = columns.ref("capital_call.id")
    position: int = columns.number()
    partner_id: int = columns.ref("partner.id")
    letter_id: int | None = columns.ref("side_letter.id", nullable=True)
    reason: str = columns.text()


for _table in (
    "side_letter",
    "side_letter_withdrawal",
    "side_letter_excuse",
    "side_letter_clause",
    "side_letter_election",
    "call_excuse",
):
    walls.append_only(_table)
walls.readable("side_letter", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable(
    "side_letter_withdrawal",
    "EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_withdrawal.letter_id)",
)
walls.readable(
    "side_letter_excuse", "EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_excuse.letter_id)"
)
walls.readable(
    "side_letter_clause", "EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_clause.letter_id)"
)
# It names another partner's letter.
walls.readable("side_letter_election", "afund_reach() = 'all'")
walls.readable("call_excuse", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.agree("call_excuse", "fund_id", through=("call_id", "capital_call"), named=("partner_id", "partner"))
