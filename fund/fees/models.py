"""What was charged and why: fees per quarter with their working per partner, and expenses. Append-only."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class FeeCharge(Row, table=True):
    """The management fee of one quarter; one that was taken back can be charged again, as the next `turn`."""

    __tablename__ = "fee_charge"
    __table_args__ = (sa.UniqueConstraint("fund_id", "quarter", "turn"),)

    fund_id: int = columns.ref("fund.id")
    quarter: str = columns.code()
    turn: int = columns.number(default=1)
    effective_on: date = columns.day()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class FeeLine(Row, table=True):
    """One partner's part of it at one rate, with the working.

    `close_id` names the later close by which the partner came to owe it; once that is taken back it counts no more.
    """

    __tablename__ = "fee_line"
    __table_args__ = (
        sa.UniqueConstraint(
            "charge_id", "partner_id", "close_id", "position", postgresql_nulls_not_distinct=True
        ),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    charge_id: int = columns.ref("fee_charge.id")
    partner_id: int = columns.ref("partner.id", index=True)
    close_id: int | None = columns.ref("capital_close.id", nullable=True)
    position: int = columns.number(default=1)
    rate: Fraction = columns.fraction()
    quarter_days: int = columns.number()
    commitment: int = columns.minor()
    commitment_days: int = columns.number()
    invested: int = columns.minor()
    invested_days: int = columns.number()
    amount: int = columns.minor()


class FeePayment(Row, table=True):
    """Money paid to the manager out of what is payable."""

    __tablename__ = "fee_payment"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "reference"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    reference: str = columns.code()
    paid_on: date = columns.day()
    amount: int = columns.minor()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class Expense(Row, table=True):
    """An expense of the partnership, under the row of the ILPA reporting template that it feeds."""

    __tablename__ = "expense"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "reference"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("ilpa_row BETWEEN 36 AND 57", name="ilpa_row_known"),
    )

    fund_id: int = columns.ref("fund.id")
    reference: str = columns.code()
    incurred_on: date = columns.day()
    ilpa_row: int = columns.number()
    payee: str = columns.text()
    memo: str = columns.text(default="")
    amount: int = columns.minor()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("fee_charge", "fee_line", "fee_payment", "expense"):
    walls.append_only(_table)
walls.readable("fee_line", "afund_reach() = 'all' OR partner_id = ANY(afund_partners())")
