from datetime import date
from typing import Any

import pytest

from fund.capital.distributions import approve_distribution, draft_distribution
from fund.fees.actions import charge, pay, record_expense
from fund.fees.queries import charge_of, expenses, is_charged, payable, payments
from fund.fees.rules import (
    ExpenseInvalid,
    ExpenseUnknown,
    FeeNotPayable,
    FeePaid,
    FeeTooEarly,
    FeeUnknown,
    PaymentUnknown,
)
from fund.fees.undoing import undo_charge, undo_expense, undo_payment
from fund.ledger.actions import lock_period
from fund.ledger.cash import CashShort, PaymentToCome, lowest_cash
from fund.ledger.queries import balances
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    investment,
    noon,
)

MILLION = 1_000_000 * YUAN
Q1 = Quarter(2026, 1)
DUE = date(2026, 3, 2)
WHY: dict[str, Any] = {"reason": "booked twice", "undone_on": DUE, "now": noon(DUE)}


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    found = committed(tx)
    a_paid_call(tx, found, investment(MILLION))
    return found


def stands(tx: Tx, fund: CapitalFund) -> object:
    return balances(tx, fund_id=fund.fund_id, as_of=date.max)


def test_fee_payment_and_expense_taken_back_restore_every_balance(tx: Tx, fund: CapitalFund) -> None:
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(DUE)}
    empty = stands(tx, fund)
    charge(tx, SYSTEM, quarter=Q1, **facts)
    charged = stands(tx, fund)
    pay(tx, ACCOUNTANT, reference="P1", amount=100_00, paid_on=DUE, **facts)
    paid = stands(tx, fund)
    spent = {"reference": "E1", "ilpa_row": 41, "amount": 9_00, "incurred_on": DUE, "payee": "审计"}
    record_expense(tx, ACCOUNTANT, **spent, **facts)
    undo_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="E1", **WHY)
    assert stands(tx, fund) == paid
    assert [one.undone_on for one in expenses(tx, fund_id=fund.fund_id).items] == [DUE]
    with pytest.raises(FeePaid):
        undo_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q1, **WHY)
    undo_payment(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="P1", **WHY)
    assert stands(tx, fund) == charged
    assert [one.undone_on for one in payments(tx, fund_id=fund.fund_id)] == [DUE]
    undo_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q1, **WHY)
    assert stands(tx, fund) == empty
    assert not is_charged(tx, fund_id=fund.fund_id, quarter=Q1)
    with pytest.raises(FeeUnknown):
        charge_of(tx, fund_id=fund.fund_id, quarter=Q1)


def test_what_is_owed_later_does_not_free_a_fee_that_is_paid(tx: Tx, fund: CapitalFund) -> None:
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(DUE)}
    fee = charge(tx, SYSTEM, quarter=Q1, **facts)
    pay(tx, ACCOUNTANT, reference="P1", amount=fee.amount, paid_on=DUE, **facts)
    charge(tx, SYSTEM, quarter=Q1.next, **facts)
    with pytest.raises(FeePaid):
        undo_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q1, **WHY)


def test_the_fund_does_not_borrow(tx: Tx, fund: CapitalFund) -> None:
    spent = {"reference": "E1", "amount": 9_00, "incurred_on": DUE, "payee": "银行"}
    for row in (46, 49):
        with pytest.raises(ExpenseInvalid, match=f"row {row} is a cost of borrowing"):
            record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, ilpa_row=row, now=noon(DUE), **spent)


def test_a_fee_is_charged_again_from_the_day_it_was_taken_back(tx: Tx, fund: CapitalFund) -> None:
    late = date(2026, 4, 9)
    before = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(DUE))
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(late))
    again = WHY | {"undone_on": late, "now": noon(late)}
    undo_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q1, **again)
    after = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(late))
    assert (after.turn, after.effective_on, after.amount) == (2, late, before.amount)
    assert payable(tx, fund_id=fund.fund_id, as_of=late) == before.amount


def test_nothing_unknown_is_taken_back(tx: Tx, fund: CapitalFund) -> None:
    with pytest.raises(ExpenseUnknown):
        undo_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="E9", **WHY)
    with pytest.raises(PaymentUnknown):
        undo_payment(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="P9", **WHY)


def test_an_expense_keeps_the_cash_of_every_later_day(tx: Tx, fund: CapitalFund) -> None:
    """What an earlier expense would take is spent on a later day already."""
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "ilpa_row": 41, "payee": "审计"}
    late = date(2026, 3, 20)
    whole = lowest_cash(tx, fund_id=fund.fund_id, since=DUE)
    record_expense(
        tx, ACCOUNTANT, reference="E1", amount=whole - 5_00, incurred_on=late, now=noon(late), **facts
    )
    with pytest.raises(CashShort, match=r"only 5\.00 is in the bank"):
        record_expense(tx, ACCOUNTANT, reference="E2", amount=6_00, incurred_on=DUE, now=noon(late), **facts)
    with pytest.raises(PaymentToCome):
        record_expense(tx, ACCOUNTANT, reference="E3", amount=1, incurred_on=late, now=noon(DUE), **facts)
    record_expense(tx, ACCOUNTANT, reference="E2", amount=5_00, incurred_on=DUE, now=noon(late), **facts)
    assert lowest_cash(tx, fund_id=fund.fund_id, since=DUE) == 0


def test_what_is_promised_to_the_partners_is_not_spent(tx: Tx, fund: CapitalFund) -> None:
    whole = lowest_cash(tx, fund_id=fund.fund_id, since=DUE)
    draft = draft_distribution(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        return_of_capital=whole - 5_00,
        pay_on=DUE,
        source="sale",
        now=noon(DUE),
    )
    approve_distribution(tx, MANAGER, distribution_id=draft.id, now=noon(DUE))
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "ilpa_row": 41, "payee": "审计", "now": noon(DUE)}
    with pytest.raises(CashShort, match=r"only 5\.00 is in the bank"):
        record_expense(tx, ACCOUNTANT, reference="E1", amount=6_00, incurred_on=DUE, **facts)
    record_expense(tx, ACCOUNTANT, reference="E1", amount=5_00, incurred_on=DUE, **facts)


def test_a_fee_is_not_paid_twice_by_dating_it_back(tx: Tx, fund: CapitalFund) -> None:
    late, ask = date(2026, 3, 20), {"fund_id": fund.fund_id, "now": noon(date(2026, 3, 20))}
    owed = charge(tx, SYSTEM, quarter=Q1, **ask).amount
    pay(tx, ACCOUNTANT, reference="P1", amount=owed, paid_on=late, **ask)
    with pytest.raises(FeeNotPayable):
        pay(tx, ACCOUNTANT, reference="P2", amount=owed, paid_on=DUE, **ask)


def test_a_fee_is_charged_for_the_next_quarter_at_the_latest(tx: Tx, fund: CapitalFund) -> None:
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 2), now=noon(DUE))
    with pytest.raises(FeeTooEarly, match="2026Q3 is not charged yet: 2026Q2"):
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 3), now=noon(DUE))


def test_an_expense_is_not_called_as_another_act_is(tx: Tx, fund: CapitalFund) -> None:
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "ilpa_row": 41, "payee": "审计", "now": noon(DUE)}
    with pytest.raises(ExpenseInvalid) as refused:
        record_expense(tx, ACCOUNTANT, reference="FEE-2026Q2", amount=1, incurred_on=DUE, **facts)
    assert [problem.where for problem in refused.value.problems] == ["reference"]
