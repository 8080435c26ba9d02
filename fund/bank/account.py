"""The account that partners pay to: one person prepares a change, another puts it in force.

A notice that names another account than the last one is the oldest way to steal a call, so no single person can change
it, and every notice says since when it is unchanged: a new one begins no earlier than it is prepared. The audit trail
names the day, never the number.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.bank.account_rules import (
    FundAccountUnchanged,
    FundAccountUnknown,
    FundAccountWaiting,
    check_account,
    check_begun,
    check_decided,
    check_decider,
    check_replacing,
)
from fund.bank.models import FundAccount
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

PAYERS = (Role.MANAGER, Role.ACCOUNTANT)


@dataclass(frozen=True)
class FundAccountSheet:
    """An account of the fund: where, under which name and number, since when, and who vouches for it."""

    id: int
    bank_name: str
    account_name: str
    account_no: str
    since_on: date
    reason: str
    prepared_by: int | None
    prepared_name: str
    recorded_at: datetime
    decided_name: str | None
    decided_at: datetime | None


def fund_account(tx: Tx, *, fund_id: int, known_at: datetime | None = None) -> FundAccountSheet | None:
    """The account in force, as known at an instant; None until one was approved."""
    statement = select(FundAccount).where(
        FundAccount.fund_id == fund_id, col(FundAccount.is_approved).is_(True)
    )
    if known_at is not None:
        statement = statement.where(col(FundAccount.decided_at) <= known_at)
    row = tx.exec(statement.order_by(col(FundAccount.id).desc()).limit(1)).first()
    return None if row is None else _sheet(row)


def waiting_account(tx: Tx, *, fund_id: int) -> FundAccountSheet | None:
    """The change that waits for somebody other than its preparer."""
    row = _waiting(tx, fund_id)
    return None if row is None else _sheet(row)


def propose_account(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    bank_name: str,
    account_name: str,
    account_no: str,
    since_on: date,
    reason: str,
    now: datetime,
) -> FundAccountSheet:
    """Prepare the account that partners pay to. Refused: incomplete, as it is already, while another change waits.

    The first may have been opened long ago; refused as well: one that replaces another from a day gone by.
    """
    actor.require(*PAYERS)
    check_account(bank_name=bank_name, account_name=account_name, account_no=account_no, reason=reason)
    lock(tx, f"fund_account:{fund_id}")
    if _waiting(tx, fund_id) is not None:
        raise FundAccountWaiting()
    details = (bank_name.strip(), account_name.strip(), account_no.strip())
    held = fund_account(tx, fund_id=fund_id)
    if held and (held.bank_name, held.account_name, held.account_no) == details:
        raise FundAccountUnchanged()
    if held:
        check_replacing(since_on=since_on, today=day_in_beijing(now))
    row = FundAccount(
        fund_id=fund_id,
        bank_name=details[0],
        account_name=details[1],
        account_no=details[2],
        since_on=since_on,
        reason=reason.strip(),
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"since_on": since_on.isoformat(), "reason": row.reason}
    record(tx, actor, action="fund_account.proposed", subject=f"fund:{fund_id}", detail=detail, now=now)
    return _sheet(row)


def decide_account(
    tx: Tx, actor: Actor, *, fund_id: int, change_id: int, is_approved: bool, now: datetime
) -> None:
    """Put the change that waits in force, or turn it down; its preparer may only turn it down.

    `change_id` is the one that was looked at. Refused: another waits by now, an approval before its day.
    """
    actor.require(*PAYERS)
    lock(tx, f"fund_account:{fund_id}")
    row = _waiting(tx, fund_id)
    if row is None:
        raise FundAccountUnknown()
    check_decided(seen=change_id, waiting=row.key)
    if is_approved:
        check_decider(preparer_id=row.prepared_by, preparer=row.prepared_name, decider_id=actor.user_id)
        check_begun(since_on=row.since_on, today=day_in_beijing(now))
    row.is_approved, row.decided_by, row.decided_name, row.decided_at = (
        is_approved,
        actor.user_id,
        actor.name,
        now,
    )
    tx.add(row)
    tx.flush()
    action = "fund_account.approved" if is_approved else "fund_account.refused"
    record(tx, actor, action=action, subject=f"fund:{fund_id}", detail={"change": row.key}, now=now)


def _waiting(tx: Tx, fund_id: int) -> FundAccount | None:
    open_ = select(FundAccount).where(FundAccount.fund_id == fund_id, col(FundAccount.is_approved).is_(None))
    return tx.exec(open_).one_or_none()


def _sheet(row: FundAccount) -> FundAccountSheet:
    fields = (name for name in FundAccountSheet.__dataclass_fields__ if name != "id")
    return FundAccountSheet(row.key, **{name: getattr(row, name) for name in fields})
