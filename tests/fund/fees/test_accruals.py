"""Expenses that are owed: paid in parts, released, taken back; in every statement, on every day, and proved."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from fund.fees.accrual_rules import (
    AboveOwed,
    AccrualGone,
    AccrualToCome,
    ExpenseSettled,
    NotOwed,
    SettlementInvalid,
    SettlementUnknown,
)
from fund.fees.accruals import pay_expense, release_expense, undo_settlement
from fund.fees.accrued import accrual, accruals, claims, owed
from fund.fees.queries import every_expense, payees
from fund.fees.release_rules import ReleasedSince
from fund.fees.rules import ExpenseUnknown
from fund.fees.undoing import undo_expense
from fund.ledger.actions import lock_period
from fund.ledger.cash import CashShort
from fund.ledger.rules import Account, PeriodLocked
from fund.results.accounts import navs
from fund.results.ilpa import breaks, tables
from fund.results.proof import prove
from fund.results.statements import statements
from kernel.db import Tx
from kernel.errors import Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.accruals import (
    AUDIT,
    BACK,
    DUE,
    END,
    PAY,
    Q1,
    Q2,
    TODAY,
    accrue,
    by_partner,
    called,
    on,
    pay,
    release,
    stands,
)
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, committed, noon


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    return called(tx)


def test_an_audit_fee_counts_when_incurred_and_is_paid_and_released_later(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund)
    assert (on(tx, fund, Account.ACCOUNTS_PAYABLE, END), on(tx, fund, Account.CASH, END)) == (
        AUDIT,
        -1_000_000 * YUAN,
    )
    pay(tx, fund, 70_000 * YUAN)
    pay(tx, fund, 40_000 * YUAN)
    release(tx, fund, 10_000 * YUAN + 1)
    assert (on(tx, fund, Account.ACCOUNTS_PAYABLE), on(tx, fund, Account.CASH)) == (0, -890_000 * YUAN)
    assert by_partner(tx, fund, Account.AUDIT) == {"LP01": -66_000 * YUAN, "LP02": -44_000 * YUAN}
    (sheet,) = accruals(tx, fund_id=fund.fund_id, as_of=TODAY)
    assert (sheet.paid, sheet.released, sheet.open) == (110_000 * YUAN, 10_000 * YUAN + 1, 0)
    (was,) = owed(tx, fund_id=fund.fund_id, as_of=date(2026, 4, 19))
    assert (was.open, was.days_open) == (AUDIT, 19)
    assert owed(tx, fund_id=fund.fund_id, as_of=date(2026, 3, 30)) == []
    assert payees(tx, fund_id=fund.fund_id)["payable:E1.2"] == "会计师"
    first, second = (
        statements(tx, fund_id=fund.fund_id, since=quarter.starts_on, as_of=quarter.ends_on)
        for quarter in (Q1, Q2)
    )
    payable = {row.code: (row.opening, row.closing) for row in (*first.liabilities, *second.liabilities)}
    assert payable[Account.ACCOUNTS_PAYABLE] == (AUDIT, 0)
    # Expense and cash flow differ by what is owed more or less.
    for found, expensed, spent in ((first, -AUDIT, 0), (second, 10_000 * YUAN + 1, -110_000 * YUAN)):
        assert [line.amount for line in found.expenses] == [expensed]
        assert sum(line.amount for line in found.operating if line.code == "expenses_paid") == spent
    assert tables(tx, fund_id=fund.fund_id, quarter=Q1)[None]["qtd"][41] == -AUDIT
    assert [breaks(tx, fund_id=fund.fund_id, quarter=one) for one in (Q1, Q2)] == [[], []]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_one_that_is_paid_at_once_is_an_expense_in_every_account(tx: Tx, fund: CapitalFund) -> None:
    """Whatever its row and whoever bears it with the fund."""
    dead = {"ilpa_row": 53, "share": Fraction(1, 3), "others": "河湾钢铁", "amount": 100_01}
    over = {"ilpa_row": 43, "amount": 230_000 * YUAN}
    for number, facts in enumerate(({"amount": AUDIT}, dead, over)):
        with tx.begin_nested() as played:
            accrue(tx, fund, f"A{number}", **facts | {"incurred_on": PAY})
            pay(tx, fund, facts["amount"], PAY, f"A{number}")
            accrued = stands(tx, fund)
            played.rollback()
        accrue(tx, fund, f"B{number}", **facts | {"incurred_on": PAY, "is_accrued": False})
        assert stands(tx, fund) == accrued


def test_in_whatever_order_the_parts_are_written_down(tx: Tx, fund: CapitalFund) -> None:
    days = (END, PAY, date(2026, 5, 1), TODAY)
    parts: Sequence[Callable[[], None]] = (
        lambda: pay(tx, fund, 70_000 * YUAN),
        lambda: pay(tx, fund, 3, date(2026, 5, 1)),
        lambda: release(tx, fund, 1_001),
    )
    found = []
    for order in permutations(parts):
        with tx.begin_nested() as played:
            accrue(tx, fund)
            for part in order:
                part()
            found.append([(stands(tx, fund, day), navs(tx, fund_id=fund.fund_id, as_of=day)) for day in days])
            assert claims(tx, fund_id=fund.fund_id) == AUDIT - 70_000 * YUAN - 1_004
            assert prove(tx, fund_id=fund.fund_id) == []
            played.rollback()
    assert all(one == found[0] for one in found)


def test_each_act_taken_back_restores_every_balance(tx: Tx, fund: CapitalFund) -> None:
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "E1"}
    empty = stands(tx, fund)
    accrue(tx, fund)
    booked = stands(tx, fund)
    pay(tx, fund, 1)
    paid = stands(tx, fund)
    release(tx, fund, AUDIT - 1)
    with pytest.raises(ExpenseSettled):
        undo_expense(tx, ACCOUNTANT, **facts, **BACK)
    with pytest.raises(SettlementUnknown):
        undo_settlement(tx, ACCOUNTANT, number=3, **facts, **BACK)
    undo_settlement(tx, ACCOUNTANT, number=2, **facts, **BACK)
    assert stands(tx, fund) == paid
    undo_settlement(tx, ACCOUNTANT, number=1, **facts, **BACK)
    assert stands(tx, fund) == booked
    # Between the payment and the day on which it came back it was paid: no more than the rest can be paid then.
    with pytest.raises(AboveOwed):
        pay(tx, fund, AUDIT)
    undo_expense(tx, ACCOUNTANT, **facts, **BACK)
    assert stands(tx, fund) == empty
    with pytest.raises(AccrualGone):
        pay(tx, fund, 1)
    assert claims(tx, fund_id=fund.fund_id) == 0
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_is_refused_books_nothing(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund)
    accrue(tx, fund, "P1", is_accrued=False, incurred_on=DUE)
    # No cash is asked for when it is booked, and it is when it is paid.
    accrue(tx, fund, "BIG", 2_000_000 * YUAN)
    before = stands(tx, fund)
    with pytest.raises(CashShort):
        pay(tx, fund, 2_000_000 * YUAN, reference="BIG")
    for amount, day, refusal in (
        (AUDIT + 1, PAY, AboveOwed),
        (0, PAY, SettlementInvalid),
        (1, date(2026, 3, 30), SettlementInvalid),
        (1, date(2026, 7, 1), SettlementInvalid),
    ):
        for act in (pay, release):
            with pytest.raises(refusal):
                act(tx, fund, amount, day)
    with pytest.raises(NotOwed):
        pay(tx, fund, 1, reference="P1")
    other = committed(tx, code="AF2")
    for wrong, reference in ((fund, "E9"), (other, "E1")):
        with pytest.raises(ExpenseUnknown):
            pay(tx, wrong, 1, reference=reference)
    with pytest.raises(AccrualToCome):
        accrue(tx, fund, "E2", incurred_on=date(2026, 7, 1))
    facts = {"fund_id": fund.fund_id, "reference": "E1", "amount": 1, "now": noon(TODAY)}
    with pytest.raises(Forbidden):
        pay_expense(tx, Actor(1, "A", frozenset({Role.AUDITOR})), paid_on=PAY, **facts)
    assert stands(tx, fund) == before


def test_releases_go_by_days_and_payments_by_none(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund)
    release(tx, fund, 1_001)
    pay(tx, fund, 1, PAY)
    release(tx, fund, 7)
    before = stands(tx, fund)
    with pytest.raises(ReleasedSince, match=f"Release 1 of E1 on {TODAY}"):
        release(tx, fund, 1, PAY)
    facts = {"fund_id": fund.fund_id, "reference": "E1", "reason": "wrong", "now": noon(TODAY)}
    with pytest.raises(ReleasedSince, match="Release 3"):
        undo_settlement(tx, ACCOUNTANT, number=1, undone_on=PAY, **facts)
    assert stands(tx, fund) == before


def test_a_locked_quarter_stays_and_what_is_known_later_counts_later(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund)
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(PAY))
    was = stands(tx, fund, END)
    for refused in (
        lambda: accrue(tx, fund, "E2"),
        lambda: pay(tx, fund, 1, END),
        lambda: release(tx, fund, 1, END),
    ):
        with pytest.raises(PeriodLocked):
            refused()
    pay(tx, fund, 1)
    release(tx, fund, 1)
    assert stands(tx, fund, END) == was
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_began_before_and_ended_later_was_not_known_before(tx: Tx, fund: CapitalFund) -> None:
    """A payment, a release and an expense whose transactions had to wait are written down as late as their entries."""
    accrue(tx, fund)
    asked: dict[str, Any] = {"fund_id": fund.fund_id, "known_at": noon(TODAY)}
    told = accruals(tx, **asked), every_expense(tx, **asked)
    tx.info.clear()
    said: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "E1", "amount": 1, "now": noon(PAY)}
    pay_expense(tx, ACCOUNTANT, paid_on=PAY, **said)
    release_expense(tx, ACCOUNTANT, released_on=PAY, reason="错", **said)
    accrue(tx, fund, "E2", now=noon(PAY))
    assert (accruals(tx, **asked), every_expense(tx, **asked)) == told
    assert accrual(tx, fund_id=fund.fund_id, reference="E1")[1].open == AUDIT - 2
