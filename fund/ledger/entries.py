"""Entries as people read them, linked to what they reverse or are reversed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.models import Entry
from fund.ledger.rules import Line
from kernel.db import Tx
from kernel.errors import NotFound


class EntryUnknown(NotFound):
    code = "entry_unknown"
    says = "There is no entry {reference}."


@dataclass(frozen=True)
class EntrySheet:
    """An entry as people read it. `reverses` and `reversed_by` are references of other entries."""

    id: int
    number: int
    reference: str
    effective_on: date
    recorded_at: datetime
    debit: str
    credit: str
    amount: int
    currency: str
    debit_partner_id: int | None
    credit_partner_id: int | None
    holding_id: int | None
    act: str
    memo: str
    reverses: str | None
    reversed_by: str | None


def line_of(row: Entry) -> Line:
    """The entry as it is chained."""
    return Line(**{name: getattr(row, name) for name in Line.__dataclass_fields__})


def sheets(tx: Tx, *, rows: Sequence[Entry]) -> list[EntrySheet]:
    """The rows as sheets, in their order, with the references of what they reverse or are reversed by."""
    ids = [row.key for row in rows]
    reversals = {row.reverses_id: row.reference for row in rows if row.reverses_id is not None}
    if any(key not in reversals for key in ids):
        wanted = sa.any_(sa.literal(ids, sa.ARRAY(sa.BigInteger())))
        found = tx.exec(select(Entry.reverses_id, Entry.reference).where(col(Entry.reverses_id) == wanted))
        reversals |= {key: reference for key, reference in found if key is not None}
    originals = {row.key: row.reference for row in rows}
    missing = [r.reverses_id for r in rows if r.reverses_id is not None and r.reverses_id not in originals]
    if missing:
        found_ids = tx.exec(select(Entry.id, Entry.reference).where(col(Entry.id).in_(missing)))
        originals |= {key: reference for key, reference in found_ids if key is not None}
    return [_sheet(row, originals, reversals) for row in rows]


def _sheet(row: Entry, originals: dict[int, str], reversals: dict[int, str]) -> EntrySheet:
    facts = {name: getattr(row, name) for name in Line.__dataclass_fields__ if name != "reverses_id"}
    return EntrySheet(
        id=row.key,
        **facts,
        reverses=originals.get(row.reverses_id) if row.reverses_id is not None else None,
        reversed_by=reversals.get(row.key),
    )
