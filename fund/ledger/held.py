"""What came of an interest before it passed to another partner stays as it was when it passed.

An entry of the seller's that is reversed afterwards, or booked as of a day before, would move capital that the buyer
has taken over. Whoever must correct it takes the transfer back first.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from fund.interests.queries import TransferSheet, standing_transfers
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.models import Entry
from fund.ledger.rules import Posting
from kernel.db import Tx
from kernel.errors import Conflict

# Carry is worked out anew at every close, for whoever holds the interest then.
_WORKED_OUT_ANEW = "carry:"


class InterestPassedOn(Conflict):
    code = "interest_passed_on"
    says = "{reference} belongs to an interest that passed on {on} by {transfer}; take that back first."


def check_still_held(
    tx: Tx, *, fund_id: int, postings: Sequence[Posting], undone: Sequence[Entry] = ()
) -> None:
    """Refuse to book for a seller as of a day before its transfer, and to undo what it had booked until then."""
    for sheet in standing_transfers(tx, fund_id=fund_id, as_of=date.max):
        for posting in postings:
            if posting.effective_on < sheet.effective_on and _moves_capital(posting, sheet):
                raise _passed(posting, sheet)
        first = _first(tx, fund_id, sheet) if undone else None
        for entry in undone:
            if _is_before(entry, sheet, first) and _moves_capital(entry, sheet):
                raise _passed(entry, sheet)


def _is_before(entry: Entry, sheet: TransferSheet, first: int | None) -> bool:
    """Whether an entry stood when the interest passed; of one instant those numbered before the transfer."""
    assert sheet.approved_at is not None
    if first is not None and entry.recorded_at == sheet.approved_at:
        return entry.effective_on <= sheet.effective_on and entry.number < first
    return entry.effective_on <= sheet.effective_on and entry.recorded_at <= sheet.approved_at


def _first(tx: Tx, fund_id: int, sheet: TransferSheet) -> int | None:
    own = sa.select(sa.func.min(col(Entry.number))).where(
        col(Entry.fund_id) == fund_id, col(Entry.act) == f"transfer:{sheet.id}"
    )
    number = tx.execute(own).scalar()
    return None if number is None else int(number)


def _passed(what: Posting | Entry, sheet: TransferSheet) -> InterestPassedOn:
    return InterestPassedOn(reference=what.reference, on=sheet.effective_on, transfer=sheet.code)


def _moves_capital(what: Posting | Entry, sheet: TransferSheet) -> bool:
    if what.act.startswith(_WORKED_OUT_ANEW):
        return False
    return any(
        account in CAPITAL_ACCOUNTS and partner_id == sheet.seller_id for account, partner_id in _sides(what)
    )


def _sides(what: Posting | Entry) -> Iterator[tuple[str, int | None]]:
    yield what.debit, what.debit_partner_id
    yield what.credit, what.credit_partner_id
