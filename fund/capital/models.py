"""Commitments, calls, receipts, distributions, carry and reminders as rows; the money itself stands in the books.

Lines of an equalisation are signed; its item names the earlier one it shares anew: paid on balance is the sum of both.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from fund.capital.premiums import CloseBasis
from fund.capital.rules import CallKind, CallState, ItemKind, ReminderKind
from fund.capital.sharing import DistributionState
from kernel import columns, walls
from kernel.columns import Row


class CapitalClose(Row, table=True):
    """A closing at which partners were admitted. The first has no equalisation."""

    __tablename__ = "capital_close"
    __table_args__ = (sa.UniqueConstraint("fund_id", "number"), columns.choices_check("basis", CloseBasis))

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    closed_on: date = columns.day()
    due_on: date | None = columns.day(nullable=True)
    interest_rate: Fraction | None = columns.fraction(nullable=True)
    basis: CloseBasis = columns.choice(CloseBasis, default=CloseBasis.COST)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class Commitment(Row, table=True):
    """What a partner has promised, from a day on; one made at a close that was taken back counts until that day."""

    __tablename__ = "commitment"
    __table_args__ = (
        sa.UniqueConstraint("close_id", "partner_id"),
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    fund_id: int = columns.ref("fund.id", index=True)
    close_id: int = columns.ref("capital_close.id")
    partner_id: int = columns.number(index=True)
    amount: int = columns.minor()
    effective_on: date = columns.day()
    recorded_at: datetime = columns.instant()


class Call(Row, table=True):
    """A call for money. A cancelled one stays, and counts until the day its reversal took effect.

    One that `is_loaded` was issued before the fund used this software, and was written down afterwards.
    """

    __tablename__ = "capital_call"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        sa.UniqueConstraint("fund_id", "code"),
        columns.choices_check("kind", CallKind),
        columns.choices_check("state", CallState),
        sa.CheckConstraint("state <> 'issued' OR notice_on IS NOT NULL", name="issued_has_notice"),
        sa.Index("ix_capital_call_due", "due_on", postgresql_where=sa.text("state = 'issued'")),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    kind: CallKind = columns.choice(CallKind)
    state: CallState = columns.choice(CallState)
    purpose: str = columns.text()
    amount: int = columns.minor()
    due_on: date = columns.day()
    notice_on: date | None = columns.day(nullable=True)
    is_loaded: bool = columns.flag(default=False)
    close_id: int | None = columns.ref("capital_close.id", nullable=True)
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    issued_at: datetime | None = columns.instant(nullable=True)
    settled_on: date | None = columns.day(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


class CallItem(Row, table=True):
    """One thing that money is called for. `holding_id` is a number only: holdings stand above capital.

    `counts_from` is the day from which it earns preferred return: the due date, but for what a newcomer pays the
    day on which the earlier partners paid.
    """

    __tablename__ = "call_item"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "position"),
        columns.choices_check("kind", ItemKind),
        sa.Index("ix_call_item_equalises", "equalises_id"),
    )

    call_id: int = columns.ref("capital_call.id")
    position: int = columns.number()
    kind: ItemKind = columns.choice(ItemKind)
    amount: int = columns.minor()
    memo: str = columns.text()
    holding_id: int | None = columns.number(nullable=True)
    excused: list[int] = columns.jsonb()
    counts_from: date = columns.day()
    equalises_id: int | None = columns.ref("call_item.id", nullable=True)


class CallLine(Row, table=True):
    """One partner's part of one item; negative where an equalisation gives money back."""

    __tablename__ = "call_line"
    __table_args__ = (
        sa.UniqueConstraint("item_id", "partner_id"),
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
        sa.Index("ix_call_line_partner", "partner_id", "call_id"),
    )

    call_id: int = columns.ref("capital_call.id", index=True)
    item_id: int = columns.ref("call_item.id")
    partner_id: int = columns.ref("partner.id")
    amount: int = columns.minor()


class Receipt(Row, table=True):
    """Money in on a call; `interest`: what of it is outside. One that names a distribution is set off, no money."""

    __tablename__ = "receipt"
    __table_args__ = (
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("amount > 0 AND interest >= 0 AND interest <= amount", name="amount_positive"),
        sa.Index(
            "uq_receipt_bank_reference",
            "fund_id",
            "bank_reference",
            unique=True,
            postgresql_where=sa.text("reversed_on IS NULL"),
        ),
        sa.Index("ix_receipt_call", "call_id", "partner_id"),
        sa.Index("ix_receipt_set_off", "distribution_id"),
    )

    fund_id: int = columns.ref("fund.id")
    call_id: int = columns.ref("capital_call.id")
    partner_id: int = columns.number(index=True)
    amount: int = columns.minor()
    interest: int = columns.minor()
    received_on: date = columns.day()
    bank_reference: str = columns.code()
    reference: str = columns.text()
    distribution_id: int | None = columns.ref("distribution.id", nullable=True)
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()
    reversed_on: date | None = columns.day(nullable=True)
    reversed_at: datetime | None = columns.instant(nullable=True)
    reverse_reason: str | None = columns.text(nullable=True)


class Distribution(Row, table=True):
    """Money paid out on `pay_on`, by what it is. `holding_id`: shared by who took part in that holding.

    One that was paid and taken back is cancelled, and counts until `cancelled_on`.
    """

    __tablename__ = "distribution"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        sa.UniqueConstraint("fund_id", "code"),
        sa.ForeignKeyConstraint(["fund_id", "holding_id"], ["holding.fund_id", "holding.id"]),
        columns.choices_check("state", DistributionState),
        sa.CheckConstraint(
            "return_of_capital >= 0 AND income >= 0 AND gain >= 0 "
            "AND return_of_capital + income + gain = amount AND amount > 0",
            name="kinds_sum",
        ),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    state: DistributionState = columns.choice(DistributionState)
    source: str = columns.text()
    pay_on: date = columns.day()
    holding_id: int | None = columns.number(nullable=True)
    recallable: bool = columns.flag()
    amount: int = columns.minor()
    return_of_capital: int = columns.minor()
    income: int = columns.minor()
    gain: int = columns.minor()
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    paid_at: datetime | None = columns.instant(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


class DistributionLine(Row, table=True):
    """One partner's part: its `gross` share, less `carry`, plus carry received but for what is `escrowed`, by kinds."""

    __tablename__ = "distribution_line"
    __table_args__ = (
        sa.UniqueConstraint("distribution_id", "partner_id"),
        sa.CheckConstraint(
            "gross >= 0 AND carry >= 0 AND carry <= gross AND carry_received >= 0 "
            "AND escrowed >= 0 AND escrowed <= carry_received "
            "AND return_of_capital + income + gain = gross - carry + carry_received - escrowed",
            name="kinds_sum",
        ),
        sa.Index("ix_distribution_line_partner", "partner_id"),
    )

    distribution_id: int = columns.ref("distribution.id")
    partner_id: int = columns.ref("partner.id")
    gross: int = columns.minor()
    carry: int = columns.minor()
    carry_received: int = columns.minor()
    escrowed: int = columns.minor(default=0)
    return_of_capital: int = columns.minor()
    income: int = columns.minor()
    gain: int = columns.minor()
    working: dict[str, Any] | None = columns.jsonb(nullable=True)


class CarryAccrual(Row, table=True):
    """What carry a partner would bear were everything sold on `accrued_on`, and what was booked for it."""

    __tablename__ = "carry_accrual"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "partner_id", "accrued_on", "sequence"),
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
    )

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.number(index=True)
    accrued_on: date = columns.day()
    sequence: int = columns.number()
    capital: int = columns.minor()
    target: int = columns.minor()
    moved: int = columns.minor()
    working: dict[str, Any] = columns.jsonb()
    recorded_at: datetime = columns.instant()


class CallReminder(Row, table=True):
    """A partner is to be reminded of a call, once of each kind; the roof writes the letter."""

    __tablename__ = "call_reminder"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "partner_id", "kind"),
        columns.choices_check("kind", ReminderKind),
    )

    call_id: int = columns.ref("capital_call.id")
    partner_id: int = columns.ref("partner.id", index=True)
    kind: ReminderKind = columns.choice(ReminderKind)
    outstanding: int = columns.minor()
    recorded_at: datetime = columns.instant()


_OWN = "afund_reach() = 'all' OR partner_id = ANY (afund_partners())"
for _table in ("capital_close", "commitment", "call_item", "call_line", "distribution_line", "carry_accrual"):
    walls.append_only(_table)
for _table in ("commitment", "call_line", "receipt", "distribution_line", "carry_accrual", "call_reminder"):
    walls.readable(_table, _OWN)
# A partner sees a call or distribution once it stands (a netted one once its netting is told), and only one in which it
# has a line; the lines' own wall decides which those are.
walls.readable(
    "capital_call",
    """afund_reach() = 'all' OR (state IN ('issued', 'cancelled') AND notice_on IS NOT NULL
        AND EXISTS (SELECT FROM call_line l WHERE l.call_id = capital_call.id))""",
)
walls.readable(
    "call_item",
    "afund_reach() = 'all' OR EXISTS (SELECT FROM capital_call c WHERE c.id = call_item.call_id)",
)
walls.readable(
    "distribution",
    """afund_reach() = 'all' OR ((state = 'paid' OR cancelled_on IS NOT NULL
            OR EXISTS (SELECT FROM netting n WHERE n.distribution_id = distribution.id))
        AND EXISTS (SELECT FROM distribution_line l WHERE l.distribution_id = distribution.id))""",
)
for _table, _through, _named in (
    ("call_item", ("call_id", "capital_call"), ("holding_id", "holding")),
    ("call_line", ("call_id", "capital_call"), ("partner_id", "partner")),
    ("receipt", ("call_id", "capital_call"), ("distribution_id", "distribution")),
    ("distribution_line", ("distribution_id", "distribution"), ("partner_id", "partner")),
):
    walls.agree(_table, "fund_id", through=_through, named=_named)
