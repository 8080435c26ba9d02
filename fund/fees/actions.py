"""Charging and paying the management fee, and booking expenses. Every act is booked through the ledger."""

from datetime import date, datetime

from sqlmodel import select

from fund.capital.acts import promised
from fund.capital.participation import participation
from fund.capital.positions import commitments as committed
from fund.charter.queries import terms as terms_on
from fund.charter.rules import FeeBasis, Terms
from fund.fees.models import Expense, FeeCharge, FeeLine, FeePayment
from fund.fees.queries import ChargeSheet, charge_of, is_charged, last_turn, payable
from fund.fees.rules import (
    ExpenseInvalid,
    ExpenseTaken,
    Working,
    check_charge,
    check_payment,
    fee,
    first_day,
    is_expense_row,
    is_free_reference,
    stretches,
)
from fund.holdings.queries import invested_cost
from fund.ledger.actions import post
from fund.ledger.cash import check_cash
from fund.ledger.chart import Account
from fund.ledger.queries import balances
from fund.ledger.rules import Posting
from fund.partners.queries import PartnerSheet, partners
from kernel.allocation import allocate
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter


def charge(tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, now: datetime) -> ChargeSheet:
    """Charge the management fee for `quarter`, in advance, partner by partner; a second time changes nothing.

    One that was taken back is charged again on what is known now, with effect from the day it was taken back.
    Refused: a quarter in which no fee runs, a quarter whose first day is locked.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock(tx, f"fees:{fund_id}")
    if is_charged(tx, fund_id=fund_id, quarter=quarter):
        return charge_of(tx, fund_id=fund_id, quarter=quarter)
    check_charge(quarter, today=day_in_beijing(now))
    promised = terms_on(tx, fund_id=fund_id, as_of=quarter.ends_on)
    on = first_day(promised, quarter)
    workings = _workings(tx, fund_id, promised, quarter, on)
    turn, undone_on = last_turn(tx, fund_id=fund_id, quarter=quarter)
    row = FeeCharge(
        fund_id=fund_id,
        quarter=str(quarter),
        turn=turn + 1,
        effective_on=max(on, undone_on or on),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    postings = []
    for partner, working in workings:
        facts = {name: getattr(working, name) for name in Working.__dataclass_fields__}
        tx.add(FeeLine(charge_id=row.key, partner_id=partner.id, **facts))
        if working.amount:
            postings.append(_fee_posting(row, partner, quarter, working.amount))
    tx.flush()
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    detail = {"quarter": str(quarter), "amount": sum(working.amount for _, working in workings)}
    record(tx, actor, action="fee.charged", subject=f"fund:{fund_id}", detail=detail, now=now)
    return charge_of(tx, fund_id=fund_id, quarter=quarter)


def _workings(
    tx: Tx, fund_id: int, promised: Terms, quarter: Quarter, on: date
) -> list[tuple[PartnerSheet, Working]]:
    found = stretches(promised, quarter)
    # Whoever joins on a later day of the first close owes the fee as if it had been there from the first.
    commitments = committed(tx, fund_id=fund_id, as_of=quarter.ends_on)
    sharing = partners(tx, fund_id=fund_id, as_of=quarter.ends_on)
    bearing = [partner for partner in sharing if partner.bears_fee and partner.id in commitments]
    bases = _other_bases(tx, fund_id, promised, on)
    return [
        (
            partner,
            fee(
                promised.fee_rate,
                quarter,
                found,
                commitment=commitments.get(partner.id, 0),
                invested=bases.get(partner.id, 0),
            ),
        )
        for partner in bearing
    ]


def _other_bases(tx: Tx, fund_id: int, promised: Terms, on: date) -> dict[int, int]:
    """Each partner's share of what is invested, or what it has paid in, at the start of `on`."""
    if promised.fee_basis is FeeBasis.PAID_IN:
        found = balances(tx, fund_id=fund_id, accounts=[Account.CONTRIBUTIONS], as_of=on, by=("partner",))
        return {row.partner_id: row.amount for row in found if row.partner_id is not None}
    weights = participation(tx, fund_id=fund_id, as_of=on)
    keys = sorted(weights)
    cost = invested_cost(tx, fund_id=fund_id, as_of=on)
    return dict(zip(keys, allocate(cost, [weights[key] for key in keys]), strict=True)) if keys else {}


def _fee_posting(row: FeeCharge, partner: PartnerSheet, quarter: Quarter, amount: int) -> Posting:
    return Posting(
        reference=fee_reference(quarter, row.turn, partner.code),
        effective_on=row.effective_on,
        debit=Account.MANAGEMENT_FEE,
        credit=Account.MANAGEMENT_FEE_PAYABLE,
        amount=amount,
        memo=f"Management fee {quarter}",
        act=f"fee:{row.key}",
        debit_partner_id=partner.id,
    )


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
    _check_spendable(tx, fund_id, amount, paid_on, now)
    owed = min(payable(tx, fund_id=fund_id, as_of=day) for day in (paid_on, date.max))
    check_payment(amount, payable=owed)
    row = FeePayment(
        fund_id=fund_id,
        reference=reference,
        paid_on=paid_on,
        amount=amount,
        recorded_by=actor.name,
        recorded_at=now,
    )
    posting = Posting(
        reference=f"FEEPAY-{reference}",
        effective_on=paid_on,
        debit=Account.MANAGEMENT_FEE_PAYABLE,
        credit=Account.CASH,
        amount=amount,
        memo="Management fee paid",
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
    now: datetime,
) -> Expense:
    """Book an expense paid by the fund, shared among the partners by commitment.

    `ilpa_row` is the row of the ILPA reporting template that it feeds (36 to 57, 41 is the audit). Refused: a row
    that is none, an amount of zero or less, a day to come, more than is in the bank, a reference used before.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    _check_expense(reference, ilpa_row, amount, payee)
    known = select(Expense.id).where(Expense.fund_id == fund_id, Expense.reference == reference)
    if tx.exec(known).first() is not None:
        raise ExpenseTaken(reference=reference)
    _check_spendable(tx, fund_id, amount, incurred_on, now)
    row = Expense(
        fund_id=fund_id,
        reference=reference,
        incurred_on=incurred_on,
        ilpa_row=ilpa_row,
        payee=payee,
        memo=memo,
        amount=amount,
        recorded_by=actor.name,
        recorded_at=now,
    )
    post(tx, actor, fund_id=fund_id, postings=_expense_postings(tx, row), now=now)
    tx.add(row)
    tx.flush()
    detail = {"reference": reference, "ilpa_row": ilpa_row, "amount": amount}
    record(tx, actor, action="expense.booked", subject=f"expense:{row.key}", detail=detail, now=now)
    return row


def _check_spendable(tx: Tx, fund_id: int, amount: int, on: date, now: datetime) -> None:
    """Refuse to pay what is not there or what is promised to the partners already."""
    today, kept = day_in_beijing(now), promised(tx, fund_id=fund_id)
    check_cash(tx, fund_id=fund_id, amount=amount, on=on, today=today, promised=kept)


def _check_expense(reference: str, ilpa_row: int, amount: int, payee: str) -> None:
    problems = []
    if not is_free_reference(reference):
        problems.append(
            Problem("reference", "{reference} is how other acts are called", {"reference": reference})
        )
    if not is_expense_row(ilpa_row):
        problems.append(Problem("ilpa_row", "expected a row from 36 to 57, got {row}", {"row": ilpa_row}))
    if amount <= 0:
        problems.append(Problem("amount", "expected an amount above zero"))
    if not payee.strip():
        problems.append(Problem("payee", "say who is paid"))
    if problems:
        raise ExpenseInvalid(problems=problems)


def _expense_postings(tx: Tx, row: Expense) -> list[Posting]:
    sharing = partners(tx, fund_id=row.fund_id, as_of=row.incurred_on)
    commitments = committed(tx, fund_id=row.fund_id, as_of=row.incurred_on)
    parts = allocate(row.amount, [commitments.get(partner.id, 0) for partner in sharing])
    return [
        Posting(
            reference=f"{row.reference}/{partner.code}",
            effective_on=row.incurred_on,
            debit=str(5000 + row.ilpa_row),
            credit=Account.CASH,
            amount=part,
            memo=row.memo or row.payee,
            act=f"expense:{row.reference}",
            debit_partner_id=partner.id,
        )
        for partner, part in zip(sharing, parts, strict=True)
        if part
    ]
