"""What may not be paid out, and when."""

from datetime import date

import pytest

from fund.capital.commitments import later_close
from fund.capital.distributions import draft_distribution
from fund.capital.passing_on import pay_equalisation
from fund.capital.payable import CloseUnsettled, InArrears, PaidOutOfOrder
from fund.capital.queries import call_sheet, recallable, unfunded
from fund.holdings.actions import sell
from fund.ledger.queries import total
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_distribution,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
DUE, SOLD, PAID = date(2026, 3, 2), date(2027, 3, 1), date(2027, 3, 31)


def doubled(tx: Tx) -> CapitalFund:
    """100m of one partner put into a company that is sold for 200m a year later."""
    fund = committed(tx, {"LP01": 100 * MILLION})
    a_paid_call(tx, fund, investment(100 * MILLION), due_on=DUE)
    held = a_holding(tx, fund.fund_id, now=noon(DUE))
    bought(tx, held.id, on=DUE, cost=100 * MILLION, now=noon(DUE))
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=SOLD,
        quantity=1_000_000,
        proceeds=200 * MILLION,
        now=noon(SOLD),
    )
    return fund


def draft(tx: Tx, fund: CapitalFund, pay_on: date, **facts: int) -> None:
    draft_distribution(
        tx, ACCOUNTANT, fund_id=fund.fund_id, pay_on=pay_on, source="sale", now=noon(pay_on), **facts
    )


def test_a_distribution_before_one_that_is_paid_is_refused_for_its_waterfall_would_not_know_of_it(
    tx: Tx,
) -> None:
    fund = doubled(tx)
    a_distribution(tx, fund, pay_on=PAID, gain=100 * MILLION)
    with pytest.raises(PaidOutOfOrder) as refused:
        draft(tx, fund, date(2027, 3, 30), return_of_capital=100 * MILLION)
    assert str(refused.value).startswith("DIST-001 was paid on 2027-03-31")
    draft(tx, fund, PAID, return_of_capital=100 * MILLION)


def test_a_partner_in_arrears_is_not_paid(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION), due_on=DUE)
    a_receipt(tx, call, fund["LP01"])
    with pytest.raises(InArrears) as refused:
        draft(tx, fund, date(2026, 9, 10), return_of_capital=MILLION)
    [problem] = refused.value.problems
    assert (problem.where, problem.facts["amount"]) == ("LP02", "4,000,000.00")
    a_receipt(tx, call, fund["LP02"], on=date(2026, 9, 9))
    draft(tx, fund, date(2026, 9, 10), return_of_capital=MILLION)


def test_newcomers_take_part_in_what_is_distributed_after_they_were_admitted(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(20 * MILLION), due_on=DUE)
    closed, due = date(2026, 10, 12), date(2026, 11, 2)
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 100 * MILLION},
        closed_on=closed,
        due_on=due,
        now=noon(closed),
    )
    with pytest.raises(CloseUnsettled):
        draft(tx, fund, date(2026, 10, 30), return_of_capital=MILLION)
    assert close.call_id is not None
    a_receipt(tx, call_sheet(tx, call_id=close.call_id), fund["LP03"], on=due)
    draft(tx, fund, due, return_of_capital=MILLION)


def test_an_earlier_partner_in_arrears_gets_nothing_of_what_a_newcomer_paid(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    call = a_call(tx, fund, investment(20 * MILLION), due_on=DUE)
    a_receipt(tx, call, fund["LP01"])
    closed, due = date(2026, 10, 12), date(2026, 11, 2)
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 100 * MILLION},
        closed_on=closed,
        due_on=due,
        now=noon(closed),
    )
    assert close.call_id is not None
    a_receipt(tx, call_sheet(tx, call_id=close.call_id), fund["LP03"], on=due)
    paid_on = date(2026, 11, 3)
    with pytest.raises(InArrears):
        pay_equalisation(tx, ACCOUNTANT, call_id=close.call_id, paid_on=paid_on, now=noon(paid_on))
    a_receipt(tx, call_sheet(tx, call_id=call.id), fund["LP02"], on=paid_on)
    pay_equalisation(tx, ACCOUNTANT, call_id=close.call_id, paid_on=paid_on, now=noon(paid_on))
    payable = total(tx, fund_id=fund.fund_id, as_of=paid_on, accounts=[Account.EQUALISATION_PAYABLE])
    assert payable == 0


def test_neither_profit_nor_carry_can_be_called_again(tx: Tx) -> None:
    fund = committed(tx, {"LP01": 90 * MILLION, "GP": 10 * MILLION})
    a_paid_call(tx, fund, investment(20 * MILLION), due_on=DUE)
    held = a_holding(tx, fund.fund_id, now=noon(DUE))
    bought(tx, held.id, on=DUE, cost=20 * MILLION, now=noon(DUE))
    sold, paid = date(2026, 9, 1), date(2026, 9, 10)
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=sold,
        quantity=1_000_000,
        proceeds=200 * MILLION,
        now=noon(sold),
    )
    facts = {"return_of_capital": 20 * MILLION, "gain": 180 * MILLION}
    a_distribution(tx, fund, pay_on=paid, recallable=True, **facts)
    back = {fund["LP01"]: 18 * MILLION, fund["GP"]: 2 * MILLION}
    assert recallable(tx, fund_id=fund.fund_id, as_of=paid) == back
    left = {fund["LP01"]: 90 * MILLION, fund["GP"]: 10 * MILLION}
    assert unfunded(tx, fund_id=fund.fund_id, as_of=paid) == left


def test_no_more_than_was_contributed_can_be_called_again(tx: Tx) -> None:
    fund = doubled(tx)
    a_distribution(tx, fund, pay_on=PAID, return_of_capital=150 * MILLION, recallable=True)
    assert recallable(tx, fund_id=fund.fund_id, as_of=PAID) == {fund["LP01"]: 100 * MILLION}
