"""One day as known at two instants: the difference is what was recorded in between, account by account."""

from datetime import date, timedelta

import pytest

from fund.fees.actions import record_expense
from fund.fees.undoing import undo_expense
from fund.ledger.actions import lock_period, reopen_period
from fund.results.compared import ComparedBackwards, Comparison, compare, last_locked
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, a_paid_call, committed, investment, noon

END, QUARTER = date(2026, 3, 31), Quarter(2026, 1)
LOCKED, RESTATED = noon(date(2026, 4, 10)), noon(date(2026, 4, 20))


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    """A quarter locked with an audit of 100.00, opened again, in which it was restated as 40.00 of legal costs."""
    made = committed(tx)
    a_paid_call(tx, made, investment(1_000_000 * YUAN))
    facts = {"fund_id": made.fund_id, "payee": "某所", "incurred_on": END}
    record_expense(tx, ACCOUNTANT, reference="E1", ilpa_row=41, amount=100_00, now=noon(END), **facts)
    lock_period(tx, SYSTEM, fund_id=made.fund_id, quarter=QUARTER, now=LOCKED)
    reopen_period(tx, SYSTEM, fund_id=made.fund_id, quarter=QUARTER, reason="误记", now=RESTATED)
    undo_expense(
        tx, ACCOUNTANT, fund_id=made.fund_id, reference="E1", reason="误记", undone_on=END, now=RESTATED
    )
    record_expense(tx, ACCOUNTANT, reference="E2", ilpa_row=39, amount=40_00, now=RESTATED, **facts)
    lock_period(tx, SYSTEM, fund_id=made.fund_id, quarter=QUARTER, now=RESTATED)
    return made


def told(tx: Tx, fund: CapitalFund, partner: str | None = None) -> Comparison:
    key = fund[partner] if partner else None
    return compare(
        tx, fund_id=fund.fund_id, as_of=END, first=LOCKED, second=RESTATED + timedelta(1), partner_id=key
    )


def test_a_restatement_is_shown_by_account_partner_and_entry(tx: Tx, fund: CapitalFund) -> None:
    found = told(tx, fund)
    moved = {one.account: (one.first, one.second, one.moved) for one in found.accounts if one.moved}
    assert moved == {
        "1000": (-99_990_000, -99_996_000, -6000),
        "5039": (0, -4000, -4000),
        "5041": (-10000, 0, 10000),
    }
    parts = {(one.account, one.partner_id): one.moved for one in found.parts}
    assert parts == {
        ("5039", fund["LP01"]): -2400,
        ("5039", fund["LP02"]): -1600,
        ("5041", fund["LP01"]): 6000,
        ("5041", fund["LP02"]): 4000,
    }
    totals = {one.code: one.moved for one in found.totals}
    assert totals == {"assets": 6000, "liabilities": 0, "net_assets": 6000, "operations": 6000}
    assert [(one.code, one.moved) for one in found.capital if one.moved] == [
        ("expenses", 6000),
        ("closing", 6000),
    ]
    assert [one.reference for one in found.entries] == [
        "E1/LP01/reversal",
        "E1/LP02/reversal",
        "E2/LP01",
        "E2/LP02",
    ]


def test_the_entries_in_between_sum_to_every_difference(tx: Tx, fund: CapitalFund) -> None:
    found = told(tx, fund)
    sums: dict[str, int] = {}
    for one in found.entries:
        sums[one.credit] = sums.get(one.credit, 0) + one.amount
        sums[one.debit] = sums.get(one.debit, 0) - one.amount
    assert {key: amount for key, amount in sums.items() if amount} == {
        one.account: one.moved for one in found.accounts if one.moved
    }


def test_a_partner_is_told_its_own_account_alone(tx: Tx, fund: CapitalFund) -> None:
    found = told(tx, fund, "LP01")
    assert (found.totals, found.parts) == ((), ())
    assert {one.account: one.moved for one in found.accounts if one.moved} == {"5039": -2400, "5041": 6000}
    assert [one.reference for one in found.entries] == ["E1/LP01/reversal", "E2/LP01"]
    assert found.capital[-1].moved == 3600


def test_nothing_recorded_in_between_is_no_difference(tx: Tx, fund: CapitalFund) -> None:
    facts = {"fund_id": fund.fund_id, "as_of": END}
    found = compare(tx, first=LOCKED, second=LOCKED, **facts)
    assert not found.differs
    assert not [one for one in (*found.accounts, *found.capital, *found.totals) if one.moved]
    with pytest.raises(ComparedBackwards):
        compare(tx, first=RESTATED, second=LOCKED, **facts)


def test_a_quarter_opened_again_is_compared_with_what_was_locked_before(tx: Tx, fund: CapitalFund) -> None:
    assert last_locked(tx, fund_id=fund.fund_id, quarter=QUARTER) == LOCKED
    assert last_locked(tx, fund_id=fund.fund_id, quarter=QUARTER.next) is None
