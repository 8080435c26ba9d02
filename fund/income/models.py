"""Income booked as earned, and what was received or released of it. Append-only."""

from datetime import date, datetime

import sqlalchemy as sa

from fund.income.rules import EarnedKind, IncomeWay
from kernel import columns, walls
from kernel.columns import Row


class EarnedIncome(Row, table=True):
    """Income that counts from the day on which it was earned; a holding's is shared as the holding is."""

    __tablename__ = "earned_income"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "reference"),
        sa.ForeignKeyConstraint(["fund_id", "holding_id"], ["holding.fund_id", "holding.id"]),
        columns.choices_check("kind", EarnedKind),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    reference: str = columns.code()
    kind: EarnedKind = columns.choice(EarnedKind)
    earned_on: date = columns.day()
    amount: int = columns.minor()
    payer: str = columns.text()
    memo: str = columns.text(default="")
    holding_id: int | None = columns.number(nullable=True)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class IncomeSettlement(Row, table=True):
    """A part of it that was received, or released because it never comes.

    `income_id` is the income of the holding by which it was received; its act says whether that stands.
    """

    __tablename__ = "income_settlement"
    __table_args__ = (
        sa.UniqueConstraint("earned_id", "number"),
        columns.choices_check("way", IncomeWay),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint(
            "CASE WHEN way = 'released' THEN btrim(reason) <> '' AND income_id IS NULL ELSE true END",
            name="facts_of_its_way",
        ),
    )

    earned_id: int = columns.ref("earned_income.id")
    number: int = columns.number()
    way: IncomeWay = columns.choice(IncomeWay)
    amount: int = columns.minor()
    settled_on: date = columns.day()
    reason: str = columns.text(default="")
    income_id: int | None = columns.ref("holding_income.id", nullable=True)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("earned_income", "income_settlement"):
    walls.append_only(_table)
    walls.readable(_table, "afund_reach() = 'all'")
