"""The rights of a company's classes on record: one set from each day on, with the document in which they stand.

They are the company's and not a mark's: a valuation file takes them over and keeps what it took, whatever is put on
record later. Conversions are taken as the anti-dilution terms make them (`conversions`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import col, select

from fund.holdings.queries import HoldingSheet
from fund.holdings.rules import check_not_future
from fund.valuations.conversions import Adjustment, Conversions, conversions
from fund.valuations.file import ClassTerms, Converting, File, OnRecord, Rights
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


@dataclass(frozen=True)
class InForce:
    """The set that holds on a day, and how its classes convert after every cheaper issue up to then."""

    kept: RightsSheet
    conversions: Conversions

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """What the anti-dilution terms did, oldest first."""
        return self.conversions.adjustments

    @property
    def converting(self) -> tuple[Converting, ...]:
        """The classes that convert otherwise than the set states."""
        used = self.conversions.ratios
        return tuple(
            Converting(one.name, one.conversion, used[one.name])
            for one in self.kept.classes
            if used[one.name] != one.conversion
        )

    def terms(self, one: ClassRights, *, shares: Fraction | None = None) -> ClassTerms:
        """A class of the set as a valuation uses it."""
        return terms_of(one, shares=shares, conversion=self.conversions.ratios[one.name])


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


def rights_on(tx: Tx, *, party_id: int, on: date) -> InForce | None:
    """What holds on a day: of the latest day the last that was written; None where nothing is on record."""
    # Of each day the last that was written, by the order of the versions.
    found = {
        one.effective_on: one for one in rights_versions(tx, party_id=party_id) if one.effective_on <= on
    }
    if not found:
        return None
    sets = [found[day] for day in sorted(found)]
    return InForce(sets[-1], conversions([(one.effective_on, one.classes) for one in sets]))


def with_classes(tx: Tx, *, file: File, holding: HoldingSheet, on: date) -> File:
    """The file with the classes on record, and where they stand, if it values classes and names none of its own.

    Shares held and the price of a share are of shares as issued then; they are kept as common, as the classes are.
    """
    if file.rights is None or file.rights.classes:
        return file
    found = rights_on(tx, party_id=holding.party_id, on=on)
    if found is None:
        raise RightsUnknown(company=holding.name, on=on)
    kept = found.kept
    taken = OnRecord(kept.number, kept.effective_on, kept.source, found.converting)
    classes = tuple(found.terms(one) for one in kept.classes)
    ratios, price = found.conversions.ratios, file.rights.price
    rights = replace(
        file.rights,
        classes=classes,
        record=taken,
        held_shares=file.rights.held_shares * ratios.get(file.rights.held, 1),
        price=None if price is None else price / ratios.get(file.rights.priced, 1),
    )
    return replace(file, rights=rights)


def as_issued(tx: Tx, *, file: File, party_id: int) -> Rights | None:
    """The class rights of a file whose classes are those on record, as they were told: shares held and the price in
    shares as issued, and no classes. None where the file has none, or names classes of its own.
    """
    rights = file.rights
    if rights is None or rights.record is None:
        return None
    taken = rights.record
    kept = next(one for one in rights_versions(tx, party_id=party_id) if one.number == taken.number)
    ratios = {one.name: one.conversion for one in kept.classes}
    ratios |= {one.name: one.used for one in taken.conversions}
    return replace(
        rights,
        classes=(),
        record=None,
        held_shares=rights.held_shares / ratios.get(rights.held, 1),
        price=None if rights.price is None else rights.price * ratios.get(rights.priced, 1),
    )


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
