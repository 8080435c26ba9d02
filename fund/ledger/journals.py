"""Journals: entries made by hand, brought in as one file and taken back as a whole or one by one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.actions import post, reverse_entries
from fund.ledger.cash import CashShort, lock_cash, lowest_cash
from fund.ledger.chart import Account
from fund.ledger.hand_rules import JOURNAL, JournalUnknown, Moved, check_between, journal_of
from fund.ledger.models import Entry
from fund.ledger.rules import Posting
from fund.ledger.stamps import lock_books
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.money import format_amount

_NUMBERED = re.compile(r"J-([0-9]{3,9})", re.ASCII)


@dataclass(frozen=True)
class JournalSheet:
    """One journal: how many entries it made, how many of them stand, and from when to when they take effect.

    `amount` sums what its standing entries move.
    """

    code: str
    entries: int
    standing: int
    amount: int
    first_on: date
    last_on: date
    recorded_at: datetime


def journals(tx: Tx, *, fund_id: int) -> list[JournalSheet]:
    """Every journal of the fund, the newest first."""
    undone = sa.select(col(Entry.reverses_id)).where(
        col(Entry.fund_id) == fund_id, col(Entry.reverses_id).is_not(None)
    )
    statement = sa.select(
        col(Entry.act),
        col(Entry.amount),
        col(Entry.effective_on),
        col(Entry.recorded_at),
        col(Entry.id).in_(undone),
    ).where(_by_hand(fund_id), col(Entry.reverses_id).is_(None))
    found: dict[str, list[tuple[int, date, datetime, bool]]] = {}
    for act, amount, on, at, is_undone in tx.execute(statement.order_by(col(Entry.id).desc())):
        found.setdefault(journal_of(act), []).append((amount, on, at, is_undone))
    return [
        JournalSheet(
            code,
            len(rows),
            sum(not row[3] for row in rows),
            sum(row[0] for row in rows if not row[3]),
            min(row[1] for row in rows),
            max(row[1] for row in rows),
            max(row[2] for row in rows),
        )
        for code, rows in found.items()
    ]


def next_journal(tx: Tx, *, fund_id: int) -> str:
    """The name of the next journal; the books are held until the transaction ends."""
    lock_books(tx, fund_id=fund_id)
    acts = tx.scalars(sa.select(col(Entry.act)).where(_by_hand(fund_id)).distinct())
    numbers = [int(found[1]) for act in acts if (found := _NUMBERED.fullmatch(journal_of(act)))]
    return f"J-{max(numbers, default=0) + 1:03}"


def book_journal(tx: Tx, actor: Actor, *, fund_id: int, postings: Sequence[Posting], now: datetime) -> None:
    """Book the lines of a journal, whose accounts were judged line by line: all of them or none.

    Refused: what `post` refuses, lines that leave something between partners, cash that would end below nil.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    if not postings:
        return
    check_between(Moved(one.effective_on, str(one.debit), str(one.credit), one.amount) for one in postings)
    lock_cash(tx, fund_id=fund_id)
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    paid = [one for one in postings if one.credit == Account.CASH]
    if paid:
        first = min(one.effective_on for one in paid)
        there = lowest_cash(tx, fund_id=fund_id, since=first)
        if there < 0:
            amount = sum(one.amount for one in paid)
            raise CashShort(amount=format_amount(amount), on=first, cash=format_amount(there + amount))


def undo_journal(
    tx: Tx, actor: Actor, *, fund_id: int, code: str, reason: str, effective_on: date, now: datetime
) -> JournalSheet:
    """Reverse every entry of a journal that stands, each with effect from `effective_on` or its own day if later.

    Refused: a journal of which nothing stands, no reason, a locked or future day, cash that would end below nil.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    undone = sa.select(col(Entry.reverses_id)).where(col(Entry.reverses_id).is_not(None))
    own = select(Entry).where(
        Entry.fund_id == fund_id,
        col(Entry.act).startswith(f"{JOURNAL}:{code}.", autoescape=True),
        col(Entry.reverses_id).is_(None),
        col(Entry.id).not_in(undone),
    )
    entries = tx.exec(own.order_by(col(Entry.id))).all()
    if not entries:
        raise JournalUnknown(journal=code)
    days = {max(effective_on, entry.effective_on) for entry in entries}
    for day in sorted(days):
        reverse_entries(
            tx,
            actor,
            fund_id=fund_id,
            entries=[entry for entry in entries if max(effective_on, entry.effective_on) == day],
            reason=reason,
            effective_on=day,
            now=now,
        )
    detail = {"journal": code, "entries": len(entries), "reason": reason}
    record(tx, actor, action="journal.reversed", subject=f"fund:{fund_id}", detail=detail, now=now)
    return next(one for one in journals(tx, fund_id=fund_id) if one.code == code)


def _by_hand(fund_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(col(Entry.fund_id) == fund_id, col(Entry.act).startswith(f"{JOURNAL}:"))
