"""Admitting partners and keeping their particulars."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.charter.queries import fund
from fund.charter.rules import Language
from fund.parties.queries import party
from fund.partners.models import Contact, Partner, PartnerBank
from fund.partners.queries import ContactSheet, PartnerSheet, bank, contact_sheet, partner
from fund.partners.rules import (
    BankDetails,
    ContactEnded,
    ContactUnknown,
    PartnerKind,
    PartnerTaken,
    PartnerUnknown,
    SecondGeneralPartner,
    check_admission,
    check_bank,
    check_contact,
)
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role


def admit(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    code: str,
    party_id: int,
    kind: PartnerKind = PartnerKind.LIMITED,
    bears_fee: bool = True,
    bears_carry: bool | None = None,
    language: Language = Language.BOTH,
    admitted_on: date,
    now: datetime,
) -> PartnerSheet:
    """Admit a party as a partner; what it commits is said in `capital.commitments`.

    Unless said otherwise a limited partner bears the carry and the general partner does not. Refused: a code
    or party that is taken, a second general partner, a general partner that would bear the carry.
    """
    actor.require(Role.MANAGER)
    code = code.strip().upper()
    bears_carry = kind is PartnerKind.LIMITED if bears_carry is None else bears_carry
    check_admission(code=code, kind=kind, bears_carry=bears_carry)
    named = party(tx, party_id=party_id)
    fund(tx, fund_id=fund_id)
    lock(tx, f"partners:{fund_id}")
    _check_free(tx, fund_id, code, party_id, kind, named.name_zh)
    row = Partner(
        fund_id=fund_id,
        code=code,
        party_id=party_id,
        kind=kind,
        bears_fee=bears_fee,
        bears_carry=bears_carry,
        language=language,
        admitted_on=admitted_on,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"code": code, "party": party_id, "kind": kind.value}
    record(tx, actor, action="partner.admitted", subject=f"partner:{row.key}", detail=detail, now=now)
    return partner(tx, partner_id=row.key)


def write_in(tx: Tx, actor: Actor, *, partner_id: int, language: Language, now: datetime) -> PartnerSheet:
    """Say in which languages a partner is written to."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = tx.exec(select(Partner).where(Partner.id == partner_id).with_for_update()).one_or_none()
    if row is None:
        raise PartnerUnknown()
    detail = {"was": row.language.value, "is": language.value}
    row.language = language
    tx.add(row)
    tx.flush()
    record(tx, actor, action="partner.language", subject=f"partner:{partner_id}", detail=detail, now=now)
    return partner(tx, partner_id=partner_id)


def add_contact(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    name: str,
    title: str = "",
    email: str = "",
    phone: str = "",
    language: Language = Language.BOTH,
    receives_notices: bool = True,
    receives_reports: bool = True,
    now: datetime,
) -> ContactSheet:
    """Put somebody on record who is written to at a partner."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    partner(tx, partner_id=partner_id)
    check_contact(name=name, email=email, phone=phone)
    row = Contact(
        partner_id=partner_id,
        name=name.strip(),
        title=title.strip(),
        email=email.strip(),
        phone=phone.strip(),
        language=language,
        receives_notices=receives_notices,
        receives_reports=receives_reports,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    subject = f"partner:{partner_id}"
    record(tx, actor, action="partner.contact_added", subject=subject, detail={"contact": row.key}, now=now)
    return contact_sheet(row)


def end_contact(
    tx: Tx, actor: Actor, *, partner_id: int, contact_id: int, ended_on: date, now: datetime
) -> ContactSheet:
    """Stop writing to somebody at a partner from that day on. Refused: a contact that has ended before."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    own = select(Contact).where(Contact.id == contact_id, Contact.partner_id == partner_id)
    row = tx.exec(own.with_for_update()).one_or_none()
    if row is None:
        raise ContactUnknown()
    if row.ended_on is not None and row.ended_on <= ended_on:
        raise ContactEnded(ended_on=row.ended_on)
    row.ended_on = ended_on
    tx.add(row)
    tx.flush()
    detail = {"contact": contact_id, "ended_on": ended_on.isoformat()}
    subject = f"partner:{row.partner_id}"
    record(tx, actor, action="partner.contact_ended", subject=subject, detail=detail, now=now)
    return contact_sheet(row)


def set_bank(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    bank_name: str,
    account_name: str,
    account_no: str,
    since_on: date,
    now: datetime,
) -> BankDetails | None:
    """Say where a partner is paid from `since_on`; the same details again change nothing.

    This writes the first details and those that two people have agreed on (`banking`). The audit trail names the
    partner, never the number.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_bank(bank_name=bank_name, account_name=account_name, account_no=account_no)
    before = bank(tx, actor, partner_id=partner_id)
    details = (bank_name.strip(), account_name.strip(), account_no.strip())
    if before and (before.bank_name, before.account_name, before.account_no) == details:
        return before
    tx.add(
        PartnerBank(
            partner_id=partner_id,
            bank_name=details[0],
            account_name=details[1],
            account_no=details[2],
            since_on=since_on,
            recorded_at=now,
        )
    )
    tx.flush()
    detail = {"since_on": since_on.isoformat()}
    record(tx, actor, action="partner.bank_changed", subject=f"partner:{partner_id}", detail=detail, now=now)
    return bank(tx, actor, partner_id=partner_id)


def _check_free(tx: Tx, fund_id: int, code: str, party_id: int, kind: PartnerKind, name: str) -> None:
    alike = (col(Partner.code) == code) | (col(Partner.party_id) == party_id)
    if kind is PartnerKind.GENERAL:
        alike |= col(Partner.kind) == kind
    for row in tx.exec(select(Partner).where(Partner.fund_id == fund_id, alike).order_by(col(Partner.id))):
        if row.code == code:
            raise PartnerTaken(what=code, code=code)
        if row.party_id == party_id:
            raise PartnerTaken(what=name, code=row.code)
        raise SecondGeneralPartner(code=row.code)
