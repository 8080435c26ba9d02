"""What was earned or spent while a transfer counted that was taken back later: from that day on it is the seller's.

Between the day of the transfer and that as of which it was taken back the buyer held the interest, so what is of these
days was shared with it. When its interest goes back, so does the part of that which it has by it, day by day and place
by place: whether it is written down before the transfer is taken back or after it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate

from sqlmodel import col, select

from fund.capital.own_days import is_fact
from fund.capital.participation import came_with
from fund.interests.corrections import SINCE, of_day
from fund.interests.models import TransferCorrection
from fund.interests.queries import TransferSheet, transfers_until
from fund.ledger.belonging import Place, Side, partners_sides
from fund.ledger.booking import book_back
from fund.ledger.following import Booked
from fund.ledger.held import Back
from fund.ledger.resting import PASSES_ON
from fund.ledger.undone import first_number
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.identity.rules import Actor

Key = tuple[Place, date]
"""A place, and a day of what is shared out there."""


def pass_back(tx: Tx, actor: Actor, /, *, fund_id: int, booked: Sequence[Booked], now: datetime) -> None:
    """Pass back what was booked of days on which a transfer counted that was taken back. Refused: a locked day."""
    facts = [one for one in booked if is_fact(one.line.act)]
    gone = _gone(tx, fund_id) if facts else []
    keys = {
        ((account, one.line.holding_id), one.first.effective_on)
        for one in facts
        for sheet in gone
        if _counted(sheet, one.first.effective_on)
        for account, partner_id in (
            (one.line.debit, one.line.debit_partner_id),
            (one.line.credit, one.line.credit_partner_id),
        )
        if partner_id == sheet.buyer_id and account in PASSES_ON
    }
    _settle(tx, actor, fund_id, gone, keys, now)


def pass_back_between(tx: Tx, actor: Actor, *, sheet: TransferSheet, now: datetime) -> None:
    """Pass back what was booked of the days on which a transfer counted that is taken back now."""
    keys = {
        (one.place, one.first)
        for one in partners_sides(tx, fund_id=sheet.fund_id, accounts=PASSES_ON, partner_ids=[sheet.buyer_id])
        if is_fact(one.act) and _counted(sheet, one.first)
    }
    _settle(tx, actor, sheet.fund_id, _gone(tx, sheet.fund_id), keys, now)


def _gone(tx: Tx, fund_id: int) -> list[TransferSheet]:
    """The transfers that counted for some days, in the order in which they ended: of one day the latest first."""
    every = [one for one in transfers_until(tx, fund_id=fund_id, as_of=date.max) if one.is_undone]
    return sorted(every, key=lambda one: (one.cancelled_on or date.max, -one.id))


def _counted(sheet: TransferSheet, on: date) -> bool:
    """Whether what is of a day was shared with the buyer: an interest passes and goes back as a day ends."""
    return sheet.cancelled_on is not None and sheet.effective_on < on <= sheet.cancelled_on


def _settle(
    tx: Tx, actor: Actor, fund_id: int, gone: Sequence[TransferSheet], keys: Collection[Key], now: datetime
) -> None:
    if not keys:
        return
    buyers = {one.buyer_id for one in gone}
    sides = partners_sides(tx, fund_id=fund_id, places={place for place, _ in keys}, partner_ids=buyers)
    for turn, sheet in enumerate(gone):
        back: list[Back] = []
        first = first_number(tx, fund_id=fund_id, act=f"transfer:{sheet.id}") or 0
        for place, of in sorted(keys, key=lambda one: (one[1], one[0][0], one[0][1] or 0)):
            if _counted(sheet, of):
                before = [one for one in gone[:turn] if _counted(one, of)]
                here = [one for one in sides if one.place == place and one.first == of and one.number > first]
                back += _of_day(tx, sheet, before, here)
        book_back(tx, actor, fund_id=fund_id, sheet=sheet, back=back, now=now)


def _of_day(
    tx: Tx, sheet: TransferSheet, before: Sequence[TransferSheet], sides: Sequence[Side]
) -> Iterable[Back]:
    """What is still to pass back of what is of one day at one place and was booked since the transfer; `before` are the
    transfers that ended before.
    """
    assert sheet.cancelled_on is not None
    its = [one for one in sides if one.partner_id == sheet.buyer_id and is_fact(one.act)]
    if not its:
        return []
    place, of = its[0].place, its[0].first
    has: dict[date, int] = {}
    for one in its:
        on = max(one.on, sheet.cancelled_on)
        has[on] = has.get(on, 0) + one.amount
    for other in before:
        sign = 1 if other.buyer_id == sheet.buyer_id else -1 if other.seller_id == sheet.buyer_id else 0
        for day, amount in _passed(tx, other, place, of).items():
            on = max(day, sheet.cancelled_on)
            has[on] = has.get(on, 0) + sign * amount
    went = {day: -amount for day, amount in _passed(tx, sheet, place, of).items()}
    came, whole = came_with(
        tx, fund_id=sheet.fund_id, as_of=of, holding_id=place[1], sheet=sheet, without=before
    )
    days = sorted({*has, *went})
    shall = [
        allocate(amount, [came, whole - came])[0] for amount in accumulate(has.get(day, 0) for day in days)
    ]
    moves = [now - then for now, then in zip(shall, [0, *shall], strict=False)]
    return [
        Back(place, of, day, amount - went.get(day, 0), its[-1].act)
        for day, amount in zip(days, moves, strict=True)
        if amount != went.get(day, 0)
    ]


def _passed(tx: Tx, sheet: TransferSheet, place: Place, of: date) -> dict[date, int]:
    """What has passed to the buyer (negative: back) since a transfer was taken back, of one day at one place."""
    row = TransferCorrection
    statement = select(row).where(
        row.transfer_id == sheet.id,
        row.account == place[0],
        col(row.holding_id).is_not_distinct_from(place[1]),
        col(row.reference).contains(SINCE),
        col(row.reference).endswith(of_day(of)),
    )
    found: dict[date, int] = {}
    for one in tx.exec(statement):
        found[one.effective_on] = found.get(one.effective_on, 0) + one.amount
    return found
