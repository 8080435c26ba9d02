"""Escrow of carry as others see it: what is held for whom, and every release. Only those who see the whole fund."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.carry_rules import EscrowTest
from fund.givebacks.escrow_rules import EscrowReleaseUnknown, ReleaseState
from fund.givebacks.models import EscrowRelease
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from fund.partners.queries import general_partner, partners
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


@dataclass(frozen=True)
class ReleaseSheet:
    """A release of carry from escrow, with what the test looked at."""

    id: int
    fund_id: int
    number: int
    code: str
    state: ReleaseState
    test: EscrowTest
    released_on: date
    amount: int
    held: int
    lacking: int
    note: str
    prepared_by: int | None
    prepared_name: str
    approved_by: int | None
    approved_name: str | None
    paid_at: datetime | None
    cancelled_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    recorded_at: datetime


def visible_releases(actor: Actor) -> sa.ColumnElement[bool]:
    """Releases are for those who see the whole fund."""
    return sa.true() if actor.reach == "all" else sa.false()


def releases(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: ReleaseState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[ReleaseSheet]:
    """Every release, newest first."""
    statement = select(EscrowRelease).where(EscrowRelease.fund_id == fund_id)
    if actor is not None:
        statement = statement.where(visible_releases(actor))
    if state is not None:
        statement = statement.where(EscrowRelease.state == state)
    key = col(EscrowRelease.id)
    return keyset(tx, statement, key, after=after, limit=limit, sheet=_sheet, newest_first=True)


def release(tx: Tx, *, release_id: int, actor: Actor | None = None) -> ReleaseSheet:
    """One release."""
    return _one(tx, col(EscrowRelease.id) == release_id, actor)


def release_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> ReleaseSheet:
    """The release with that code ("ESC-001")."""
    wanted = (col(EscrowRelease.fund_id) == fund_id) & (col(EscrowRelease.code) == code.strip().upper())
    return _one(tx, wanted, actor)


def held_for(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """What is held in escrow by the partner that bore it, in the order of the partners."""
    found = balances(
        tx,
        fund_id=fund_id,
        as_of=as_of,
        accounts=[Account.CARRY_ESCROWED],
        known_at=known_at,
        by=("partner",),
    )
    stands = {one.partner_id: -one.amount for one in found}
    if not stands:
        return {}
    general = general_partner(tx, fund_id=fund_id).id
    return {
        sheet.id: stands[sheet.id]
        for sheet in partners(tx, fund_id=fund_id)
        if sheet.id != general and stands.get(sheet.id)
    }


def held(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> int:
    """What lies on the escrow account."""
    return -total(tx, fund_id=fund_id, as_of=as_of, accounts=[Account.CARRY_ESCROW_CASH], known_at=known_at)


def free(tx: Tx, *, fund_id: int, on: date) -> int:
    """What of it can be paid out on a day: the least of what is there then and in the end."""
    return min(held(tx, fund_id=fund_id, as_of=on), held(tx, fund_id=fund_id, as_of=date.max))


def _one(tx: Tx, wanted: sa.ColumnElement[bool], actor: Actor | None) -> ReleaseSheet:
    statement = select(EscrowRelease).where(wanted).execution_options(populate_existing=True)
    if actor is not None:
        statement = statement.where(visible_releases(actor))
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise EscrowReleaseUnknown()
    return _sheet(row)


def _sheet(row: EscrowRelease) -> ReleaseSheet:
    names = [name for name in ReleaseSheet.__dataclass_fields__ if name != "id"]
    return ReleaseSheet(id=row.key, **{name: getattr(row, name) for name in names})
