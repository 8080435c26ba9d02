"""Carry that the general partner gives back: each test, what each partner is owed by it; releases from escrow."""

from datetime import date, datetime

import sqlalchemy as sa

from fund.charter.carry_rules import EscrowTest
from fund.givebacks.escrow_rules import ReleaseState
from fund.givebacks.rules import CarryReturnState, ClawbackTest
from kernel import columns, walls
from kernel.columns import Row


class CarryReturn(Row, table=True):
    """What a test of the clawback asks of the general partner. One that was approved and taken back is cancelled, and
    counts until `cancelled_on`.
    """

    __tablename__ = "carry_return"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        columns.choices_check("kind", ClawbackTest),
        columns.choices_check("state", CarryReturnState),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("from_escrow >= 0 AND from_escrow <= amount", name="escrow_within_amount"),
        sa.CheckConstraint("due_on >= tested_on", name="due_after_test"),
        sa.CheckConstraint("received_on >= tested_on", name="received_after_test"),
        sa.CheckConstraint("paid_on >= received_on", name="paid_after_receipt"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'received', 'paid') OR approved_at IS NOT NULL",
            name="approved_at_known",
        ),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    kind: ClawbackTest = columns.choice(ClawbackTest)
    state: CarryReturnState = columns.choice(CarryReturnState)
    tested_on: date = columns.day()
    due_on: date = columns.day()
    amount: int = columns.minor()
    note: str = columns.text()
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    approved_at: datetime | None = columns.instant(nullable=True)
    received_on: date | None = columns.day(nullable=True)
    received_at: datetime | None = columns.instant(nullable=True)
    bank_reference: str | None = columns.text(nullable=True)
    from_escrow: int = columns.minor(default=0)
    paid_on: date | None = columns.day(nullable=True)
    paid_at: datetime | None = columns.instant(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


class CarryReturnLine(Row, table=True):
    """One partner's part, with the parts of the formula on the day of the test: owed = min(max(excess, shortfall),
    received - taxes). What comes back is capital as far as contributions have not come back, then gain.
    """

    __tablename__ = "carry_return_line"
    __table_args__ = (
        sa.UniqueConstraint("return_id", "partner_id"),
        sa.CheckConstraint("amount > 0 AND amount <= owed", name="amount_within_owed"),
        sa.CheckConstraint("owed <= received - taxes", name="owed_within_carry"),
        sa.CheckConstraint(
            "return_of_capital >= 0 AND gain >= 0 AND return_of_capital + gain = amount", name="kinds_sum"
        ),
        sa.Index("ix_carry_return_line_partner", "partner_id"),
    )

    return_id: int = columns.ref("carry_return.id")
    partner_id: int = columns.ref("partner.id")
    value: int = columns.minor()
    received: int = columns.minor()
    entitled: int = columns.minor()
    shortfall: int = columns.minor()
    taxes: int = columns.minor()
    owed: int = columns.minor()
    amount: int = columns.minor()
    return_of_capital: int = columns.minor()
    gain: int = columns.minor()


class EscrowRelease(Row, table=True):
    """Carry that was kept in escrow and is paid to the general partner, with what the charter's test looked at.

    One that was paid and taken back is cancelled, and counts until `cancelled_on`.
    """

    __tablename__ = "escrow_release"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        columns.choices_check("state", ReleaseState),
        columns.choices_check("test", EscrowTest),
        sa.CheckConstraint("amount > 0 AND amount <= held", name="amount_within_held"),
        sa.CheckConstraint("state <> 'paid' OR paid_at IS NOT NULL", name="paid_at_known"),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    state: ReleaseState = columns.choice(ReleaseState)
    test: EscrowTest = columns.choice(EscrowTest)
    released_on: date = columns.day()
    amount: int = columns.minor()
    held: int = columns.minor()
    lacking: int = columns.minor()
    note: str = columns.text()
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    paid_at: datetime | None = columns.instant(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


walls.append_only("carry_return_line")
for _table in ("carry_return", "escrow_release"):
    walls.kept(_table)
walls.readable("escrow_release", "afund_reach() = 'all'")
walls.readable("carry_return_line", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
# A partner sees a return once it is owed, and only one in which it has a line; the lines' own wall decides which.
walls.readable(
    "carry_return",
    """afund_reach() = 'all' OR (approved_at IS NOT NULL
        AND EXISTS (SELECT FROM carry_return_line l WHERE l.return_id = carry_return.id))""",
)
walls.agree(
    "carry_return_line",
    "fund_id",
    through=("return_id", "carry_return"),
    named=("partner_id", "partner"),
)
