"""Terms of default, notices, and the interest that came in. Append-only; what is undone says so in the books."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class DefaultTermsVersion(Row, table=True):
    """What the charter says of partners that do not pay, from a day on."""

    __tablename__ = "default_terms"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "effective_on"),
        sa.CheckConstraint("cure_days > 0", name="cure_days_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    effective_on: date = columns.day()
    cure_days: int = columns.number()
    rate: Fraction = columns.fraction()
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultNotice(Row, table=True):
    """Notice to a partner that it is in default on a call; the terms of the day hold for it as they are."""

    __tablename__ = "default_notice"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "partner_id", "turn"),
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("owed > 0", name="owed_positive"),
        sa.CheckConstraint("cure_until > noticed_on", name="cure_after_notice"),
    )

    fund_id: int = columns.ref("fund.id")
    call_id: int = columns.ref("capital_call.id")
    partner_id: int = columns.number(index=True)
    turn: int = columns.number()
    noticed_on: date = columns.day()
    cure_until: date = columns.day()
    rate: Fraction = columns.fraction()
    owed: int = columns.minor()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultWithdrawal(Row, table=True):
    """A notice that was given by mistake."""

    __tablename__ = "default_withdrawal"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    notice_id: int = columns.ref("default_notice.id", unique=True)
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultInterest(Row, table=True):
    """Interest that came in on a default; its act in the books says whether it stands."""

    __tablename__ = "default_interest"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "number"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    notice_id: int = columns.ref("default_notice.id")
    number: int = columns.number()
    amount: int = columns.minor()
    received_on: date = columns.day()
    bank_reference: str = columns.code()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("default_terms", "default_notice", "default_withdrawal", "default_interest"):
    walls.append_only(_table)
walls.readable("default_notice", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
for _table in ("default_withdrawal", "default_interest"):
    walls.readable(_table, f"EXISTS (SELECT FROM default_notice n WHERE n.id = {_table}.notice_id)")
walls.agree("default_notice", "fund_id", through=("call_id", "capital_call"), named=("partner_id", "partner"))
