"""The money that went into holdings and came back: the base of gross returns."""

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
    """Money into a holding (negative) or out of it. `reference` is that of the ledger entry, or how it begins.

    `act` finds its entries in the journal; `until` is the day with whose end it was taken back, None for one that
    stands.
    """

    holding_id: int
    on: date
    amount: int
    kind: str
    reference: str
    act: str = ""
    until: date | None = None


def cash_flows(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    holding_id: int | None = None,
    known_at: datetime | None = None,
) -> list[CashFlow]:
    """What was paid for holdings and what came back, by day; the base of gross returns."""
    found = all_cash_flows(tx, fund_id=fund_id, as_of=as_of, holding_id=holding_id, known_at=known_at)
    return [flow for flow in found if flow.until is None]


def all_cash_flows(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    holding_id: int | None = None,
    known_at: datetime | None = None,
) -> list[CashFlow]:
    """The same with what was taken back by then, for whoever tells how it stood on earlier days."""
    found: list[CashFlow] = []
    for row, code, until in _moves(tx, HoldingLot, fund_id, holding_id, as_of, known_at):
        if row.cost:
            reference = f"{code}/BUY-{row.number}"
            found.append(_flow(row, row.bought_on, -row.cost, "purchase", reference, until))
    for row, code, until in _moves(tx, HoldingDisposal, fund_id, holding_id, as_of, known_at):
        if row.proceeds:
            reference = f"{code}/SALE-{row.number}"
            found.append(_flow(row, row.sold_on, row.proceeds, row.kind.value, reference, until))
    for row, code, until in _moves(tx, HoldingIncome, fund_id, holding_id, as_of, known_at):
        reference = f"{code}/INCOME-{row.number}"
        found.append(_flow(row, row.received_on, row.amount, row.kind.value, reference, until))
    return sorted(found, key=lambda flow: (flow.on, flow.holding_id, flow.reference))


_KINDS: dict[Any, str] = {HoldingLot: "lot", HoldingDisposal: "disposal", HoldingIncome: "income"}
_DAYS = {HoldingLot: "bought_on", HoldingDisposal: "sold_on", HoldingIncome: "received_on"}


def _flow(row: Any, on: date, amount: int, kind: str, reference: str, until: date | None) -> CashFlow:
    act = f"{_KINDS[type(row)]}:{row.id}"
    return CashFlow(row.holding_id, on, amount, kind, reference, act, until)


def _moves(
    tx: Tx, model: Any, fund_id: int, holding_id: int | None, as_of: date, known_at: datetime | None
) -> list[tuple[Any, str, date | None]]:
    """Rows of `model` up to a day, each with the code of its holding and the day on which it was taken back."""
    statement = sa.select(model, col(Holding.code)).join(Holding, col(Holding.id) == model.holding_id)
    statement = statement.where(col(Holding.fund_id) == fund_id, getattr(model, _DAYS[model]) <= as_of)
    if holding_id is not None:
        statement = statement.where(model.holding_id == holding_id)
    if known_at is not None:
        statement = statement.where(model.recorded_at <= known_at)
    kind = _KINDS[model]
    undone = undone_acts(tx, kind=kind, known_at=known_at)
    gone = {act: on for act, on in undone.items() if on <= as_of}
    rows = tx.execute(statement.order_by(model.id))
    return [(row, code, gone.get(f"{kind}:{row.id}")) for row, code in rows]
