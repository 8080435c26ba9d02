"""Putting on record what a company sold in a year, and to whom."""

from dataclasses import dataclass
from datetime import datetime

from fund.parties.queries import party
from fund.revenues.models import Revenue
from fund.revenues.queries import revenues
from fund.revenues.rules import YearSheet, check_fits, check_revenue
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

WRITERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.TECHNOLOGY_MANAGER)


@dataclass(frozen=True)
class _Stated:
    """What all rows of one statement share."""

    company_id: int
    year: int
    source: str
    recorded_by: str
    recorded_at: datetime

    def row(self, customer_id: int | None, amount: int) -> Revenue:
        """The row of a customer, or of the whole."""
        return Revenue(**vars(self), customer_id=customer_id, amount=amount)


def state_revenue(
    tx: Tx,
    actor: Actor,
    *,
    company_id: int,
    year: int,
    total: int,
    customer_id: int | None = None,
    amount: int = 0,
    source: str,
    now: datetime,
) -> YearSheet:
    """State a company's whole revenue of a year, in fen, and what one customer bought of it; what is known already
    is not written again, what differs corrects it, and nil says that the customer bought nothing.

    Refused: a year that is not over, no source, a customer without an amount, customers who bought more than all.
    """
    actor.require(*WRITERS)
    today = day_in_beijing(now)
    check_revenue(
        company_id=company_id,
        year=year,
        total=total,
        customer_id=customer_id,
        amount=amount,
        source=source,
        today=today,
    )
    for named in {company_id, customer_id or company_id}:
        party(tx, party_id=named)
    lock(tx, f"revenue:{company_id}")
    known = _of_year(tx, company_id, year)
    customers = {**known.customers} | ({} if customer_id is None else {customer_id: amount})
    check_fits(year, total=total, customers=customers)
    stated = _Stated(company_id, year, source.strip(), actor.name, now)
    if (known.total, known.source) != (total, stated.source):
        tx.add(stated.row(None, total))
    if customer_id is not None and known.customers.get(customer_id, 0) != amount:
        tx.add(stated.row(customer_id, amount))
    tx.flush()
    found = _of_year(tx, company_id, year)
    if found != known:
        detail = {"year": year, "total": total, "customer_id": customer_id, "amount": amount}
        record(tx, actor, action="revenue.stated", subject=f"party:{company_id}", detail=detail, now=now)
    return found


def _of_year(tx: Tx, company_id: int, year: int) -> YearSheet:
    """A company's revenue of a year; nil and without a source where nothing is on record."""
    found = revenues(tx, company_ids=[company_id])
    return next((sheet for sheet in found if sheet.year == year), YearSheet(company_id, year, 0, {}, ""))
