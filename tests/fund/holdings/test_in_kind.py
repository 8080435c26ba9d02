"""Shares distributed instead of money: units leave at the price of the day, whole units to each, the rest in cash."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.capital import distributions
from fund.capital.acts import promised
from fund.capital.by_day import waterfall_flows
from fund.capital.distributions import approve_distribution
from fund.capital.positions import unfunded
from fund.capital.sharing import AboveCash
from fund.capital.sheets import DistributionSheet
from fund.deliveries.rules import HandedOverWithShares, NothingWhole, Offer, OfferInvalid
from fund.holdings.in_kind import draft_in_kind, pay_distribution, undo_distribution
from fund.holdings.queries import holding, holdings
from fund.holdings.rules import ChangeInFuture, SaleAboveQuantity
from fund.holdings.undoing import undo_disposal
from fund.ledger.cash_items import cash_items
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from fund.results.ilpa import assertions
from fund.results.proof import prove
from fund.withholding.actions import set_rate
from kernel.db import Tx
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
from tests.builders.holdings import a_holding, bought

MILLION = 1_000_000 * YUAN
PAID, LATER = date(2027, 3, 2), date(2027, 4, 15)
SOURCE = "上交所 2027-03-02 收盘价"


def with_shares(tx: Tx, *, cost: int = 10 * MILLION, cash: int = MILLION) -> tuple[CapitalFund, int]:
    """LP01 60 %, LP02 40 %; 1,000,000 shares bought, and some cash left."""
    fund = committed(tx)
    a_paid_call(tx, fund, investment(cost + cash))
    bought_on = date(2026, 3, 20)
    made = a_holding(tx, fund.fund_id, name_zh="上市公司", code="H01", now=noon(bought_on))
    bought(tx, made.id, on=bought_on, quantity=1_000_000, cost=cost, now=noon(bought_on))
    return fund, made.id


def drafted(tx: Tx, fund: CapitalFund, holding_id: int, **changes: Any) -> DistributionSheet:
    facts: dict[str, Any] = {"units": 500_000, "price": Fraction(25), "price_source": SOURCE}
    offer = Offer("", **(facts | {key: changes.pop(key) for key in list(changes) if key in facts}))
    given = {"offer": offer, "pay_on": PAID, "source": "实物分配", "now": noon(PAID)} | changes
    return draft_in_kind(tx, ACCOUNTANT, fund_id=fund.fund_id, holding_id=holding_id, **given)


def paid(tx: Tx, fund: CapitalFund, holding_id: int, **changes: Any) -> DistributionSheet:
    sheet = drafted(tx, fund, holding_id, **changes)
    approve_distribution(tx, MANAGER, distribution_id=sheet.id, now=noon(PAID))
    return pay_distribution(tx, ACCOUNTANT, distribution_id=sheet.id, now=noon(PAID))


def stands(tx: Tx, fund: CapitalFund) -> object:
    facts = {"fund_id": fund.fund_id, "as_of": date.max}
    held = [(one.cost, one.value, one.instruments) for one in holdings(tx, **facts)]
    return balances(tx, **facts), unfunded(tx, **facts), waterfall_flows(tx, **facts), held


def test_units_leave_at_their_price_and_the_rest_of_each_part_is_cash(tx: Tx) -> None:
    fund, shares = with_shares(tx)
    before = stands(tx, fund)
    sheet = paid(tx, fund, shares, price=Fraction("25.07"))
    # Half of 10m is cost that comes back; 500,000 x 25.07 less that is gain.
    assert (sheet.distribution.amount, sheet.distribution.return_of_capital) == (
        12_535_000 * YUAN,
        5 * MILLION,
    )
    for line in sheet.lines:
        assert line.net == line.in_kind + line.paid
        assert line.in_kind == line.units * 2507
        assert 0 <= line.paid < 2507
    assert sheet.delivery is not None
    assert sheet.delivery.parts[fund["LP01"]].units == sheet.line(fund["LP01"]).units
    left = sum(line.units for line in sheet.lines)
    row = holding(tx, holding_id=shares, as_of=PAID)
    assert (row.proceeds, row.instruments[0].quantity) == (left * 2507, 1_000_000 - left)
    of = {"fund_id": fund.fund_id, "as_of": PAID}
    # What left is worth 25.07 and had cost 10.00 a unit: that is the gain realised.
    assert total(tx, accounts=[Account.REALISED_GAIN], **of) == left * 1507
    assert total(tx, accounts=[Account.BETWEEN_PARTNERS], **of) == 0
    moved = cash_items(tx, fund_id=fund.fund_id, since=PAID)
    assert {one.partner_id: -one.amount for one in moved} == {
        line.partner_id: line.paid for line in sheet.lines if line.paid
    }
    assert prove(tx, fund_id=fund.fund_id) == []
    assert all(one.holds for one in assertions(tx, fund_id=fund.fund_id, quarter=Quarter(2027, 1)))

    why: dict[str, Any] = {"reason": "登记未完成", "now": noon(LATER)}
    with pytest.raises(HandedOverWithShares, match="DIST-001"):
        distributions.undo_distribution(tx, MANAGER, distribution_id=sheet.id, undone_on=LATER, **why)
    with pytest.raises(HandedOverWithShares, match="DIST-001"):
        undo_disposal(tx, MANAGER, holding_id=shares, number=1, on=LATER, **why)
    undo_distribution(tx, MANAGER, distribution_id=sheet.id, undone_on=LATER, **why)
    assert stands(tx, fund) == before
    assert prove(tx, fund_id=fund.fund_id) == []


def test_tax_on_shares_is_paid_in_money_and_takes_units_away(tx: Tx) -> None:
    fund, shares = with_shares(tx, cash=5 * MILLION)
    set_rate(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        partner_id=fund["LP01"],
        effective_on=PAID,
        income=Fraction(1, 5),
        gain=Fraction(1, 5),
        reason="r",
        now=noon(PAID),
    )
    sheet = paid(tx, fund, shares)
    line = sheet.line(fund["LP01"])
    assert line.withheld == line.gain // 5
    assert line.units == (line.net - line.withheld) // 2500
    assert line.net == line.in_kind + line.withheld + line.paid
    # Of the other 500,000 units some stay with the fund, which pays the tax of them.
    kept = 500_000 - sum(one.units for one in sheet.lines)
    assert kept >= line.withheld // 2500
    assert promised(tx, fund_id=fund.fund_id) == line.withheld
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_is_handed_over_takes_no_cash_and_the_rest_must_be_there(tx: Tx) -> None:
    fund, shares = with_shares(tx, cash=1)
    with pytest.raises(AboveCash):
        drafted(tx, fund, shares, price=Fraction("25.07"))
    # At a price of 1.00 the parts of LP01 and LP02 are whole units; there is no gain, and no carry.
    sheet = drafted(tx, fund, shares, price=Fraction(1))
    assert [line.paid for line in sheet.lines if line.net] == [0, 0]
    assert sheet.distribution.gain == 0
    approve_distribution(tx, MANAGER, distribution_id=sheet.id, now=noon(PAID))
    assert promised(tx, fund_id=fund.fund_id) == 0
    with pytest.raises(HandedOverWithShares):
        distributions.pay_distribution(tx, ACCOUNTANT, distribution_id=sheet.id, now=noon(PAID))
    pay_distribution(tx, ACCOUNTANT, distribution_id=sheet.id, now=noon(PAID))
    # 500,000 units that had cost 5m are worth half a million: the loss is realised, not distributed.
    loss = total(tx, fund_id=fund.fund_id, as_of=PAID, accounts=[Account.REALISED_GAIN])
    assert loss == -4_500_000 * YUAN
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_cannot_be_handed_over_is_refused(tx: Tx) -> None:
    fund, shares = with_shares(tx)
    with pytest.raises(OfferInvalid):
        drafted(tx, fund, shares, units=0)
    with pytest.raises(SaleAboveQuantity):
        drafted(tx, fund, shares, units=1_000_001)
    with pytest.raises(NothingWhole):
        drafted(tx, fund, shares, units=1, price=Fraction(25))
    with pytest.raises(ChangeInFuture):
        drafted(tx, fund, shares, pay_on=LATER)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=st.integers(10, 1_000_000), price=st.fractions(Fraction(1, 10), 90, max_denominator=100))
def test_units_and_cash_sum_and_undoing_restores_every_fen(tx: Tx, units: int, price: Fraction) -> None:
    with tx.begin_nested() as whole:
        fund, shares = with_shares(tx)
        before = stands(tx, fund)
        sheet = paid(tx, fund, shares, units=units, price=price)
        handed = sum(line.in_kind for line in sheet.lines)
        assert handed + sum(line.paid for line in sheet.lines) == sheet.distribution.amount
        assert holding(tx, holding_id=shares, as_of=PAID).proceeds == handed
        assert prove(tx, fund_id=fund.fund_id) == []
        why: dict[str, Any] = {"reason": "r", "undone_on": LATER, "now": noon(LATER)}
        undo_distribution(tx, MANAGER, distribution_id=sheet.id, **why)
        assert stands(tx, fund) == before
        assert prove(tx, fund_id=fund.fund_id) == []
        whole.rollback()
