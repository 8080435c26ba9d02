"""The money that went into holdings and came back: the base of gross returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.holdings.models import Holding, HoldingDisposal, HoldingIncome, HoldingLot
from fund.ledger.undone import undone_acts
from kernel.db import Tx


@dataclass(frozen=True)
class CashFlow:
    """Money into a holding (negative) or out of it. `reference` is that of the ledger entry, or how it begins."""

    holding_id: int
    on: date
    amount: int
    kind: str
    reference: str


def cash_flows(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    holding_id: int | None = None,
    known_at: datetime | None = None,
) -> list[CashFlow]:
    """What was paid for holdings and what came back, by day; the base of gross returns."""
    found: list[CashFlow] = []
    for row, code in _moves(tx, HoldingLot, fund_id, holding_id, as_of, known_at):
        if row.cost:
            found.append(
                CashFlow(row.holding_id, row.bought_on, -row.cost, "purchase", f"{code}/BUY-{row.number}")
            )
    for row, code in _moves(tx, HoldingDisposal, fund_id, holding_id, as_of, known_at):
        if row.proceeds:
            reference = f"{code}/SALE-{row.number}"
            found.append(CashFlow(row.holding_id, row.sold_on, row.proceeds, row.kind.value, reference))
    for row, code in _moves(tx, HoldingIncome, fund_id, holding_id, as_of, known_at):
        found.append(
            CashFlow(
                row.holding_id, row.received_on, row.amount, row.kind.value, f"{code}/INCOME-{row.number}"
            )
        )
    return sorted(found, key=lambda flow: (flow.on, flow.holding_id, flow.reference))


_KINDS = {HoldingLot: "lot", HoldingDisposal: "disposal", HoldingIncome: "income"}
_DAYS = {HoldingLot: "bought_on", HoldingDisposal: "sold_on", HoldingIncome: "received_on"}


def _moves(
    tx: Tx, model: Any, fund_id: int, holding_id: int | None, as_of: date, known_at: datetime | None
) -> Sequence[Any]:
    """Rows of `model` up to a day that were not taken back by then, each with the code of its holding."""
    statement = sa.select(model, col(Holding.code)).join(Holding, col(Holding.id) == model.holding_id)
    statement = statement.where(col(Holding.fund_id) == fund_id, getattr(model, _DAYS[model]) <= as_of)
    if holding_id is not None:
        statement = statement.where(model.holding_id == holding_id)
    if known_at is not None:
        statement = statement.where(model.recorded_at <= known_at)
    kind = _KINDS[model]
    gone = {act for act, on in undone_acts(tx, kind=kind, known_at=known_at).items() if on <= as_of}
    rows = tx.execute(statement.order_by(model.id))
    return [found for found in rows if f"{kind}:{found[0].id}" not in gone]
