"""Taking a fee, its payment or an expense back, and adjusting a fee. The entries are reversed; what was booked
stays to be read.
"""

from datetime import date, datetime

from sqlmodel import select

from fund.fees.accrual_rules import check_taken_back
from fund.fees.accrued import settlements
from fund.fees.actions import charge, lock_fees
from fund.fees.models import Expense, FeePayment
from fund.fees.queries import ChargeSheet, charge_of, payable
from fund.fees.recoverable import check_unsettled
from fund.fees.relief_rules import FeeRelieved
from fund.fees.rules import ExpenseUnknown, FeeAsDue, PaymentUnknown, check_not_paid
from fund.fees.unapplied import applied_by, offsets, standing
from fund.fees.workings import gap
from fund.ledger.chart import Account
from fund.ledger.queries import total
from fund.ledger.undo_rules import check_undone_on
from fund.ledger.undoing import undo
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter


def undo_charge(
    tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, reason: str, undone_on: date, now: datetime
) -> date:
    """Take the fee of a quarter back; it can then be charged again, on what is known now.

    Offsets applied against it are free again. Refused: a quarter that is not charged, a fee that is paid already or
    of which something was waived or paid back, no reason, a day that is locked or before the fee.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    charged = _unrelieved(tx, fund_id, quarter)
    check_undone_on(undone_on, first=charged.effective_on)
    # A later quarter's fee may be charged already: it is owed, but not yet on the day from which this one is gone.
    owed = min(payable(tx, fund_id=fund_id, as_of=day) for day in (undone_on, date.max))
    paid = _fees_charged(tx, fund_id) - owed
    used = [one for one in offsets(tx, fund_id=fund_id).applied if one.act == f"fee:{charged.id}"]
    check_not_paid(charged.amount - applied_by(used, None), payable=owed, paid=paid)
    return _take_back(tx, actor, fund_id, charged, reason, undone_on, now)


def adjust_charge(
    tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, reason: str, adjusted_on: date, now: datetime
) -> ChargeSheet:
    """Bring the fee of a quarter to what its terms and bases make of it today: taken back and charged anew.

    Both take effect on `adjusted_on`, so that only the difference moves. What was paid beyond the new fee is set
    off against the next. Refused: a quarter that is not charged or in which no fee runs any more, a fee that is as
    due or of which something was waived or paid back, no reason, a day that is locked or to come.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    charged = _unrelieved(tx, fund_id, quarter)
    if gap(tx, fund_id=fund_id, charged=charged) is None:
        raise FeeAsDue(quarter=quarter)
    _take_back(tx, actor, fund_id, charged, reason, adjusted_on, now)
    adjusted = charge(tx, actor, fund_id=fund_id, quarter=quarter, now=now)
    detail = {
        "quarter": str(quarter),
        "was": charged.amount,
        "is": adjusted.amount,
        "reason": reason,
    }
    record(tx, actor, action="fee.adjusted", subject=f"fund:{fund_id}", detail=detail, now=now)
    return adjusted


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
    """Take an expense back: it was booked by mistake, or the payee returned the money.

    Refused: while something of what others owe of it was settled, or of what is owed of it paid or released.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    # Nobody settles a part of it meanwhile.
    lock_fees(tx, fund_id=fund_id)
    wanted = select(Expense).where(Expense.fund_id == fund_id, Expense.reference == reference)
    row = tx.exec(wanted).first()
    if row is None:
        raise ExpenseUnknown(reference=reference)
    check_unsettled(tx, expense=row)
    check_taken_back(reference=reference, settled=settlements(tx, row=row), on=undone_on)
    act = f"expense:{reference}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"reference": reference, "amount": row.amount, "reason": reason}
    record(tx, actor, action="expense.undone", subject=f"expense:{row.key}", detail=detail, now=now)
    return on


def _unrelieved(tx: Tx, fund_id: int, quarter: Quarter) -> ChargeSheet:
    """The fee of a quarter; refused while something that was let off it stands, which would outlast it."""
    charged = charge_of(tx, fund_id=fund_id, quarter=quarter)
    for one in standing(tx, fund_id=fund_id, quarter=charged.quarter):
        raise FeeRelieved(reference=one.reference, quarter=charged.quarter)
    return charged


def _take_back(
    tx: Tx, actor: Actor, fund_id: int, charged: ChargeSheet, reason: str, undone_on: date, now: datetime
) -> date:
    on = undo(
        tx,
        actor,
        fund_id=fund_id,
        act=f"fee:{charged.id}",
        reason=reason,
        effective_on=undone_on,
        may_be_empty=True,
        now=now,
    )
    detail = {"quarter": charged.quarter, "amount": charged.amount, "reason": reason}
    record(tx, actor, action="fee.undone", subject=f"fund:{fund_id}", detail=detail, now=now)
    return on


def _fees_charged(tx: Tx, fund_id: int) -> int:
    """The fee less what was taken off it before it was paid; a rebate is paid back and leaves what was paid."""
    accounts = [Account.MANAGEMENT_FEE, Account.FEE_WAIVERS, Account.FEE_OFFSETS]
    return -total(tx, fund_id=fund_id, as_of=date.max, accounts=accounts)
