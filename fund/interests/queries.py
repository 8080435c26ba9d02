"""Transfers of interests, and what has passed by them as of a day and as known at an instant.

What passed counts from the day of the transfer: on the days before, the interest was the seller's. With an `actor`
only what it may see; without one the database's own wall must do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.interests.corrections import corrected_balances
from fund.interests.models import Transfer, TransferLine, TransferWhole
from fund.interests.rules import LineKind, TransferState, TransferUnknown
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


@dataclass(frozen=True)
class TransferSheet:
    """A transfer as others see it; what passed is known once it is approved. committed: what the seller had on the day,
    None to the buyer's people.
    """

    id: int
    fund_id: int
    number: int
    code: str
    state: TransferState
    seller_id: int
    buyer_id: int
    effective_on: date
    commitment: int
    committed: int | None
    price: int
    contributed: int | None
    distributed: int | None
    unfunded: int | None
    carry: int | None
    capital: int | None
    fee: int | None
    reason: str
    consent: str
    consented_on: date
    are_related: bool
    related_note: str
    prepared_by: int | None
    prepared_name: str
    approved_by: int | None
    approved_name: str | None
    approved_at: datetime | None
    cancelled_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    recorded_at: datetime

    @property
    def whole(self) -> int:
        """What the seller had committed. Refused: to who may not know."""
        if self.committed is None:
            raise TransferUnknown()
        return self.committed

    @property
    def share(self) -> Fraction | None:
        """The part of the seller's interest that passes."""
        return None if self.committed is None else Fraction(self.commitment, self.committed)

    @property
    def is_undone(self) -> bool:
        """Whether it was approved and then taken back."""
        return self.approved_at is not None and self.cancelled_on is not None


@dataclass(frozen=True)
class PassedFlow:
    """Money that the interest had paid in (negative) or received before it passed, on its own day.

    `part`: what a contribution was called for.
    """

    on: date
    kind: LineKind
    amount: int
    part: str = ""


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The transfers that `actor` may see: all, or those approved in which a partner of its own takes part."""
    if actor.reach == "all":
        return sa.true()
    own = col(Transfer.seller_id).in_(actor.partner_ids) | col(Transfer.buyer_id).in_(actor.partner_ids)
    return col(Transfer.approved_at).is_not(None) & own


def transfers(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: TransferState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[TransferSheet]:
    """The fund's transfers, newest first."""
    statement = select(Transfer).where(Transfer.fund_id == fund_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    if state is not None:
        statement = statement.where(Transfer.state == state)
    key = col(Transfer.id)
    found = keyset(tx, statement, key, after=after, limit=limit, sheet=lambda row: row, newest_first=True)
    return Page(tuple(_sheets(tx, found.items)), found.next)


def transfer(tx: Tx, *, transfer_id: int, actor: Actor | None = None) -> TransferSheet:
    """One transfer; one that the reader may not see is as unknown as a missing one."""
    return _one(tx, col(Transfer.id) == transfer_id, actor)


def transfer_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> TransferSheet:
    """The transfer with that code ("TRF-001")."""
    wanted = (col(Transfer.fund_id) == fund_id) & (col(Transfer.code) == code.strip().upper())
    return _one(tx, wanted, actor)


def _sheets(tx: Tx, rows: Sequence[Transfer]) -> list[TransferSheet]:
    """The rows as others see them. The seller's whole commitment stands behind a wall of its own."""
    wanted = select(TransferWhole).where(col(TransferWhole.transfer_id).in_([row.key for row in rows]))
    wholes = {one.transfer_id: one.committed for one in tx.exec(wanted)} if rows else {}
    names = [name for name in TransferSheet.__dataclass_fields__ if name not in {"id", "committed"}]
    return [
        TransferSheet(
            id=row.key, committed=wholes.get(row.key), **{name: getattr(row, name) for name in names}
        )
        for row in rows
    ]


def transfers_until(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> list[TransferSheet]:
    """Every transfer that took effect by a day, as known at an instant, in the order of the days; of one day in
    that in which they were approved.

    One taken back says so only if that was known then; it counts until `cancelled_on`.
    """
    wanted = [
        col(Transfer.fund_id) == fund_id,
        col(Transfer.approved_at).is_not(None),
        col(Transfer.effective_on) <= as_of,
    ]
    if known_at is not None:
        wanted.append(col(Transfer.approved_at) <= known_at)
    statement = (
        select(Transfer)
        .where(*wanted)
        .order_by(col(Transfer.effective_on), col(Transfer.approved_at), col(Transfer.id))
    )
    rows = tx.exec(statement.execution_options(populate_existing=True)).all()
    return _sheets(tx, rows)


def undone_by(sheet: TransferSheet, known_at: datetime | None) -> date | None:
    """The day from which a transfer counts no more, as known at an instant; None while it stands."""
    if sheet.cancelled_at is None or (known_at is not None and sheet.cancelled_at > known_at):
        return None
    return sheet.cancelled_on


def standing_transfers(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> list[TransferSheet]:
    """The transfers that count on a day, as known at an instant."""
    found = transfers_until(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    return [one for one in found if (undone := undone_by(one, known_at)) is None or as_of < undone]


def passed_lines(
    fund_id: int, kind: LineKind, as_of: date, known_at: datetime | None = None
) -> sa.Select[Any]:
    """The lines of one kind that count on a day; of both sides, so that they sum to nothing."""
    stands: sa.ColumnElement[bool] = col(Transfer.approved_at).is_not(None)
    gone: sa.ColumnElement[bool] = sa.func.coalesce(col(Transfer.cancelled_on) <= as_of, sa.false())
    if known_at is not None:
        stands &= col(Transfer.approved_at) <= known_at
        gone &= sa.func.coalesce(col(Transfer.cancelled_at) <= known_at, sa.false())
    return (
        sa.select(TransferLine)
        .join(Transfer, col(Transfer.id) == col(TransferLine.transfer_id))
        .where(
            col(Transfer.fund_id) == fund_id,
            col(Transfer.effective_on) <= as_of,
            stands,
            ~gone,
            col(TransferLine.kind) == kind,
        )
    )


def as_of_holding(as_of: date, held_on: date | None) -> Any:
    """For a statement: the day as of which it is asked who holds the interests."""
    return as_of if held_on is None else sa.func.least(as_of, held_on)


def passed_amounts(
    tx: Tx, *, fund_id: int, kind: LineKind, as_of: date, known_at: datetime | None = None
) -> dict[int, int]:
    """By partner, what came to it (negative: what went) of one kind, on balance."""
    found = _passed_amounts(tx, fund_id=fund_id, kind=kind, as_of=as_of, known_at=known_at)
    return dict(found.all())


@asked_often
def _passed_amounts(*, fund_id: int, kind: LineKind, as_of: date, known_at: datetime | None) -> sa.Executable:
    partner = col(TransferLine.partner_id)
    summed = sa.cast(sa.func.sum(col(TransferLine.amount)), sa.BigInteger)
    lines = passed_lines(fund_id, kind, as_of, known_at)
    return lines.with_only_columns(partner, summed).group_by(partner)


def passed_balances(
    tx: Tx, *, fund_id: int, as_of: date, partner_id: int | None = None, corrected_until: date | None = None
) -> dict[tuple[str, int | None], dict[int, int]]:
    """What stands on accounts of capital for another than the entries name: by account and holding, by partner.

    With `corrected_until` also what passed until that day by corrections of the transfers that count on `as_of`.
    """
    found: dict[tuple[str, int | None], dict[int, int]] = {}
    standing = _passed_balances(tx, fund_id=fund_id, as_of=as_of, partner_id=partner_id)
    for code, holding_id, key, amount in standing:
        found.setdefault((str(code), holding_id), {})[key] = amount
    until = corrected_until or as_of
    for place, amounts in corrected_balances(tx, fund_id=fund_id, as_of=until, passed_by=as_of).items():
        for key, amount in (
            amounts.items() if partner_id is None else [(partner_id, amounts.get(partner_id, 0))]
        ):
            if amount:
                there = found.setdefault(place, {})
                there[key] = there.get(key, 0) + amount
    return found


@asked_often
def _passed_balances(*, fund_id: int, as_of: date, partner_id: int | None) -> sa.Executable:
    keys = col(TransferLine.account), col(TransferLine.holding_id), col(TransferLine.partner_id)
    summed = sa.cast(sa.func.sum(col(TransferLine.amount)), sa.BigInteger)
    lines = passed_lines(fund_id, LineKind.BALANCE, as_of).with_only_columns(*keys, summed)
    if partner_id is not None:
        lines = lines.where(col(TransferLine.partner_id) == partner_id)
    return lines.group_by(*keys)


def history(tx: Tx, *, sheet: TransferSheet, partner_id: int) -> Sequence[PassedFlow]:
    """What the interest that passed had paid in and received before: as the buyer has it from the seller, and for the
    seller with the signs turned.
    """
    flows = (LineKind.CONTRIBUTION, LineKind.DISTRIBUTION, LineKind.GIVEBACK)
    statement = (
        select(TransferLine)
        .where(
            TransferLine.transfer_id == sheet.id,
            TransferLine.partner_id == partner_id,
            col(TransferLine.kind).in_(flows),
        )
        .order_by(col(TransferLine.happened_on), col(TransferLine.position))
    )
    return [
        PassedFlow(line.happened_on, line.kind, _from_investor(line), line.item_kind or "")
        for line in tx.exec(statement)
        if line.happened_on is not None and line.amount
    ]


def _from_investor(line: TransferLine) -> int:
    return line.amount if line.kind is LineKind.DISTRIBUTION else -line.amount


def _one(tx: Tx, wanted: sa.ColumnElement[bool], actor: Actor | None) -> TransferSheet:
    statement = select(Transfer).where(wanted).execution_options(populate_existing=True)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise TransferUnknown()
    return _sheets(tx, [row])[0]
