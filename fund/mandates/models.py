"""Clauses of partners' mandates and their ends, what was reinvested for partners, and vetoes asked and answered.

A partner's people read their own and nobody else's; the committee reads what was said about a veto, which it must know.
"""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.charter.rules import Basis, Dimension
from fund.mandates.claim_rules import ClaimKind
from fund.mandates.rules import Bound, Consequence, Measure
from kernel import columns, walls
from kernel.columns import Row


class MandateClause(Row, table=True):
    """One clause of a partner's mandate, in force from `effective_on`; `number` counts per partner."""

    __tablename__ = "mandate_clause"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "number"),
        columns.choices_check("measure", Measure),
        columns.choices_check("bound", Bound),
        columns.choices_check("basis", Basis),
        columns.choices_check("dimension", Dimension),
        columns.choices_check("effect", Consequence),
    )

    fund_id: int = columns.ref("fund.id", index=True)
    partner_id: int = columns.ref("partner.id")
    number: int = columns.number()
    effective_on: date = columns.day()
    measure: Measure = columns.choice(Measure)
    bound: Bound = columns.choice(Bound)
    share: Fraction = columns.fraction()
    basis: Basis = columns.choice(Basis)
    dimension: Dimension | None = columns.choice(Dimension, nullable=True)
    of_key: str = columns.text()
    wording: str = columns.text()
    effect: Consequence = columns.choice(Consequence)
    competitor: bool = columns.flag()
    above: int | None = columns.minor(nullable=True)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class MandateEnd(Row, table=True):
    """The last day of a clause, and why it ends."""

    __tablename__ = "mandate_end"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    clause_id: int = columns.ref("mandate_clause.id", unique=True)
    ended_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ReinvestmentClaim(Row, table=True):
    """What a company that is held put into a place (`whole`), and how much of it counts for a partner.

    `plant` is the place as it is compared; `document` the SHA-256 of the evidence.
    """

    __tablename__ = "reinvestment_claim"
    __table_args__ = (
        columns.choices_check("kind", ClaimKind),
        sa.CheckConstraint("amount > 0 AND amount <= whole", name="amount_within_whole"),
        sa.CheckConstraint("document <> ''", name="has_evidence"),
        sa.Index("ix_reinvestment_claim_plant", "fund_id", "company_id", "plant"),
    )

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.ref("partner.id", index=True)
    company_id: int = columns.ref("party.id")
    kind: ClaimKind = columns.choice(ClaimKind)
    place: str = columns.text()
    plant: str = columns.text()
    amount: int = columns.minor()
    whole: int = columns.minor()
    claimed_on: date = columns.day()
    document: str = columns.code()
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ReinvestmentWithdrawal(Row, table=True):
    """A claim that no longer stands from a day on, and why."""

    __tablename__ = "reinvestment_withdrawal"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    claim_id: int = columns.ref("reinvestment_claim.id", unique=True)
    withdrawn_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class VetoQuestion(Row, table=True):
    """A partner asked whether it exercises a veto about an investment: what it was told, and of which amount.

    `subject` names the deal in the words of whoever asks; the fund itself knows no deals.
    """

    __tablename__ = "veto_question"
    __table_args__ = (
        sa.UniqueConstraint("subject", "clause_id", "amount"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    fund_id: int = columns.ref("fund.id", index=True)
    partner_id: int = columns.ref("partner.id", index=True)
    clause_id: int = columns.ref("mandate_clause.id")
    subject: str = columns.code()
    company: str = columns.text()
    company_en: str = columns.text()
    told: str = columns.text()
    amount: int = columns.minor()
    asked_on: date = columns.day()
    asked_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class VetoAnswer(Row, table=True):
    """What the partner said: exercised or not. `document` is the SHA-256 of the paper in which it said so."""

    __tablename__ = "veto_answer"
    __table_args__ = (
        sa.CheckConstraint("by_partner OR document <> ''", name="taken_down_from_a_document"),
        sa.CheckConstraint("NOT exercised OR btrim(reason) <> ''", name="has_reason"),
    )

    question_id: int = columns.ref("veto_question.id", index=True)
    exercised: bool = columns.flag()
    answered_on: date = columns.day()
    person: str = columns.text()
    reason: str = columns.text()
    document: str = columns.code()
    by_partner: bool = columns.flag()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


_OWN = "afund_reach() = 'all' OR partner_id = ANY (afund_partners())"
for _table in ("mandate_clause", "reinvestment_claim"):
    walls.append_only(_table)
    walls.readable(_table, _OWN)
walls.append_only("veto_question")
walls.readable("veto_question", f"{_OWN} OR 'committee' = ANY (afund_roles())")
for _table, _about, _by in (
    ("mandate_end", "mandate_clause", "clause_id"),
    ("reinvestment_withdrawal", "reinvestment_claim", "claim_id"),
    ("veto_answer", "veto_question", "question_id"),
):
    walls.append_only(_table)
    walls.readable(_table, f"EXISTS (SELECT FROM {_about} c WHERE c.id = {_table}.{_by})")
