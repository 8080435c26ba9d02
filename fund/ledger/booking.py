"""Writing entries into the books: numbered, chained, and with all that follows on them. Used by the ledger's acts."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col, select

from fund.charter.queries import fund as fund_sheet
from fund.interests.corrections import write as write_corrections
from fund.interests.queries import TransferSheet
from fund.ledger.following import follow
from fund.ledger.held import Back, Following, passes_back, passes_on
from fund.ledger.models import Entry
from fund.ledger.queries import head, locked_through
from fund.ledger.rules import Line, Posting, ReferenceTaken, check_open, check_postings, line_hash
from fund.ledger.stamps import stamp
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role

REFERENCES = "uq_ledger_entry_fund_id_reference"
"""The index that lets a reference stand once in a fund's books."""


def book(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    postings: Sequence[Posting],
    reverses: Sequence[Entry] = (),
    now: datetime,
) -> list[Entry]:
    """Write the postings; `reverses` holds, for each, the entry that it undoes.

    What of them belongs to an interest that passed to another partner since passes on with them; other rooms follow.
    """
    entries = _write(tx, actor, fund_id, postings, reverses, None, now)
    follow(tx, actor, fund_id=fund_id, entries=entries, reverses=reverses, now=now)
    return entries


def book_following(
    tx: Tx, actor: Actor, *, fund_id: int, postings: Sequence[Posting], of: date, now: datetime
) -> list[Entry]:
    """Book what follows on another booking and belongs to the time before `of` or that day; nobody is told of it.

    Where an interest passed after that day it passes on, though the postings take effect later. Refused: as `post`.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_postings(postings)
    return _write(tx, actor, fund_id, postings, (), of, now)


def book_back(
    tx: Tx, actor: Actor, *, fund_id: int, sheet: TransferSheet, back: Sequence[Back], now: datetime
) -> None:
    """Book what goes back to the seller of an interest, since its transfer was taken back; nobody is told of it.

    Refused: as `post`.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    if back:
        at = stamp(tx, fund_id=fund_id, now=now)
        following = passes_back(tx, fund_id=fund_id, sheet=sheet, back=back, at=at)
        _append(tx, actor, fund_id, following, (), at, now)


def _write(
    tx: Tx,
    actor: Actor,
    fund_id: int,
    postings: Sequence[Posting],
    reverses: Sequence[Entry],
    of: date | None,
    now: datetime,
) -> list[Entry]:
    if not postings:
        return []
    at = stamp(tx, fund_id=fund_id, now=now)
    locked = locked_through(tx, fund_id=fund_id)
    for posting in postings:
        check_open(posting, locked)
    following = passes_on(tx, fund_id=fund_id, postings=postings, undone=reverses, of=of, at=at)
    booked = Following(tuple(postings)) + following
    return _append(tx, actor, fund_id, booked, reverses, at, now)[: len(postings)]


def _append(
    tx: Tx,
    actor: Actor,
    fund_id: int,
    booked: Following,
    reverses: Sequence[Entry],
    at: datetime,
    now: datetime,
) -> list[Entry]:
    """Write entries, of which the first ones undo those that are named."""
    locked = locked_through(tx, fund_id=fund_id)
    for posting in booked.postings:
        check_open(posting, locked)
    currency = fund_sheet(tx, fund_id=fund_id).currency
    number, previous = head(tx, fund_id=fund_id)
    rows: list[dict[str, object]] = []
    undone = [*(entry.key for entry in reverses), *[None] * (len(booked.postings) - len(reverses))]
    for position, (posting, reverses_id) in enumerate(
        zip(booked.postings, undone, strict=True), start=number + 1
    ):
        line = _line(posting, number=position, currency=currency, reverses_id=reverses_id, at=at)
        previous = line_hash(line, previous)
        days = {"effective_on": line.effective_on.isoformat(), "recorded_at": line.recorded_at.isoformat()}
        rows.append({"fund_id": fund_id, **vars(line), **days, "hash": previous})
    entries = _insert_unless_taken(tx, fund_id, rows)
    write_corrections(tx, found=booked.capital)
    _record_booking(tx, actor, fund_id, entries, now)
    return entries


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
