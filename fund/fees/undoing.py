"""Taking a fee, its payment or an expense back. The entries are reversed; what was booked stays to be read."""

from datetime import date, datetime

from sqlmodel import select

from fund.fees.models import Expense, FeePayment
from fund.fees.queries import charge_of, payable
from fund.fees.rules import ExpenseUnknown, PaymentUnknown, check_not_paid
from fund.ledger.chart import Account
from fund.ledger.queries import total
from fund.ledger.undoing import undo
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter


def undo_charge(
    tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, reason: str, undone_on: date, now: datetime
) -> date:
    """Take the fee of a quarter back; it can then be charged again, on what is known now.

    Refused: a quarter that is not charged, a fee that is paid already, no reason, a locked day.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock(tx, f"fees:{fund_id}")
    charged = charge_of(tx, fund_id=fund_id, quarter=quarter)
    owed = payable(tx, fund_id=fund_id, as_of=date.max)
    paid = _fees_charged(tx, fund_id) - owed
    check_not_paid(charged.amount, payable=owed, paid=paid)
    act = f"fee:{charged.id}"
    on = undo(
        tx,
        actor,
        fund_id=fund_id,
        act=act,
        reason=reason,
        effective_on=undone_on,
        may_be_empty=True,
        now=now,
    )
    detail = {"quarter": str(quarter), "amount": charged.amount, "reason": reason}
    record(tx, actor, action="fee.undone", subject=f"fund:{fund_id}", detail=detail, now=now)
    return on


def undo_payment(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, reason: str, undone_on: date, now: datetime
) -> date:
    """Take a payment of the fee back, as when the bank returned it; the fee is payable again."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    wanted = select(FeePayment.amount).where(FeePayment.fund_id == fund_id, FeePayment.reference == reference)
    amount = tx.exec(wanted).first()
    if amount is None:
        raise PaymentUnknown(reference=reference)
    act = f"feepay:{reference}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"reference": reference, "amount": amount, "reason": reason}
    record(tx, actor, action="fee.payment_undone", subject=f"fund:{fund_id}", detail=detail, now=now)
    return on


def undo_expense(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, reason: str, undone_on: date, now: datetime
) -> date:
    """Take an expense back: it was booked by mistake, or the payee returned the money."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    wanted = select(Expense).where(Expense.fund_id == fund_id, Expense.reference == reference)
    row = tx.exec(wanted).first()
    if row is None:
        raise ExpenseUnknown(reference=reference)
    act = f"expense:{reference}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"reference": reference, "amount": row.amount, "reason": reason}
    record(tx, actor, action="expense.undone", subject=f"expense:{row.key}", detail=detail, now=now)
    return on


def _fees_charged(tx: Tx, fund_id: int) -> int:
    return -total(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.MANAGEMENT_FEE])
