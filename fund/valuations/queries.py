"""The files behind marks, the policy that they follow, calibrations and later events; for the fund's own people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlmodel import col, select

from fund.holdings.mark_readers import marks_read_by
from fund.holdings.models import Holding, HoldingMark, Instrument, MarkApproval
from fund.holdings.queries import mark
from fund.valuations import file as files
from fund.valuations import policy as policies
from fund.valuations.calibration import CalibrationKind, Facts
from fund.valuations.class_values import Found
from fund.valuations.file import File
from fund.valuations.models import ValuationCalibration, ValuationEvent, ValuationFile, ValuationPolicy
from fund.valuations.policy import PolicySheet, PolicyUnknown
from fund.valuations.rules import FileUnknown
from kernel.db import Tx
from kernel.identity.rules import Actor, Role

FOUND: TypeAdapter[Found] = TypeAdapter(Found)
FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)


@dataclass(frozen=True)
class FileSheet:
    """A valuation file with what was worked out from it. `interested`: the parties asked about, as they were then."""

    id: int
    mark_id: int
    holding_id: int
    number: int
    effective_on: date
    file: File
    found: Found | None
    weighted: int
    interested: tuple[str, ...]
    policy_id: int | None
    sha256: str
    prepared_by: str
    prepared_by_id: int | None
    recorded_at: datetime


@dataclass(frozen=True)
class CalibrationSheet:
    """What a round implied on its day."""

    holding_id: int
    instrument: str
    number: int
    calibrated_on: date
    kind: CalibrationKind
    parameter: str
    implied: Fraction
    facts: Facts
    source: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class EventSheet:
    """Something that happened to a company."""

    holding_id: int
    happened_on: date
    says: str
    source: str
    recorded_by: str
    recorded_at: datetime


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The files that `actor` may read: the house all, a committee's member those of the marks that it reads itself.

    The database says the same.
    """
    return behind_marks(col(ValuationFile.mark_id), actor=actor)


def behind_marks(mark_id: Any, *, actor: Actor) -> sa.ColumnElement[bool]:
    """Whether `actor` may read what stands behind the mark of a row, its file or its memos; `mark_id` is the column."""
    if actor.reach == "all":
        return sa.true()
    if not actor.has(Role.COMMITTEE):
        return sa.false()
    own: sa.ColumnElement[bool] = mark_id.in_(select(HoldingMark.id).where(marks_read_by(actor)))
    return own


def policy_on(tx: Tx, *, fund_id: int, on: date, known_at: datetime | None = None) -> PolicySheet | None:
    """The policy in force on a day, as known at an instant; None while the fund has none."""
    found = [one for one in versions(tx, fund_id=fund_id, known_at=known_at) if one.effective_on <= on]
    return max(found, key=lambda one: (one.effective_on, one.number), default=None)


def the_policy(tx: Tx, *, fund_id: int, on: date) -> PolicySheet:
    """The policy in force on a day; refused where there is none."""
    found = policy_on(tx, fund_id=fund_id, on=on)
    if found is None:
        raise PolicyUnknown(on=on)
    return found


def versions(tx: Tx, *, fund_id: int, known_at: datetime | None = None) -> list[PolicySheet]:
    """Every version of a fund's policy, oldest first."""
    statement = select(ValuationPolicy).where(ValuationPolicy.fund_id == fund_id)
    if known_at is not None:
        statement = statement.where(ValuationPolicy.recorded_at <= known_at)
    return [policy_sheet(row) for row in tx.exec(statement.order_by(col(ValuationPolicy.number)))]


def file_of(tx: Tx, *, mark_id: int, actor: Actor | None = None) -> FileSheet:
    """The file that holds for a mark; one that the actor may not see is as unknown as one that is not there."""
    found = files_of(tx, mark_ids=[mark_id], actor=actor)
    if mark_id not in found:
        raise FileUnknown()
    return found[mark_id]


def files_of(tx: Tx, *, mark_ids: Collection[int], actor: Actor | None = None) -> dict[int, FileSheet]:
    """The files that hold for several marks, by mark; marks without one are left out."""
    statement = select(ValuationFile).where(col(ValuationFile.mark_id).in_(mark_ids))
    if actor is not None:
        statement = statement.where(visible_to(actor))
    rows = tx.exec(statement.order_by(col(ValuationFile.number)))
    return {row.mark_id: file_sheet(row) for row in rows}


def readiness_told(
    tx: Tx, *, fund_id: int, until: date, known_at: datetime | None = None
) -> dict[int, list[tuple[date, int]]]:
    """The levels of readiness that the files of approved marks give, by holding and in the order of their days."""
    statement = (
        sa.select(ValuationFile, col(HoldingMark.marked_on))
        .join(HoldingMark, col(HoldingMark.id) == col(ValuationFile.mark_id))
        .join(MarkApproval, col(MarkApproval.mark_id) == col(HoldingMark.id))
        .join(Holding, col(Holding.id) == col(HoldingMark.holding_id))
        .where(col(Holding.fund_id) == fund_id, col(HoldingMark.marked_on) <= until)
        .order_by(col(HoldingMark.marked_on), col(HoldingMark.id), col(ValuationFile.number))
    )
    if known_at is not None:
        statement = statement.where(col(MarkApproval.recorded_at) <= known_at)
    last: dict[tuple[int, date, int], int | None] = {}
    for row, on in tx.execute(statement):
        last[row.holding_id, on, row.mark_id] = file_sheet(row).file.readiness
    found: dict[int, list[tuple[date, int]]] = {}
    for (holding_id, on, _), level in last.items():
        if level is not None:
            found.setdefault(holding_id, []).append((on, level))
    return found


def last_file(tx: Tx, *, holding_id: int, actor: Actor | None = None) -> FileSheet | None:
    """The latest file of a holding that the actor may see: what the next one may begin with."""
    statement = select(ValuationFile).where(ValuationFile.holding_id == holding_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    ordered = statement.order_by(col(ValuationFile.effective_on).desc(), col(ValuationFile.id).desc())
    row = tx.exec(ordered.limit(1)).first()
    return file_sheet(row) if row else None


def calibrations(
    tx: Tx, *, holding_id: int, instrument: str | None = None, until: date | None = None
) -> list[CalibrationSheet]:
    """What the rounds of a holding implied, in the order in which it was written down."""
    statement: Any = (
        select(ValuationCalibration, Instrument.code)
        .join(Instrument, col(Instrument.id) == col(ValuationCalibration.instrument_id))
        .where(ValuationCalibration.holding_id == holding_id)
    )
    if instrument is not None:
        statement = statement.where(Instrument.code == instrument)
    if until is not None:
        statement = statement.where(ValuationCalibration.calibrated_on <= until)
    rows = tx.exec(statement.order_by(col(Instrument.code), col(ValuationCalibration.number)))
    return [calibration_sheet(row, code) for row, code in rows]


def events(tx: Tx, *, holding_ids: Collection[int], until: date | None = None) -> list[EventSheet]:
    """What happened to some companies, by day."""
    statement = select(ValuationEvent).where(col(ValuationEvent.holding_id).in_(holding_ids))
    if until is not None:
        statement = statement.where(ValuationEvent.happened_on <= until)
    ordered = statement.order_by(col(ValuationEvent.happened_on), col(ValuationEvent.id))
    return [
        EventSheet(row.holding_id, row.happened_on, row.says, row.source, row.recorded_by, row.recorded_at)
        for row in tx.exec(ordered)
    ]


def later_events(tx: Tx, *, mark_id: int, until: date | None = None) -> list[EventSheet]:
    """What happened to the company after the day of a mark."""
    known = mark(tx, mark_id=mark_id)
    found = events(tx, holding_ids=[known.holding_id], until=until)
    return [one for one in found if one.happened_on > known.marked_on]


def file_sheet(row: ValuationFile) -> FileSheet:
    """The file as others see it."""
    return FileSheet(
        id=row.key,
        mark_id=row.mark_id,
        holding_id=row.holding_id,
        number=row.number,
        effective_on=row.effective_on,
        file=files.read(row.content),
        found=FOUND.validate_python(row.working) if row.working else None,
        weighted=row.weighted,
        interested=tuple(row.interested),
        policy_id=row.policy_id,
        sha256=row.sha256,
        prepared_by=row.prepared_by,
        prepared_by_id=row.prepared_by_id,
        recorded_at=row.recorded_at,
    )


def policy_sheet(row: ValuationPolicy) -> PolicySheet:
    """The policy as others see it."""
    return PolicySheet(
        row.key,
        row.number,
        row.effective_on,
        policies.read(row.content),
        row.note,
        row.recorded_by,
        row.recorded_at,
    )


def calibration_sheet(row: ValuationCalibration, instrument: str) -> CalibrationSheet:
    """The calibration as others see it."""
    return CalibrationSheet(
        row.holding_id,
        instrument,
        row.number,
        row.calibrated_on,
        row.kind,
        row.parameter,
        row.implied,
        FACTS.validate_python(row.facts),
        row.source,
        row.recorded_by,
        row.recorded_at,
    )
