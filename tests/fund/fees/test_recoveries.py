"""Organisation costs above the cap and the costs of dead deals: booked apart, settled, taken back, proved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.fees.actions import charge, record_expense
from fund.fees.queries import payable
from fund.fees.recoverable import organisation_cap, owed_by_row, recoverables
from fund.fees.recoveries import recover, undo_recovery
from fund.fees.recovery_rules import ExpenseRecovered, RecoveryUnknown, RecoveryWay
from fund.fees.rules import ExpenseInvalid, ExpenseUnknown, FeeNotPayable
from fund.fees.undoing import undo_expense
from fund.ledger.actions import reverse_entries
from fund.ledger.cash import CashShort
from fund.ledger.queries import total
from fund.ledger.rules import Account
from fund.ledger.undoing import undo
from fund.ledger.undone import standing
from fund.results.ilpa import breaks, tables
from fund.results.proof import prove
from fund.results.statements import statements
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, a_paid_call, committed, expense, noon
from tests.builders.waiting import until_waiting

DUE, LATER = date(2026, 3, 2), date(2026, 3, 30)
Q1 = Quarter(2026, 1)


def a_fund(tx: Tx, **changes: Any) -> CapitalFund:
    """Commitments of 60 and 40 million, one million called and paid, organisation costs capped at 0.2 % of them."""
    fund = committed(tx, **{"organisation_share": Fraction(2, 1000), **changes})
    a_paid_call(tx, fund, expense(1_000_000 * YUAN))
    return fund


def spent(tx: Tx, fund: CapitalFund, reference: str, row: int, amount: int, **facts: Any) -> None:
    said = {
        "reference": reference,
        "ilpa_row": row,
        "amount": amount,
        "payee": "律师事务所",
        "incurred_on": DUE,
    }
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(LATER), **said, **facts)


def settle(tx: Tx, fund: CapitalFund, reference: str, way: RecoveryWay, amount: int) -> int:
    said = {"reference": reference, "way": way, "amount": amount, "settled_on": LATER}
    return recover(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(LATER), **said).left


def on(tx: Tx, fund: CapitalFund, account: Account) -> int:
    return -total(tx, fund_id=fund.fund_id, as_of=LATER, accounts=[account])


def test_the_fund_bears_organisation_costs_up_to_the_cap_and_the_manager_the_rest(tx: Tx) -> None:
    fund = a_fund(tx)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(LATER)}
    spent(tx, fund, "ORG-1", 43, 150_000 * YUAN)
    spent(tx, fund, "ORG-2", 43, 80_000 * YUAN)
    cap = organisation_cap(tx, fund_id=fund.fund_id, as_of=DUE)
    assert (cap.cap, cap.used, cap.left) == (200_000 * YUAN, 200_000 * YUAN, 0)
    assert on(tx, fund, Account.EXPENSES_RECOVERABLE) == 30_000 * YUAN
    spent(tx, fund, "ORG-3", 43, 1_00)
    assert [(one.expense.reference, one.left) for one in recoverables(tx, fund_id=fund.fund_id)] == [
        ("ORG-3", 1_00),
        ("ORG-2", 30_000 * YUAN),
    ]
    with pytest.raises(FeeNotPayable):
        settle(tx, fund, "ORG-2", RecoveryWay.SET_OFF, 1)
    charge(tx, SYSTEM, quarter=Q1, **facts)
    owed = payable(tx, fund_id=fund.fund_id, as_of=LATER)
    assert settle(tx, fund, "ORG-2", RecoveryWay.SET_OFF, 20_000 * YUAN) == 10_000 * YUAN
    assert payable(tx, fund_id=fund.fund_id, as_of=LATER) == owed - 20_000 * YUAN
    assert settle(tx, fund, "ORG-2", RecoveryWay.CASH, 10_000 * YUAN) == 0
    with pytest.raises(ExpenseRecovered):
        undo_expense(tx, ACCOUNTANT, reference="ORG-2", reason="错", undone_on=LATER, **facts)
    said = statements(tx, fund_id=fund.fund_id, since=date(2026, 1, 1), as_of=LATER)
    paid = {line.code: line.amount for line in said.operating}
    assert paid["expenses_paid"] == -(220_000 * YUAN + 1_00)
    assert prove(tx, fund_id=fund.fund_id) == []
    rows = tables(tx, fund_id=fund.fund_id, quarter=Q1)[None]["qtd"]
    assert (rows[43], rows[82]) == (-200_000 * YUAN, rows[85])
    assert breaks(tx, fund_id=fund.fund_id, quarter=Q1) == []
    for number in (1, 2):
        undo_recovery(
            tx, ACCOUNTANT, reference="ORG-2", number=number, reason="退汇", undone_on=LATER, **facts
        )
    undo_expense(tx, ACCOUNTANT, reference="ORG-2", reason="错", undone_on=LATER, **facts)
    # What was taken back leaves room under the cap again.
    assert organisation_cap(tx, fund_id=fund.fund_id, as_of=DUE).left == 50_000 * YUAN
    assert on(tx, fund, Account.EXPENSES_RECOVERABLE) == 1_00
    assert prove(tx, fund_id=fund.fund_id) == []


def test_without_a_cap_the_fund_bears_all(tx: Tx) -> None:
    fund = a_fund(tx, organisation_share=None)
    spent(tx, fund, "ORG-1", 43, 900_000 * YUAN)
    assert organisation_cap(tx, fund_id=fund.fund_id, as_of=DUE).left is None
    assert recoverables(tx, fund_id=fund.fund_id) == []
    assert on(tx, fund, Account.ORGANISATION) == 900_000 * YUAN


def test_co_investors_owe_their_share_of_a_dead_deal_until_the_fund_bears_it(tx: Tx) -> None:
    fund = a_fund(tx)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(LATER)}
    shared = {"share": Fraction(2, 5), "others": "河湾钢铁", "concerning": "D-017 氢冶金"}
    with pytest.raises(ExpenseInvalid):
        spent(tx, fund, "DD-1", 52, 100_000 * YUAN, **shared)
    with pytest.raises(CashShort):
        spent(tx, fund, "DD-1", 53, 1_000_000 * YUAN + 1, **shared)
    spent(tx, fund, "DD-1", 53, 100_000 * YUAN, **shared)
    assert on(tx, fund, Account.BROKEN_DEALS) == 60_000 * YUAN
    assert on(tx, fund, Account.CASH) == 900_000 * YUAN
    settle(tx, fund, "DD-1", RecoveryWay.CASH, 25_000 * YUAN)
    assert settle(tx, fund, "DD-1", RecoveryWay.BORNE, 15_000 * YUAN) == 0
    assert on(tx, fund, Account.BROKEN_DEALS) == 75_000 * YUAN
    assert on(tx, fund, Account.EXPENSES_RECOVERABLE) == 0
    [owed] = owed_by_row(tx, fund_id=fund.fund_id, as_of=LATER)
    assert (owed.row, owed.charged, owed.settled) == (53, 40_000 * YUAN, 40_000 * YUAN)
    [before] = owed_by_row(tx, fund_id=fund.fund_id, as_of=DUE)
    assert before.settled == 0
    rows = tables(tx, fund_id=fund.fund_id, quarter=Q1)[None]["qtd"]
    assert rows[53] == -75_000 * YUAN
    assert prove(tx, fund_id=fund.fund_id) == []
    with pytest.raises(RecoveryUnknown):
        undo_recovery(tx, ACCOUNTANT, reference="DD-1", number=3, reason="错", undone_on=LATER, **facts)
    with pytest.raises(ExpenseUnknown):
        settle(tx, fund, "DD-9", RecoveryWay.CASH, 1)


def test_an_expense_of_which_a_part_is_being_settled_is_not_taken_back(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = a_fund(tx)
        spent(tx, fund, "ORG-1", 43, 230_000 * YUAN)

    def take_back() -> str:
        said = {"reference": "ORG-1", "reason": "错", "undone_on": LATER, "now": noon(LATER)}
        try:
            with database.transaction(SYSTEM) as tx:
                undo_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, **said)
        except ExpenseRecovered as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(1) as pool, database.transaction(SYSTEM) as tx:
        settle(tx, fund, "ORG-1", RecoveryWay.CASH, 30_000 * YUAN)
        waiting = pool.submit(take_back)
        until_waiting(tx, 1)
        tx.commit()
        assert waiting.result() == "expense_recovered"
    with database.transaction(SYSTEM) as tx:
        assert prove(tx, fund_id=fund.fund_id) == []


def test_the_proof_finds_a_settlement_of_what_was_taken_back(tx: Tx) -> None:
    fund = a_fund(tx)
    spent(tx, fund, "ORG-1", 43, 230_000 * YUAN)
    settle(tx, fund, "ORG-1", RecoveryWay.CASH, 30_000 * YUAN)
    said = {"act": "expense:ORG-1", "reason": "错", "effective_on": LATER, "now": noon(LATER)}
    undo(tx, ACCOUNTANT, fund_id=fund.fund_id, **said)
    assert "3000000 more was settled than is owed back" in str(prove(tx, fund_id=fund.fund_id))


def test_the_proof_finds_what_is_owed_and_not_in_the_books(tx: Tx) -> None:
    fund = a_fund(tx)
    spent(tx, fund, "ORG-1", 43, 230_000 * YUAN)
    assert prove(tx, fund_id=fund.fund_id) == []
    # Whatever takes the entries back without the act leaves a debt that the books do not hold.
    reverse_entries(
        tx,
        SYSTEM,
        fund_id=fund.fund_id,
        entries=standing(tx, fund_id=fund.fund_id, act="expense:ORG-1"),
        reason="错",
        effective_on=LATER,
        now=noon(LATER),
    )
    assert "account 1310" in str(prove(tx, fund_id=fund.fund_id))
