"""Changing where a partner is paid: one person prepares, another approves, and until then nothing changes.

A changed account is the oldest way to steal a distribution, so no single person can redirect one.
"""

from datetime import date, datetime

from sqlmodel import col, select

from fund.partners.actions import set_bank
from fund.partners.models import PartnerBankChange
from fund.partners.queries import BankChangeSheet, bank, bank_change, partner
from fund.partners.rules import (
    BankChangeUnknown,
    BankChangeWaiting,
    BankUnchanged,
    check_approver,
    check_bank,
    check_reason,
    check_seen,
)
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role


def propose_bank(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    bank_name: str,
    account_name: str,
    account_no: str,
    since_on: date,
    reason: str,
    now: datetime,
) -> BankChangeSheet | None:
    """Prepare new bank details; they hold once somebody else has approved them.

    Refused: incomplete details, no word on how they were confirmed, the details that hold, a change that waits.
    The audit trail names the partner, never the number.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_bank(bank_name=bank_name, account_name=account_name, account_no=account_no)
    check_reason(reason)
    partner(tx, partner_id=partner_id)
    lock(tx, f"bank:{partner_id}")
    if bank_change(tx, actor, partner_id=partner_id) is not None:
        raise BankChangeWaiting()
    details = (bank_name.strip(), account_name.strip(), account_no.strip())
    held = bank(tx, actor, partner_id=partner_id)
    if held and (held.bank_name, held.account_name, held.account_no) == details:
        raise BankUnchanged()
    row = PartnerBankChange(
        partner_id=partner_id,
        bank_name=details[0],
        account_name=details[1],
        account_no=details[2],
        since_on=since_on,
        reason=reason.strip(),
        prepared_by=actor.user_id,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"since_on": since_on.isoformat(), "reason": row.reason}
    subject = f"partner:{partner_id}"
    record(tx, actor, action="partner.bank_proposed", subject=subject, detail=detail, now=now)
    return bank_change(tx, actor, partner_id=partner_id)


def decide_bank(
    tx: Tx, actor: Actor, *, partner_id: int, change_id: int, is_approved: bool, now: datetime
) -> None:
    """Approve the change that waits, or turn it down; its preparer may only turn it down.

    `change_id` is the one that was looked at. Refused: BankChangeUnknown, another that waits by now, an approval by
    the preparer.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    partner(tx, partner_id=partner_id)
    lock(tx, f"bank:{partner_id}")
    waiting = select(PartnerBankChange).where(
        PartnerBankChange.partner_id == partner_id, col(PartnerBankChange.is_approved).is_(None)
    )
    row = tx.exec(waiting).one_or_none()
    if row is None:
        raise BankChangeUnknown()
    check_seen(seen=change_id, waiting=row.key)
    if is_approved:
        check_approver(preparer_id=row.prepared_by, approver_id=actor.user_id)
        set_bank(
            tx,
            actor,
            partner_id=partner_id,
            bank_name=row.bank_name,
            account_name=row.account_name,
            account_no=row.account_no,
            since_on=row.since_on,
            now=now,
        )
    row.is_approved, row.decided_by, row.decided_at = is_approved, actor.user_id, now
    tx.add(row)
    tx.flush()
    action = "partner.bank_approved" if is_approved else "partner.bank_refused"
    record(tx, actor, action=action, subject=f"partner:{partner_id}", detail={"change": row.key}, now=now)
