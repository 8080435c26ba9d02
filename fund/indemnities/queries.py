"""Givebacks as others see them, and what each partner had given back by a day and as known at an instant.

Like a call, a giveback counts from its due date. With an interest that passed it is the buyer's from the day of the
transfer on. With an `actor` only what it may see; without one the database's own wall must do.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.indemnities.models import Indemnity, IndemnityLine, IndemnityReceipt
from fund.indemnities.rules import IndemnityState, IndemnityUnknown
from fund.interests.models import TransferLine
from fund.interests.queries import as_of_holding, passed_lines
from fund.interests.rules import LineKind
from fund.partners.queries import partners
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


@dataclass(frozen=True)
class GivebackReceipt:
    """Money of a partner's that came in; the bank's reference is for those who see the whole fund."""

    id: int
    partner_id: int
    amount: int
    received_on: date
    bank_reference: str | None
    reversed_on: date | None
    reverse_reason: str | None


@dataclass(frozen=True)
class GivebackLine:
    """One partner's part, what limited it, and what of it has come in."""

    partner_id: int
    received: int
    given: int
    within: int
    most: int
    amount: int
    came: int

    @property
    def outstanding(self) -> int:
        """What has not come in yet."""
        return self.amount - self.came


@dataclass(frozen=True)
class IndemnitySheet:
    """A giveback with the lines and receipts that the reader may see."""

    id: int
    fund_id: int
    number: int
    code: str
    state: IndemnityState
    amount: int
    reason: str
    worked_on: date
    due_on: date
    cap: Fraction
    months: int | None
    restores: bool
    prepared_by: int | None
    prepared_name: str
    approved_by: int | None
    approved_name: str | None
    approved_at: datetime | None
    notice_on: date | None
    cancelled_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    recorded_at: datetime
    lines: tuple[GivebackLine, ...]
    receipts: tuple[GivebackReceipt, ...]

    @property
    def came(self) -> int:
        """What has come in of the lines shown."""
        return sum(line.came for line in self.lines)

    def line(self, partner_id: int) -> GivebackLine | None:
        """The part of one partner; None where it has none, or none that is shown."""
        return next((line for line in self.lines if line.partner_id == partner_id), None)


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The lines and receipts, by their partner, that `actor` may see."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def indemnities(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: IndemnityState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[IndemnitySheet]:
    """The fund's givebacks, newest first; a partner finds those that it has a part in."""
    statement = select(Indemnity).where(Indemnity.fund_id == fund_id)
    if state is not None:
        statement = statement.where(Indemnity.state == state)
    if actor is not None and actor.reach != "all":
        line = IndemnityLine
        own = sa.select(col(line.indemnity_id)).where(visible_to(actor, col(line.partner_id)))
        statement = statement.where(col(Indemnity.approved_at).is_not(None), col(Indemnity.id).in_(own))
    key = col(Indemnity.id)
    page = keyset(tx, statement, key, after=after, limit=limit, sheet=lambda row: row, newest_first=True)
    return Page(tuple(_sheets(tx, page.items, actor)), page.next)


def indemnity(tx: Tx, *, indemnity_id: int, actor: Actor | None = None) -> IndemnitySheet:
    """One giveback; one that the reader has no part in is as unknown as a missing one."""
    return _one(tx, col(Indemnity.id) == indemnity_id, actor)


def indemnity_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> IndemnitySheet:
    """The giveback with that code ("LPG-001")."""
    wanted = (col(Indemnity.fund_id) == fund_id) & (col(Indemnity.code) == code.strip().upper())
    return _one(tx, wanted, actor)


def given_lines(
    fund_id: int, as_of: date, *, known_at: datetime | None = None, held_on: date | None = None
) -> sa.Subquery:
    """What was due back by `as_of`, and what of it has passed to another partner: it sums to the same."""
    line, row = IndemnityLine, Indemnity
    own: Any = (
        sa.select(
            col(line.partner_id),
            col(line.indemnity_id),
            col(row.due_on),
            col(row.restores),
            col(line.amount),
        )
        .select_from(line)
        .join(row, col(row.id) == col(line.indemnity_id))
        .where(col(row.fund_id) == fund_id, _stands(as_of, known_at))
    )
    moved = passed_lines(
        fund_id, LineKind.GIVEBACK, as_of_holding(as_of, held_on), known_at
    ).with_only_columns(
        col(TransferLine.partner_id),
        col(TransferLine.item_id),
        col(TransferLine.happened_on),
        col(TransferLine.recallable),
        col(TransferLine.amount),
    )
    return sa.union_all(own, moved).subquery("given_back")


def restored(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """By partner, what was given back under a term that lets it be called again."""
    found = _restored(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, held_on=held_on)
    return dict(found.all())


@asked_often
def _restored(*, fund_id: int, as_of: date, known_at: datetime | None, held_on: date | None) -> sa.Executable:
    lines = given_lines(fund_id, as_of, known_at=known_at, held_on=held_on)
    summed = sa.cast(sa.func.sum(lines.c.amount), sa.BigInteger)
    statement = sa.select(lines.c.partner_id, summed).where(lines.c.restores).group_by(lines.c.partner_id)
    return statement.having(summed != 0)


def open_indemnities(tx: Tx, *, fund_id: int) -> list[IndemnitySheet]:
    """Those of which notice was given and something is outstanding, oldest first."""
    statement = select(Indemnity).where(
        Indemnity.fund_id == fund_id, col(Indemnity.state) == IndemnityState.APPROVED
    )
    return _sheets(tx, tx.exec(statement.order_by(col(Indemnity.id))).all(), None)


def latest_notice(tx: Tx, *, fund_id: int, since: date, after: int = 0) -> tuple[str, date] | None:
    """The latest giveback that stands, of a notice of `since` or later and written after one: its code and its day."""
    row = Indemnity
    statement = select(row).where(
        row.fund_id == fund_id, _stands(date.max, None), col(row.notice_on) >= since, col(row.id) > after
    )
    found = tx.exec(statement.order_by(col(row.notice_on).desc(), col(row.id).desc()).limit(1)).first()
    return None if found is None or found.notice_on is None else (found.code, found.notice_on)


def due_between(tx: Tx, *, fund_id: int, since: date, as_of: date) -> list[tuple[str, date, int]]:
    """The givebacks that stand and were due from one day to another: code, due date, amount of all partners."""
    row = Indemnity
    statement = select(row).where(row.fund_id == fund_id, _stands(as_of, None), col(row.due_on) >= since)
    found = tx.exec(statement.order_by(col(row.due_on), col(row.id)))
    return [(one.code, one.due_on, one.amount) for one in found]


def _stands(as_of: date, known_at: datetime | None) -> sa.ColumnElement[bool]:
    """Givebacks of which notice was given, due by a day and not taken back by it."""
    row = Indemnity
    stands = col(row.approved_at).is_not(None) & (col(row.due_on) <= as_of)
    gone: sa.ColumnElement[bool] = sa.func.coalesce(col(row.cancelled_on) <= as_of, sa.false())
    if known_at is not None:
        stands &= col(row.approved_at) <= known_at
        gone &= sa.func.coalesce(col(row.cancelled_at) <= known_at, sa.false())
    return stands & ~gone


def _one(tx: Tx, wanted: sa.ColumnElement[bool], actor: Actor | None) -> IndemnitySheet:
    row = tx.exec(select(Indemnity).where(wanted).execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise IndemnityUnknown()
    [sheet] = _sheets(tx, [row], actor)
    if actor is not None and actor.reach != "all" and (not sheet.lines or row.approved_at is None):
        raise IndemnityUnknown()
    return sheet


_OWN = ("id", "lines", "receipts")


def _sheets(tx: Tx, rows: Sequence[Indemnity], actor: Actor | None) -> list[IndemnitySheet]:
    keys = [row.key for row in rows]
    receipts = _receipts(tx, keys, actor)
    lines = _lines(tx, keys, receipts, actor)
    names = [name for name in IndemnitySheet.__dataclass_fields__ if name not in _OWN]
    places = {
        sheet.id: place for row in rows[:1] for place, sheet in enumerate(partners(tx, fund_id=row.fund_id))
    }
    return [
        IndemnitySheet(
            id=row.key,
            lines=tuple(sorted(lines[row.key], key=lambda line: places[line.partner_id])),
            receipts=tuple(receipts[row.key]),
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]


def _receipts(tx: Tx, keys: Collection[int], actor: Actor | None) -> dict[int, list[GivebackReceipt]]:
    row, sees_all = IndemnityReceipt, actor is None or actor.reach == "all"
    found: dict[int, list[GivebackReceipt]] = defaultdict(list)
    statement = select(row).where(col(row.indemnity_id).in_(keys)).order_by(col(row.id))
    if actor is not None:
        statement = statement.where(visible_to(actor, col(row.partner_id)))
    for one in tx.exec(statement.execution_options(populate_existing=True)) if keys else ():
        names = [
            name for name in GivebackReceipt.__dataclass_fields__ if name not in ("id", "bank_reference")
        ]
        reference = one.bank_reference if sees_all else None
        found[one.indemnity_id].append(
            GivebackReceipt(
                id=one.key, bank_reference=reference, **{name: getattr(one, name) for name in names}
            )
        )
    return found


def _lines(
    tx: Tx, keys: Collection[int], receipts: dict[int, list[GivebackReceipt]], actor: Actor | None
) -> dict[int, list[GivebackLine]]:
    row = IndemnityLine
    found: dict[int, list[GivebackLine]] = defaultdict(list)
    statement = select(row).where(col(row.indemnity_id).in_(keys))
    if actor is not None:
        statement = statement.where(visible_to(actor, col(row.partner_id)))
    for one in tx.exec(statement) if keys else ():
        came = sum(
            came.amount
            for came in receipts[one.indemnity_id]
            if came.partner_id == one.partner_id and came.reversed_on is None
        )
        fields = {name: getattr(one, name) for name in GivebackLine.__dataclass_fields__ if name != "came"}
        found[one.indemnity_id].append(GivebackLine(**fields, came=came))
    return found
