"""What the manager and its people were paid by companies of the portfolio, gross, as offsets were recognised of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fund.fees.relief_rules import OFFSET_ROWS, OTHER_RECEIVED, RECEIVED_ROWS
from fund.fees.unapplied import ReliefSheet, reliefs
from kernel.allocation import allocate
from kernel.db import Tx


@dataclass(frozen=True)
class Received:
    """A fee received on a day, or below zero one taken back: its row of the ILPA reporting template, what it was for,
    and each partner's part in the proportion in which it is set off. `set_off` of it stands on `offset_row`.
    """

    on: date
    row: int
    amount: int
    parts: Mapping[int, int]
    offset_row: int
    set_off: int
    reason: str

    def of(self, partner_id: int | None) -> int:
        """A partner's part, or under None the whole."""
        return self.amount if partner_id is None else self.parts.get(partner_id, 0)


def received(tx: Tx, *, fund_id: int, known_at: datetime | None = None) -> tuple[Received, ...]:
    """Every fee that a company paid, of the offsets that were approved by an instant."""
    return tuple(
        turn
        for one in reliefs(tx, fund_id=fund_id, is_approved=True, known_at=known_at)
        for turn in _turns(one)
    )


def over(
    found: Iterable[Received], partner_id: int | None, *, since: date | None, as_of: date
) -> dict[int, int]:
    """What was received by row from `since` (None: the beginning) to `as_of`, of a partner or of all under None."""
    rows: dict[int, int] = {}
    for one in found:
        if (since or date.min) <= one.on <= as_of:
            rows[one.row] = rows.get(one.row, 0) + one.of(partner_id)
    return rows


def _turns(one: ReliefSheet) -> Iterator[Received]:
    """A kind without a row of its own is another fee where a company is named, and otherwise a cost of the fund's."""
    if one.offset_kind is None or one.received is None:
        return
    row = RECEIVED_ROWS.get(one.offset_kind, OTHER_RECEIVED if one.holding_id else None)
    if row is None:
        return
    parts = dict(zip(one.parts, allocate(one.received, list(one.parts.values())), strict=True))
    offset_row = OFFSET_ROWS[one.offset_kind]
    yield Received(one.effective_on, row, one.received, parts, offset_row, one.amount, one.reason)
    if one.undone_on:
        back = {key: -part for key, part in parts.items()}
        yield Received(one.undone_on, row, -one.received, back, offset_row, -one.amount, one.reason)
