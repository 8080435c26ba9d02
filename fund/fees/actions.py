"""Charging and paying the management fee, and booking expenses. Every act is booked through the ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import select

from fund.capital.acts import lock_capital, promised
from fund.fees.accrual_rules import check_accrual_day
from fund.fees.models import Expense, FeeCharge, FeeLine, FeePayment
from fund.fees.queries import ChargeSheet, charge_of, is_charged, last_turn, payable
from fund.fees.recoverable import expense_postings, parted
from fund.fees.recovery_rules import ORGANISATION_ROW, sharing_faults
from fund.fees.relief_rules import applied, free
from fund.fees.rules import (
    BORROWING_ROWS,
    ExpenseInvalid,
    ExpenseTaken,
    check_charge,
    check_payment,
    is_expense_row,
    is_free_reference,
)
from fund.fees.unapplied import offsets
from fund.fees.workings import Due, due
from fund.ledger.actions import open_chart, post
from fund.ledger.cash import check_cash
from fund.ledger.chart import Account
from fund.ledger.rules import Posting
from fund.ledger.stamps import lock_books, stamp
from fund.partners.queries import PartnerSheet
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter


def charge(tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, now: datetime) -> ChargeSheet:
    """Charge the management fee for `quarter`, in advance, partner by partner; a second time changes nothing.

    Offsets that a partner has left by then are applied against it, never below nil; the rest is carried forward.

    One that was taken back is charged again on what is known now, with effect from the day it was taken back.
    Refused: a quarter in which no fee runs, a quarter whose first day is locked.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    if is_charged(tx, fund_id=fund_id, quarter=quarter):
        return charge_of(tx, fund_id=fund_id, quarter=quarter)
    check_charge(quarter, today=day_in_beijing(now))
    owed = due(tx, fund_id=fund_id, quarter=quarter)
    turn, undone_on = last_turn(tx, fund_id=fund_id, quarter=quarter)
    row = FeeCharge(
        fund_id=fund_id,
        quarter=str(quarter),
        turn=turn + 1,
        effective_on=max(owed.on, undone_on or owed.on),
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    postings = []
    for partner, workings in owed.owed:
        tx.add_all(FeeLine(charge_id=row.key, partner_id=partner.id, **vars(one)) for one in workings)
        postings += fee_postings(row, partner, sum(one.amount for one in workings), on=row.effective_on)
    tx.flush()
    postings += _offset_postings(tx, row, owed)
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    detail = {"quarter": str(quarter), "amount": sum(owed.amounts().values())}
    record(tx, actor, action="fee.charged", subject=f"fund:{fund_id}", detail=detail, now=now)
    return charge_of(tx, fund_id=fund_id, quarter=quarter)


def lock_fees(tx: Tx, *, fund_id: int) -> None:
    """Let all acts on a fund's fees wait for each other. Taken after the lock on capital."""
    lock(tx, f"fees:{fund_id}")


def lock_interests(tx: Tx, *, fund_id: int) -> None:
    """Hold all that is read of interests before they pass or are shared anew: nothing is booked to them meanwhile.

    Capital first, as all that calls money does, so that no two wait for each other; the books last.
    """
    lock_capital(tx, fund_id=fund_id)
    lock_fees(tx, fund_id=fund_id)
    lock_books(tx, fund_id=fund_id)


def fee_postings(
    charged: FeeCharge | ChargeSheet, partner: PartnerSheet, amount: int, *, on: date, again: int = 1
) -> list[Posting]:
    """What a partner's fee of a quarter books from `on`, nothing for nothing; the second time its name says so."""
    posting = Posting(
        reference=fee_reference(charged.quarter, charged.turn, partner.code)
        + (f"-{again}" if again > 1 else ""),
        effective_on=on,
        debit=Account.MANAGEMENT_FEE,
        credit=Account.MANAGEMENT_FEE_PAYABLE,
        amount=amount,
        memo=f"管理费 {charged.quarter} / Management fee {charged.quarter}",
        act=f"fee:{charged.id}",
        debit_partner_id=partner.id,
    )
    return [posting] if amount else []


def _offset_postings(tx: Tx, row: FeeCharge, owed: Due) -> list[Posting]:
    """What each partner's offsets take off its fee; less of it is payable."""
    known = offsets(tx, fund_id=row.fund_id)
    fees = owed.amounts()
    there = {key: free(known.turns(key), row.effective_on) for key in fees}
    parts = applied(fees, there)
    return [
        Posting(
            reference=f"{fee_reference(row.quarter, row.turn, partner.code)}/offset",
            effective_on=row.effective_on,
            debit=Account.MANAGEMENT_FEE_PAYABLE,
            credit=Account.FEE_OFFSETS,
            amount=parts[partner.id],
            memo=f"抵扣管理费 {row.quarter} / Offset applied {row.quarter}",
            act=f"fee:{row.id}",
            credit_partner_id=partner.id,
        )
        for partner, _ in owed.owed
        if partner.id in parts
    ]


def fee_reference(quarter: Quarter | str, turn: int, partner: str) -> str:
    """The reference of a partner's fee in the books; a fee charged again has its turn in it."""
    return f"FEE-{quarter}" + (f".{turn}" if turn > 1 else "") + f"/{partner}"


def pay(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, amount: int, paid_on: date, now: datetime
) -> FeePayment:
    """Pay the manager out of the fee that is payable.

    Refused: more than is payable or in the bank from `paid_on` on, a day to come, a reference used before.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_spendable(tx, fund_id=fund_id, amount=amount, on=paid_on, now=now)
    owed = min(payable(tx, fund_id=fund_id, as_of=day) for day in (paid_on, date.max))
    check_payment(amount, payable=owed)
    row = FeePayment(
        fund_id=fund_id,
        reference=reference,
        paid_on=paid_on,
        amount=amount,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    posting = Posting(
        reference=f"FEEPAY-{reference}",
        effective_on=paid_on,
        debit=Account.MANAGEMENT_FEE_PAYABLE,
        credit=Account.CASH,
        amount=amount,
        memo="支付管理费 / Management fee paid",
        act=f"feepay:{reference}",
    )
    post(tx, actor, fund_id=fund_id, postings=[posting], now=now)
    tx.add(row)
    tx.flush()
    detail = {"reference": reference, "amount": amount}
    record(tx, actor, action="fee.paid", subject=f"fund:{fund_id}", detail=detail, now=now)
    return row


def record_expense(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    ilpa_row: int,
    amount: int,
    incurred_on: date,
    payee: str,
    memo: str = "",
    share: Fraction = Fraction(0),
    others: str = "",
    concerning: str = "",
    is_accrued: bool = False,
    now: datetime,
) -> Expense:
    """Book an expense paid by the fund, or owed from that day (`is_accrued`), shared among the partners by commitment.

    `ilpa_row` is the row of the ILPA reporting template that it feeds (36 to 57, 41 is the audit). Organisation costs
    above the cap of the terms are owed back by the manager, the `share` of a dead deal's costs (`concerning` names it)
    by the `others`. Refused: a row that is none, nothing, a day to come, more than is in the bank where it was paid, a
    reference used before, a share of nobody or in other costs.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)  # Who holds the interests is settled before the shares are read.
    if ilpa_row == ORGANISATION_ROW:
        lock_fees(tx, fund_id=fund_id)
    _check_expense(reference, ilpa_row, amount, payee, sharing_faults(ilpa_row, share=share, others=others))
    _check_new(tx, fund_id, reference)
    if is_accrued:
        check_accrual_day(incurred_on, today=day_in_beijing(now))
    else:
        check_spendable(tx, fund_id=fund_id, amount=amount, on=incurred_on, now=now)
    row = Expense(
        fund_id=fund_id,
        reference=reference,
        incurred_on=incurred_on,
        ilpa_row=ilpa_row,
        payee=payee,
        memo=memo,
        amount=amount,
        recoverable=parted(tx, fund_id=fund_id, row=ilpa_row, amount=amount, share=share, on=incurred_on),
        others=others.strip(),
        concerning=concerning.strip(),
        is_accrued=is_accrued,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    return _book_expense(tx, actor, row, now)


def _book_expense(tx: Tx, actor: Actor, row: Expense, now: datetime) -> Expense:
    facts = ("reference", "ilpa_row", "amount", "recoverable")
    open_chart(tx, actor, fund_id=row.fund_id, now=now)  # One opened by an earlier version lacks 1310.
    post(tx, actor, fund_id=row.fund_id, postings=expense_postings(tx, row=row), now=now)
    tx.add(row)
    tx.flush()
    detail = {name: getattr(row, name) for name in facts}
    action = "expense.accrued" if row.is_accrued else "expense.booked"
    record(tx, actor, action=action, subject=f"expense:{row.key}", detail=detail, now=now)
    return row


def _check_new(tx: Tx, fund_id: int, reference: str) -> None:
    known = select(Expense.id).where(Expense.fund_id == fund_id, Expense.reference == reference)
    if tx.exec(known).first() is not None:
        raise ExpenseTaken(reference=reference)


def check_spendable(tx: Tx, *, fund_id: int, amount: int, on: date, now: datetime) -> None:
    """Refuse to pay what is not there or what is promised to the partners already."""
    today, kept = day_in_beijing(now), promised(tx, fund_id=fund_id)
    check_cash(tx, fund_id=fund_id, amount=amount, on=on, today=today, promised=kept)


def _check_expense(
    reference: str, ilpa_row: int, amount: int, payee: str, sharing: Sequence[Problem]
) -> None:
    problems = [*sharing]
    if not is_free_reference(reference):
        problems.append(
            Problem("reference", "{reference} is how other acts are called", {"reference": reference})
        )
    if not is_expense_row(ilpa_row):
        problems.append(Problem("ilpa_row", "expected a row from 36 to 57, got {row}", {"row": ilpa_row}))
    if ilpa_row in BORROWING_ROWS:
        says = "row {row} is a cost of borrowing, and the fund does not borrow; expected another row"
        problems.append(Problem("ilpa_row", says, {"row": ilpa_row}))
    if amount <= 0:
        problems.append(Problem("amount", "expected an amount above zero"))
    if not payee.strip():
        problems.append(Problem("payee", "say who is paid"))
    if problems:
        raise ExpenseInvalid(problems=problems)
