"""Saying what a holding is worth: one person prepares, another approves, and only then the books follow."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import select

from fund.holdings.aftermath import Departures
from fund.holdings.bookings import check_holding_open, locked_holding, next_of_holding, the_record
from fund.holdings.leaving import positions_of
from fund.holdings.mark_rules import (
    Bridge,
    Causes,
    MarkUnknown,
    Technique,
    bridge,
    check_approval,
    check_chain,
    check_mark_day,
    check_rejection,
    check_still_true,
)
from fund.holdings.models import Holding, HoldingMark, Instrument, MarkApproval, MarkRejection
from fund.holdings.queries import MarkSheet, mark
from fund.holdings.records import Record, chain
from fund.holdings.restating import follow_mark
from fund.ledger.stamps import stamp
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def prepare_mark(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    marked_on: date,
    value: int,
    technique: Technique,
    instrument: str | None = None,
    inputs: Sequence[Mapping[str, Any]] = (),
    calibration: str = "",
    reason: str = "",
    causes: Causes | None = None,
    milestones: Sequence[Mapping[str, Any]] = (),
    ownership: Fraction | None = None,
    is_permanent_loss: bool = False,
    is_assisted: bool = False,
    supersedes_id: int | None = None,
    now: datetime,
) -> MarkSheet:
    """Say what all that is held of an instrument (the only one, unless named) is worth at the end of a day.

    `inputs`: what went in, with source and date; `causes`: why the value moved since the mark before, all of it
    the company's if not said. Refused: a day to come, before the acquisition or with nothing held, a negative
    value, an unchanged one without a reason, a second mark for the day that does not name the one it replaces.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    found, supersedes_id = _markable(tx, row, instrument, marked_on, supersedes_id, day_in_beijing(now))
    way = bridge(found.position, marked_on=marked_on, value=value, causes=causes, reason=reason)
    prepared = _write(
        tx,
        actor,
        found,
        way,
        now,
        marked_on=marked_on,
        value=value,
        technique=technique,
        inputs=list(map(dict, inputs)),
        calibration=calibration,
        reason=reason.strip(),
        milestones=list(map(dict, milestones)),
        ownership=ownership,
        is_permanent_loss=is_permanent_loss,
        is_assisted=is_assisted,
        supersedes_id=supersedes_id,
    )
    _record(tx, actor, "mark.prepared", row, prepared, {"supersedes": supersedes_id}, now)
    return mark(tx, mark_id=prepared.key)


def approve_mark(tx: Tx, actor: Actor, *, mark_id: int, minute: str = "", now: datetime) -> MarkSheet:
    """Put a prepared mark in force; the books take the value over on its day, split by the partners' parts.

    Where later marks or disposals were booked on the value it replaces, the books are led back to them on their
    days. Refused: by its preparer, a replaced or approved mark, one prepared on what has changed since.
    """
    actor.require(Role.MANAGER)
    known = tx.exec(select(HoldingMark).where(HoldingMark.id == mark_id)).one_or_none()
    if known is None:
        raise MarkUnknown()
    row = locked_holding(tx, holding_id=known.holding_id)
    made = chain(tx, instrument_id=known.instrument_id, marked_on=known.marked_on)
    check_approval(
        made, mark_id=mark_id, prepared_by=known.prepared_by_id, approver=actor.user_id, name=actor.name
    )
    check_holding_open(tx, holding=row, on=known.marked_on)
    instrument = tx.get_one(Instrument, known.instrument_id)
    before = the_record(tx, holding=row, instrument=instrument.code).position
    check_still_true(before, marked_on=known.marked_on, said=_bridge(known), mark_id=mark_id)
    positions = positions_of(tx, holding=row)
    departures = Departures(tx, holding=row, positions=positions, since=known.marked_on)
    at = stamp(tx, fund_id=row.fund_id, now=now)
    approval = MarkApproval(
        holding_id=row.key,
        mark_id=mark_id,
        prepared_by_id=known.prepared_by_id,
        approved_by_id=actor.user_id,
        approved_by=actor.name,
        minute=minute,
        recorded_at=at,
    )
    tx.add(approval)
    tx.flush()
    follow_mark(tx, actor, holding=row, mark=known, before=before, departures=departures, now=now)
    _record(tx, actor, "mark.approved", row, known, {"minute": minute}, now)
    return mark(tx, mark_id=mark_id)


def reject_mark(tx: Tx, actor: Actor, *, mark_id: int, reason: str, now: datetime) -> MarkSheet:
    """Turn a draft down as a manager, or withdraw one's own; the next mark of its day takes its place.

    Refused: no reason, a mark that was approved, rejected or replaced.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    known = tx.exec(select(HoldingMark).where(HoldingMark.id == mark_id)).one_or_none()
    if known is None:
        raise MarkUnknown()
    row = locked_holding(tx, holding_id=known.holding_id)
    check_rejection(
        chain(tx, instrument_id=known.instrument_id, marked_on=known.marked_on),
        mark_id=mark_id,
        reason=reason,
        is_manager=actor.has(Role.MANAGER),
        is_preparer=known.prepared_by_id == actor.user_id,
    )
    rejection = MarkRejection(
        holding_id=row.key,
        mark_id=mark_id,
        reason=reason.strip(),
        rejected_by_id=actor.user_id,
        rejected_by=actor.name,
        recorded_at=now,
    )
    tx.add(rejection)
    tx.flush()
    _record(tx, actor, "mark.rejected", row, known, {"reason": reason.strip()}, now)
    return mark(tx, mark_id=mark_id)


def _write(tx: Tx, actor: Actor, found: Record, way: Bridge, now: datetime, **working: Any) -> HoldingMark:
    """The row of a mark with the way to it, in the name of who prepared it."""
    holding_id = found.instrument.holding_id
    prepared = HoldingMark(
        holding_id=holding_id,
        instrument_id=found.instrument.key,
        number=next_of_holding(tx, model=HoldingMark, holding_id=holding_id),
        **working,
        **_columns(way),
        prepared_by_id=actor.user_id,
        prepared_by=actor.name,
        recorded_at=now,
    )
    tx.add(prepared)
    tx.flush()
    return prepared


def _markable(
    tx: Tx, row: Holding, instrument: str | None, marked_on: date, supersedes_id: int | None, today: date
) -> tuple[Record, int | None]:
    """The record of the instrument, if a mark of that day may be prepared for it, and the mark that it replaces."""
    found = the_record(tx, holding=row, instrument=instrument)
    check_mark_day(found.position, marked_on=marked_on, today=today)
    made = chain(tx, instrument_id=found.instrument.key, marked_on=marked_on)
    return found, check_chain(made, marked_on=marked_on, supersedes_id=supersedes_id)


def _record(
    tx: Tx, actor: Actor, action: str, row: Holding, of: HoldingMark, more: dict[str, object], now: datetime
) -> None:
    detail = {"holding": row.code, "on": of.marked_on.isoformat(), "value": of.value, **more}
    record(tx, actor, action=action, subject=f"mark:{of.key}", detail=detail, now=now)


def _columns(way: Bridge) -> dict[str, Any]:
    causes = way.causes
    return {
        "opening": way.opening,
        "bought": way.bought,
        "sold": way.sold,
        "company": causes.company,
        "market": causes.market,
        "rights": causes.rights,
        "currency": causes.currency,
    }


def _bridge(row: HoldingMark) -> Bridge:
    causes = Causes(row.company, row.market, row.rights, row.currency)
    return Bridge(row.opening, row.bought, row.sold, causes)
