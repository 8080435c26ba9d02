"""Booking, undoing and locking. Nothing else in the software writes money."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select

from fund.charter.queries import first_quarter
from fund.ledger.booking import book
from fund.ledger.cash import check_cash
from fund.ledger.chart import CHART, Account
from fund.ledger.checkpoints import write_checkpoint
from fund.ledger.models import Entry, LedgerAccount, PeriodLock
from fund.ledger.queries import EntryUnknown, check_may_lock, head, line_of, locked_through
from fund.ledger.rules import (
    AlreadyReversed,
    Posting,
    check_postings,
    check_reopen,
    reversal,
)
from fund.ledger.stamps import lock_books, stamp
from fund.ledger.undo_rules import check_reversal_day, check_reversible
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter


def open_chart(tx: Tx, actor: Actor, *, fund_id: int, now: datetime) -> None:
    """Give a fund its accounts; accounts it has already are left alone."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    known = set(tx.exec(select(LedgerAccount.code).where(LedgerAccount.fund_id == fund_id)))
    fresh = [account for account in CHART if account not in known]
    for account in fresh:
        facts = CHART[account]
        tx.add(
            LedgerAccount(
                fund_id=fund_id,
                code=account.value,
                name_zh=facts.name_zh,
                name_en=facts.name_en,
                kind=facts.kind,
                names_partner=facts.partner,
                recorded_at=now,
            )
        )
    tx.flush()
    if fresh:
        detail = {"accounts": len(fresh)}
        record(tx, actor, action="ledger.chart_opened", subject=f"fund:{fund_id}", detail=detail, now=now)


def post(tx: Tx, actor: Actor, *, fund_id: int, postings: Sequence[Posting], now: datetime) -> list[Entry]:
    """Book all of `postings` or none, in their order; the entries come back in the same order.

    Refused: PostingsInvalid (each fault named), ReferenceTaken, PeriodLocked.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_postings(postings)
    return book(tx, actor, fund_id=fund_id, postings=postings, now=now)


def reverse(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    reason: str,
    effective_on: date,
    now: datetime,
) -> Entry:
    """Undo the entry `reference` by the same amount the other way; its reference becomes ".../reversal".

    Refused: an entry that is unknown, reversed before or itself a reversal; one whose act is undone as a whole
    (HasOwnUndo names how); a day before its own or locked; cash that would end below zero.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    statement = select(Entry).where(Entry.fund_id == fund_id, Entry.reference == reference)
    entry = tx.exec(statement).one_or_none()
    if entry is None:
        raise EntryUnknown(reference=reference)
    check_reversible(reference=reference, act=entry.act, accounts=(entry.debit, entry.credit))
    [undone] = reverse_entries(
        tx, actor, fund_id=fund_id, entries=[entry], reason=reason, effective_on=effective_on, now=now
    )
    return undone


def reverse_entries(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    entries: Sequence[Entry],
    reason: str,
    effective_on: date,
    now: datetime,
) -> list[Entry]:
    """Undo entries together, in their order; for acts that keep rows of their own in step. Refused: as `reverse`."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    postings = [reversal(line_of(entry), reason=reason, effective_on=effective_on) for entry in entries]
    check_reversal_day(
        effective_on, latest=max([day_in_beijing(now), *(entry.effective_on for entry in entries)])
    )
    paid_back = sum(
        (posting.credit == Account.CASH) * posting.amount - (posting.debit == Account.CASH) * posting.amount
        for posting in postings
    )
    if paid_back > 0:
        today = day_in_beijing(now)
        check_cash(tx, fund_id=fund_id, amount=paid_back, on=effective_on, today=today)
    lock_books(tx, fund_id=fund_id)
    ids = [entry.key for entry in entries]
    before = tx.exec(select(Entry).where(col(Entry.reverses_id).in_(ids)).limit(1)).first()
    if before is not None:
        taken = next(entry.reference for entry in entries if entry.id == before.reverses_id)
        raise AlreadyReversed(reference=taken, by=before.reference)
    return book(tx, actor, fund_id=fund_id, postings=postings, reverses=entries, now=now)


def lock_period(tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, now: datetime) -> None:
    """Lock the books up to the end of `quarter`: nothing more takes effect on or before that day.

    Refused: a quarter that is not over on the day of `now` in Beijing, one that is locked already, one before which
    another is still open.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    at = stamp(tx, fund_id=fund_id, now=now)
    check_may_lock(tx, fund_id=fund_id, quarter=quarter, today=day_in_beijing(now))
    _write_lock(tx, actor, fund_id, quarter, through=quarter.ends_on, reason="", now=at)


def reopen_period(
    tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, reason: str, now: datetime
) -> None:
    """Open `quarter` and everything after it again; needs the manager and a reason.

    Refused: a quarter from before the fund, one that is not locked.
    """
    actor.require(Role.MANAGER)
    at = stamp(tx, fund_id=fund_id, now=now)
    first = first_quarter(tx, fund_id=fund_id)
    check_reopen(quarter, first=first, locked_through=locked_through(tx, fund_id=fund_id), reason=reason)
    _write_lock(tx, actor, fund_id, quarter, through=quarter.previous.ends_on, reason=reason, now=at)


def _write_lock(
    tx: Tx,
    actor: Actor,
    fund_id: int,
    quarter: Quarter,
    *,
    through: date,
    reason: str,
    now: datetime,
) -> None:
    reopened = through < quarter.starts_on
    number, _ = head(tx, fund_id=fund_id)
    turn = PeriodLock(
        fund_id=fund_id,
        quarter=str(quarter),
        through=through,
        reopened=reopened,
        reason=reason,
        number=number,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(turn)
    tx.flush()
    if not reopened:
        write_checkpoint(tx, lock=turn)
    detail = {"quarter": str(quarter), "reason": reason, "number": number}
    action = "ledger.reopened" if reopened else "ledger.locked"
    record(tx, actor, action=action, subject=f"fund:{fund_id}", detail=detail, now=now)
