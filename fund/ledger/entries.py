"""Entries as people read them, linked to what they reverse or are reversed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.models import Entry
from fund.ledger.rules import Line
from kernel.db import Tx
from kernel.errors import NotFound

# What a sheet tells of an entry by itself, in its order, and last the id of the entry that it reverses.
_NAMES = ("id", *Line.__dataclass_fields__)
LINE = tuple(getattr(Entry, name) for name in _NAMES)
_LINE = attrgetter(*_NAMES)


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
    return linked(tx, lines=[_LINE(row) for row in rows])


def linked(tx: Tx, *, lines: Sequence[Sequence[Any]]) -> list[EntrySheet]:
    """The same of entries read by `LINE`, their plain columns: of thousands, a row of the model each is half of the
    work.
    """
    originals, reverses = {line[0]: line[2] for line in lines}, [line[-1] for line in lines]
    reversals = {line[-1]: line[2] for line in lines if line[-1] is not None}
    if any(key not in reversals for key in originals):
        wanted = sa.any_(sa.literal(list(originals), sa.ARRAY(sa.BigInteger())))
        found = tx.exec(select(Entry.reverses_id, Entry.reference).where(col(Entry.reverses_id) == wanted))
        reversals |= {key: reference for key, reference in found if key is not None}
    missing = [key for key in reverses if key is not None and key not in originals]
    if missing:
        found_ids = tx.exec(select(Entry.id, Entry.reference).where(col(Entry.id).in_(missing)))
        originals |= {key: reference for key, reference in found_ids if key is not None}
    return [EntrySheet(*(*line[:-1], originals.get(line[-1]), reversals.get(line[0]))) for line in lines]
