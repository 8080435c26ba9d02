"""Unused money given back: as if it had not been called from that day on, and taken back like a call."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.capital.by_day import waterfall_flows
from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.commitments import later_close
from fund.capital.distributions import PaidBeforeItsDay
from fund.capital.funding import Paid, on_balance
from fund.capital.positions import contributions, unfunded
from fund.capital.returns import draft_return, pay_return
from fund.capital.rules import CallState, SamePerson, SharesMoved
from fund.capital.sheets import CallSheet
from fund.capital.unused import unused_money
from fund.capital.unused_rules import (
    Back,
    MoreThanUnused,
    NotAReturn,
    ReturnCalledAgain,
    ReturnNotIssued,
    ReturnOutstrips,
    ReturnSharedAnew,
    ReturnUnpaid,
)
from fund.capital.waterfall import Flow, WaterfallTerms, whole_fund, work_through
from fund.charter.rules import Compounding
from fund.ledger.cash import CashShort
from fund.ledger.cash_items import cash_items
from fund.ledger.queries import balances
from fund.results.ilpa import assertions, tables
from fund.results.proof import prove
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_distribution,
    a_draft,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
DUE, BACK, LATER = date(2026, 3, 2), date(2026, 6, 1), date(2026, 7, 1)
TERMS = WaterfallTerms(Fraction(8, 100), Compounding.SIMPLE, Fraction(1), Fraction(1, 5), ())


def a_draft_back(tx: Tx, fund: CapitalFund, *items: Back, on: date = BACK, **changes: Any) -> CallSheet:
    facts = {"fund_id": fund.fund_id, "items": items, "pay_on": on, "purpose": "未使用", "now": noon(on)}
    return draft_return(tx, ACCOUNTANT, **(facts | changes))


def gave_back(tx: Tx, fund: CapitalFund, *items: Back, on: date = BACK) -> CallSheet:
    sheet = a_draft_back(tx, fund, *items, on=on)
    approve_call(tx, MANAGER, call_id=sheet.id, now=noon(on))
    return pay_return(tx, ACCOUNTANT, call_id=sheet.id, now=noon(on))


def stands(tx: Tx, fund: CapitalFund) -> object:
    facts = {"fund_id": fund.fund_id, "as_of": date.max}
    return balances(tx, **facts), unfunded(tx, **facts), waterfall_flows(tx, **facts)


def take_back(tx: Tx, sheet: CallSheet) -> CallSheet:
    facts = {"reason": "退回", "cancelled_on": LATER, "now": noon(LATER)}
    return cancel_call(tx, MANAGER, call_id=sheet.id, **facts)


def test_it_lowers_what_was_paid_in_restores_unfunded_and_is_no_distribution(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(20 * MILLION), expense(MILLION), due_on=DUE)
    before = stands(tx, fund)
    sheet = gave_back(tx, fund, Back("call-001", 1, 5 * MILLION), Back("CALL-001", 2, MILLION))
    one = sheet.line(fund["LP01"])
    assert (one.investment, one.expense, one.amount) == (-3 * MILLION, -60_000_000, -360_000_000)
    assert (one.unfunded_before, one.unfunded_after) == (4_740_000_000, 5_100_000_000)
    assert (sheet.call.amount, sheet.outstanding) == (-6 * MILLION, 0)
    of = {"fund_id": fund.fund_id, "as_of": BACK}
    assert contributions(tx, **of) == {fund["LP01"]: 9 * MILLION, fund["LP02"]: 6 * MILLION}
    assert waterfall_flows(tx, **of)[fund["LP02"]] == [
        Flow(DUE, contribution=True, amount=840_000_000),
        Flow(BACK, contribution=True, amount=-240_000_000),
    ]
    moved = cash_items(tx, fund_id=fund.fund_id, since=BACK)
    assert {item.partner_id: item.amount for item in moved} == {
        fund["LP01"]: -360_000_000,
        fund["LP02"]: -240_000_000,
    }
    rows = tables(tx, fund_id=fund.fund_id, quarter=Quarter(2026, 2))[fund["LP01"]]["qtd"]
    assert (rows[13], rows[14], rows[110], rows[114]) == (-360_000_000, 0, 360_000_000, 5_100_000_000)
    assert all(one.holds for one in assertions(tx, fund_id=fund.fund_id, quarter=Quarter(2026, 2)))
    assert prove(tx, fund_id=fund.fund_id) == []
    assert take_back(tx, sheet).call.state is CallState.CANCELLED
    assert stands(tx, fund) == before
    assert prove(tx, fund_id=fund.fund_id) == []


def test_no_more_goes_back_than_was_called_and_not_used(scene: Scene) -> None:
    tx, fund = scene(committed)
    on = date(2026, 3, 20)
    made = a_holding(tx, fund.fund_id, name_zh="钢", code="H01", now=noon(DUE))
    a_paid_call(tx, fund, investment(10 * MILLION, holding_id=made.id), investment(4 * MILLION), due_on=DUE)
    bought(tx, made.id, on=on, quantity=100, cost=7 * MILLION, now=noon(on))
    assert [one.amount for one in unused_money(tx, fund_id=fund.fund_id)] == [3 * MILLION, 4 * MILLION]
    with pytest.raises(MoreThanUnused):
        a_draft_back(tx, fund, Back("CALL-001", 1, 3 * MILLION + 1))
    sheet = gave_back(tx, fund, Back("CALL-001", 1, 3 * MILLION))
    assert [one.amount for one in unused_money(tx, fund_id=fund.fund_id)] == [0, 4 * MILLION]
    assert prove(tx, fund_id=fund.fund_id) == []
    take_back(tx, sheet)
    assert [one.amount for one in unused_money(tx, fund_id=fund.fund_id)] == [3 * MILLION, 4 * MILLION]


def test_it_is_approved_by_somebody_else_paid_on_its_day_and_refused_where_it_has_moved(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(10 * MILLION), due_on=DUE)
    sheet = a_draft_back(tx, fund, Back("CALL-001", 1, 6 * MILLION), now=noon(DUE))
    with pytest.raises(SamePerson):
        approve_call(tx, ACCOUNTANT, call_id=sheet.id, now=noon(DUE))
    approve_call(tx, MANAGER, call_id=sheet.id, now=noon(DUE))
    with pytest.raises(PaidBeforeItsDay):
        pay_return(tx, ACCOUNTANT, call_id=sheet.id, now=noon(DUE))
    with pytest.raises(ReturnNotIssued):
        issue_call(tx, ACCOUNTANT, call_id=sheet.id, now=noon(BACK))
    draft = a_draft_back(tx, fund, Back("CALL-001", 1, 6 * MILLION))
    approve_call(tx, MANAGER, call_id=draft.id, now=noon(BACK))
    pay_return(tx, ACCOUNTANT, call_id=sheet.id, now=noon(BACK))
    with pytest.raises(MoreThanUnused):
        pay_return(tx, ACCOUNTANT, call_id=draft.id, now=noon(BACK))
    other = a_call(tx, fund, investment(MILLION), due_on=date(2026, 5, 20))
    with pytest.raises(ReturnUnpaid) as caught:
        a_draft_back(tx, fund, Back("CALL-004", 1, MILLION))
    assert [problem.where for problem in caught.value.problems] == ["LP01", "LP02"]
    assert other.call.code == "CALL-004"
    plain = a_draft(tx, fund, investment(MILLION), due_on=date(2026, 7, 20))
    approve_call(tx, MANAGER, call_id=plain.id, now=noon(BACK))
    with pytest.raises(NotAReturn):
        pay_return(tx, ACCOUNTANT, call_id=plain.id, now=noon(BACK))


def test_without_the_cash_it_is_not_paid(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(10 * MILLION), due_on=DUE)
    a_distribution(tx, fund, pay_on=date(2026, 4, 1), income=6 * MILLION)
    with pytest.raises(ReturnOutstrips, match="LP01"):
        a_draft_back(tx, fund, Back("CALL-001", 1, 5 * MILLION))
    sheet = a_draft_back(tx, fund, Back("CALL-001", 1, 4 * MILLION))
    approve_call(tx, MANAGER, call_id=sheet.id, now=noon(BACK))
    a_paid_call(tx, fund, investment(MILLION), due_on=date(2026, 5, 20))
    a_distribution(tx, fund, pay_on=date(2026, 5, 25), income=4 * MILLION)
    with pytest.raises((CashShort, ReturnOutstrips, SharesMoved)):
        pay_return(tx, ACCOUNTANT, call_id=sheet.id, now=noon(BACK))


def test_what_was_called_again_or_shared_anew_is_not_taken_back(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(100 * MILLION), due_on=DUE)
    sheet = gave_back(tx, fund, Back("CALL-001", 1, 10 * MILLION))
    again = a_call(tx, fund, investment(10 * MILLION), due_on=date(2026, 7, 20))
    with pytest.raises(ReturnCalledAgain):
        take_back(tx, sheet)
    cancel_call(tx, MANAGER, call_id=again.id, reason="r", cancelled_on=LATER, now=noon(LATER))
    later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 100 * MILLION},
        closed_on=date(2026, 8, 3),
        due_on=date(2026, 9, 1),
        now=noon(date(2026, 8, 3)),
    )
    # The newcomer pays its half of the 90 million that stayed, not of the 100 that were called.
    paid = contributions(tx, fund_id=fund.fund_id, as_of=date.max)
    assert paid[fund["LP03"]] == 45 * MILLION
    assert prove(tx, fund_id=fund.fund_id) == []
    with pytest.raises(ReturnSharedAnew):
        take_back(tx, sheet)


def test_the_preferred_return_ends_on_the_day_and_what_was_earned_stays_due() -> None:
    a_year = date(2027, 3, 2)
    half = date(2026, 8, 31)  # 182 days
    flows = [Flow(DUE, contribution=True, amount=100_000), Flow(half, contribution=True, amount=-40_000)]
    before = work_through(TERMS, flows, distribute=0, on=a_year).before
    # 100,000 for 182 days and 60,000 for 183 at 8 %: 3,989.04 + 2,406.58.
    assert (before.contributed, before.unreturned, before.preferred_due) == (60_000, 60_000, 6_396)


def test_more_than_is_left_of_the_contributions_counts_as_paid_out() -> None:
    flows = [
        Flow(DUE, contribution=True, amount=100),
        Flow(BACK, contribution=False, amount=90),
        Flow(LATER, contribution=True, amount=-30),
    ]
    before = work_through(TERMS, flows, distribute=0, on=LATER).before
    assert (before.contributed, before.returned, before.unreturned, before.received) == (90, 90, 0, 110)
    assert whole_fund(TERMS, flows[:2], distribute=30, on=LATER).lp >= 10


def test_money_that_went_back_is_taken_off_the_money_called_last() -> None:
    named = [Paid(DUE, {1: 6, 2: 4}), Paid(BACK, {1: 3, 2: 2}), Paid(LATER, {1: -6, 2: -4})]
    assert on_balance(named) == [Paid(DUE, {1: 3, 2: 2})]
    assert on_balance([Paid(DUE, {1: 5}), Paid(BACK, {1: -5})]) == []


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(called=st.integers(1, 50 * MILLION), part=st.fractions(Fraction(1, 100), 1, max_denominator=100))
def test_the_parts_sum_and_taking_it_back_restores_every_fen(tx: Tx, called: int, part: Fraction) -> None:
    with tx.begin_nested() as whole:
        fund = committed(tx)
        a_paid_call(tx, fund, investment(called), due_on=DUE)
        before = stands(tx, fund)
        amount = max(1, int(called * part))
        sheet = gave_back(tx, fund, Back("CALL-001", 1, amount))
        assert -sum(line.amount for line in sheet.lines) == amount
        assert prove(tx, fund_id=fund.fund_id) == []
        take_back(tx, sheet)
        assert stands(tx, fund) == before
        assert prove(tx, fund_id=fund.fund_id) == []
        whole.rollback()
