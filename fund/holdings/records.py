"""The rows of holdings turned into positions. Reads only; `queries.py` makes sheets of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TypeVar

from sqlmodel import col, select

from fund.holdings.mark_rules import Made
from fund.holdings.models import (
    Holding,
    HoldingDisposal,
    HoldingLabel,
    HoldingLot,
    HoldingMark,
    HoldingRelief,
    Instrument,
    MarkApproval,
    MarkRejection,
)
from fund.holdings.position import Disposal, Lot, Position, Relief, Valued, taken_back
from fund.ledger.undone import undone_acts
from kernel.db import Tx

R = TypeVar("R", HoldingLot, HoldingDisposal)


@dataclass(frozen=True)
class Record:
    """One instrument of a holding with all that happened to it, and the fund's part of the company by day."""

    instrument: Instrument
    position: Position
    ownership: tuple[tuple[date, Fraction], ...]
    marks: dict[int, HoldingMark]


def records(
    tx: Tx, *, holding_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, list[Record]]:
    """Every instrument of the holdings, by holding, as had been recorded by `known_at` (None: all that is)."""
    instruments = tx.exec(
        select(Instrument).where(col(Instrument.holding_id).in_(holding_ids)).order_by(col(Instrument.id))
    ).all()
    lots = _by_instrument(_known(tx, HoldingLot, holding_ids, known_at))
    disposals = _by_instrument(_known(tx, HoldingDisposal, holding_ids, known_at))
    reliefs = _reliefs(tx, holding_ids)
    undone = {
        act: day
        for kind in ("lot", "disposal")
        for act, day in undone_acts(tx, kind=kind, known_at=known_at).items()
    }
    in_force = _in_force(tx, holding_ids, known_at)
    found: dict[int, list[Record]] = {holding_id: [] for holding_id in holding_ids}
    for instrument in instruments:
        own = lots.get(instrument.key, [])
        kept = [lot for lot in own if f"lot:{lot.key}" not in undone]
        marks = in_force.get(instrument.key, [])
        position = Position(
            tuple(sorted((_lot(row) for row in own), key=lambda lot: (lot.bought_on, lot.id))),
            _disposals(own, disposals.get(instrument.key, []), reliefs, undone),
            tuple(Valued(mark.key, mark.marked_on, mark.value) for mark in marks),
        )
        found[instrument.holding_id].append(
            Record(instrument, position, _ownership(kept, marks), {mark.key: mark for mark in marks})
        )
    return found


def labels_of(
    tx: Tx, *, rows: Sequence[Holding], as_of: date, known_at: datetime | None = None
) -> dict[int, dict[str, str]]:
    """The labels in force at the end of a day as known at an instant, by holding and by the name of the label."""
    ids = [row.key for row in rows]
    statement = select(HoldingLabel).where(
        col(HoldingLabel.holding_id).in_(ids), HoldingLabel.effective_on <= as_of
    )
    if known_at is not None:
        statement = statement.where(HoldingLabel.recorded_at <= known_at)
    found = {row.key: _labels(row) for row in rows}
    for said in tx.exec(statement.order_by(col(HoldingLabel.effective_on), col(HoldingLabel.id))):
        found[said.holding_id] = _labels(said)
    return found


def _labels(row: Holding | HoldingLabel) -> dict[str, str]:
    return {
        "sector": row.sector,
        "chain_position": row.chain_position,
        "stage": row.stage,
        "origin": row.origin,
        "city": row.city,
    }


def chain(tx: Tx, *, instrument_id: int, marked_on: date) -> list[Made]:
    """The marks of an instrument for one day in the order in which each replaced the one before."""
    statement = (
        select(HoldingMark.id, MarkApproval.id, MarkRejection.id)
        .join(MarkApproval, col(MarkApproval.mark_id) == HoldingMark.id, isouter=True)
        .join(MarkRejection, col(MarkRejection.mark_id) == HoldingMark.id, isouter=True)
        .where(HoldingMark.instrument_id == instrument_id, HoldingMark.marked_on == marked_on)
        .order_by(col(HoldingMark.id))
    )
    return [
        Made(mark_id, approval is not None, rejection is not None)
        for mark_id, approval, rejection in tx.exec(statement)
        if mark_id
    ]


def _known(tx: Tx, model: type[R], holding_ids: Collection[int], known_at: datetime | None) -> Sequence[R]:
    statement = select(model).where(col(model.holding_id).in_(holding_ids)).order_by(col(model.id))
    if known_at is not None:
        statement = statement.where(col(model.recorded_at) <= known_at)
    return tx.exec(statement).all()


def _by_instrument(rows: Iterable[R]) -> dict[int, list[R]]:
    grouped: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        grouped[row.instrument_id].append(row)
    return grouped


def _disposals(
    lots: Sequence[HoldingLot],
    rows: Sequence[HoldingDisposal],
    reliefs: Mapping[int, list[Relief]],
    undone: Mapping[str, date],
) -> tuple[Disposal, ...]:
    """Sales and write-offs in the order of their days, and the purchases that were taken back among them."""
    found = [_disposal(row, reliefs[row.key], undone.get(f"disposal:{row.key}")) for row in _in_order(rows)]
    for row in lots:
        on = undone.get(f"lot:{row.key}")
        if on is not None:
            found.append(taken_back(_lot(row), on=on))
    return tuple(sorted(found, key=lambda one: one.sold_on))


def _in_order(rows: Iterable[HoldingDisposal]) -> list[HoldingDisposal]:
    return sorted(rows, key=lambda row: (row.sold_on, row.key))


def _reliefs(tx: Tx, holding_ids: Collection[int]) -> dict[int, list[Relief]]:
    grouped: dict[int, list[Relief]] = defaultdict(list)
    statement = select(HoldingRelief).where(col(HoldingRelief.holding_id).in_(holding_ids))
    for row in tx.exec(statement.order_by(col(HoldingRelief.id))):
        grouped[row.disposal_id].append(Relief(row.lot_id, row.quantity, row.cost))
    return grouped


def _in_force(
    tx: Tx, holding_ids: Collection[int], known_at: datetime | None
) -> dict[int, list[HoldingMark]]:
    """The approved marks that hold, by instrument and in the order of their days: of a day the last approved."""
    statement = (
        select(HoldingMark)
        .join(MarkApproval, col(MarkApproval.mark_id) == HoldingMark.id)
        .where(col(HoldingMark.holding_id).in_(holding_ids))
        .order_by(col(HoldingMark.marked_on), col(HoldingMark.id))
    )
    if known_at is not None:
        statement = statement.where(col(MarkApproval.recorded_at) <= known_at)
    last: dict[int, dict[date, HoldingMark]] = defaultdict(dict)
    for row in tx.exec(statement):
        last[row.instrument_id][row.marked_on] = row
    return {instrument_id: list(days.values()) for instrument_id, days in last.items()}


def _ownership(lots: Iterable[HoldingLot], marks: Iterable[HoldingMark]) -> tuple[tuple[date, Fraction], ...]:
    said = [(lot.bought_on, lot.ownership) for lot in lots] + [
        (mark.marked_on, mark.ownership) for mark in marks
    ]
    return tuple(sorted((day, part) for day, part in said if part is not None))


def _lot(row: HoldingLot) -> Lot:
    return Lot(row.key, row.bought_on, row.quantity, row.cost)


def _disposal(row: HoldingDisposal, reliefs: list[Relief], undone_on: date | None) -> Disposal:
    return Disposal(row.sold_on, row.kind, row.quantity, row.proceeds, tuple(reliefs), undone_on)
