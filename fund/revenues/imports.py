"""Reading companies' revenue by customer from a sheet: one row a customer, one error message, all rows or none.

A row without a customer states the whole revenue alone. What is on record as it stands is left alone, so that a
workbook that was taken out comes in again and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from fund.parties.imports import party_named
from fund.revenues.actions import state_revenue
from fund.revenues.rules import EARLIEST, RevenueDiffers
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.money import format_amount
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount, Whole
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Text


@dataclass(frozen=True)
class RevenueRow:
    """A company's whole revenue of a year, and what one customer bought of it, in fen."""

    company: str
    year: int
    total: int
    customer: str
    amount: int
    source: str


REVENUES = Layout(
    "revenues",
    RevenueRow,
    (
        Column("company", Text(), ("售出企业", "Seller")),
        Column("year", Whole(EARLIEST, 2200, around=("年度", "年")), ("营业年度", "Year of revenue")),
        Column("total", Amount(), ("营业收入合计", "Whole revenue")),
        Column("customer", Text(), ("购买客户", "Bought by"), False, ""),
        Column("amount", Amount(), ("来自该客户的收入", "Revenue from it"), False, 0),
        Column("source", Text(), ("收入数据来源", "Source of the revenue")),
    ),
    unique=("company", "year", "customer"),
)


def import_revenues(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """State every revenue of a sheet. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, REVENUES)
    totals: dict[tuple[int, int], int] = {}

    def act(row: RevenueRow) -> None:
        company_id = party_named(tx, name=row.company).id
        other = totals.setdefault((company_id, row.year), row.total)
        if other != row.total:
            raise RevenueDiffers(year=row.year, total=format_amount(row.total), other=format_amount(other))
        state_revenue(
            tx,
            actor,
            company_id=company_id,
            year=row.year,
            total=row.total,
            customer_id=party_named(tx, name=row.customer).id if row.customer else None,
            amount=row.amount,
            source=row.source,
            now=now,
        )

    return (book(tx, reading, act, what="revenues", dry_run=dry_run),)
