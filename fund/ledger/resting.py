"""What rests on a transfer of an interest: booked since with who held the interests then counted in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fund.interests.queries import TransferSheet
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.undo_rules import kind_of, own_undo
from kernel.db import Tx


def _n(says: str) -> str:
    return says


_REVERSED = _n("reverse its entries")


@dataclass(frozen=True)
class Resting:
    """An act by its first entry, its day, and how it is undone."""

    reference: str
    on: date
    undo: str


def resting_on(tx: Tx, *, fund_id: int, sheet: TransferSheet, first: int | None) -> list[Resting]:
    """The acts to be taken back before a transfer can be, the latest first; `first` is the number of its first entry.

    What was booked since as of a day before is none of them: it passed on with the interest. Neither is carry.
    """
    acts: dict[str, EntrySheet] = {}
    for entry in sorted(_since(tx, fund_id, sheet, first), key=lambda one: -one.number):
        acts[entry.act] = entry
    # The last entry of an act decides its turn; it is named by its first.
    return [Resting(one.reference, one.effective_on, own_undo(one.act) or _REVERSED) for one in acts.values()]


def stands(entry: EntrySheet) -> bool:
    """Whether an entry was not undone, undoes nothing itself, and is not carry, which is worked out anew."""
    undone = entry.reverses is not None or entry.reversed_by is not None
    return not undone and kind_of(entry.act) != "carry"


def _since(tx: Tx, fund_id: int, sheet: TransferSheet, first: int | None) -> Iterator[EntrySheet]:
    assert sheet.approved_at is not None
    for partner_id in (sheet.seller_id, sheet.buyer_id):
        for entry in flows(
            tx,
            fund_id=fund_id,
            as_of=date.max,
            since=sheet.effective_on,
            accounts=CAPITAL_ACCOUNTS,
            partner_id=partner_id,
        ):
            is_own = entry.act == f"transfer:{sheet.id}" or entry.reference.startswith(f"{sheet.code}/fee/")
            is_later = entry.recorded_at > sheet.approved_at if first is None else entry.number > first
            if is_later and not is_own and stands(entry):
                yield entry
