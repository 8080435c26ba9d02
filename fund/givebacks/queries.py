"""Returns of carry as others see them, and what of it counts for whom on a day and as known at an instant.

With an `actor` only what it may see; without one the database's own wall must do.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.givebacks.models import CarryReturn, CarryReturnLine
from fund.givebacks.rules import (
    CarryReturnState,
    CarryReturnUnknown,
    ClawbackTest,
    Passing,
    Returned,
    held_by,
)
from fund.interests.models import Transfer, TransferLine
from fund.interests.queries import passed_lines
from fund.interests.rules import LineKind
from fund.ledger.chart import Account
from fund.partners.queries import partners
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


@dataclass(frozen=True)
class ReturnLine:
    """One partner's part with the formula behind it, minor units."""

    partner_id: int
    value: int
    received: int
    entitled: int
    shortfall: int
    taxes: int
    owed: int
    amount: int
    return_of_capital: int
    gain: int

    @property
    def excess(self) -> int:
        """The carry received beyond what the general partner is entitled to."""
        return max(0, self.received - self.entitled)


@dataclass(frozen=True)
class CarryReturnSheet:
    """A return of carry with the lines that the reader may see."""

    id: int
    fund_id: int
    number: int
    code: str
    kind: ClawbackTest
    state: CarryReturnState
    tested_on: date
    due_on: date
    amount: int
    note: str
    prepared_by: int | None
    prepared_name: str
    approved_by: int | None
    approved_name: str | None
    approved_at: datetime | None
    received_on: date | None
    received_at: datetime | None
    bank_reference: str | None
    from_escrow: int
    paid_on: date | None
    paid_at: datetime | None
    cancelled_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    recorded_at: datetime
    lines: tuple[ReturnLine, ...]

    @property
    def is_open(self) -> bool:
        """Whether it is owed and was not paid to the partners yet."""
        return self.state in {CarryReturnState.APPROVED, CarryReturnState.RECEIVED}

    @property
    def undone_on(self) -> date | None:
        """The day from which it counts no more, if it was approved and then taken back."""
        return self.cancelled_on if self.approved_at is not None else None

    def line(self, partner_id: int) -> ReturnLine:
        """The part of one partner, which must be among those shown."""
        return next(line for line in self.lines if line.partner_id == partner_id)


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The lines, by their partner, that `actor` may see."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def carry_returns(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: CarryReturnState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[CarryReturnSheet]:
    """The fund's returns of carry, newest first; a partner finds those owed to it."""
    statement = select(CarryReturn).where(CarryReturn.fund_id == fund_id)
    if state is not None:
        statement = statement.where(CarryReturn.state == state)
    if actor is not None and actor.reach != "all":
        line = CarryReturnLine
        own = sa.select(col(line.return_id)).where(visible_to(actor, col(line.partner_id)))
        statement = statement.where(col(CarryReturn.approved_at).is_not(None), col(CarryReturn.id).in_(own))
    key = col(CarryReturn.id)
    page = keyset(tx, statement, key, after=after, limit=limit, sheet=lambda row: row, newest_first=True)
    return Page(tuple(_sheets(tx, page.items, actor)), page.next)


def carry_return(tx: Tx, *, return_id: int, actor: Actor | None = None) -> CarryReturnSheet:
    """One return; one that the reader has no part in is as unknown as a missing one."""
    return _one(tx, col(CarryReturn.id) == return_id, actor)


def carry_return_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> CarryReturnSheet:
    """The return with that code ("CLAW-001")."""
    wanted = (col(CarryReturn.fund_id) == fund_id) & (col(CarryReturn.code) == code.strip().upper())
    return _one(tx, wanted, actor)


def latest_test(tx: Tx, *, fund_id: int, since: date) -> tuple[str, date] | None:
    """The latest return that stands and was tested on `since` or later: its code and its day."""
    row = CarryReturn
    statement = select(row).where(row.fund_id == fund_id, _stands(None, None), col(row.tested_on) >= since)
    found = tx.exec(statement.order_by(col(row.tested_on).desc(), col(row.id).desc()).limit(1)).first()
    return None if found is None else (found.code, found.tested_on)


def returned(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> dict[int, tuple[Returned, ...]]:
    """Carry given back by who holds the interests on a day; it counts from the day of the test, paid or not."""
    line = CarryReturnLine
    own: dict[int, list[Returned]] = defaultdict(list)
    statement = _lines(fund_id, as_of, known_at).with_only_columns(
        col(line.partner_id), col(CarryReturn.tested_on), col(line.amount)
    )
    for partner_id, on, amount in tx.execute(statement.order_by(col(CarryReturn.tested_on))):
        own[partner_id].append(Returned(on, amount))
    return held_by(own, _passings(tx, fund_id, as_of, known_at)) if own else {}


def owed_back(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """By partner, what is owed back and not yet paid: it lies in its capital and is no value of the fund's."""
    return _sums(
        tx, fund_id, as_of, known_at, ~_done(CarryReturn.paid_on, CarryReturn.paid_at, as_of, known_at)
    )


def come_back(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """By partner to which it is owed, what the general partner had paid in by a day."""
    done = _done(CarryReturn.received_on, CarryReturn.received_at, as_of, known_at)
    return _sums(tx, fund_id, as_of, known_at, done)


def from_partner(tx: Tx, *, fund_id: int, as_of: date) -> int:
    """What the general partner had paid in of its own by a day; the rest came out of escrow."""
    row = CarryReturn
    summed = sa.select(sa.func.coalesce(sa.func.sum(col(row.amount) - col(row.from_escrow)), 0)).where(
        col(row.fund_id) == fund_id,
        _stands(as_of, None),
        _done(row.received_on, row.received_at, as_of, None),
    )
    return int(tx.execute(summed).scalar_one())


def paid_back(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """By partner, what was paid to it by a day."""
    return _sums(
        tx, fund_id, as_of, known_at, _done(CarryReturn.paid_on, CarryReturn.paid_at, as_of, known_at)
    )


def open_returns(tx: Tx, *, fund_id: int) -> list[CarryReturnSheet]:
    """Everything that is owed and not paid to the partners yet, oldest first."""
    states = (CarryReturnState.APPROVED, CarryReturnState.RECEIVED)
    statement = select(CarryReturn).where(CarryReturn.fund_id == fund_id, col(CarryReturn.state).in_(states))
    return _sheets(tx, tx.exec(statement.order_by(col(CarryReturn.id))).all(), None)


def in_hand(tx: Tx, *, fund_id: int) -> int:
    """What the general partner has paid in and the partners were not paid yet: it is spent on nothing else."""
    row = CarryReturn
    summed = sa.select(sa.func.coalesce(sa.func.sum(row.amount), 0)).where(
        col(row.fund_id) == fund_id, col(row.state) == CarryReturnState.RECEIVED
    )
    return int(tx.execute(summed).scalar_one())


def _sums(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None, which: sa.ColumnElement[bool]
) -> dict[int, int]:
    line = CarryReturnLine
    summed = sa.cast(sa.func.sum(col(line.amount)), sa.BigInteger)
    statement = _lines(fund_id, as_of, known_at).where(which)
    found = statement.with_only_columns(col(line.partner_id), summed).group_by(col(line.partner_id))
    return dict(tx.execute(found).all())


def _lines(fund_id: int, as_of: date, known_at: datetime | None) -> sa.Select[Any]:
    return (
        sa.select(CarryReturnLine)
        .join(CarryReturn, col(CarryReturn.id) == col(CarryReturnLine.return_id))
        .where(col(CarryReturn.fund_id) == fund_id, _stands(as_of, known_at))
    )


def _stands(as_of: date | None, known_at: datetime | None) -> sa.ColumnElement[bool]:
    """Returns that were approved, and not taken back."""
    row = CarryReturn
    stands: sa.ColumnElement[bool] = col(row.approved_at).is_not(None)
    gone: sa.ColumnElement[bool] = col(row.cancelled_on).is_not(None)
    if as_of is not None:
        stands &= col(row.tested_on) <= as_of
        gone &= sa.func.coalesce(col(row.cancelled_on) <= as_of, sa.false())
    if known_at is not None:
        stands &= col(row.approved_at) <= known_at
        gone &= sa.func.coalesce(col(row.cancelled_at) <= known_at, sa.false())
    return stands & ~gone


def _done(on: Any, at: Any, as_of: date, known_at: datetime | None) -> sa.ColumnElement[bool]:
    """A step that was taken by a day, as known at an instant."""
    done: sa.ColumnElement[bool] = sa.func.coalesce(col(on) <= as_of, sa.false())
    return done if known_at is None else done & sa.func.coalesce(col(at) <= known_at, sa.false())


def _passings(tx: Tx, fund_id: int, as_of: date, known_at: datetime | None) -> list[Passing]:
    """What of carry returned passed with interests: it lies on its own account of capital."""
    line = TransferLine
    statement = (
        passed_lines(fund_id, LineKind.BALANCE, as_of, known_at)
        .where(
            col(line.account) == Account.CARRY_RETURNED.value, col(line.partner_id) == col(Transfer.buyer_id)
        )
        .with_only_columns(
            col(Transfer.effective_on), col(Transfer.seller_id), col(Transfer.buyer_id), col(line.amount)
        )
    )
    rows = tx.execute(statement.order_by(col(Transfer.effective_on), col(Transfer.id)))
    return [Passing(*row) for row in rows if row[-1]]


def _one(tx: Tx, wanted: sa.ColumnElement[bool], actor: Actor | None) -> CarryReturnSheet:
    row = tx.exec(select(CarryReturn).where(wanted).execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise CarryReturnUnknown()
    [sheet] = _sheets(tx, [row], actor)
    if actor is not None and actor.reach != "all" and (not sheet.lines or row.approved_at is None):
        raise CarryReturnUnknown()
    return sheet


def _sheets(tx: Tx, rows: Sequence[CarryReturn], actor: Actor | None) -> list[CarryReturnSheet]:
    lines = _lines_of(tx, [row.key for row in rows], actor)
    # What the bank calls the general partner's payment is not for a partner's people to read.
    kept: dict[str, Any] = {"bank_reference": None} if actor is not None and actor.reach != "all" else {}
    names = [name for name in CarryReturnSheet.__dataclass_fields__ if name not in {"id", "lines", *kept}]
    places = {
        sheet.id: place for row in rows[:1] for place, sheet in enumerate(partners(tx, fund_id=row.fund_id))
    }
    return [
        CarryReturnSheet(
            id=row.key,
            lines=tuple(sorted(lines[row.key], key=lambda line: places[line.partner_id])),
            **kept | {name: getattr(row, name) for name in names},
        )
        for row in rows
    ]


def _lines_of(tx: Tx, keys: Collection[int], actor: Actor | None) -> dict[int, list[ReturnLine]]:
    row = CarryReturnLine
    found: dict[int, list[ReturnLine]] = defaultdict(list)
    statement = select(row).where(col(row.return_id).in_(keys))
    if actor is not None:
        statement = statement.where(visible_to(actor, col(row.partner_id)))
    for one in tx.exec(statement) if keys else ():
        fields = {name: getattr(one, name) for name in ReturnLine.__dataclass_fields__}
        found[one.return_id].append(ReturnLine(**fields))
    return found
