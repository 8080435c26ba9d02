"""Nettings: a call and a distribution joined into one act, and what each partner was told; rights to set off."""

from datetime import date, datetime

import sqlalchemy as sa

from fund.nettings.rules import NettingState
from kernel import columns, walls
from kernel.columns import Row

_LIVE = sa.text("state <> 'cancelled'")


class Netting(Row, table=True):
    """The pair, from being joined to being settled; one that was parted or taken back is cancelled."""

    __tablename__ = "netting"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        sa.UniqueConstraint("fund_id", "code"),
        columns.choices_check("state", NettingState),
        sa.CheckConstraint(
            "state NOT IN ('issued', 'settled') OR issued_at IS NOT NULL", name="issued_at_known"
        ),
        sa.CheckConstraint("state <> 'settled' OR settled_at IS NOT NULL", name="settled_at_known"),
        sa.Index("uq_netting_call", "call_id", unique=True, postgresql_where=_LIVE),
        sa.Index("uq_netting_distribution", "distribution_id", unique=True, postgresql_where=_LIVE),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    state: NettingState = columns.choice(NettingState)
    call_id: int = columns.ref("capital_call.id")
    distribution_id: int = columns.ref("distribution.id")
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    issued_at: datetime | None = columns.instant(nullable=True)
    settled_at: datetime | None = columns.instant(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


class NettingLine(Row, table=True):
    """What one partner was told when the netting was issued: called, distributed by kinds, tax withheld of it."""

    __tablename__ = "netting_line"
    __table_args__ = (
        sa.UniqueConstraint("netting_id", "partner_id"),
        sa.CheckConstraint(
            "called >= 0 AND return_of_capital >= 0 AND income >= 0 AND gain >= 0 "
            "AND withheld >= 0 AND withheld <= return_of_capital + income + gain",
            name="amounts",
        ),
        sa.Index("ix_netting_line_partner", "partner_id"),
    )

    netting_id: int = columns.ref("netting.id")
    partner_id: int = columns.ref("partner.id")
    called: int = columns.minor()
    return_of_capital: int = columns.minor()
    income: int = columns.minor()
    gain: int = columns.minor()
    withheld: int = columns.minor()


class SetOffRight(Row, table=True):
    """From a day on, what a partner owes on a call is set off against what it is distributed; its act may be undone."""

    __tablename__ = "set_off_right"
    __table_args__ = (sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),)

    fund_id: int = columns.ref("fund.id")
    call_id: int = columns.ref("capital_call.id")
    partner_id: int = columns.number(index=True)
    effective_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.kept("netting")
for _table in ("netting_line", "set_off_right"):
    walls.append_only(_table)
    walls.readable(_table, "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
# A partner sees a netting once it was told of it: the lines are written then, and their own wall decides whose.
walls.readable(
    "netting",
    "afund_reach() = 'all' OR EXISTS (SELECT FROM netting_line l WHERE l.netting_id = netting.id)",
)
walls.agree(
    "netting",
    "fund_id",
    through=("call_id", "capital_call"),
    named=("distribution_id", "distribution"),
)
walls.agree("set_off_right", "fund_id", through=("call_id", "capital_call"), named=("partner_id", "partner"))
walls.agree("netting_line", "fund_id", through=("netting_id", "netting"), named=("partner_id", "partner"))
