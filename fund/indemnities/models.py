"""Distributions that partners give back so that the fund can pay a liability: what is asked of whom, what came in."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.indemnities.rules import IndemnityState
from kernel import columns, walls
from kernel.columns import Row


class Indemnity(Row, table=True):
    """What partners are asked to give back by `due_on`, under the charter's term of the day on which it was worked out.

    `reason` says which liability it pays. One that was approved and taken back is cancelled, and counts until
    `cancelled_on`.
    """

    __tablename__ = "indemnity"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        columns.choices_check("state", IndemnityState),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("due_on >= notice_on", name="due_after_notice"),
        sa.CheckConstraint("(approved_at IS NULL) = (notice_on IS NULL)", name="approved_has_notice"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'received') OR approved_at IS NOT NULL", name="approved_at_known"
        ),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    state: IndemnityState = columns.choice(IndemnityState)
    amount: int = columns.minor()
    reason: str = columns.text()
    worked_on: date = columns.day()
    due_on: date = columns.day()
    cap: Fraction = columns.fraction()
    months: int | None = columns.number(nullable=True)
    restores: bool = columns.flag()
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    approved_at: datetime | None = columns.instant(nullable=True)
    notice_on: date | None = columns.day(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


class IndemnityLine(Row, table=True):
    """One partner's part, with what it was limited by on that day (see `rules.Reach`)."""

    __tablename__ = "indemnity_line"
    __table_args__ = (
        sa.UniqueConstraint("indemnity_id", "partner_id"),
        sa.CheckConstraint("amount > 0 AND amount <= most AND most <= within", name="amount_within_most"),
        sa.Index("ix_indemnity_line_partner", "partner_id"),
    )

    indemnity_id: int = columns.ref("indemnity.id")
    partner_id: int = columns.ref("partner.id")
    received: int = columns.minor()
    given: int = columns.minor()
    within: int = columns.minor()
    most: int = columns.minor()
    amount: int = columns.minor()


class IndemnityReceipt(Row, table=True):
    """Money that a partner gave back; a reversed receipt frees its bank reference."""

    __tablename__ = "indemnity_receipt"
    __table_args__ = (
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("(reversed_on IS NULL) = (reversed_at IS NULL)", name="reversed_at_known"),
        sa.Index(
            "uq_indemnity_receipt_bank_reference",
            "fund_id",
            "bank_reference",
            unique=True,
            postgresql_where=sa.text("reversed_on IS NULL"),
        ),
        sa.Index("ix_indemnity_receipt_of", "indemnity_id", "partner_id"),
    )

    fund_id: int = columns.ref("fund.id")
    indemnity_id: int = columns.ref("indemnity.id")
    partner_id: int = columns.number(index=True)
    amount: int = columns.minor()
    received_on: date = columns.day()
    bank_reference: str = columns.code()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()
    reversed_on: date | None = columns.day(nullable=True)
    reversed_at: datetime | None = columns.instant(nullable=True)
    reverse_reason: str | None = columns.text(nullable=True)


walls.append_only("indemnity_line")
for _table in ("indemnity", "indemnity_receipt"):
    walls.kept(_table)
for _table in ("indemnity_line", "indemnity_receipt"):
    walls.readable(_table, "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
# A partner sees a giveback once notice of it was given, and only one in which it has a line.
walls.readable(
    "indemnity",
    """afund_reach() = 'all' OR (approved_at IS NOT NULL
        AND EXISTS (SELECT FROM indemnity_line l WHERE l.indemnity_id = indemnity.id))""",
)
walls.agree(
    "indemnity_line", "fund_id", through=("indemnity_id", "indemnity"), named=("partner_id", "partner")
)
