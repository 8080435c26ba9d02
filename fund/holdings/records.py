"""The rows of holdings turned into positions. Reads only; `queries.py` makes sheets of them."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
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
M = TypeVar("M", HoldingMark, "Said")


@dataclass(frozen=True)
class Stake:
    """One instrument of a holding with all that happened to it, the fund's part of the company by day, and which of its
    marks say that a loss is permanent.
    """

    instrument: Instrument
    position: Position
    ownership: tuple[tuple[date, Fraction], ...]
    losses: frozenset[int]


@dataclass(frozen=True)
class Record(Stake):
    """The same with the marks as they were prepared."""

    marks: dict[int, HoldingMark]


class Said(NamedTuple):
    """What a mark says of an instrument, without how it was come by."""

    key: int
    instrument_id: int
    marked_on: date
    value: int
    ownership: Fraction | None
    is_permanent_loss: bool


_SAID = tuple(
    getattr(HoldingMark, name)
    for name in ("id", "instrument_id", "marked_on", "value", "ownership", "is_permanent_loss")
)


def records(
    tx: Tx, *, holding_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, list[Record]]:
    """Every instrument of the holdings, by holding, as had been recorded by `known_at` (None: all that is)."""
    rows = tx.exec(_approved(select(HoldingMark), holding_ids, known_at))
    in_force = _in_force(rows)
    return {
        holding_id: [
            Record(
                one.instrument,
                one.position,
                one.ownership,
                one.losses,
                {mark.key: mark for mark in in_force.get(one.instrument.key, ())},
            )
            for one in stakes
        ]
        for holding_id, stakes in _stakes(tx, holding_ids, known_at, in_force).items()
    }


def stakes(
    tx: Tx, *, holding_ids: Collection[int], until: date, known_at: datetime | None = None
) -> dict[int, list[Stake]]:
    """The same without the working of the marks, of which those up to a day are read: there are sixty to a company
    after fifteen years, and their working is most of what they are.
    """
    wanted = _approved(sa.select(*_SAID), holding_ids, known_at).where(HoldingMark.marked_on <= until)
    in_force = _in_force(map(Said._make, tx.execute(wanted)))
    return _stakes(tx, holding_ids, known_at, in_force)


def stakes_on(
    tx: Tx, *, holding_ids: Collection[int], day: date, known_at: datetime | None = None
) -> dict[int, list[Stake]]:
    """The same for one day alone: of the marks in force of an instrument the last that tells the fund's part of the
    company and the last that does not.
    """
    wanted = _approved(sa.select(*_SAID), holding_ids, known_at).where(HoldingMark.marked_on <= day)
    days = (col(HoldingMark.instrument_id), col(HoldingMark.marked_on))
    of_day = (
        wanted.ext(distinct_on(*days)).order_by(None).order_by(*days, col(HoldingMark.id).desc()).subquery()
    )
    kinds = (of_day.c.instrument_id, of_day.c.ownership.is_(None))
    last = sa.select(of_day).ext(distinct_on(*kinds)).order_by(*kinds, of_day.c.marked_on.desc())
    said = sorted(map(Said._make, tx.execute(last)), key=lambda mark: mark.marked_on)
    return _stakes(tx, holding_ids, known_at, _in_force(said))


def _stakes(
    tx: Tx, holding_ids: Collection[int], known_at: datetime | None, in_force: Mapping[int, Sequence[M]]
) -> dict[int, list[Stake]]:
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
    found: dict[int, list[Stake]] = {holding_id: [] for holding_id in holding_ids}
    for instrument in instruments:
        own = lots.get(instrument.key, [])
        kept = [lot for lot in own if f"lot:{lot.key}" not in undone]
        marks = in_force.get(instrument.key, ())
        position = Position(
            tuple(sorted((_lot(row) for row in own), key=lambda lot: (lot.bought_on, lot.id))),
            _disposals(own, disposals.get(instrument.key, []), reliefs, undone),
            tuple(Valued(mark.key, mark.marked_on, mark.value) for mark in marks),
        )
        losses = frozenset(mark.key for mark in marks if mark.is_permanent_loss)
        found[instrument.holding_id].append(Stake(instrument, position, _ownership(kept, marks), losses))
    return found


def labels_of(
    tx: Tx, *, rows: Sequence[Holding], as_of: date, known_at: datetime | None = None
) -> dict[int, dict[str, str]]:
    """The labels in force at the end of a day as known at an instant, by holding and by the name of the label."""
    return labels_on(tx, rows=rows, days=[as_of], known_at=known_at)[as_of]


def labels_on(
    tx: Tx, *, rows: Sequence[Holding], days: Collection[date], known_at: datetime | None = None
) -> dict[date, dict[int, dict[str, str]]]:
    """The same at the end of several days, from one reading."""
    statement = select(HoldingLabel).where(
        col(HoldingLabel.holding_id).in_([row.key for row in rows]),
        HoldingLabel.effective_on <= max(days, default=date.min),
    )
    if known_at is not None:
        statement = statement.where(HoldingLabel.recorded_at <= known_at)
    said = deque(tx.exec(statement.order_by(col(HoldingLabel.effective_on), col(HoldingLabel.id))))
    in_force, found = {row.key: _labels(row) for row in rows}, {}
    for day in sorted(days):
        while said and said[0].effective_on <= day:
            row = said.popleft()
            in_force[row.holding_id] = _labels(row)
        found[day] = dict(in_force)
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
    """Sales and write-offs in the order of their days, and the purchases that were taken back among them.

    Of a day a purchase was taken back first: once something has been sold, some of it has left.
    """
    gone = [(row, undone.get(f"lot:{row.key}")) for row in lots]
    found = [taken_back(_lot(row), on=on) for row, on in gone if on is not None]
    for row in _in_order(rows):
        found.append(_disposal(row, reliefs[row.key], undone.get(f"disposal:{row.key}")))
    return tuple(sorted(found, key=lambda one: one.sold_on))


def _in_order(rows: Iterable[HoldingDisposal]) -> list[HoldingDisposal]:
    return sorted(rows, key=lambda row: (row.sold_on, row.key))


def _reliefs(tx: Tx, holding_ids: Collection[int]) -> dict[int, list[Relief]]:
    grouped: dict[int, list[Relief]] = defaultdict(list)
    statement = select(HoldingRelief).where(col(HoldingRelief.holding_id).in_(holding_ids))
    for row in tx.exec(statement.order_by(col(HoldingRelief.id))):
        grouped[row.disposal_id].append(Relief(row.lot_id, row.quantity, row.cost))
    return grouped


def _approved(statement: Any, holding_ids: Collection[int], known_at: datetime | None) -> Any:
    """What is asked of marks, of those that were approved, in the order of their days."""
    statement = (
        statement.join(MarkApproval, col(MarkApproval.mark_id) == HoldingMark.id)
        .where(col(HoldingMark.holding_id).in_(holding_ids))
        .order_by(col(HoldingMark.marked_on), col(HoldingMark.id))
    )
    return statement if known_at is None else statement.where(col(MarkApproval.recorded_at) <= known_at)


def _in_force(marks: Iterable[M]) -> dict[int, list[M]]:
    """The approved marks that hold, by instrument and in the order of their days: of a day the last approved."""
    last: dict[int, dict[date, M]] = defaultdict(dict)
    for one in marks:
        last[one.instrument_id][one.marked_on] = one
    return {instrument_id: list(days.values()) for instrument_id, days in last.items()}


def _ownership(
    lots: Iterable[HoldingLot], marks: Iterable[HoldingMark | Said]
) -> tuple[tuple[date, Fraction], ...]:
    said = [(lot.bought_on, lot.ownership) for lot in lots] + [
        (mark.marked_on, mark.ownership) for mark in marks
    ]
    return tuple(sorted((day, part) for day, part in said if part is not None))


def _lot(row: HoldingLot) -> Lot:
    return Lot(row.key, row.bought_on, row.quantity, row.cost)


def _disposal(row: HoldingDisposal, reliefs: list[Relief], undone_on: date | None) -> Disposal:
    facts = (row.sold_on, row.kind, row.quantity, row.proceeds, tuple(reliefs), undone_on)
    return Disposal(*facts, act=f"disposal:{row.key}")
