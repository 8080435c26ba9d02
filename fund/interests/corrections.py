"""What passed with interests after their transfers were booked, since something of before was corrected."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.interests.models import Transfer, TransferCorrection, TransferLine
from fund.interests.rules import LineKind
from kernel.db import Tx

_OF_DAY = re.compile(r"/(?:on|of)-([0-9]{4}-[0-9]{2}-[0-9]{2})")
SINCE = "/since-"
"""In the reference of what passes by a transfer that is taken back: it counts for itself."""


@dataclass(frozen=True)
class CorrectionSheet:
    """An amount that came to the buyer (negative: went back) on an account of capital; `act` was corrected."""

    transfer_id: int
    act: str
    reference: str
    effective_on: date
    account: str
    holding_id: int | None
    amount: int
    recorded_at: datetime


def corrections(
    tx: Tx, *, transfer_id: int, as_of: date = date.max, known_at: datetime | None = None
) -> list[CorrectionSheet]:
    """What passed afterwards by a transfer until a day, as known at an instant, in the order of recording."""
    row = TransferCorrection
    statement = select(row).where(row.transfer_id == transfer_id, col(row.effective_on) <= as_of)
    if known_at is not None:
        statement = statement.where(col(row.recorded_at) <= known_at)
    found = tx.exec(statement.order_by(col(row.position)))
    return [
        CorrectionSheet(**{n: getattr(one, n) for n in CorrectionSheet.__dataclass_fields__}) for one in found
    ]


def of_capital(found: Sequence[CorrectionSheet]) -> list[CorrectionSheet]:
    """Those on accounts of capital; value above cost lies beside it."""
    return [one for one in found if one.account >= "3000"]


def capital_of(found: Sequence[CorrectionSheet]) -> int:
    """The capital that passed with them."""
    return sum(one.amount for one in of_capital(found))


def corrected_balances(
    tx: Tx, *, fund_id: int, as_of: date, passed_by: date = date.max
) -> dict[tuple[str, int | None], dict[int, int]]:
    """By account and holding, what came to each partner (negative: went) by corrections that count on a day.

    With `passed_by` those alone of interests that had passed by then. A transfer that was taken back counts no more,
    but what passed since does: it passed back as well.
    """
    row, of = TransferCorrection, Transfer
    summed = sa.cast(sa.func.sum(col(row.amount)), sa.BigInteger)
    keys = (col(row.account), col(row.holding_id), col(of.seller_id), col(of.buyer_id))
    statement = (
        sa.select(*keys, summed)
        .join(of, col(of.id) == col(row.transfer_id))
        .where(
            col(of.fund_id) == fund_id,
            col(row.account) >= "3000",
            col(row.effective_on) <= as_of,
            col(of.effective_on) <= passed_by,
            sa.func.coalesce(col(of.cancelled_on) > as_of, sa.true()) | col(row.reference).contains(SINCE),
        )
        .group_by(*keys)
    )
    found: dict[tuple[str, int | None], dict[int, int]] = {}
    for account, holding_id, seller_id, buyer_id, amount in tx.execute(statement):
        there = found.setdefault((account, holding_id), {})
        there[seller_id] = there.get(seller_id, 0) - amount
        there[buyer_id] = there.get(buyer_id, 0) + amount
    return found


def came_by(
    tx: Tx, *, transfer_id: int, partner_id: int, place: tuple[str, int | None]
) -> list[tuple[date, int, date]]:
    """What came to one side (negative: went) by a transfer at a place, an account and a holding.

    As of which day, how much, and of which day it is: the first there is for what is of before the transfer. What
    counts no more since the transfer was taken back goes again on that day.
    """
    sheet = tx.get_one(Transfer, transfer_id, populate_existing=True)
    line, row = TransferLine, TransferCorrection
    passed = select(line).where(
        line.transfer_id == transfer_id,
        line.partner_id == partner_id,
        line.kind == LineKind.BALANCE,
        line.account == place[0],
        col(line.holding_id).is_not_distinct_from(place[1]),
    )
    found = [(sheet.effective_on, one.amount) for one in tx.exec(passed)]
    corrected = select(row).where(
        row.transfer_id == transfer_id,
        row.account == place[0],
        col(row.holding_id).is_not_distinct_from(place[1]),
    )
    since: list[tuple[date, int, date]] = []
    for one in tx.exec(corrected):
        amount = one.amount if partner_id == sheet.buyer_id else -one.amount
        if SINCE in one.reference:
            since.append((one.effective_on, amount, named_day(one.reference) or date.min))
        else:
            found.append((one.effective_on, amount))
    gone = [] if sheet.cancelled_on is None else [(sheet.cancelled_on, -amount) for _, amount in found]
    return [*((on, amount, date.min) for on, amount in (*found, *gone)), *since]


def of_day(day: date) -> str:
    """How the reference of what passes or is shared anew ends: with the day to which it belongs."""
    return f"/of-{day.isoformat()}"


def named_day(reference: str) -> date | None:
    """The day to which something belongs, where its reference names it."""
    found = _OF_DAY.search(reference)
    return date.fromisoformat(found[1]) if found else None


def is_of_own_day(reference: str) -> bool:
    """Whether what a close moves belongs to what was shared on its very day, and not to the past as of a due date."""
    return "/on-" in reference and "/due-" not in reference


def write(tx: Tx, *, found: Sequence[CorrectionSheet]) -> None:
    """Write down what passed, each transfer's in its order."""
    places = {one.transfer_id: count(tx, transfer_id=one.transfer_id) for one in found}
    for one in found:
        places[one.transfer_id] += 1
        tx.add(TransferCorrection(position=places[one.transfer_id], **vars(one)))
    tx.flush()


def count(tx: Tx, *, transfer_id: int) -> int:
    """How often something passed afterwards by a transfer."""
    statement = sa.select(sa.func.count()).where(col(TransferCorrection.transfer_id) == transfer_id)
    return int(tx.execute(statement).scalar_one())
