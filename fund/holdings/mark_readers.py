"""Who reads which marks, and so the files and memos behind them: one rule for pages, answers and print."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col, select

from fund.holdings.models import Holding, HoldingMark, MarkApproval
from kernel.identity.models import User
from kernel.identity.rules import Actor, Role

# Files and policies stand in a room above.
_FILES = sa.table("valuation_file", sa.column("mark_id"))
_POLICIES = sa.table(
    "valuation_policy",
    sa.column("fund_id"),
    sa.column("number"),
    sa.column("effective_on"),
    sa.column("content", JSONB),
)


def marks_read_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The marks, as a condition on `HoldingMark`: those approved, and drafts with a file of whoever answers it.

    The house reads every draft. The database's row-level security says the same.
    """
    if actor.reach == "all":
        return sa.true()
    signed = sa.exists().where(col(MarkApproval.mark_id) == col(HoldingMark.id))
    approved = signed.correlate(HoldingMark)
    return approved | _answered_by(actor) if actor.has(Role.COMMITTEE) else approved


def _answered_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether a file is behind the mark and the policy of its day names the actor as a member of its committee."""
    filed = sa.exists().where(_FILES.c.mark_id == col(HoldingMark.id)).correlate(HoldingMark)
    fund = select(Holding.fund_id).where(col(Holding.id) == col(HoldingMark.holding_id))
    policies = _POLICIES.c
    held = (
        sa.select(policies.content["committee"])
        .where(policies.fund_id == fund.correlate(HoldingMark).scalar_subquery())
        .where(policies.effective_on <= col(HoldingMark.marked_on))
        .order_by(policies.effective_on.desc(), policies.number.desc())
        .limit(1)
        .correlate(HoldingMark)
        .scalar_subquery()
    )
    login = (
        sa.select(sa.func.to_jsonb(col(User.login))).where(col(User.id) == actor.user_id).scalar_subquery()
    )
    return filed & held.op("@>", is_comparison=True, return_type=sa.Boolean())(login)
