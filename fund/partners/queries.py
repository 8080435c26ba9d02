"""Who the partners are; each is shown to those who run or audit the fund, and to itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.rules import Language
from fund.parties.models import Party
from fund.partners.models import Contact, Partner, PartnerBank, PartnerBankChange
from fund.partners.rules import BankDetails, PartnerKind, PartnerUnknown, mask
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.identity.models import User
from kernel.identity.rules import Actor, Role


@dataclass(frozen=True)
class PartnerSheet:
    """A partner with the names of its party."""

    id: int
    fund_id: int
    code: str
    party_id: int
    name_zh: str
    name_en: str
    kind: PartnerKind
    bears_fee: bool
    bears_carry: bool
    language: Language
    admitted_on: date
    recorded_at: datetime

    @property
    def is_general(self) -> bool:
        """Whether it is the general partner."""
        return self.kind is PartnerKind.GENERAL


@dataclass(frozen=True)
class ContactSheet:
    """Somebody at a partner who is written to."""

    id: int
    partner_id: int
    name: str
    title: str
    email: str
    phone: str
    language: Language
    receives_notices: bool
    receives_reports: bool
    ended_on: date | None


@dataclass(frozen=True)
class BankChangeSheet:
    """New bank details that wait for somebody other than their preparer."""

    id: int
    details: BankDetails
    reason: str
    prepared_by_id: int | None
    prepared_by: str
    recorded_at: datetime


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The partners that `actor` may know of; the database's row-level security says the same."""
    if actor.reach == "all" or actor.has(Role.ADMINISTRATOR):
        return sa.true()
    return col(Partner.id).in_(actor.partner_ids)


def partners(
    tx: Tx, *, fund_id: int, as_of: date | None = None, actor: Actor | None = None
) -> list[PartnerSheet]:
    """The fund's partners by code, the general partner last; with `as_of` those admitted by that day.

    With an `actor` only those it may know of; without one the database's own wall must do.
    """
    statement = _joined().where(col(Partner.fund_id) == fund_id)
    if as_of is not None:
        statement = statement.where(col(Partner.admitted_on) <= as_of)
    rows = tx.execute(_seen(statement, actor)).all()
    return _ordered(_sheet(partner, party) for partner, party in rows)


def codes_in_order(tx: Tx, *, fund_id: int) -> dict[int, str]:
    """The codes of the fund's partners by id, in the order of `partners`."""
    ordered = sorted(_codes(tx, fund_id=fund_id), key=lambda one: (one[1] == PartnerKind.GENERAL, one[2]))
    return {key: code for key, _, code in ordered}


@asked_often
def _codes(*, fund_id: int) -> sa.Executable:
    statement = sa.select(col(Partner.id), col(Partner.kind), col(Partner.code))
    return statement.where(col(Partner.fund_id) == fund_id)


def named(tx: Tx, *, fund_id: int, partner_ids: Collection[int]) -> dict[int, PartnerSheet]:
    """Some of the fund's partners by id, in their order, without reading the others; strangers are left out."""
    statement = _joined().where(col(Partner.fund_id) == fund_id, col(Partner.id).in_(partner_ids))
    return {sheet.id: sheet for sheet in _ordered(_sheet(row, party) for row, party in tx.execute(statement))}


def funds_of(tx: Tx, *, partner_ids: Collection[int]) -> frozenset[int]:
    """The funds in which those partners hold their interests."""
    return frozenset(tx.exec(select(Partner.fund_id).where(col(Partner.id).in_(partner_ids))))


def partner(tx: Tx, *, partner_id: int, actor: Actor | None = None) -> PartnerSheet:
    """The partner with that id; one that the actor may not know of is as unknown as one that is not there."""
    row = tx.execute(_seen(_joined().where(col(Partner.id) == partner_id), actor)).one_or_none()
    if row is None:
        raise PartnerUnknown()
    return _sheet(row[0], row[1])


def partner_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> PartnerSheet:
    """The partner with that code, in any case."""
    statement = _joined().where(col(Partner.fund_id) == fund_id, col(Partner.code) == code.strip().upper())
    row = tx.execute(_seen(statement, actor)).one_or_none()
    if row is None:
        raise PartnerUnknown()
    return _sheet(row[0], row[1])


def partner_of_party(tx: Tx, *, fund_id: int, party_id: int) -> PartnerSheet | None:
    """The interest that a party holds in the fund, if it holds one."""
    statement = _joined().where(col(Partner.fund_id) == fund_id, col(Partner.party_id) == party_id)
    row = tx.execute(statement).one_or_none()
    return _sheet(row[0], row[1]) if row else None


def general_partner(tx: Tx, *, fund_id: int) -> PartnerSheet:
    """The partner that runs the fund and earns the carry."""
    statement = _joined().where(col(Partner.fund_id) == fund_id, col(Partner.kind) == PartnerKind.GENERAL)
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise PartnerUnknown()
    return _sheet(row[0], row[1])


def contacts(
    tx: Tx, *, partner_id: int, as_of: date | None = None, actor: Actor | None = None
) -> list[ContactSheet]:
    """Who is written to at a partner; with `as_of` only those who still are on that day."""
    partner(tx, partner_id=partner_id, actor=actor)
    statement = select(Contact).where(Contact.partner_id == partner_id)
    if as_of is not None:
        ended = col(Contact.ended_on)
        statement = statement.where(ended.is_(None) | (ended > as_of))
    return [contact_sheet(row) for row in tx.exec(statement.order_by(col(Contact.id)))]


def bank(tx: Tx, actor: Actor, *, partner_id: int) -> BankDetails | None:
    """Where a partner is paid, and since when unchanged; None while nothing is on record.

    The number is whole for the accountant and the manager, who pay; everybody else sees its last four digits.
    """
    partner(tx, partner_id=partner_id, actor=actor)
    statement = select(PartnerBank).where(PartnerBank.partner_id == partner_id)
    row = tx.exec(statement.order_by(col(PartnerBank.id).desc()).limit(1)).first()
    if row is None:
        return None
    pays = actor.has(Role.MANAGER, Role.ACCOUNTANT)
    number = row.account_no if pays else mask(row.account_no)
    return BankDetails(row.bank_name, row.account_name, number, row.since_on, is_masked=not pays)


def masked_banks(
    tx: Tx, *, partner_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, BankDetails]:
    """Where partners are paid, as known at an instant, with the last four digits of each number only."""
    statement = select(PartnerBank).where(col(PartnerBank.partner_id).in_(partner_ids))
    if known_at is not None:
        statement = statement.where(PartnerBank.recorded_at <= known_at)
    return {
        row.partner_id: BankDetails(
            row.bank_name, row.account_name, mask(row.account_no), row.since_on, is_masked=True
        )
        for row in tx.exec(statement.order_by(col(PartnerBank.id)))
    }


def bank_change(tx: Tx, actor: Actor, *, partner_id: int) -> BankChangeSheet | None:
    """The change of bank details that waits for a decision; the number is whole only for those who pay."""
    partner(tx, partner_id=partner_id, actor=actor)
    waiting = select(PartnerBankChange).where(
        PartnerBankChange.partner_id == partner_id, col(PartnerBankChange.is_approved).is_(None)
    )
    change = tx.exec(waiting).one_or_none()
    if change is None:
        return None
    preparer = tx.get(User, change.prepared_by) if change.prepared_by else None
    pays = actor.has(Role.MANAGER, Role.ACCOUNTANT)
    number = change.account_no if pays else mask(change.account_no)
    details = BankDetails(change.bank_name, change.account_name, number, change.since_on, is_masked=not pays)
    return BankChangeSheet(
        change.key,
        details,
        change.reason,
        change.prepared_by,
        preparer.name if preparer else "system",
        change.recorded_at,
    )


def contact_sheet(row: Contact) -> ContactSheet:
    """The row as others see it."""
    return ContactSheet(
        row.key,
        row.partner_id,
        row.name,
        row.title,
        row.email,
        row.phone,
        row.language,
        row.receives_notices,
        row.receives_reports,
        row.ended_on,
    )


def _ordered(found: Iterable[PartnerSheet]) -> list[PartnerSheet]:
    return sorted(found, key=lambda sheet: (sheet.is_general, sheet.code))


def _joined() -> sa.Select[Partner, Party]:
    return sa.select(Partner, Party).join(Party, col(Party.id) == col(Partner.party_id))


def _seen(statement: sa.Select[Partner, Party], actor: Actor | None) -> sa.Select[Partner, Party]:
    return statement if actor is None else statement.where(visible_to(actor))


def _sheet(row: Partner, party: Party) -> PartnerSheet:
    return PartnerSheet(
        row.key,
        row.fund_id,
        row.code,
        row.party_id,
        party.name_zh,
        party.name_en,
        row.kind,
        row.bears_fee,
        row.bears_carry,
        row.language,
        row.admitted_on,
        row.recorded_at,
    )
