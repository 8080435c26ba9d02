"""What rests on a transfer of an interest: booked since with who held the interests then counted in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from fund.interests.corrections import SINCE
from fund.interests.queries import TransferSheet
from fund.ledger.chart import CAPITAL_ACCOUNTS, EXPENSE_ACCOUNTS, INCOME_ACCOUNTS, Account
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.undo_rules import BETWEEN_PARTNERS, kind_of, own_undo
from kernel.db import Tx
from kernel.errors import Problem


def _n(says: str) -> str:
    return says


# What is earned and spent passes on with an interest; value above cost lies on an asset account that names the partner.
PASSES_ON = frozenset((Account.UNREALISED_APPRECIATION, *INCOME_ACCOUNTS, *EXPENSE_ACCOUNTS))
_REVERSED = _n("reverse its entries")
# A mark is superseded and never reversed: it rests on nothing once the marks since have moved nothing on balance.
_MARK = "mark"
_MARKED_ANEW = _n(
    "prepare another mark for the same day at the value that stood on the day of the transfer, which supersedes it; "
    "mark anew once the transfer is taken back as of its own day"
)


@dataclass(frozen=True)
class Resting:
    """An act by its first entry, its day, and how it is undone."""

    reference: str
    on: date
    undo: str

    @classmethod
    def of(cls, act: str, *, reference: str, on: date) -> Self:
        """An act that is undone as a whole."""
        return cls(reference, on, own_undo(act) or "")

    @property
    def problem(self) -> Problem:
        """How a refusal names it among what is to be taken back first."""
        return Problem(self.reference, "as of {on}: {undo}", {"on": self.on, "undo": self.undo})


def resting_on(
    tx: Tx, *, fund_id: int, sheet: TransferSheet, first: int | None, until: date = date.min
) -> list[Resting]:
    """The acts to be taken back before a transfer can be, the latest first; `first` is the number of its first entry.

    What was booked since as of a day before is none of them, nor what was earned and spent on the day itself: it passed
    on with the interest. Neither is carry, nor are marks of a holding that together have moved nothing since; nor what
    was earned and spent by `until`, the day as of which the transfer is taken back: it passes back.
    """
    acts: dict[str, EntrySheet] = {}
    since = [
        one
        for one in booked_since(tx, fund_id=fund_id, sheet=sheet, first=first)
        if stands(one)
        and not (one.effective_on <= max(until, sheet.effective_on) and passes_back(one, sheet))
    ]
    marked = _marked(since)
    for entry in sorted(since, key=lambda one: -one.number):
        if kind_of(entry.act) != _MARK or entry.holding_id in marked:
            acts[entry.act] = entry
    # The last entry of an act decides its turn; it is named by its first.
    return [Resting(one.reference, one.effective_on, _undo(one.act)) for one in acts.values()]


def _undo(act: str) -> str:
    return _MARKED_ANEW if kind_of(act) == _MARK else own_undo(act) or _REVERSED


def _marked(entries: Iterable[EntrySheet]) -> set[int | None]:
    """The holdings of which marks have moved something for a partner on balance."""
    moved: dict[tuple[int | None, str, int | None], int] = {}
    for one in entries:
        if kind_of(one.act) == _MARK:
            sides = (
                (one.debit, one.debit_partner_id, -one.amount),
                (one.credit, one.credit_partner_id, one.amount),
            )
            for account, partner_id, amount in sides:
                key = (one.holding_id, account, partner_id)
                moved[key] = moved.get(key, 0) + amount
    return {holding_id for (holding_id, _, _), amount in moved.items() if amount}


def stands(entry: EntrySheet) -> bool:
    """Whether an entry was not undone, undoes nothing itself, and is not carry, which is worked out anew."""
    undone = entry.reverses is not None or entry.reversed_by is not None
    return not undone and kind_of(entry.act) != "carry"


def passes_back(entry: EntrySheet, sheet: TransferSheet) -> bool:
    """Whether an entry of a day on which a transfer counted goes back in part with the interest."""
    sides = ((entry.debit, entry.debit_partner_id), (entry.credit, entry.credit_partner_id))
    theirs = {code for code, partner_id in sides if partner_id in (sheet.seller_id, sheet.buyer_id)}
    return kind_of(entry.act) not in BETWEEN_PARTNERS and theirs <= PASSES_ON


def booked_since(tx: Tx, *, fund_id: int, sheet: TransferSheet, first: int | None) -> Iterator[EntrySheet]:
    """What was booked after a transfer as of its day or later with its seller or buyer counted in, but its own."""
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
            # What passed back by another that is gone goes back with what it is a part of.
            is_own |= SINCE in entry.reference and kind_of(entry.act) == "transfer"
            is_later = entry.recorded_at > sheet.approved_at if first is None else entry.number > first
            if is_later and not is_own:
                yield entry
