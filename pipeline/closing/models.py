"""Rows of the closing: evidence for conditions, planned tranches, exceptions from limits, and what was closed."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class ConditionEvidence(Row, table=True):
    """How a condition was satisfied, and who confirmed or returned it; a returned one is tried again by a new row.

    `documents` are SHA-256s of kept bytes.
    """

    __tablename__ = "condition_evidence"
    __table_args__ = (
        sa.CheckConstraint(
            "confirmed_at IS NULL OR confirmed_by_id IS DISTINCT FROM satisfied_by_id",
            name="confirmed_by_another",
        ),
        sa.CheckConstraint("confirmed_at IS NULL OR returned_at IS NULL", name="confirmed_or_returned"),
        sa.Index(
            "uq_condition_evidence_live",
            "condition_id",
            unique=True,
            postgresql_where=sa.text("returned_at IS NULL"),
        ),
    )

    condition_id: int = columns.ref("closing_condition.id", index=True)
    says: str = columns.text()
    documents: list[str] = columns.jsonb()
    satisfied_by_id: int | None = columns.number(nullable=True)
    satisfied_by: str = columns.text()
    satisfied_at: datetime = columns.instant()
    confirmed_by_id: int | None = columns.number(nullable=True)
    confirmed_by: str = columns.text(default="")
    confirmed_at: datetime | None = columns.instant(nullable=True)
    returned_by: str = columns.text(default="")
    returned_at: datetime | None = columns.instant(nullable=True)
    return_reason: str = columns.text(default="")


class ClosingTranche(Row, table=True):
    """A planned payment: how much (minor units), for what milestone, by when."""

    __tablename__ = "closing_tranche"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    deal_id: int = columns.ref("deal.id")
    number: int = columns.number()
    amount: int = columns.minor()
    says: str = columns.text()
    due_on: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


class LimitException(Row, table=True):
    """Leave to exceed limits for one deal, asked for by one person and approved by another.

    `breaches` are [{"dimension", "key", "before", "share", "maximum"}], shares as exact fractions in text.
    """

    __tablename__ = "limit_exception"
    __table_args__ = (
        sa.CheckConstraint(
            "approved_at IS NULL OR approved_by_id IS DISTINCT FROM asked_by_id", name="approved_by_another"
        ),
        sa.CheckConstraint("reason <> ''", name="has_reason"),
    )

    deal_id: int = columns.ref("deal.id", index=True)
    amount: int = columns.minor()
    breaches: list[dict[str, str]] = columns.jsonb()
    reason: str = columns.text()
    asked_by_id: int | None = columns.number(nullable=True)
    asked_by: str = columns.text()
    recorded_at: datetime = columns.instant()
    approved_by_id: int | None = columns.number(nullable=True)
    approved_by: str = columns.text(default="")
    approved_at: datetime | None = columns.instant(nullable=True)


class DealClosing(Row, table=True):
    """A closed tranche: the payment that was due, what of it is still payable, and what came of it.

    `amount` = paid at once + `payable`; the payable part waits for the call and is settled in one go.
    One whose purchase was taken back is `undone_on` a day; the tranche can then be closed again.
    """

    __tablename__ = "deal_closing"
    __table_args__ = (
        sa.Index(
            "uq_deal_closing_live",
            "deal_id",
            "tranche",
            unique=True,
            postgresql_where=sa.text("undone_on IS NULL"),
        ),
        sa.CheckConstraint("amount > 0 AND payable BETWEEN 0 AND amount", name="amounts_in_range"),
        sa.CheckConstraint("settled_on IS NULL OR payable > 0", name="settles_something"),
    )

    deal_id: int = columns.ref("deal.id")
    tranche: int = columns.number()
    fund_id: int = columns.ref("fund.id", index=True)
    motion_id: int = columns.ref("motion.id")
    holding_id: int = columns.ref("holding.id")
    amount: int = columns.minor()
    closed_on: date = columns.day()
    instrument: str = columns.code()
    quantity: Fraction = columns.fraction()
    payable: int = columns.minor()
    call_id: int | None = columns.ref("capital_call.id", nullable=True)
    settled_on: date | None = columns.day(nullable=True)
    undone_on: date | None = columns.day(nullable=True)
    exception_ids: list[int] = columns.jsonb()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


_SEEN = "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())"
walls.append_only("closing_tranche")
for _table in ("condition_evidence", "closing_tranche", "limit_exception", "deal_closing"):
    walls.readable(_table, _SEEN)
