"""What was bought, sold and received, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from fund.holdings.models import (
    Holding,
    HoldingDisposal,
    HoldingIncome,
    HoldingLot,
    HoldingRelief,
    Instrument,
)
from fund.holdings.position import DisposalKind
from fund.holdings.rules import IncomeKind
from fund.ledger.undone import undone_acts
from kernel.db import Tx


@dataclass(frozen=True)
class LotSheet:
    """A purchase; `quantity_left` and `cost_left` are what of it is held at the end of the day asked for."""

    id: int
    holding_id: int
    instrument: str
    number: int
    bought_on: date
    quantity: Fraction
    cost: int
    quantity_left: Fraction
    cost_left: int
    ownership: Fraction | None
    memo: str
    recorded_at: datetime


@dataclass(frozen=True)
class DisposalSheet:
    """A sale or write-off; `cost` is that of what left."""

    id: int
    holding_id: int
    instrument: str
    number: int
    kind: DisposalKind
    sold_on: date
    quantity: Fraction
    proceeds: int
    cost: int
    buyer_party_id: int | None
    reason: str
    recorded_at: datetime

    @property
    def gain(self) -> int:
        """What the proceeds are above (below: negative) the cost."""
        return self.proceeds - self.cost


@dataclass(frozen=True)
class IncomeSheet:
    """A dividend or interest received."""

    id: int
    holding_id: int
    number: int
    kind: IncomeKind
    received_on: date
    amount: int
    memo: str
    recorded_at: datetime


def lots(tx: Tx, *, holding_id: int, as_of: date) -> list[LotSheet]:
    """The purchases of a holding up to a day, in their order."""
    taken, gone = _reliefs(tx, holding_id, as_of), _gone(tx, "lot", as_of)
    statement = (
        select(HoldingLot, Instrument.code)
        .join(Instrument, col(Instrument.id) == HoldingLot.instrument_id)
        .where(HoldingLot.holding_id == holding_id, HoldingLot.bought_on <= as_of)
        .order_by(col(HoldingLot.bought_on), col(HoldingLot.id))
    )
    found = []
    for row, instrument in tx.exec(statement):
        if f"lot:{row.key}" in gone:
            continue
        parts = taken.get(row.key, [])
        found.append(
            LotSheet(
                row.key,
                holding_id,
                instrument,
                row.number,
                row.bought_on,
                row.quantity,
                row.cost,
                row.quantity - sum((relief.quantity for relief in parts), Fraction(0)),
                row.cost - sum(relief.cost for relief in parts),
                row.ownership,
                row.memo,
                row.recorded_at,
            )
        )
    return found


def disposals(
    tx: Tx, *, fund_id: int, as_of: date, since: date | None = None, holding_id: int | None = None
) -> list[DisposalSheet]:
    """The sales and write-offs of a fund, or of one holding, up to a day, by day."""
    statement = (
        select(HoldingDisposal, Instrument.code)
        .join(Instrument, col(Instrument.id) == HoldingDisposal.instrument_id)
        .join(Holding, col(Holding.id) == HoldingDisposal.holding_id)
        .where(Holding.fund_id == fund_id, HoldingDisposal.sold_on <= as_of)
        .order_by(col(HoldingDisposal.sold_on), col(HoldingDisposal.id))
    )
    if since is not None:
        statement = statement.where(HoldingDisposal.sold_on >= since)
    if holding_id is not None:
        statement = statement.where(HoldingDisposal.holding_id == holding_id)
    gone = _gone(tx, "disposal", as_of)
    rows: Sequence[Any] = [found for found in tx.exec(statement) if f"disposal:{found[0].key}" not in gone]
    costs: dict[int, int] = {}
    wanted = col(HoldingRelief.disposal_id).in_([row.key for row, _ in rows])
    for relief in tx.exec(select(HoldingRelief).where(wanted)):
        costs[relief.disposal_id] = costs.get(relief.disposal_id, 0) + relief.cost
    return [
        DisposalSheet(
            row.key,
            row.holding_id,
            instrument,
            row.number,
            row.kind,
            row.sold_on,
            row.quantity,
            row.proceeds,
            costs[row.key],
            row.buyer_party_id,
            row.reason,
            row.recorded_at,
        )
        for row, instrument in rows
    ]


def income(tx: Tx, *, holding_id: int, as_of: date) -> list[IncomeSheet]:
    """What a holding paid up to a day, by day."""
    gone = _gone(tx, "income", as_of)
    statement = select(HoldingIncome).where(
        HoldingIncome.holding_id == holding_id, HoldingIncome.received_on <= as_of
    )
    return [
        IncomeSheet(
            row.key,
            holding_id,
            row.number,
            row.kind,
            row.received_on,
            row.amount,
            row.memo,
            row.recorded_at,
        )
        for row in tx.exec(statement.order_by(col(HoldingIncome.received_on), col(HoldingIncome.id)))
        if f"income:{row.key}" not in gone
    ]


def _gone(tx: Tx, kind: str, as_of: date) -> set[str]:
    """The acts of a kind that were taken back with effect by the end of a day."""
    return {act for act, on in undone_acts(tx, kind=kind).items() if on <= as_of}


def _reliefs(tx: Tx, holding_id: int, as_of: date) -> dict[int, list[HoldingRelief]]:
    """What disposals up to a day took, by lot."""
    statement = (
        select(HoldingRelief)
        .join(HoldingDisposal, col(HoldingDisposal.id) == HoldingRelief.disposal_id)
        .where(HoldingRelief.holding_id == holding_id, HoldingDisposal.sold_on <= as_of)
    )
    gone = _gone(tx, "disposal", as_of)
    grouped: dict[int, list[HoldingRelief]] = {}
    for row in (one for one in tx.exec(statement) if f"disposal:{one.disposal_id}" not in gone):
        grouped.setdefault(row.lot_id, []).append(row)
    return grouped
