from datetime import date, timedelta
from typing import Any

import pytest

from fund.capital.carry import CarryToCome, accrue_carry
from fund.capital.distributions import (
    PaidBeforeItsDay,
    approve_distribution,
    cancel_distribution,
    draft_distribution,
    pay_distribution,
)
from fund.capital.queries import (
    accruals,
    distribution_by_code,
    distribution_sheet,
    distributions,
    recallable,
    unfunded,
    waterfall_flows,
)
from fund.capital.rules import SamePerson, SharesMoved, WrongState
from fund.capital.sharing import AboveCash, DistributionState, DistributionUnknown, NothingToDistribute
from fund.capital.waterfall import Flow
from fund.ledger.actions import post
from fund.ledger.queries import balances, trial_balance
from fund.ledger.rules import Account, Posting
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_distribution,
    a_paid_call,
    committed,
    investment,
    noon,
)
from tests.scenes import Scene

DUE = date(2026, 3, 2)
YEAR_ON = date(2027, 3, 2)
MILLION = 1_000_000 * YUAN


def on_account(tx: Tx, fund: CapitalFund, account: Account, as_of: date = YEAR_ON) -> dict[str, int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=as_of, accounts=[account], by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes.get(b.partner_id or 0, ""): b.amount for b in found}


def with_profit(tx: Tx, profit: int = 20 * MILLION) -> CapitalFund:
    """100m called on the first due date, all of it cash; and interest of `profit` received, by commitment."""
    fund = committed(tx)
    a_paid_call(tx, fund, investment(100 * MILLION), due_on=DUE)
    postings = [
        Posting(
            f"INTEREST/{code}",
            date(2027, 3, 1),
            Account.CASH,
            Account.INTEREST_INCOME,
            profit * part // 10,
            "",
            "test:1",
            credit_partner_id=fund[code],
        )
        for code, part in (("LP01", 6), ("LP02", 4))
    ]
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=postings, now=noon(YEAR_ON))
    return fund


def drafted(tx: Tx, fund: CapitalFund, **facts: Any) -> int:
    given = {"pay_on": YEAR_ON, "source": "sale", "now": noon(YEAR_ON), **facts}
    return draft_distribution(tx, ACCOUNTANT, fund_id=fund.fund_id, **given).id


def test_a_whole_fund_distribution_with_carry_to_the_general_partner(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    sheet = a_distribution(
        tx, fund, pay_on=YEAR_ON, return_of_capital=100 * MILLION, income=16 * MILLION, gain=4 * MILLION
    )
    one, two, gp = (sheet.line(fund[code]) for code in ("LP01", "LP02", "GP"))
    assert (one.gross, one.carry, one.net) == (72 * MILLION, 240_000_000, 6_960_000_000)
    assert (two.carry, gp.carry_received, gp.net) == (160_000_000, 400_000_000, 400_000_000)
    assert one.working is not None
    assert [tier["lp"] + tier["gp"] for tier in one.working["tiers"]] == [
        60 * MILLION,
        480_000_000,
        120_000_000,
        600_000_000,
    ]
    assert on_account(tx, fund, Account.DISTRIBUTIONS) == {
        "LP01": -6_960_000_000,
        "LP02": -4_640_000_000,
        "GP": -400_000_000,
    }
    assert on_account(tx, fund, Account.CARRY_EARNED) == {
        "LP01": -240_000_000,
        "LP02": -160_000_000,
        "GP": 400_000_000,
    }
    assert on_account(tx, fund, Account.CASH) == {}
    assert on_account(tx, fund, Account.DISTRIBUTIONS_PAYABLE) == {}
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=YEAR_ON).total == 0


def test_a_distribution_counts_before_carry_in_the_next_waterfall(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    a_distribution(tx, fund, pay_on=YEAR_ON, gain=120 * MILLION)
    flows = waterfall_flows(tx, fund_id=fund.fund_id, as_of=YEAR_ON)[fund["LP01"]]
    assert flows == [
        Flow(DUE, contribution=True, amount=60 * MILLION),
        Flow(YEAR_ON, contribution=False, amount=72 * MILLION),
    ]


def test_more_than_the_cash_is_refused_and_approved_money_is_promised(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    with pytest.raises(AboveCash, match=r"120,000,000\.00 in cash, of which 0\.00 is promised"):
        drafted(tx, fund, gain=120 * MILLION + 1)
    first = drafted(tx, fund, gain=100 * MILLION)
    second = drafted(tx, fund, gain=100 * MILLION)
    approve_distribution(tx, MANAGER, distribution_id=first, now=noon(YEAR_ON))
    with pytest.raises(AboveCash, match=r"of which 100,000,000\.00 is promised"):
        approve_distribution(tx, MANAGER, distribution_id=second, now=noon(YEAR_ON))
    cancel_distribution(tx, ACCOUNTANT, distribution_id=first, reason="not now", now=noon(YEAR_ON))
    approve_distribution(tx, MANAGER, distribution_id=second, now=noon(YEAR_ON))


def test_cash_of_a_later_day_does_not_count(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    with pytest.raises(AboveCash, match=r"100,000,000\.00 in cash"):
        drafted(tx, fund, gain=100 * MILLION + 1, pay_on=date(2026, 12, 1))


def test_what_has_moved_since_the_draft_is_not_paid(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    stale = drafted(tx, fund, gain=10 * MILLION)
    approve_distribution(tx, MANAGER, distribution_id=stale, now=noon(YEAR_ON))
    a_distribution(tx, fund, pay_on=YEAR_ON, gain=100 * MILLION)
    with pytest.raises(SharesMoved, match="DIST-001"):
        pay_distribution(tx, ACCOUNTANT, distribution_id=stale, now=noon(YEAR_ON))


def test_states_keep_their_order_and_a_second_person_approves(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    draft = drafted(tx, fund, gain=MILLION, pay_on=date(2027, 3, 5))
    with pytest.raises(SamePerson):
        approve_distribution(tx, ACCOUNTANT, distribution_id=draft, now=noon(YEAR_ON))
    with pytest.raises(WrongState):
        pay_distribution(tx, ACCOUNTANT, distribution_id=draft, now=noon(YEAR_ON))
    approve_distribution(tx, MANAGER, distribution_id=draft, now=noon(YEAR_ON))
    with pytest.raises(PaidBeforeItsDay):
        pay_distribution(tx, ACCOUNTANT, distribution_id=draft, now=noon(YEAR_ON))
    gone = cancel_distribution(tx, MANAGER, distribution_id=draft, reason="typed wrong", now=noon(YEAR_ON))
    assert (gone.distribution.state, gone.distribution.cancel_reason) == (
        DistributionState.CANCELLED,
        "typed wrong",
    )
    with pytest.raises(WrongState):
        cancel_distribution(tx, MANAGER, distribution_id=draft, reason="again", now=noon(YEAR_ON))
    with pytest.raises(NothingToDistribute):
        drafted(tx, fund)


def test_recallable_money_can_be_called_again_while_the_commitment_period_lasts(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    a_distribution(tx, fund, pay_on=YEAR_ON, return_of_capital=10 * MILLION, recallable=True)
    assert recallable(tx, fund_id=fund.fund_id, as_of=YEAR_ON) == {
        fund["LP01"]: 6 * MILLION,
        fund["LP02"]: 4 * MILLION,
    }
    assert unfunded(tx, fund_id=fund.fund_id, as_of=YEAR_ON)[fund["LP01"]] == 6 * MILLION
    assert unfunded(tx, fund_id=fund.fund_id, as_of=date(2031, 1, 16))[fund["LP01"]] == 0
    assert unfunded(tx, fund_id=0, as_of=YEAR_ON) == {}


def test_distributions_are_listed_and_found(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    paid = a_distribution(tx, fund, pay_on=YEAR_ON, gain=MILLION)
    draft = drafted(tx, fund, gain=MILLION)
    assert [row.id for row in distributions(tx, fund_id=fund.fund_id).items] == [draft, paid.id]
    only = distributions(tx, fund_id=fund.fund_id, state=DistributionState.PAID)
    assert [row.id for row in only.items] == [paid.id]
    assert distribution_by_code(tx, fund_id=fund.fund_id, code="dist-001").id == paid.id
    with pytest.raises(DistributionUnknown):
        distribution_by_code(tx, fund_id=fund.fund_id, code="DIST-9")
    with pytest.raises(DistributionUnknown):
        distribution_sheet(tx, distribution_id=0)
    with pytest.raises(DistributionUnknown):
        pay_distribution(tx, ACCOUNTANT, distribution_id=0, now=noon(YEAR_ON))


def test_carry_is_accrued_by_selling_everything_in_thought(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    moved = accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON))
    assert {row.partner_id: row.moved for row in moved} == {
        fund["LP01"]: 240_000_000,
        fund["LP02"]: 160_000_000,
    }
    assert on_account(tx, fund, Account.CARRY_ACCRUED) == {
        "LP01": -240_000_000,
        "LP02": -160_000_000,
        "GP": 400_000_000,
    }
    assert accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON)) == []
    kept = accruals(tx, fund_id=fund.fund_id, as_of=YEAR_ON)
    assert [(row.capital, row.target) for row in kept] == [
        (72 * MILLION, 240_000_000),
        (48 * MILLION, 160_000_000),
    ]
    assert kept[0].working["distributed"] == 72 * MILLION


def test_carry_is_not_accrued_for_a_day_to_come(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    with pytest.raises(CarryToCome, match="is still to come"):
        accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=YEAR_ON + timedelta(days=1), now=noon(YEAR_ON))
    assert on_account(tx, fund, Account.CARRY_ACCRUED) == {}


def test_a_mark_down_takes_accrued_carry_back(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON))
    loss = Posting(
        "LOSS",
        YEAR_ON,
        Account.AUDIT,
        Account.ACCOUNTS_PAYABLE,
        90 * MILLION,
        "",
        "test:2",
        debit_partner_id=fund["LP01"],
    )
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=[loss], now=noon(YEAR_ON))
    [back] = accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON))
    assert (back.partner_id, back.capital, back.target, back.moved) == (
        fund["LP01"],
        -18 * MILLION,
        0,
        -240_000_000,
    )
    assert on_account(tx, fund, Account.CARRY_ACCRUED) == {"LP02": -160_000_000, "GP": 160_000_000}


def test_carry_that_is_paid_leaves_what_was_accrued(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=date(2027, 3, 1), now=noon(YEAR_ON))
    a_distribution(tx, fund, pay_on=YEAR_ON, return_of_capital=100 * MILLION, income=20 * MILLION)
    assert on_account(tx, fund, Account.CARRY_ACCRUED) == {}
    accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON))
    assert on_account(tx, fund, Account.CARRY_ACCRUED) == {}


def test_carry_accrued_for_an_earlier_day_leaves_a_later_one_as_it_was(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    early = date(2027, 3, 1)
    accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON))
    later = on_account(tx, fund, Account.CARRY_ACCRUED)
    accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=early, now=noon(YEAR_ON))
    assert on_account(tx, fund, Account.CARRY_ACCRUED, early)["GP"] > 0
    assert on_account(tx, fund, Account.CARRY_ACCRUED) == later
    assert accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=YEAR_ON, now=noon(YEAR_ON)) == []
