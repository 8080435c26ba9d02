"""Settling what others owe the fund of costs that it paid: in money, out of the fee, or by bearing it after all."""

from datetime import date, datetime

from fund.capital.acts import lock_capital
from fund.fees.actions import lock_fees
from fund.fees.models import Expense, ExpenseRecovery
from fund.fees.queries import payable
from fund.fees.recoverable import RecoverableSheet, recoverable, shared
from fund.fees.recovery_rules import RecoveryUnknown, RecoveryWay, check_recovery
from fund.fees.rules import check_payment
from fund.ledger.actions import post
from fund.ledger.cash import lock_cash
from fund.ledger.chart import Account
from fund.ledger.rules import Posting
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

FROM = {RecoveryWay.CASH: Account.CASH, RecoveryWay.SET_OFF: Account.MANAGEMENT_FEE_PAYABLE}


def recover(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    way: RecoveryWay,
    amount: int,
    settled_on: date,
    now: datetime,
) -> RecoverableSheet:
    """Book what became of something owed back of an expense.

    Refused: more than is owed back, a day before the cost or to come, a set-off of more than is payable of the fee or
    of what the manager does not owe, bearing what is beyond the cap.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)  # What the partners bear of it is shared by commitments.
    lock_fees(tx, fund_id=fund_id)
    lock_cash(tx, fund_id=fund_id)
    row, sheet = recoverable(tx, fund_id=fund_id, reference=reference)
    days = {"on": settled_on, "first": row.incurred_on, "today": day_in_beijing(now)}
    check_recovery(reference=reference, row=row.ilpa_row, way=way, amount=amount, owed=sheet.left, **days)
    if way is RecoveryWay.SET_OFF:
        owed = min(payable(tx, fund_id=fund_id, as_of=day) for day in (settled_on, date.max))
        check_payment(amount, payable=owed)
    number = 1 + len(sheet.settled)
    post(tx, actor, fund_id=fund_id, postings=_postings(tx, row, number, way, amount, settled_on), now=now)
    tx.add(
        ExpenseRecovery(
            expense_id=row.key,
            number=number,
            way=way,
            amount=amount,
            settled_on=settled_on,
            recorded_by=actor.name,
            recorded_at=stamp(tx, fund_id=fund_id, now=now),
        )
    )
    tx.flush()
    detail = {"reference": reference, "number": number, "way": way.value, "amount": amount}
    record(tx, actor, action="expense.recovered", subject=f"expense:{row.key}", detail=detail, now=now)
    return recoverable(tx, fund_id=fund_id, reference=reference)[1]


def undo_recovery(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    number: int,
    reason: str,
    undone_on: date,
    now: datetime,
) -> date:
    """Take a settlement back; it is owed again. Refused: one unknown or undone, no reason, a locked day, short cash."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    row, sheet = recoverable(tx, fund_id=fund_id, reference=reference)
    if all(one.number != number for one in sheet.settled):
        raise RecoveryUnknown(number=number, reference=reference)
    act = f"recovery:{reference}.{number}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"reference": reference, "number": number, "reason": reason}
    record(tx, actor, action="expense.recovery_undone", subject=f"expense:{row.key}", detail=detail, now=now)
    return on


def _postings(tx: Tx, row: Expense, number: int, way: RecoveryWay, amount: int, on: date) -> list[Posting]:
    """Cash or a smaller fee payable against what is owed back; what is borne is shared among the partners."""
    name, act = f"RECOVER-{row.reference}.{number}", f"recovery:{row.reference}.{number}"
    if way is RecoveryWay.BORNE:
        owed = Account.EXPENSES_RECOVERABLE
        return shared(tx, row=row, amount=amount, on=on, credit=owed, name=name, act=act)
    posting = Posting(
        reference=name,
        effective_on=on,
        debit=FROM[way],
        credit=Account.EXPENSES_RECOVERABLE,
        amount=amount,
        memo=row.memo or row.payee,
        act=act,
    )
    return [posting]
