"""What a partner has of the time before its interest passed, of which a part passes with it: to the fen the same part,
whether it was written down before the transfer or since.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from fund.interests.corrections import came_by, is_of_own_day, named_day
from fund.interests.queries import TransferSheet
from fund.interests.rules import part_of
from fund.ledger.belonging import Place, Side, partners_sides
from fund.ledger.undo_rules import BETWEEN_PARTNERS, kind_of
from fund.ledger.undone import first_number
from kernel.db import Tx

# Carry is worked out anew at every close of a quarter, for whoever holds the interest then.
WORKED_OUT_ANEW = "carry"


class Change(NamedTuple):
    """What comes to a partner at a place as of a day (negative: goes)."""

    on: date
    amount: int


def had_before(
    tx: Tx, *, fund_id: int, sheet: TransferSheet, earlier: Sequence[TransferSheet], place: Place
) -> list[Change]:
    """What the seller of a transfer has at a place of the time before it, as the books stand, change by change.

    With what came and went by the transfers `earlier` than it, and without what passed by it. No change is before the
    day of the transfer.
    """
    first = first_number(tx, fund_id=fund_id, act=f"transfer:{sheet.id}")
    acts = {f"transfer:{one.id}" for one in earlier}
    sides = partners_sides(tx, fund_id=fund_id, places=[place], partner_ids=[sheet.seller_id])
    found = [Change(one.on, one.amount) for one in sides if _is_of_before(one, sheet, first, acts)]
    if place[0] >= "3000":
        # Capital passes on account 3300; where it came from is written beside the books.
        for other in (one for one in earlier if sheet.seller_id in (one.seller_id, one.buyer_id)):
            came = came_by(tx, transfer_id=other.id, partner_id=sheet.seller_id, place=place)
            found += [Change(on, amount) for on, amount, of in came if of <= sheet.effective_on]
    return [Change(max(on, sheet.effective_on), amount) for on, amount in found]


def parts_of(had: Sequence[Change], more: Sequence[Change], *, part: int, whole: int) -> list[Change]:
    """What passes on by `more` at a place where the seller `had` so much: what passes of all of it less what passed.

    From the first day of `more` on, for the fen that is left over may fall elsewhere on any day since. Pure.
    """
    days = sorted({one.on for one in more})
    days = sorted({*days, *(one.on for one in had if one.on > days[0])}) if days else []
    passed = [
        part_of(_until(had, on) + _until(more, on), part=part, whole=whole)
        - part_of(_until(had, on), part=part, whole=whole)
        for on in days
    ]
    moves = (now - then for now, then in zip(passed, [0, *passed], strict=False))
    return [Change(on, amount) for on, amount in zip(days, moves, strict=True) if amount]


def _until(changes: Sequence[Change], on: date) -> int:
    return sum(one.amount for one in changes if one.on <= on)


def _is_of_before(side: Side, sheet: TransferSheet, first: int | None, earlier: Collection[str]) -> bool:
    kind = kind_of(side.act)
    if kind == WORKED_OUT_ANEW or (kind == "transfer" and side.act not in earlier):
        return False
    assert sheet.approved_at is not None
    was_there = side.written_at <= sheet.approved_at if first is None else side.number < first
    return belongs_before(
        sheet,
        act=side.act,
        reference=side.reference,
        on=side.first,
        was_there=was_there or kind == "transfer",
    )


def belongs_before(sheet: TransferSheet, *, act: str, reference: str, on: date, was_there: bool) -> bool:
    """Whether an entry of a day belongs to the time before a transfer, of which a part passes with the interest.

    What is of the very day does, for an interest passes as its day ends: whatever is shared by who held the interests
    when the day began. Of what passes between partners only what `was_there` when the transfer was booked.
    """
    kind = kind_of(act)
    of = (named_day(reference) if kind in BETWEEN_PARTNERS else None) or on
    if of != sheet.effective_on:
        return of < sheet.effective_on
    return was_there or kind not in BETWEEN_PARTNERS or is_of_own_day(reference)
