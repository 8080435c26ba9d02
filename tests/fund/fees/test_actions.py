from datetime import date
from typing import Any

import pytest

from fund.fees.actions import charge, pay, record_expense
from fund.fees.queries import charge_of, charges, expenses, payable
from fund.fees.rules import ExpenseInvalid, ExpenseTaken, FeeNotPayable, FeeUnknown, NoFeeYet
from fund.ledger.cash import CashShort
from fund.ledger.queries import balances, trial_balance
from fund.ledger.rules import Account
from fund.ledger.undone import standing
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, a_paid_call, committed, investment, noon
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
DUE = date(2026, 3, 2)


def charged(tx: Tx, fund: CapitalFund, quarter: Quarter) -> dict[str, int]:
    sheet = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(quarter.ends_on))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[line.partner_id]: line.amount for line in sheet.lines}


def on_account(tx: Tx, fund: CapitalFund, account: Account) -> dict[str, int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=date(2026, 12, 31), accounts=[account], by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes.get(b.partner_id or 0, ""): b.amount for b in found}


def an_expense(tx: Tx, fund: CapitalFund, **facts: Any) -> None:
    given = {"reference": "EXP-1", "ilpa_row": 41, "amount": 100_01, "incurred_on": DUE, "payee": "Auditor"}
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(DUE), **{**given, **facts})


def test_a_stub_and_a_whole_quarter_once_however_often_asked(scene: Scene) -> None:
    tx, fund = scene(committed)
    # 2 % of 60m and 40m; 76 of the first quarter's 90 days.
    assert charged(tx, fund, Q1) == {"LP01": 25_333_333, "LP02": 16_888_889}
    assert charged(tx, fund, Q1) == {"LP01": 25_333_333, "LP02": 16_888_889}
    assert charged(tx, fund, Q2) == {"LP01": 30_000_000, "LP02": 20_000_000}
    assert on_account(tx, fund, Account.MANAGEMENT_FEE) == {"LP01": -55_333_333, "LP02": -36_888_889}
    assert [sheet.quarter for sheet in charges(tx, fund_id=fund.fund_id)] == ["2026Q1", "2026Q2"]
    assert charge_of(tx, fund_id=fund.fund_id, quarter=Q1).effective_on == date(2026, 1, 15)


def test_the_fee_turns_to_invested_cost_within_the_quarter(tx: Tx) -> None:
    # The commitment period ends on day 31 of 91; nothing is invested, so nothing is charged on the rest.
    fund = committed(tx, commitment_period_ends_on=date(2027, 5, 1), final_close_on=date(2026, 12, 31))
    assert charged(tx, fund, Quarter(2027, 2)) == {"LP01": 10_219_780, "LP02": 6_813_187}


def test_no_fee_runs_before_the_first_close(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(NoFeeYet, match="2025Q4"):
        charged(tx, fund, Quarter(2025, 4))
    with pytest.raises(FeeUnknown):
        charge_of(tx, fund_id=fund.fund_id, quarter=Q1)


def test_the_fee_is_paid_out_of_what_is_payable_and_in_the_bank(scene: Scene) -> None:
    tx, fund = scene(committed)
    charged(tx, fund, Q1)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "paid_on": DUE, "now": noon(DUE)}
    with pytest.raises(CashShort):
        pay(tx, ACCOUNTANT, reference="P1", amount=1, **facts)
    a_paid_call(tx, fund, investment(MILLION))
    with pytest.raises(FeeNotPayable):
        pay(tx, ACCOUNTANT, reference="P1", amount=42_222_223, **facts)
    pay(tx, ACCOUNTANT, reference="P1", amount=42_222_222, **facts)
    assert payable(tx, fund_id=fund.fund_id, as_of=DUE) == 0
    assert on_account(tx, fund, Account.CASH) == {"": 42_222_222 - MILLION}


def test_a_fee_and_its_payment_are_written_down_with_their_entries(scene: Scene) -> None:
    """Another transaction wrote something down after these had begun: they come after it."""
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(MILLION))
    tx.info.clear()
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(date(2026, 1, 20))}
    made = charge(tx, SYSTEM, quarter=Q1, **facts)
    paid = pay(tx, ACCOUNTANT, reference="P1", amount=1, paid_on=DUE, **facts | {"now": noon(DUE)})
    for act, row in ((f"fee:{made.id}", made), ("feepay:P1", paid)):
        entries = standing(tx, fund_id=fund.fund_id, act=act)
        assert {entry.recorded_at for entry in entries} == {row.recorded_at}
        assert row.recorded_at > noon(DUE)


def test_an_expense_is_shared_by_commitment_under_its_row(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(CashShort, match=r"on 2026-03-02, but .* only 0\.00 is in the bank"):
        an_expense(tx, fund)
    a_paid_call(tx, fund, investment(MILLION))
    an_expense(tx, fund)
    assert on_account(tx, fund, Account.AUDIT) == {"LP01": -60_01, "LP02": -40_00}
    with pytest.raises(ExpenseTaken):
        an_expense(tx, fund)
    with pytest.raises(ExpenseInvalid) as refusal:
        an_expense(tx, fund, ilpa_row=35, amount=0, payee=" ")
    assert [problem.where for problem in refusal.value.problems] == ["ilpa_row", "amount", "payee"]
    assert [sheet.reference for sheet in expenses(tx, fund_id=fund.fund_id).items] == ["EXP-1"]
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=DUE).total == 0


def test_a_partner_sees_its_own_line_of_the_fee(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx)
        charged(tx, fund, Q1)
    reader = Actor(
        user_id=1, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP02"]})
    )
    with database.transaction(reader) as tx:
        [sheet] = charges(tx, fund_id=fund.fund_id)
        assert [line.partner_id for line in sheet.lines] == [fund["LP02"]]
        assert charges(tx, fund_id=fund.fund_id, actor=reader) == [sheet]
