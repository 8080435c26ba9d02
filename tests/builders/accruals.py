"""Expenses that are owed, for tests."""

from datetime import date
from fractions import Fraction
from typing import Any

from fund.fees.accruals import pay_expense, release_expense
from fund.fees.actions import record_expense
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, a_paid_call, committed, expense, noon

DUE, END, PAY, TODAY = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 20), date(2026, 6, 30)
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
AUDIT = 120_000 * YUAN + 1
BACK: dict[str, Any] = {"reason": "错", "undone_on": TODAY, "now": noon(TODAY)}


def called(tx: Tx) -> CapitalFund:
    """Commitments of 60 and 40 million, one million called and paid."""
    found = committed(tx, organisation_share=Fraction(2, 1000))
    a_paid_call(tx, found, expense(1_000_000 * YUAN))
    return found


def accrue(tx: Tx, fund: CapitalFund, reference: str = "E1", amount: int = AUDIT, **facts: Any) -> None:
    """An audit fee that is owed since the end of the first quarter."""
    said = {"ilpa_row": 41, "incurred_on": END, "payee": "会计师", "is_accrued": True, "now": noon(TODAY)}
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reference=reference, amount=amount, **said | facts)


def pay(tx: Tx, fund: CapitalFund, amount: int, on: date = PAY, reference: str = "E1") -> None:
    """A payment of what is owed, written down today."""
    facts = {"fund_id": fund.fund_id, "reference": reference, "amount": amount, "now": noon(TODAY)}
    pay_expense(tx, ACCOUNTANT, paid_on=on, **facts)


def release(tx: Tx, fund: CapitalFund, amount: int, on: date = TODAY, reference: str = "E1") -> None:
    """What is owed no more, written down today."""
    facts = {"fund_id": fund.fund_id, "reference": reference, "amount": amount, "now": noon(TODAY)}
    release_expense(tx, ACCOUNTANT, released_on=on, reason="账单较低", **facts)


def on(tx: Tx, fund: CapitalFund, account: Account, day: date = TODAY) -> int:
    """What stands on an account, credit-positive."""
    return total(tx, fund_id=fund.fund_id, as_of=day, accounts=[account])


def by_partner(tx: Tx, fund: CapitalFund, account: Account, day: date = TODAY) -> dict[str, int]:
    """What each partner has on an account, by code."""
    found = balances(tx, fund_id=fund.fund_id, as_of=day, accounts=[account], by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[one.partner_id or 0]: one.amount for one in found if one.amount}


def stands(tx: Tx, fund: CapitalFund, day: date = TODAY) -> dict[tuple[Any, ...], int]:
    """Every balance that is not nil."""
    found = balances(tx, fund_id=fund.fund_id, as_of=day)
    return {(one.account, one.partner_id): one.amount for one in found if one.amount}
