"""Carry by deal in a real fund: what counts, what is accrued, what would be given back."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.carry import accrue_carry
from fund.capital.clawbacks import clawbacks
from fund.capital.distributions import draft_distribution
from fund.capital.payable import DealMissing
from fund.charter.carry_rules import CarryForm, FurtherTier, Measure
from fund.holdings.actions import sell, write_off
from fund.ledger.queries import total
from fund.ledger.rules import Account
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    YUAN,
    CapitalFund,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
PAID_IN, BOUGHT, SOLD = date(2026, 3, 2), date(2026, 3, 3), date(2027, 3, 2)
MARKED, END = date(2027, 6, 30), date(2028, 3, 2)


def two_deals(tx: Tx, **terms: Any) -> tuple[CapitalFund, int, int]:
    """Steel for 50m by its own call, pumps for 30m out of general money, 8m of expenses; no hurdle, 60 : 40."""
    fund = committed(tx, **{"carry_form": CarryForm.DEAL_BY_DEAL, "hurdle": Fraction(0), **terms})
    steel = a_holding(tx, fund.fund_id, name_zh="钢研科技有限公司", now=noon(PAID_IN)).id
    pumps = a_holding(tx, fund.fund_id, name_zh="泵业科技有限公司", now=noon(PAID_IN)).id
    a_paid_call(
        tx,
        fund,
        investment(50 * MILLION, holding_id=steel),
        investment(30 * MILLION),
        expense(8 * MILLION),
        due_on=PAID_IN,
    )
    bought(tx, steel, on=BOUGHT, cost=50 * MILLION, now=noon(BOUGHT))
    bought(tx, pumps, on=BOUGHT, cost=30 * MILLION, now=noon(BOUGHT))
    return fund, steel, pumps


def steel_sold(tx: Tx, fund: CapitalFund, steel: int) -> Any:
    sell(
        tx, SYSTEM, holding_id=steel, sold_on=SOLD, quantity=1_000_000, proceeds=95 * MILLION, now=noon(SOLD)
    )
    return a_distribution(
        tx, fund, pay_on=SOLD, holding_id=steel, return_of_capital=50 * MILLION, gain=45 * MILLION
    )


def test_a_deal_pays_carry_while_another_is_still_held(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals)
    one = steel_sold(tx, fund, steel).line(fund["LP01"])
    # 57m less 30m for steel and 3m, five eighths, of the expenses: 24m of profit.
    assert one.carry == 24 * MILLION // 5
    assert one.working is not None
    assert one.working["counted"] == [
        {"deal": steel, "contributed": 30 * MILLION, "counted": 30 * MILLION},
        {"deal": pumps, "contributed": 18 * MILLION, "counted": 0},
        {"deal": None, "contributed": 4_800_000 * YUAN, "counted": 3 * MILLION},
    ]
    assert (one.working["form"], one.working["deal"]) == ("deal_by_deal", steel)
    assert not prove(tx, fund_id=fund.fund_id)


def test_a_deal_marked_below_cost_is_made_good_first(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals)
    a_mark(tx, pumps, on=SOLD, value=20 * MILLION, now=noon(SOLD))
    one = steel_sold(tx, fund, steel).line(fund["LP01"])
    # A third of 18m is lost; with it 36m of 48m count, and so much of the expenses.
    assert one.working is not None
    assert [row["counted"] for row in one.working["counted"]] == [30 * MILLION, 6 * MILLION, 3_600_000 * YUAN]
    assert one.carry == (57 * MILLION - 39_600_000 * YUAN) // 5


def test_capital_or_gain_names_its_deal_and_interest_on_cash_need_not(scene: Scene) -> None:
    tx, (fund, _, _) = scene(two_deals)
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "pay_on": SOLD, "source": "sale", "now": noon(SOLD)}
    with pytest.raises(DealMissing):
        draft_distribution(tx, ACCOUNTANT, gain=1 * MILLION, **facts)
    drafted = draft_distribution(tx, ACCOUNTANT, income=1 * MILLION, **facts)
    assert drafted.line(fund["LP01"]).carry == 0


def test_the_clawback_is_potential_while_something_is_held_and_owed_at_the_end(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals, carry_tax=Fraction(1, 4))
    steel_sold(tx, fund, steel)
    assert clawbacks(tx, fund_id=fund.fund_id, as_of=SOLD).potential == 0
    a_mark(tx, pumps, on=MARKED, value=20 * MILLION, now=noon(MARKED))
    held = clawbacks(tx, fund_id=fund.fund_id, as_of=MARKED)
    one = held.partners[0]
    # 57m paid and 16.8m to come against 52.8m paid in: a fifth of 21m less than the 4.8m received.
    assert (one.value, one.potential.entitled) == (16_800_000 * YUAN, 4_200_000 * YUAN)
    assert (one.potential.received, one.potential.due) == (4_800_000 * YUAN, 600_000 * YUAN)
    assert (held.is_ended, held.actual, held.potential) == (False, 0, 1 * MILLION)
    assert one.worthless.due == 4_800_000 * YUAN * 3 // 4
    write_off(tx, SYSTEM, holding_id=pumps, written_off_on=END, reason="liquidated", now=noon(END))
    ended = clawbacks(tx, fund_id=fund.fund_id, as_of=END)
    # Only the 4.8m of uncalled expenses are left: 57m and 4.8m against 52.8m, 9m of profit bear 1.8m.
    assert (ended.partners[0].potential.entitled, ended.partners[0].potential.due) == (
        1_800_000 * YUAN,
        3_000_000 * YUAN,
    )
    assert ended.partners[0].potential.cap == 3_600_000 * YUAN
    assert (ended.is_ended, ended.actual) == (True, 5 * MILLION)
    assert clawbacks(tx, fund_id=fund.fund_id, as_of=MARKED) == held
    assert clawbacks(tx, fund_id=fund.fund_id, as_of=END, known_at=noon(MARKED)).actual == 0


def test_carry_accrued_counts_every_deal_as_sold(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals)
    a_mark(tx, pumps, on=SOLD, value=60 * MILLION, now=noon(SOLD))
    steel_sold(tx, fund, steel)
    accrued = accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=SOLD, now=noon(SOLD))
    # 57m paid and 40.8m to come against 52.8m paid in: a fifth of 45m less what was paid.
    assert {one.partner_id: one.target for one in accrued}[fund["LP01"]] == 4_200_000 * YUAN
    assert total(tx, fund_id=fund.fund_id, accounts=[Account.CARRY_ACCRUED], as_of=SOLD) == 0


def test_a_further_tier_takes_more_above_its_multiple(tx: Tx) -> None:
    further = (FurtherTier(Measure.MULTIPLE, Fraction(3, 2), Fraction(1, 4)),)
    fund, steel, _ = two_deals(tx, further=further)
    one = steel_sold(tx, fund, steel).line(fund["LP01"])
    # 1.5 x of the 33m that count is reached with 16.5m, 80 % of 20.625m; of the other 3.375m a quarter.
    assert one.carry == 20_625_000 * YUAN // 5 + 3_375_000 * YUAN // 4
    assert one.working is not None
    assert [tier["tier"] for tier in one.working["tiers"]][-1] == "further"
