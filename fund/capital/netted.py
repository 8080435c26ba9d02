"""Nettings as others see them: the pair, and what each partner owes, is due and pays or is paid in money.

With an `actor` only what it may see: a partner's people find a netting once they were told of it, with their own part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.inflows import asked
from fund.capital.models import Call, Distribution
from fund.capital.outflows import distribution_sheet
from fund.capital.positions import in_order
from fund.nettings.models import Netting, NettingLine
from fund.nettings.queries import netting_of, told, visible_to
from fund.nettings.rules import NettingPart, NettingState, NettingUnknown
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


@dataclass(frozen=True)
class NettingSheet:
    """A netting with its parts: all of them, or just the reader's own. Amounts in minor units.

    Once it is issued the parts are what the partners were told then; what was set off in the end is less for a partner
    that paid on the call before the day.
    """

    id: int
    fund_id: int
    code: str
    state: NettingState
    on: date
    call_id: int
    call: str
    purpose: str
    distribution_id: int
    distribution: str
    source: str
    recallable: bool
    parts: tuple[NettingPart, ...]
    prepared_by: int | None
    prepared_name: str
    approved_name: str | None
    issued_at: datetime | None
    settled_at: datetime | None
    cancelled_on: date | None
    cancel_reason: str | None
    recorded_at: datetime

    @property
    def called(self) -> int:
        """What is called of the partners shown, in all."""
        return sum(part.called for part in self.parts)

    @property
    def distributed(self) -> int:
        """What is distributed to the partners shown, tax included."""
        return sum(part.distributed for part in self.parts)

    @property
    def withheld(self) -> int:
        """The tax withheld of it."""
        return sum(part.withheld for part in self.parts)

    @property
    def set_off(self) -> int:
        """What needs no money to pass."""
        return sum(part.set_off for part in self.parts)

    @property
    def to_pay(self) -> int:
        """What comes in as money."""
        return sum(part.to_pay for part in self.parts)

    @property
    def to_get(self) -> int:
        """What goes out as money, tax apart."""
        return sum(part.to_get for part in self.parts)


def nettings(
    tx: Tx, *, fund_id: int, actor: Actor | None = None, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[NettingSheet]:
    """The fund's nettings, newest first."""
    statement = _seen(select(Netting).where(Netting.fund_id == fund_id), actor)
    key = col(Netting.id)
    page = keyset(tx, statement, key, after=after, limit=limit, sheet=lambda row: row, newest_first=True)
    return Page(tuple(_sheet(tx, row, actor) for row in page.items), page.next)


def netting_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> NettingSheet:
    """The netting with that code ("NET-001")."""
    which = (col(Netting.fund_id) == fund_id) & (col(Netting.code) == code.strip().upper())
    return _one(tx, which, actor)


def netting_sheet(tx: Tx, *, netting_id: int, actor: Actor | None = None) -> NettingSheet:
    """One netting; one that the reader was not told of is as unknown as a missing one."""
    return _one(tx, col(Netting.id) == netting_id, actor)


def joined_in(
    tx: Tx, *, call_id: int | None = None, distribution_id: int | None = None, actor: Actor | None = None
) -> NettingSheet | None:
    """The netting in which a call or a distribution is joined; None where it stands alone, as far as `actor` knows."""
    row = netting_of(tx, call_id=call_id, distribution_id=distribution_id)
    if row is None or (actor is not None and actor.reach != "all" and row.issued_at is None):
        return None
    return _sheet(tx, row, actor)


def parts_of(tx: Tx, *, row: Netting) -> list[NettingPart]:
    """What each partner owes on the call and is due of the distribution, as drafted, in the partners' order."""
    called = {line.partner_id: line.amount for line in asked(tx, call_id=row.call_id)}
    paid = {
        line.partner_id: (line.return_of_capital, line.income, line.gain, line.withheld)
        for line in distribution_sheet(tx, distribution_id=row.distribution_id).lines
    }
    everyone = in_order(tx, fund_id=row.fund_id, amounts=dict.fromkeys([*called, *paid], 0))
    return [NettingPart(key, called.get(key, 0), *paid.get(key, (0, 0, 0, 0))) for key in everyone]


def _one(tx: Tx, which: sa.ColumnElement[bool], actor: Actor | None) -> NettingSheet:
    statement = _seen(select(Netting).where(which), actor).execution_options(populate_existing=True)
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise NettingUnknown()
    return _sheet(tx, row, actor)


def _seen(statement: Any, actor: Actor | None) -> Any:
    """`statement` narrowed to the nettings that `actor` was told of."""
    if actor is None or actor.reach == "all":
        return statement
    own = sa.select(col(NettingLine.netting_id)).where(visible_to(actor, col(NettingLine.partner_id)))
    return statement.where(col(Netting.id).in_(own))


def _sheet(tx: Tx, row: Netting, actor: Actor | None) -> NettingSheet:
    call = tx.get_one(Call, row.call_id, populate_existing=True)
    paid = tx.get_one(Distribution, row.distribution_id, populate_existing=True)
    parts: Iterable[NettingPart] = told(tx, netting_id=row.key, actor=actor)
    if row.issued_at is None and (actor is None or actor.reach == "all"):
        parts = parts_of(tx, row=row)
    return NettingSheet(
        id=row.key,
        fund_id=row.fund_id,
        code=row.code,
        state=row.state,
        on=call.due_on,
        call_id=call.key,
        call=call.code,
        purpose=call.purpose,
        distribution_id=paid.key,
        distribution=paid.code,
        source=paid.source,
        recallable=paid.recallable,
        parts=tuple(parts),
        prepared_by=row.prepared_by,
        prepared_name=row.prepared_name,
        approved_name=row.approved_name,
        issued_at=row.issued_at,
        settled_at=row.settled_at,
        cancelled_on=row.cancelled_on,
        cancel_reason=row.cancel_reason,
        recorded_at=row.recorded_at,
    )
