"""What saying what a line is books, and taking it back: interest and fees of the bank, bills, income; else nothing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fund.bank.rules import BillPart, EarnedPart, MatchKind, Part, receipt_reference
from fund.bank.sheets import LineSheet
from fund.capital.acts import lock_capital
from fund.capital.inflows import receipt
from fund.capital.participation import shares_of_day
from fund.capital.receipts import reverse_receipt
from fund.defaults.actions import undo_interest
from fund.defaults.queries import default
from fund.fees.accruals import pay_expense, undo_settlement
from fund.fees.actions import lock_fees, record_expense
from fund.fees.undoing import undo_expense
from fund.holdings.bookings import locked_holding
from fund.income.actions import lock_income, receive_earned, undo_income_settlement
from fund.income.queries import earned
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


def hold_dues(tx: Tx, *, fund_id: int, parts: Sequence[Part]) -> None:
    """Take what settling bills and income needs, before anything is booked: the books are the last to be held."""
    if not any(isinstance(part, BillPart | EarnedPart) for part in parts):
        return
    lock_capital(tx, fund_id=fund_id)
    lock_fees(tx, fund_id=fund_id)
    named = {part.reference for part in parts if isinstance(part, EarnedPart)}
    if named:
        lock_income(tx, fund_id=fund_id)
        found = [one.holding_id for one in earned(tx, fund_id=fund_id) if one.reference in named]
        for holding_id in sorted(key for key in found if key is not None):
            locked_holding(tx, holding_id=holding_id)


def settle_due(
    tx: Tx, actor: Actor, *, fund_id: int, part: BillPart | EarnedPart, on: date, now: datetime
) -> tuple[MatchKind, str]:
    """Pay a bill that is owed, or take in what was earned, on the day of the line; what it is, and by what act."""
    facts: dict[str, Any] = {
        "fund_id": fund_id,
        "reference": part.reference,
        "amount": part.amount,
        "now": now,
    }
    if isinstance(part, BillPart):
        bill = pay_expense(tx, actor, paid_on=on, **facts)
        return MatchKind.BILL, f"payable:{part.reference}.{bill.settled[-1].number}"
    income = receive_earned(tx, actor, received_on=on, **facts)
    return MatchKind.EARNED, income.settled[-1].act


def _undo_due(
    tx: Tx, actor: Actor, *, fund_id: int, kind: MatchKind, item: str, reason: str, on: date, now: datetime
) -> None:
    facts: dict[str, Any] = {"fund_id": fund_id, "reason": reason, "undone_on": on, "now": now}
    if kind is MatchKind.BILL:
        reference, _, number = item.partition(":")[2].rpartition(".")
        undo_settlement(tx, actor, reference=reference, number=int(number), **facts)
        return
    for sheet in earned(tx, fund_id=fund_id):
        for part in sheet.settled:
            if part.act == item:
                undo_income_settlement(tx, actor, reference=sheet.reference, number=part.number, **facts)


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
    """Take back what accepting a part had booked: a receipt, a payment, interest or a fee; the rest booked nothing."""
    if item is None or kind is MatchKind.BOOKED:
        return
    if kind in (MatchKind.BILL, MatchKind.EARNED):
        _undo_due(tx, actor, fund_id=fund_id, kind=kind, item=item, reason=reason, on=undone_on, now=now)
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
    promised = shares_of_day(tx, fund_id=fund_id, on=on, holding_id=None)
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
