"""What setting a line aside books, and taking it back: interest of the bank's, its fees, nothing for the rest."""

from datetime import date, datetime

from fund.bank.rules import MatchKind, receipt_reference
from fund.bank.sheets import LineSheet
from fund.capital.inflows import receipt
from fund.capital.positions import commitments
from fund.capital.receipts import reverse_receipt
from fund.defaults.actions import undo_interest
from fund.defaults.queries import default
from fund.fees.actions import record_expense
from fund.fees.undoing import undo_expense
from fund.ledger.actions import post
from fund.ledger.chart import Account, ilpa_row
from fund.ledger.rules import Posting
from fund.ledger.undoing import undo
from fund.partners.queries import partners
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.identity.rules import Actor

FEE_ROW = ilpa_row(Account.BANK_FEES) or 0


def book_aside(
    tx: Tx,
    actor: Actor,
    *,
    line: LineSheet,
    fund_id: int,
    turn: int,
    kind: MatchKind,
    memo: str,
    now: datetime,
) -> str | None:
    """Book what is open of a line as bank interest or a bank fee; the payment by which the books know it, or None."""
    if kind is MatchKind.INTEREST:
        return _interest(tx, actor, line, fund_id, f"bank:{line.id}.{turn}", memo, now)
    if kind is MatchKind.FEE:
        reference = f"BANKFEE-{line.id}.{turn}"
        record_expense(
            tx,
            actor,
            fund_id=fund_id,
            reference=reference,
            ilpa_row=FEE_ROW,
            amount=-line.open,
            incurred_on=line.booked_on,
            payee=line.name or line.memo or line.account,
            memo=memo,
            now=now,
        )
        return f"expense:{reference}"
    return None


def free_reference(tx: Tx, *, line: LineSheet) -> str:
    """The bank reference for the next part of a line: the first one that no part of it stands under.

    Whether money from elsewhere stands under it is not asked here: booking it is then refused.
    """
    items = [one.item for one in line.matches if one.stands and one.kind is MatchKind.RECEIPT]
    taken = {_reference(tx, item) for item in items if item is not None}
    number = 1
    while (found := receipt_reference(line.reference, line_id=line.id, number=number)) in taken:
        number += 1
    return found


def _reference(tx: Tx, item: str) -> str:
    """The bank reference under which a part of a line was booked: a receipt, or interest on a default."""
    kind, _, key = item.partition(":")
    if kind == "default":
        default_id, number = (int(part) for part in key.split("."))
        came = default(tx, default_id=default_id, as_of=date.max).came
        return next(one.bank_reference for one in came if one.number == number)
    return receipt(tx, receipt_id=int(key.partition("/")[0])).bank_reference


def undo_match(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    kind: MatchKind,
    item: str | None,
    reason: str,
    undone_on: date,
    now: datetime,
) -> None:
    """Take back what accepting a part had booked: a receipt, interest or a fee; the rest had booked nothing."""
    if item is None or kind is MatchKind.BOOKED:
        return
    key = item.partition(":")[2]
    if item.startswith("default:"):
        default_id, number = (int(part) for part in key.split("."))
        undo_interest(
            tx, actor, default_id=default_id, number=number, reason=reason, undone_on=undone_on, now=now
        )
    elif kind is MatchKind.RECEIPT:
        receipt_id = int(key.partition("/")[0])
        reverse_receipt(tx, actor, receipt_id=receipt_id, reason=reason, reversed_on=undone_on, now=now)
    elif kind is MatchKind.FEE:
        undo_expense(tx, actor, fund_id=fund_id, reference=key, reason=reason, undone_on=undone_on, now=now)
    else:
        undo(tx, actor, fund_id=fund_id, act=item, reason=reason, effective_on=undone_on, now=now)


def _interest(tx: Tx, actor: Actor, line: LineSheet, fund_id: int, act: str, memo: str, now: datetime) -> str:
    on, reference = line.booked_on, "BANKINT-" + act.partition(":")[2]
    sharing = partners(tx, fund_id=fund_id, as_of=on)
    promised = commitments(tx, fund_id=fund_id, as_of=on)
    parts = allocate(line.open, [promised.get(partner.id, 0) for partner in sharing])
    postings = [
        Posting(
            reference=f"{reference}/{partner.code}",
            effective_on=on,
            debit=Account.CASH,
            credit=Account.INTEREST_INCOME,
            amount=part,
            memo=memo,
            act=act,
            credit_partner_id=partner.id,
        )
        for partner, part in zip(sharing, parts, strict=True)
        if part
    ]
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    return act
