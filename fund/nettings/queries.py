"""Which calls and distributions are joined, and what each partner was told. With an `actor` only its own part."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.undone import undone_acts
from fund.nettings.models import Netting, NettingLine, SetOffRight
from fund.nettings.rules import Joined, NettingOpen, NettingPart, NettingState
from kernel.db import Tx
from kernel.identity.rules import Actor


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The rows, by their column `partner_id`, that `actor` may see: all of them, or its own partners'."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def netting_of(tx: Tx, *, call_id: int | None = None, distribution_id: int | None = None) -> Netting | None:
    """The netting in which a call or a distribution is joined, unless it was parted or taken back."""
    which = Netting.distribution_id == distribution_id if call_id is None else Netting.call_id == call_id
    wanted = select(Netting).where(which, Netting.state != NettingState.CANCELLED)
    return tx.exec(wanted.execution_options(populate_existing=True)).first()


def joined_pairs(tx: Tx, *, fund_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """The calls and the distributions of a fund that are joined, unless they were parted or taken back."""
    wanted = select(Netting).where(Netting.fund_id == fund_id, Netting.state != NettingState.CANCELLED)
    rows = tx.exec(wanted).all()
    return frozenset(row.call_id for row in rows), frozenset(row.distribution_id for row in rows)


def check_apart(
    tx: Tx, *, what: str, call_id: int | None = None, distribution_id: int | None = None, together: bool
) -> None:
    """Refuse to act on one of a pair alone; `together` says that the netting itself acts."""
    row = None if together else netting_of(tx, call_id=call_id, distribution_id=distribution_id)
    if row is not None:
        raise Joined(what=what, netting=row.code)


def announced_in(tx: Tx, *, call_id: int | None = None, distribution_id: int | None = None) -> str | None:
    """The code of the netting by which partners were told of a call or a distribution, also of one taken back since."""
    which = Netting.distribution_id == distribution_id if call_id is None else Netting.call_id == call_id
    wanted = select(Netting.code).where(which, col(Netting.issued_at).is_not(None))
    return tx.exec(wanted.order_by(col(Netting.id).desc()).limit(1)).first()


def check_settled(tx: Tx, *, call_id: int, call: str) -> None:
    """Refuse to call a partner late on a call as long as a netting that was told is not settled."""
    row = netting_of(tx, call_id=call_id)
    if row is not None and row.state is NettingState.ISSUED:
        raise NettingOpen(netting=row.code, call=call)


def told(tx: Tx, *, netting_id: int, actor: Actor | None = None) -> Sequence[NettingPart]:
    """What partners were told when it was issued; nothing before."""
    statement = select(NettingLine).where(NettingLine.netting_id == netting_id)
    if actor is not None:
        statement = statement.where(visible_to(actor, col(NettingLine.partner_id)))
    return [part_of(row) for row in tx.exec(statement.order_by(col(NettingLine.id)))]


def announced(tx: Tx, *, call_id: int, known_at: datetime | None = None) -> dict[int, int]:
    """By partner, what an issued netting will set off against the call; nothing once it is settled, as far as that was
    known at an instant.
    """

    def has_come(at: Any) -> sa.ColumnElement[bool]:
        return at.is_not(None) if known_at is None else sa.func.coalesce(at <= known_at, sa.false())

    gone = has_come(col(Netting.settled_at)) | has_come(col(Netting.cancelled_at))
    wanted = select(Netting).where(Netting.call_id == call_id, has_come(col(Netting.issued_at)), ~gone)
    row = tx.exec(wanted).first()
    if row is None:
        return {}
    return {one.partner_id: one.set_off for one in told(tx, netting_id=row.key) if one.set_off > 0}


def set_off_rights(tx: Tx, *, fund_id: int, as_of: date) -> frozenset[tuple[int, int]]:
    """By call and partner, where what is owed may be set off against a distribution on a day."""
    rows = tx.exec(
        select(SetOffRight).where(SetOffRight.fund_id == fund_id, SetOffRight.effective_on <= as_of)
    ).all()
    gone = undone_acts(tx, kind="setoff", fund_id=fund_id) if rows else {}
    return frozenset(
        (row.call_id, row.partner_id) for row in rows if as_of < gone.get(f"setoff:{row.key}", date.max)
    )


def part_of(row: NettingLine) -> NettingPart:
    """The line as others see it."""
    return NettingPart(row.partner_id, row.called, row.return_of_capital, row.income, row.gain, row.withheld)
