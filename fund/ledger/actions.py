"""Booking, undoing and locking. Nothing else in the software writes money."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col, select

from fund.charter.queries import first_quarter
from fund.charter.queries import fund as fund_sheet
from fund.interests.corrections import write as write_corrections
from fund.ledger.cash import check_cash
from fund.ledger.chart import CHART, Account
from fund.ledger.checkpoints import write_checkpoint
from fund.ledger.held import passes_on
from fund.ledger.models import Entry, LedgerAccount, PeriodLock
from fund.ledger.queries import EntryUnknown, check_may_lock, head, line_of, locked_through
from fund.ledger.rules import (
    AlreadyReversed,
    Line,
    Posting,
    ReferenceTaken,
    check_open,
    check_postings,
    check_reopen,
    line_hash,
    reversal,
)
from fund.ledger.stamps import lock_books, stamp
from fund.ledger.undo_rules import check_reversal_day, check_reversible
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter

REFERENCES = "uq_ledger_entry_fund_id_reference"
"""The index that lets a reference stand once in a fund's books."""


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
    return _book(tx, actor, fund_id=fund_id, postings=postings, now=now)


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
    return _book(tx, actor, fund_id=fund_id, postings=postings, reverses=entries, now=now)


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


def _book(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    postings: Sequence[Posting],
    reverses: Sequence[Entry] = (),
    now: datetime,
) -> list[Entry]:
    """Write the postings; `reverses` holds, for each, the entry that it undoes.

    What of them belongs to an interest that passed to another partner since passes on with them.
    """
    if not postings:
        return []
    at = stamp(tx, fund_id=fund_id, now=now)
    locked = locked_through(tx, fund_id=fund_id)
    for posting in postings:
        check_open(posting, locked)
    following = passes_on(tx, fund_id=fund_id, postings=postings, undone=reverses, at=at)
    for posting in following.postings:
        check_open(posting, locked)
    currency = fund_sheet(tx, fund_id=fund_id).currency
    number, previous = head(tx, fund_id=fund_id)
    rows: list[dict[str, object]] = []
    undone: list[int | None] = [entry.key for entry in reverses] or [None] * len(postings)
    undone += [None] * len(following.postings)
    booked = [*postings, *following.postings]
    for position, (posting, reverses_id) in enumerate(zip(booked, undone, strict=True), start=number + 1):
        line = _line(posting, number=position, currency=currency, reverses_id=reverses_id, at=at)
        previous = line_hash(line, previous)
        days = {"effective_on": line.effective_on.isoformat(), "recorded_at": line.recorded_at.isoformat()}
        rows.append({"fund_id": fund_id, **vars(line), **days, "hash": previous})
    entries = _insert_unless_taken(tx, fund_id, rows)
    write_corrections(tx, found=following.capital)
    _record_booking(tx, actor, fund_id, entries, now)
    return entries[: len(postings)]


def _insert(tx: Tx, rows: list[dict[str, object]]) -> list[Entry]:
    """Insert all rows in their order with a single parameter, which is quicker than a long list of values."""
    columns = [column for column in sa.inspect(Entry).local_table.c if column.name != "id"]
    names = [column.name for column in columns]
    typed = [sa.column(column.name, column.type) for column in columns]
    source = sa.func.jsonb_to_recordset(sa.literal(rows, JSONB())).table_valued(*typed, name="fresh")
    fresh = source.render_derived(with_types=True)
    ordered = sa.select(*(fresh.c[name] for name in names)).order_by(fresh.c.number)
    statement = sa.insert(Entry).from_select(names, ordered).returning(Entry)
    return sorted(tx.scalars(statement), key=lambda entry: entry.number)


def _line(posting: Posting, *, number: int, currency: str, reverses_id: int | None, at: datetime) -> Line:
    facts = dict(vars(posting))
    facts["debit"], facts["credit"] = str(posting.debit), str(posting.credit)
    return Line(number=number, recorded_at=at, currency=currency, reverses_id=reverses_id, **facts)


def _insert_unless_taken(tx: Tx, fund_id: int, rows: list[dict[str, object]]) -> list[Entry]:
    """Insert; where the index on references refuses, say which one is taken.

    To look each up beforehand took most of the time: a plan that was made while the books were empty reads them all.
    """
    try:
        with tx.begin_nested():
            return _insert(tx, rows)
    except sa.exc.IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", "") != REFERENCES:
            raise
        names = [row["reference"] for row in rows]
        taken = select(Entry.reference).where(Entry.fund_id == fund_id, col(Entry.reference).in_(names))
        raise ReferenceTaken(reference=tx.exec(taken.order_by(col(Entry.number))).first()) from error


def _record_booking(tx: Tx, actor: Actor, fund_id: int, entries: Sequence[Entry], now: datetime) -> None:
    last = entries[-1]
    detail = {
        "entries": len(entries),
        "acts": sorted({entry.act for entry in entries})[:20],
        "first": entries[0].reference,
        "last": last.reference,
        "total": sum(entry.amount for entry in entries),
        "number": last.number,
        "hash": last.hash,
    }
    record(tx, actor, action="ledger.booked", subject=f"fund:{fund_id}", detail=detail, now=now)


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
