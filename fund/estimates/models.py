"""Estimates of calls as they were published: the newest holds; what one said stays."""

from datetime import datetime

import sqlalchemy as sa

from fund.estimates.rules import CallMethod
from kernel import columns, walls
from kernel.columns import Row


class CallEstimate(Row, table=True):
    """An estimate made from the books of a quarter's end; of one made of a scenario, which and from what seed."""

    __tablename__ = "call_estimate"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        columns.choices_check("method", CallMethod),
        sa.CheckConstraint(
            "(method IN ('plan', 'simulation')) = (scenario IS NOT NULL)", name="names_its_scenario"
        ),
        sa.CheckConstraint("(scenario IS NULL) = (seed IS NULL)", name="names_its_seed"),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    quarter: str = columns.code()
    method: CallMethod = columns.choice(CallMethod)
    scenario: int | None = columns.number(nullable=True)
    seed: int | None = columns.number(nullable=True)
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class CallEstimatePart(Row, table=True):
    """What of it falls on a partner in a quarter; the fund's estimate is the sum."""

    __tablename__ = "call_estimate_part"
    __table_args__ = (
        sa.UniqueConstraint("estimate_id", "partner_id", "quarter"),
        sa.CheckConstraint("fee >= 0 AND investment >= 0", name="not_negative"),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name="range_has_two_ends"),
    )

    estimate_id: int = columns.ref("call_estimate.id")
    partner_id: int = columns.ref("partner.id", index=True)
    quarter: str = columns.code()
    fee: int = columns.minor()
    investment: int = columns.minor()
    low: int | None = columns.minor(nullable=True)
    high: int | None = columns.minor(nullable=True)


for _table in ("call_estimate", "call_estimate_part"):
    walls.append_only(_table)
walls.readable("call_estimate_part", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
# How it was made is read by whoever has a part in it.
walls.readable(
    "call_estimate",
    """afund_reach() = 'all'
       OR EXISTS (SELECT FROM call_estimate_part p WHERE p.estimate_id = call_estimate.id)""",
)
