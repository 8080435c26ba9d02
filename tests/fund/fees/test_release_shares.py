"""To whom a release goes back: costs above the cap, others that share a dead deal, who bought an interest."""

from fractions import Fraction

import pytest

from fund.fees.accruals import undo_settlement
from fund.fees.recoverable import organisation_cap, owed_by_row, recoverables
from fund.fees.recoveries import recover
from fund.fees.recovery_rules import ExpenseRecovered, RecoveryWay
from fund.ledger.rules import Account
from fund.results.accounts import navs
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.accruals import BACK, PAY, TODAY, accrue, by_partner, called, on, pay, release
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, noon
from tests.builders.transfers import a_transfer


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    return called(tx)


def test_organisation_costs_above_the_cap_are_released_first(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund, "ORG", 230_000 * YUAN, ilpa_row=43)
    assert organisation_cap(tx, fund_id=fund.fund_id, as_of=TODAY).left == 0
    release(tx, fund, 20_000 * YUAN, PAY, "ORG")
    assert [one.left for one in recoverables(tx, fund_id=fund.fund_id)] == [10_000 * YUAN]
    facts = {"reference": "ORG", "way": RecoveryWay.CASH, "settled_on": TODAY, "now": noon(TODAY)}
    recover(tx, ACCOUNTANT, fund_id=fund.fund_id, amount=1, **facts)
    with pytest.raises(ExpenseRecovered):
        release(tx, fund, 10_000 * YUAN, PAY, "ORG")
    release(tx, fund, 9_999 * YUAN + 99, PAY, "ORG")
    assert on(tx, fund, Account.ORGANISATION) == -200_000 * YUAN
    assert prove(tx, fund_id=fund.fund_id) == []
    (told,) = owed_by_row(tx, fund_id=fund.fund_id, as_of=TODAY)
    assert (told.charged, told.settled) == (1, 1)


def test_a_dead_deal_is_released_by_shares(tx: Tx, fund: CapitalFund) -> None:
    accrue(tx, fund, "DD", 100_000 * YUAN, ilpa_row=53, share=Fraction(2, 5), others="河湾钢铁")
    pay(tx, fund, 50_000 * YUAN, reference="DD")
    release(tx, fund, 25_000 * YUAN, reference="DD")
    assert by_partner(tx, fund, Account.BROKEN_DEALS) == {"LP01": -27_000 * YUAN, "LP02": -18_000 * YUAN}
    assert on(tx, fund, Account.EXPENSES_RECOVERABLE) == -30_000 * YUAN
    undo_settlement(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="DD", number=2, **BACK)
    assert on(tx, fund, Account.EXPENSES_RECOVERABLE) == -40_000 * YUAN
    assert prove(tx, fund_id=fund.fund_id) == []


def test_who_bought_the_interest_gets_its_part_back(tx: Tx, fund: CapitalFund) -> None:
    """Half of LP01's interest has passed to LP02: what is released is split 30 : 70."""
    accrue(tx, fund)
    a_transfer(tx, fund, seller="LP01", buyer="LP02", commitment=30_000_000 * YUAN, on=PAY)
    borne = navs(tx, fund_id=fund.fund_id, as_of=TODAY)
    release(tx, fund, 100)
    after = navs(tx, fund_id=fund.fund_id, as_of=TODAY)
    codes = {key: code for code, key in fund.partners.items()}
    assert {codes[key]: after[key] - borne[key] for key in after if after[key] != borne[key]} == {
        "LP01": 30,
        "LP02": 70,
    }
    assert prove(tx, fund_id=fund.fund_id) == []
