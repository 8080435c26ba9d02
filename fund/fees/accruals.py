"""Paying what is owed of an expense, releasing what is not owed after all, and taking either back.

The expense itself is booked by `record_expense` with `is_accrued`: 50NN and 1310 against 2000. A payment is 2000
against cash; a release is 2000 against what the expense was booked on, partner by partner.
"""

from collections.abc import Sequence
from datetime import date, datetime

from fund.capital.acts import lock_capital
from fund.capital.released import released_parts
from fund.fees.accrual_rules import (
    AccrualGone,
    SettlementUnknown,
    SettlementWay,
    check_settlement,
    check_still_owed_back,
    open_from,
    released_of_others,
)
from fund.fees.accrued import AccrualSheet, accrual
from fund.fees.actions import check_spendable, lock_fees
from fund.fees.models import Expense, ExpenseSettlement
from fund.fees.recoverable import recoverable
from fund.fees.release_rules import check_release, check_release_undo
from fund.ledger.actions import post
from fund.ledger.chart import Account, expense_account
from fund.ledger.rules import Posting
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def pay_expense(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, amount: int, paid_on: date, now: datetime
) -> AccrualSheet:
    """Pay what is owed of an expense, or a part of it.

    Refused: an expense unknown, paid at once or taken back; more than is owed from that day on; a day before it was
    incurred or to come; more than is in the bank and not promised; a locked day.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row, sheet = _checked(tx, fund_id, reference, amount, paid_on, None, now)
    check_spendable(tx, fund_id=fund_id, amount=amount, on=paid_on, now=now)
    made = _settlement(tx, actor, row, sheet, SettlementWay.PAID, amount, paid_on, "", now)
    posting = _posting(row, made, Account.CASH, made.amount)
    return _settled(tx, actor, row, made, [posting], now)


def release_expense(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    amount: int,
    released_on: date,
    reason: str,
    now: datetime,
) -> AccrualSheet:
    """Give back to the partners what turned out not to be owed, as of the day on which that is known.

    Each gets of it by what it bears of the expense; where commitments have changed since, by those of the day, as the
    expense was shared anew. What others were to owe back falls first (organisation costs) or by their share. Refused:
    as a payment, but for the cash; without a reason; before another release, which went by what was left; once others
    have settled more than they then owe.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    # Before the fees' own lock: by whose commitments it goes back is settled until it is booked.
    lock_capital(tx, fund_id=fund_id)
    row, sheet = _checked(tx, fund_id, reference, amount, released_on, reason, now)
    check_release(sheet.settled, reference=reference, on=released_on)
    why = reason.strip()
    made = _settlement(tx, actor, row, sheet, SettlementWay.RELEASED, amount, released_on, why, now)
    made.recoverable = _of_others(tx, row, sheet, amount)
    return _settled(tx, actor, row, made, _given_back(tx, row, sheet, made), now)


def undo_settlement(
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
    """Take a payment or release back; it is owed again.

    Refused: one unknown or undone, no reason, a locked day, a release by which a later one has gone.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    row, sheet = accrual(tx, fund_id=fund_id, reference=reference)
    found = next((one for one in sheet.settled if one.number == number), None)
    if found is None:
        raise SettlementUnknown(number=number, reference=reference)
    check_release_undo(sheet.settled, reference=reference, number=number, on=max(undone_on, found.settled_on))
    act = f"payable:{reference}.{number}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"reference": reference, "number": number, "reason": reason}
    record(
        tx, actor, action="expense.settlement_undone", subject=f"expense:{row.key}", detail=detail, now=now
    )
    return on


def _checked(
    tx: Tx, fund_id: int, reference: str, amount: int, on: date, reason: str | None, now: datetime
) -> tuple[Expense, AccrualSheet]:
    """The expense as it stands, of which nobody else pays or releases anything meanwhile."""
    lock_fees(tx, fund_id=fund_id)
    row, sheet = accrual(tx, fund_id=fund_id, reference=reference)
    if sheet.expense.undone_on is not None:
        raise AccrualGone(reference=reference, on=sheet.expense.undone_on)
    check_settlement(
        reference=reference,
        amount=amount,
        owed=open_from(row.amount, sheet.settled, on),
        on=on,
        first=row.incurred_on,
        today=day_in_beijing(now),
        reason=reason,
    )
    return row, sheet


def _settlement(
    tx: Tx,
    actor: Actor,
    row: Expense,
    sheet: AccrualSheet,
    way: SettlementWay,
    amount: int,
    on: date,
    reason: str,
    now: datetime,
) -> ExpenseSettlement:
    """The next payment or release, of which others bear nothing yet."""
    return ExpenseSettlement(
        expense_id=row.key,
        number=1 + len(sheet.settled),
        way=way,
        amount=amount,
        recoverable=0,
        settled_on=on,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=row.fund_id, now=now),
    )


def _settled(
    tx: Tx, actor: Actor, row: Expense, made: ExpenseSettlement, postings: Sequence[Posting], now: datetime
) -> AccrualSheet:
    post(tx, actor, fund_id=row.fund_id, postings=postings, now=now)
    tx.add(made)
    tx.flush()
    detail = {"reference": row.reference, "number": made.number, "amount": made.amount, "reason": made.reason}
    record(tx, actor, action=f"expense.{made.way}", subject=f"expense:{row.key}", detail=detail, now=now)
    return accrual(tx, fund_id=row.fund_id, reference=row.reference, as_of=day_in_beijing(now))[1]


def _of_others(tx: Tx, row: Expense, sheet: AccrualSheet, amount: int) -> int:
    """How much of a release others owe back no more."""
    _, others = recoverable(tx, fund_id=row.fund_id, reference=row.reference)
    part = released_of_others(
        row.ilpa_row,
        amount,
        whole=row.amount,
        owed_back=row.recoverable,
        of_others=others.owed,
        of_all=row.amount - sheet.released,
    )
    if part:
        check_still_owed_back(reference=row.reference, left=others.owed - part, settled=others.paid)
    return part


def _given_back(tx: Tx, row: Expense, sheet: AccrualSheet, made: ExpenseSettlement) -> list[Posting]:
    """What is owed falls against what the expense was booked on, partner by partner."""
    account = expense_account(row.ilpa_row)
    parts = released_parts(
        tx,
        fund_id=row.fund_id,
        place=(account, None),
        acts=[
            f"expense:{row.reference}",
            *(f"payable:{row.reference}.{one.number}" for one in sheet.settled),
        ],
        began_on=row.incurred_on,
        on=made.settled_on,
        amount=made.amount - made.recoverable,
    )
    own = [
        _posting(row, made, account, parts[key], f"/{code}", key)
        for key, code in codes_in_order(tx, fund_id=row.fund_id).items()
        if key in parts
    ]
    back = Account.EXPENSES_RECOVERABLE
    others = [_posting(row, made, back, made.recoverable, "/recoverable")] if made.recoverable else []
    return [*own, *others]


def _posting(
    row: Expense,
    made: ExpenseSettlement,
    credit: Account,
    amount: int,
    step: str = "",
    partner_id: int | None = None,
) -> Posting:
    return Posting(
        reference=f"PAYABLE-{row.reference}.{made.number}{step}",
        effective_on=made.settled_on,
        debit=Account.ACCOUNTS_PAYABLE,
        credit=credit,
        amount=amount,
        memo=made.reason or row.memo or row.payee,
        act=f"payable:{row.reference}.{made.number}",
        credit_partner_id=partner_id,
    )
