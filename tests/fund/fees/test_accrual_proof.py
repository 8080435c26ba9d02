"""The proof of what is owed finds what the books do not hold, and what nobody owes."""

from typing import Any

import pytest

from fund.ledger.actions import post, reverse_entries
from fund.ledger.rules import Account, Posting
from fund.ledger.undoing import undo
from fund.ledger.undone import standing
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.accruals import AUDIT, TODAY, accrue, called, pay
from tests.builders.capital import ACCOUNTANT, CapitalFund, noon


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    return called(tx)


def test_the_proof_finds_what_the_books_do_not_hold(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund)
    pay(tx, fund, 1)
    assert prove(tx, fund_id=fund.fund_id) == []
    entries = standing(tx, fund_id=fund.fund_id, act="payable:E1.1")
    with tx.begin_nested() as played:
        facts: dict[str, Any] = {"reason": "错", "effective_on": TODAY, "now": noon(TODAY)}
        reverse_entries(tx, SYSTEM, fund_id=fund.fund_id, entries=entries, **facts)
        told = str(prove(tx, fund_id=fund.fund_id))
        assert "payable:E1.1" in told
        assert f"{AUDIT - 1} of it is owed, in the books {AUDIT}" in told
        played.rollback()
    # Whatever takes the expense back without its payment leaves money paid for nothing.
    facts = {"reason": "错", "effective_on": TODAY, "now": noon(TODAY)}
    undo(tx, ACCOUNTANT, fund_id=fund.fund_id, act="expense:E1", **facts)
    assert "0 of it is owed, in the books -1" in str(prove(tx, fund_id=fund.fund_id))


def test_a_posting_of_nobody_is_found(tx: Tx, fund: CapitalFund) -> None:
    sides = {"debit": Account.AUDIT, "credit": Account.ACCOUNTS_PAYABLE, "amount": 5}
    facts = {"memo": "", "act": "expense:GHOST", "debit_partner_id": fund["LP01"]}
    posting = Posting(reference="GHOST/LP01", effective_on=TODAY, **sides, **facts)
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=[posting], now=noon(TODAY))
    assert "it says 0, in the books 5" in str(prove(tx, fund_id=fund.fund_id))
