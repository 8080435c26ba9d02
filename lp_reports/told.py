"""When a quarter was last told: the instant from which a reader of its report asks what has changed since."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from fund.results.compared import last_locked
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor
from kernel.periods import Quarter
from lp_reports.models import Report, ReportSnapshot
from lp_reports.queries import visible_to
from lp_reports.rules import READABLE


class NeverTold(Invalid):
    code = "quarter_never_told"
    says = "No report of {quarter} was published and it was never locked; say the first instant."


def told_at(
    tx: Tx, *, actor: Actor, fund_id: int, quarter: Quarter, partner_id: int | None = None
) -> datetime | None:
    """The instant at which the figures of the quarter's newest published report were frozen, else that at which it was
    locked; None where it was neither.
    """
    statement = (
        sa.select(sa.func.max(col(ReportSnapshot.frozen_at)))
        .join(Report, col(Report.snapshot_id) == col(ReportSnapshot.id))
        .where(
            visible_to(actor),
            col(Report.fund_id) == fund_id,
            col(Report.quarter) == str(quarter),
            col(Report.state).in_(READABLE),
        )
    )
    if partner_id is not None:
        statement = statement.where(col(Report.partner_id) == partner_id)
    found: datetime | None = tx.execute(statement).scalar_one()
    return found or last_locked(tx, fund_id=fund_id, quarter=quarter)


def told_instant(
    tx: Tx, *, actor: Actor, fund_id: int, quarter: Quarter, partner_id: int | None = None
) -> datetime:
    """The same; refused where the quarter was neither reported nor locked."""
    found = told_at(tx, actor=actor, fund_id=fund_id, quarter=quarter, partner_id=partner_id)
    if found is None:
        raise NeverTold(quarter=str(quarter))
    return found
