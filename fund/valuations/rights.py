"""The rights of a company's classes on record: one set from each day on, with the document in which they stand.

They are the company's and not a mark's: a valuation file takes them over and keeps what it took, whatever is put on
record later.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import col, select

from fund.holdings.queries import HoldingSheet
from fund.holdings.rules import check_not_future
from fund.valuations.file import File
from fund.valuations.models import CompanyRights
from fund.valuations.right_rules import (
    FIRST_DAY,
    ClassRights,
    RightsTooEarly,
    RightsUnknown,
    RightsUnsourced,
    check_classes,
    plain,
    read,
    terms_of,
)
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number

KEEPERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)


@dataclass(frozen=True)
class RightsSheet:
    """The rights of all classes of a company from a day on."""

    party_id: int
    number: int
    effective_on: date
    classes: tuple[ClassRights, ...]
    source: str
    recorded_by: str
    recorded_at: datetime


def keep_rights(
    tx: Tx,
    actor: Actor,
    *,
    holding: HoldingSheet,
    effective_on: date,
    classes: tuple[ClassRights, ...],
    source: str,
    now: datetime,
) -> RightsSheet:
    """Put the rights of a holding's company on record from a day on; what was on record before stays.

    Refused: what `check_classes` finds, a day to come or of another age, no document.
    """
    actor.require(*KEEPERS)
    check_not_future(on=effective_on, today=day_in_beijing(now))
    if effective_on < FIRST_DAY:
        raise RightsTooEarly(on=effective_on, first=FIRST_DAY)
    classes = tuple(replace(one, name=one.name.strip()) for one in classes)
    check_classes(classes)
    if not source.strip():
        raise RightsUnsourced()
    lock(tx, f"company_rights:{holding.party_id}")
    own = col(CompanyRights.party_id) == holding.party_id
    row = CompanyRights(
        party_id=holding.party_id,
        number=next_number(tx, of=CompanyRights.number, within=own),
        effective_on=effective_on,
        content=plain(classes),
        source=source.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"holding": holding.code, "on": effective_on.isoformat(), "number": row.number}
    subject = f"holding:{holding.id}"
    record(tx, actor, action="valuation.rights_kept", subject=subject, detail=detail, now=now)
    return _sheet(row)


def rights_versions(tx: Tx, *, party_id: int) -> list[RightsSheet]:
    """Everything on record of a company, oldest first."""
    statement = select(CompanyRights).where(CompanyRights.party_id == party_id)
    return [_sheet(row) for row in tx.exec(statement.order_by(col(CompanyRights.number)))]


def rights_on(tx: Tx, *, party_id: int, on: date) -> RightsSheet | None:
    """What holds on a day: of the latest day the last that was written; None where nothing is on record."""
    found = [one for one in rights_versions(tx, party_id=party_id) if one.effective_on <= on]
    return max(found, key=lambda one: (one.effective_on, one.number), default=None)


def with_classes(tx: Tx, *, file: File, holding: HoldingSheet, on: date) -> File:
    """The file with the classes on record where it values classes and names none of its own."""
    if file.rights is None or file.rights.classes:
        return file
    kept = rights_on(tx, party_id=holding.party_id, on=on)
    if kept is None:
        raise RightsUnknown(company=holding.name, on=on)
    classes = tuple(terms_of(one) for one in kept.classes)
    return replace(file, rights=replace(file.rights, classes=classes))


def _sheet(row: CompanyRights) -> RightsSheet:
    return RightsSheet(
        row.party_id,
        row.number,
        row.effective_on,
        read(row.content),
        row.source,
        row.recorded_by,
        row.recorded_at,
    )
