"""The record of an exit, and of one that was taken back; both are only ever added."""

from datetime import date, datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.stewardship.rules import ExitKind


class DealExit(Row, table=True):
    """How the fund left a company: the kind, the other side, the decision behind it.

    `into_partner_chain`: the company, or what it makes, went into the industrial chain of the counterparty, which
    is a partner of the fund or of a partner's group. What came back is told by the holding.
    """

    __tablename__ = "deal_exit"
    __table_args__ = (
        choices_check("kind", ExitKind),
        sa.CheckConstraint(
            "counterparty_id IS NOT NULL OR NOT into_partner_chain", name="chain_has_counterparty"
        ),
    )

    deal_id: int = columns.ref("deal.id", index=True)
    fund_id: int = columns.ref("fund.id", index=True)
    holding_id: int = columns.ref("holding.id", index=True)
    motion_id: int = columns.ref("motion.id", index=True)
    kind: ExitKind = columns.choice(ExitKind)
    counterparty_id: int | None = columns.ref("party.id", nullable=True, index=True)
    into_partner_chain: bool = columns.flag(default=False)
    exited_on: date = columns.day()
    note: str = columns.text(default="")
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ExitUndoing(Row, table=True):
    """An exit that no longer stands, because a sale or write-off it rested on was taken back."""

    __tablename__ = "deal_exit_undoing"

    exit_id: int = columns.ref("deal_exit.id", unique=True)
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("deal_exit", "deal_exit_undoing"):
    walls.append_only(_table)
    walls.readable(_table, "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())")
