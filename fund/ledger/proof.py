"""Proving a fund's books from the rows alone: nobody has changed, removed or slipped in an entry."""

from collections.abc import Iterator

from sqlmodel import col, select

from fund.charter.queries import fund
from fund.ledger.checkpoints import checkpoint_faults
from fund.ledger.entries import line_of
from fund.ledger.models import Entry, PeriodLock
from fund.ledger.rules import Line, faults, line_hash, posting_of, undoes
from kernel.audit.queries import events
from kernel.audit.rules import GENESIS, Break
from kernel.db import Tx


def verify(tx: Tx, *, fund_id: int) -> list[Break]:
    """Recompute the chain, judge every row by the rules, and look behind the locks and into the audit trail."""
    return [
        *_chain(tx, fund_id),
        *_reversals(tx, fund_id),
        *_behind_locks(tx, fund_id),
        *_trail(tx, fund_id),
        *checkpoint_faults(tx, fund_id=fund_id),
    ]


def _chain(tx: Tx, fund_id: int) -> Iterator[Break]:
    currency = fund(tx, fund_id=fund_id).currency
    expected, previous = 1, GENESIS
    statement = select(Entry).where(Entry.fund_id == fund_id).order_by(col(Entry.number))
    for row in tx.exec(statement.execution_options(yield_per=2000)):
        line = line_of(row)
        if line.number != expected:
            yield _named(line, f"entry number {expected} is missing before it")
        elif line_hash(line, previous) != row.hash:
            yield _named(line, "its content does not match its hash")
        for fault in faults(posting_of(line)):
            yield _named(line, fault.says.format_map(fault.facts))
        if line.currency != currency:
            yield _named(line, f"it is in {line.currency}, the fund in {currency}")
        expected, previous = line.number + 1, row.hash


def _reversals(tx: Tx, fund_id: int) -> Iterator[Break]:
    undoing = {
        row.reverses_id: line_of(row)
        for row in tx.exec(select(Entry).where(Entry.fund_id == fund_id, col(Entry.reverses_id).is_not(None)))
    }
    for row in tx.exec(select(Entry).where(col(Entry.id).in_(undoing))):
        if row.fund_id != fund_id or not undoes(undoing[row.id], line_of(row)):
            yield _named(undoing[row.id], f"it does not undo {row.reference}")


def _behind_locks(tx: Tx, fund_id: int) -> Iterator[Break]:
    """What was recorded while the books were locked for the day on which it takes effect."""
    statement = select(PeriodLock).where(PeriodLock.fund_id == fund_id).order_by(col(PeriodLock.id))
    locks = tx.exec(statement).all()
    for lock, following in zip(locks, [*locks[1:], None], strict=False):
        slipped = select(Entry).where(
            Entry.fund_id == fund_id,
            col(Entry.number) > lock.number,
            col(Entry.effective_on) <= lock.through,
        )
        if following is not None:
            slipped = slipped.where(col(Entry.number) <= following.number)
        for row in tx.exec(slipped.order_by(col(Entry.number))):
            yield _named(line_of(row), f"it takes effect on {row.effective_on}, locked since {lock.quarter}")


def _trail(tx: Tx, fund_id: int) -> Iterator[Break]:
    """The audit trail pins the last entry, so that books cut off at their end are noticed."""
    statement = select(Entry.number, Entry.hash).where(Entry.fund_id == fund_id)
    last = tx.exec(statement.order_by(col(Entry.number).desc()).limit(1)).first() or (0, None)
    booked = events(tx, subject=f"fund:{fund_id}", action="ledger.booked", limit=1).items
    pinned = (booked[0].detail["number"], booked[0].detail["hash"]) if booked else (0, None)
    if tuple(last) != pinned:
        yield Break(
            f"ledger of fund {fund_id}", f"it ends at entry {last[0]}, the audit trail at {pinned[0]}"
        )


def _named(line: Line, what: str) -> Break:
    return Break(f"ledger_entry {line.number} {line.reference}", what)
