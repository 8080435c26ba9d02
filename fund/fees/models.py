"""What was charged and why: fees per quarter with their working per partner, and expenses. Append-only."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.fees.accrual_rules import SettlementWay
from fund.fees.recovery_rules import RecoveryWay
from fund.fees.relief_rules import OffsetKind, ReliefKind
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

    `close_id` names the later close by which the partner came to owe it, `transfer_id` the transfer of an interest by
    which it owes it instead of another (whose line is negative); once that is taken back it counts no more.
    """

    __tablename__ = "fee_line"
    __table_args__ = (
        sa.UniqueConstraint(
            "charge_id",
            "partner_id",
            "close_id",
            "transfer_id",
            "position",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("amount >= 0 OR commitment < 0 OR invested < 0", name="amount_not_negative"),
    )

    charge_id: int = columns.ref("fee_charge.id")
    partner_id: int = columns.ref("partner.id", index=True)
    close_id: int | None = columns.ref("capital_close.id", nullable=True)
    transfer_id: int | None = columns.ref("interest_transfer.id", nullable=True)
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
    """An expense of the partnership, under the row of the ILPA reporting template that it feeds.

    Of the `amount` `recoverable` is owed back, by the manager or by the `others` named; `concerning` says what deal it
    was for. One that `is_accrued` is owed from the day on which it was incurred; others were paid on that day.
    """

    __tablename__ = "expense"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "reference"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("ilpa_row BETWEEN 36 AND 57", name="ilpa_row_known"),
        sa.CheckConstraint("recoverable BETWEEN 0 AND amount", name="recoverable_within"),
        sa.CheckConstraint("recoverable = 0 OR ilpa_row IN (43, 53)", name="recoverable_of_its_row"),
    )

    fund_id: int = columns.ref("fund.id")
    reference: str = columns.code()
    incurred_on: date = columns.day()
    ilpa_row: int = columns.number()
    payee: str = columns.text()
    memo: str = columns.text(default="")
    amount: int = columns.minor()
    recoverable: int = columns.minor(default=0)
    others: str = columns.text(default="")
    concerning: str = columns.text(default="")
    is_accrued: bool = columns.flag(default=False)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ExpenseSettlement(Row, table=True):
    """What became of an expense owed: a part paid, or released because it is not owed after all.

    Its act in the books says whether it stands; `recoverable` of a release is what others owe back no more.
    """

    __tablename__ = "expense_settlement"
    __table_args__ = (
        sa.UniqueConstraint("expense_id", "number"),
        columns.choices_check("way", SettlementWay),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("recoverable BETWEEN 0 AND amount", name="recoverable_within"),
        sa.CheckConstraint(
            "CASE WHEN way = 'paid' THEN recoverable = 0 ELSE btrim(reason) <> '' END",
            name="facts_of_its_way",
        ),
    )

    expense_id: int = columns.ref("expense.id")
    number: int = columns.number()
    way: SettlementWay = columns.choice(SettlementWay)
    amount: int = columns.minor()
    recoverable: int = columns.minor(default=0)
    settled_on: date = columns.day()
    reason: str = columns.text(default="")
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ExpenseRecovery(Row, table=True):
    """What became of something owed back; its act in the books says whether it stands."""

    __tablename__ = "expense_recovery"
    __table_args__ = (
        sa.UniqueConstraint("expense_id", "number"),
        columns.choices_check("way", RecoveryWay),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    expense_id: int = columns.ref("expense.id")
    number: int = columns.number()
    way: RecoveryWay = columns.choice(RecoveryWay)
    amount: int = columns.minor()
    settled_on: date = columns.day()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class FeeRelief(Row, table=True):
    """Something that one person would take off the fee; it counts once another has approved it.

    An offset names the fee that the manager `received` and the `share` of it that the terms set off; a waiver or a
    rebate the quarter whose fee it is.
    """

    __tablename__ = "fee_relief"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "reference"),
        sa.ForeignKeyConstraint(["fund_id", "holding_id"], ["holding.fund_id", "holding.id"]),
        columns.choices_check("kind", ReliefKind),
        columns.choices_check("offset_kind", OffsetKind),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),
        sa.CheckConstraint(
            "CASE WHEN kind = 'offset' THEN quarter IS NULL AND offset_kind IS NOT NULL AND received > 0 "
            "AND share IS NOT NULL ELSE quarter IS NOT NULL AND offset_kind IS NULL AND received IS NULL "
            "AND share IS NULL AND holding_id IS NULL END",
            name="facts_of_its_kind",
        ),
    )

    fund_id: int = columns.ref("fund.id")
    reference: str = columns.code()
    kind: ReliefKind = columns.choice(ReliefKind)
    effective_on: date = columns.day()
    amount: int = columns.minor()
    reason: str = columns.text()
    quarter: str | None = columns.code(nullable=True)
    offset_kind: OffsetKind | None = columns.choice(OffsetKind, nullable=True)
    holding_id: int | None = columns.number(nullable=True)
    received: int | None = columns.minor(nullable=True)
    share: Fraction | None = columns.fraction(nullable=True)
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    recorded_at: datetime = columns.instant()


class FeeReliefLine(Row, table=True):
    """One partner's part of it."""

    __tablename__ = "fee_relief_line"
    __table_args__ = (
        sa.UniqueConstraint("relief_id", "partner_id"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    relief_id: int = columns.ref("fee_relief.id")
    partner_id: int = columns.ref("partner.id", index=True)
    amount: int = columns.minor()


class FeeReliefDecision(Row, table=True):
    """That it counts, or that it does not."""

    __tablename__ = "fee_relief_decision"

    relief_id: int = columns.ref("fee_relief.id", unique=True)
    is_approved: bool = columns.flag()
    decided_by: int | None = columns.number(nullable=True)
    decided_name: str = columns.text()
    decided_at: datetime = columns.instant()


for _table in (
    "fee_charge",
    "fee_line",
    "fee_payment",
    "expense",
    "expense_settlement",
    "expense_recovery",
    "fee_relief",
    "fee_relief_line",
    "fee_relief_decision",
):
    walls.append_only(_table)
walls.readable("fee_line", "afund_reach() = 'all' OR partner_id = ANY(afund_partners())")
walls.readable("fee_relief_line", "afund_reach() = 'all' OR partner_id = ANY(afund_partners())")
# Whoever is let off a fee is named in it: a partner reads what has a line of its own.
walls.readable(
    "fee_relief",
    "afund_reach() = 'all' OR EXISTS (SELECT FROM fee_relief_line l WHERE l.relief_id = fee_relief.id)",
)
walls.readable(
    "fee_relief_decision",
    "EXISTS (SELECT FROM fee_relief r WHERE r.id = fee_relief_decision.relief_id)",
)
walls.readable("expense_settlement", "afund_reach() = 'all'")
walls.readable("expense_recovery", "afund_reach() = 'all'")
walls.agree(
    "fee_relief_line", "fund_id", through=("relief_id", "fee_relief"), named=("partner_id", "partner")
)
