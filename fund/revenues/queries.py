"""What is on record of companies' revenue."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.revenues.models import Revenue
from fund.revenues.rules import YearSheet, latest
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass
class _Year:
    """A year while its rows are read; each row takes the place of the one before it."""

    total: int = 0
    source: str = ""
    customers: dict[int, int] = field(default_factory=dict)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The rows that `actor` may see: of whoever does not read the whole fund the database shows its own group's."""
    return sa.true() if actor.is_system or actor.roles else sa.false()


def revenues(
    tx: Tx, *, company_ids: Collection[int] | None = None, known_at: datetime | None = None
) -> list[YearSheet]:
    """Every year on record, of some companies or of all, the latest of each company first."""
    statement = select(Revenue).order_by(col(Revenue.id))
    if company_ids is not None:
        statement = statement.where(col(Revenue.company_id).in_(company_ids))
    if known_at is not None:
        statement = statement.where(col(Revenue.recorded_at) <= known_at)
    found: dict[tuple[int, int], _Year] = {}
    for row in tx.exec(statement):
        year = found.setdefault((row.company_id, -row.year), _Year())
        if row.customer_id is None:
            year.total, year.source = row.amount, row.source
        else:
            year.customers[row.customer_id] = row.amount
    return [
        YearSheet(company, -year, one.total, {k: v for k, v in one.customers.items() if v}, one.source)
        for (company, year), one in sorted(found.items())
    ]


def latest_revenues(tx: Tx, *, as_of: date, known_at: datetime | None = None) -> dict[int, YearSheet]:
    """Of each company the last year on record that was over on a day, by company."""
    return latest(revenues(tx, known_at=known_at), as_of=as_of)
