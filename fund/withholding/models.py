"""Rates at which tax is withheld, what was withheld from whom, and what was paid to the tax office.

All of it is append-only; a payment that was taken back is an undone act of the books.
"""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.parties.rules import PartyKind
from kernel import columns, walls
from kernel.columns import Row


class WithholdingRate(Row, table=True):
    """The shares of income and gain that are withheld from a day on, of one partner or of a kind of partner."""

    __tablename__ = "withholding_rate"
    __table_args__ = (
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("(partner_id IS NULL) <> (party_kind IS NULL)", name="partner_or_kind"),
        columns.choices_check("party_kind", PartyKind),
        sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),
    )

    fund_id: int = columns.ref("fund.id", index=True)
    partner_id: int | None = columns.number(nullable=True)
    party_kind: PartyKind | None = columns.choice(PartyKind, nullable=True)
    effective_on: date = columns.day()
    income: Fraction = columns.fraction()
    gain: Fraction = columns.fraction()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class Withholding(Row, table=True):
    """What is withheld from one partner's part of a distribution. It is owed once the distribution is paid."""

    __tablename__ = "withholding"
    __table_args__ = (
        sa.UniqueConstraint("distribution_id", "partner_id"),
        sa.CheckConstraint("amount > 0 AND amount <= income + gain", name="part_of_profit"),
        sa.Index("ix_withholding_partner", "partner_id"),
    )

    distribution_id: int = columns.ref("distribution.id")
    distribution: str = columns.code()
    partner_id: int = columns.ref("partner.id")
    income: int = columns.minor()
    gain: int = columns.minor()
    income_rate: Fraction = columns.fraction()
    gain_rate: Fraction = columns.fraction()
    amount: int = columns.minor()
    reason: str = columns.text()


class TaxPayment(Row, table=True):
    """Tax that was withheld, paid to the tax office."""

    __tablename__ = "tax_payment"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        sa.UniqueConstraint("fund_id", "code"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    paid_on: date = columns.day()
    amount: int = columns.minor()
    memo: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class TaxPaymentLine(Row, table=True):
    """One partner's tax on one distribution in a payment; paid again once that payment was taken back."""

    __tablename__ = "tax_payment_line"
    __table_args__ = (
        sa.UniqueConstraint("payment_id", "withholding_id"),
        sa.Index("ix_tax_payment_line_withholding", "withholding_id"),
    )

    payment_id: int = columns.ref("tax_payment.id")
    withholding_id: int = columns.ref("withholding.id")


for _table in ("withholding_rate", "withholding", "tax_payment", "tax_payment_line"):
    walls.append_only(_table)
for _table in ("withholding_rate", "withholding"):
    walls.readable(_table, "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
for _table in ("tax_payment", "tax_payment_line"):
    walls.readable(_table, "afund_reach() = 'all'")
walls.agree(
    "withholding", "fund_id", through=("distribution_id", "distribution"), named=("partner_id", "partner")
)
