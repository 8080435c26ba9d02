"""Releasing carry from escrow: draft with the charter's test, approved and so paid by somebody else; withdraw the
draft, or take the payment back.
"""

from datetime import date, datetime

from fund.capital.acts import lock_capital, locked, next_of_fund
from fund.capital.carry_postings import release_postings
from fund.capital.clawbacks import clawbacks
from fund.capital.rules import check_approver, check_reason
from fund.charter.queries import terms
from fund.givebacks.escrow import ReleaseSheet, free, held_for, release
from fund.givebacks.escrow_rules import (
    EscrowReleaseUnknown,
    ReleaseState,
    by_partner,
    check_amount,
    check_test,
)
from fund.givebacks.models import EscrowRelease
from fund.givebacks.rules import ReturnToCome
from fund.ledger.actions import post
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.partners.queries import general_partner
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)


def draft_release(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    amount: int | None = None,
    released_on: date,
    note: str = "",
    now: datetime,
) -> ReleaseSheet:
    """Write down that `amount` (None: all of it) is to be released to the general partner on a day.

    Refused: a day to come, more than is held, what the charter's test of that day does not allow.
    """
    actor.require(*BOOKERS)
    lock_capital(tx, fund_id=fund_id)
    today = day_in_beijing(now)
    if released_on > today:
        raise ReturnToCome(on=released_on, today=today)
    there = free(tx, fund_id=fund_id, on=released_on)
    amount = there if amount is None else amount
    check_amount(amount, held=there)
    number = next_of_fund(tx, model=EscrowRelease, fund_id=fund_id)
    row = EscrowRelease(
        fund_id=fund_id,
        number=number,
        code=f"ESC-{number:03}",
        state=ReleaseState.DRAFT,
        test=terms(tx, fund_id=fund_id, as_of=released_on).escrow_test,
        released_on=released_on,
        amount=amount,
        held=there,
        lacking=_tested(tx, fund_id, released_on),
        note=note.strip(),
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    return _told(tx, actor, row, "escrow.release_drafted", now)


def approve_release(tx: Tx, actor: Actor, *, release_id: int, now: datetime) -> ReleaseSheet:
    """Approve a draft and pay it: carry that was earned and kept is distributed to the general partner.

    Refused: for whoever drafted it, when less is held or the test is not met by now, a locked day.
    """
    actor.require(*BOOKERS)
    row = locked(
        tx, model=EscrowRelease, key=release_id, needed=[ReleaseState.DRAFT], unknown=EscrowReleaseUnknown
    )
    check_approver(
        what=row.code, preparer_id=row.prepared_by, preparer=row.prepared_name, approver_id=actor.user_id
    )
    check_amount(row.amount, held=free(tx, fund_id=row.fund_id, on=row.released_on))
    _tested(tx, row.fund_id, row.released_on)
    row.state, row.paid_at = ReleaseState.PAID, stamp(tx, fund_id=row.fund_id, now=now)
    row.approved_by, row.approved_name = actor.user_id, actor.name
    tx.flush()
    parts = by_partner(row.amount, held_for(tx, fund_id=row.fund_id, as_of=row.released_on))
    general = general_partner(tx, fund_id=row.fund_id)
    postings = release_postings(release(tx, release_id=row.key), parts=parts, general_id=general.id)
    post(tx, actor, fund_id=row.fund_id, postings=postings, now=now)
    return _told(tx, actor, row, "escrow.released", now)


def cancel_release(tx: Tx, actor: Actor, *, release_id: int, reason: str, now: datetime) -> ReleaseSheet:
    """Withdraw a draft; nothing was booked."""
    actor.require(*BOOKERS)
    check_reason(reason)
    row = locked(
        tx, model=EscrowRelease, key=release_id, needed=[ReleaseState.DRAFT], unknown=EscrowReleaseUnknown
    )
    row.state, row.cancel_reason = ReleaseState.CANCELLED, reason.strip()
    tx.flush()
    return _told(tx, actor, row, "escrow.release_cancelled", now)


def undo_release(
    tx: Tx, actor: Actor, *, release_id: int, reason: str, undone_on: date, now: datetime
) -> ReleaseSheet:
    """Take a release back by reversals, when the money is on the escrow account again; it counts until that day."""
    actor.require(Role.MANAGER)
    check_reason(reason)
    row = locked(
        tx, model=EscrowRelease, key=release_id, needed=[ReleaseState.PAID], unknown=EscrowReleaseUnknown
    )
    act = f"escrow:{row.key}"
    row.cancelled_on = undo(
        tx, actor, fund_id=row.fund_id, act=act, reason=reason, effective_on=undone_on, now=now
    )
    row.state, row.cancelled_at = ReleaseState.CANCELLED, stamp(tx, fund_id=row.fund_id, now=now)
    row.cancel_reason = reason.strip()
    tx.flush()
    return _told(tx, actor, row, "escrow.release_undone", now)


def _tested(tx: Tx, fund_id: int, on: date) -> int:
    """What partners lack of contributions and hurdle on a day; refused where the charter's test is not met."""
    found = clawbacks(tx, fund_id=fund_id, as_of=on)
    lacking = sum(one.worthless.shortfall for one in found.partners)
    test = terms(tx, fund_id=fund_id, as_of=on).escrow_test
    check_test(test, lacking=lacking, is_ended=found.is_ended, owed=found.potential)
    return lacking


def _told(tx: Tx, actor: Actor, row: EscrowRelease, action: str, now: datetime) -> ReleaseSheet:
    detail: dict[str, object] = {"code": row.code, "amount": row.amount, "on": row.released_on.isoformat()}
    if row.cancel_reason is not None:
        detail["reason"] = row.cancel_reason
    record(tx, actor, action=action, subject=f"escrow_release:{row.key}", detail=detail, now=now)
    return release(tx, release_id=row.key)
