"""Commitments, closes and what is due; calls are in `inflows.py`, distributions in `outflows.py`, where partners
stand in `positions.py`. All of it can be had from here.

With an `actor` only what it may see; without one the database's own wall must do.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from fund.capital.by_day import waterfall_flows
from fund.capital.commitment_sheets import CloseSheet, CommitmentSheet
from fund.capital.inflows import call_by_code, call_row, call_sheet, calls, receipt, receipts
from fund.capital.models import Call, CallLine, CapitalClose, Commitment, Receipt
from fund.capital.outflows import accruals, distribution_by_code, distribution_sheet, distributions
from fund.capital.participation import excusing, participation
from fund.capital.positions import (
    commitments,
    contributions,
    recallable,
    seen,
    standings,
    unfunded,
    visible_to,
)
from fund.capital.rules import CallState
from fund.capital.sheets import DueLine
from fund.capital.standing import call_stands, receipt_stands
from fund.ledger.undone import undone_acts
from fund.nettings.queries import announced
from kernel.db import Tx
from kernel.identity.rules import Actor

__all__ = [
    "accruals",
    "call_by_code",
    "call_row",
    "call_sheet",
    "calls",
    "commitments",
    "contributions",
    "distribution_by_code",
    "distribution_sheet",
    "distributions",
    "excusing",
    "participation",
    "recallable",
    "receipt",
    "receipts",
    "standings",
    "unfunded",
    "visible_to",
    "waterfall_flows",
]


def commitment_sheets(
    tx: Tx, *, fund_id: int, partner_id: int | None = None, actor: Actor | None = None
) -> list[CommitmentSheet]:
    """Every commitment (of one partner) with the close at which it was made."""
    statement = (
        sa.select(Commitment, col(CapitalClose.number))
        .join(CapitalClose, col(CapitalClose.id) == col(Commitment.close_id))
        .where(col(Commitment.fund_id) == fund_id)
        .order_by(col(Commitment.id))
    )
    if partner_id is not None:
        statement = statement.where(col(Commitment.partner_id) == partner_id)
    rows = tx.execute(seen(statement, actor, col(Commitment.partner_id)))
    gone = undone_acts(tx, kind="close", fund_id=fund_id)
    return [
        CommitmentSheet(
            r.key,
            r.fund_id,
            r.partner_id,
            r.amount,
            r.effective_on,
            number,
            r.recorded_at,
            gone.get(f"close:{r.close_id}"),
        )
        for r, number in rows
    ]


def closes(tx: Tx, *, fund_id: int) -> list[CloseSheet]:
    """The fund's closings in their order."""
    statement = (
        sa.select(CapitalClose, col(Call.id))
        .outerjoin(Call, col(Call.close_id) == col(CapitalClose.id))
        .where(col(CapitalClose.fund_id) == fund_id)
        .order_by(col(CapitalClose.number))
    )
    gone = undone_acts(tx, kind="close", fund_id=fund_id)
    return [
        CloseSheet(
            r.key,
            r.fund_id,
            r.number,
            r.closed_on,
            r.due_on,
            r.interest_rate,
            call_id,
            gone.get(f"close:{r.key}"),
            r.basis,
        )
        for r, call_id in tx.execute(statement)
    ]


def has_called(tx: Tx, *, fund_id: int) -> bool:
    """Whether any call stands issued; whoever joins then joins by a later close."""
    issued = select(Call.id).where(Call.fund_id == fund_id, Call.state == CallState.ISSUED)
    return tx.exec(issued.limit(1)).first() is not None


def due_calls(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None, actor: Actor | None = None
) -> list[DueLine]:
    """What was owed at the end of `as_of` on calls due by then, oldest first, as known at an instant."""
    found = []
    for call in tx.exec(_due(as_of, known_at).where(Call.fund_id == fund_id)):
        found += due_lines(tx, call_id=call.key, as_of=as_of, known_at=known_at, actor=actor)
    return found


def due_lines(
    tx: Tx, *, call_id: int, as_of: date, known_at: datetime | None = None, actor: Actor | None = None
) -> list[DueLine]:
    """What was owed on one call at the end of `as_of`, by partner; days late are negative before the due date."""
    sheet = call_sheet(tx, call_id=call_id, as_of=as_of, known_at=known_at)
    if not sheet.call.counts_on(as_of, known_at=known_at):
        return []
    late, will = (as_of - sheet.call.due_on).days, announced(tx, call_id=call_id, known_at=known_at)
    return [
        DueLine(
            call_id,
            sheet.call.code,
            line.partner_id,
            sheet.call.due_on,
            line.amount,
            line.outstanding,
            late,
            min(line.outstanding, will.get(line.partner_id, 0)),
        )
        for line in sheet.lines
        if line.outstanding > 0
        and (actor is None or actor.reach == "all" or line.partner_id in actor.partner_ids)
    ]


def calls_due(tx: Tx, *, until: date) -> list[int]:
    """The issued calls of any fund that are due by `until` and not wholly paid."""
    return [call.key for call in tx.exec(_due(until)) if due_lines(tx, call_id=call.key, as_of=until)]


def _due(until: date, known_at: datetime | None = None) -> SelectOfScalar[Call]:
    """Calls due by a day that stand at its end and were not fully received by then."""
    return (
        select(Call)
        .where(call_stands(until, known_at), col(Call.due_on) <= until)
        .where(_asked() > _received(until, known_at))
        .order_by(col(Call.due_on), col(Call.id))
    )


def _asked() -> Any:
    summed = sa.func.sum(sa.case((col(CallLine.amount) > 0, col(CallLine.amount)), else_=0))
    return sa.select(summed).where(col(CallLine.call_id) == col(Call.id)).correlate(Call).scalar_subquery()


def _received(until: date, known_at: datetime | None) -> Any:
    live = (col(Receipt.call_id) == col(Call.id)) & receipt_stands(until, known_at)
    summed = sa.func.coalesce(sa.func.sum(Receipt.amount), 0)
    return sa.select(summed).where(live).correlate(Call).scalar_subquery()
