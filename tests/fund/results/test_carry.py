"""The roll-forward of carry that a partner bears, beside the general partner's."""

from datetime import date

from fund.capital.carry import accrue_carry
from fund.holdings.actions import sell
from fund.results.carry import carry_account
from fund.results.rules import Periods
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.gathering.carry import carry_facts
from lp_reports.gathering.whole import whole
from tests.builders.capital import ACCOUNTANT, YUAN, a_distribution, noon
from tests.builders.holdings import a_mark
from tests.fund.capital.test_clawbacks import MILLION, SOLD, steel_sold, two_deals
from tests.scenes import Scene

LATER = date(2027, 5, 31)
SECOND = Quarter.parse("2027Q2")


def test_carry_rolls_from_what_was_accrued_over_what_was_paid(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals)
    a_mark(tx, pumps, on=SOLD, value=60 * MILLION, now=noon(SOLD))
    steel_sold(tx, fund, steel)
    accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=SOLD, now=noon(SOLD))
    facts = {"sold_on": LATER, "quantity": 1_000_000, "proceeds": 60 * MILLION, "now": noon(LATER)}
    sell(tx, SYSTEM, holding_id=pumps, **facts)
    a_distribution(
        tx, fund, pay_on=LATER, holding_id=pumps, return_of_capital=30 * MILLION, gain=30 * MILLION
    )
    found = carry_account(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], quarter=SECOND)
    rows = {row.code: row.amounts for row in found.rows}
    # 4.2m were accrued when steel was sold; pumps bring 3.24m of carry, which is paid out of them.
    assert rows["opening"] == Periods(4_200_000 * YUAN, 0, 0)
    assert rows["accrued"] == Periods(0, 4_200_000 * YUAN, 4_200_000 * YUAN)
    assert rows["released"] == Periods(*(-3_240_000 * YUAN,) * 3)
    assert rows["closing"] == Periods(*(960_000 * YUAN,) * 3)
    assert found.paid == Periods(3_240_000 * YUAN, 8_040_000 * YUAN, 8_040_000 * YUAN)
    whole = carry_account(tx, fund_id=fund.fund_id, partner_id=fund["GP"], quarter=SECOND)
    assert whole.paid.itd == 13_400_000 * YUAN
    assert {row.code: row.amounts.qtd for row in whole.rows}["closing"] == 1_600_000 * YUAN
    before = carry_account(
        tx, fund_id=fund.fund_id, partner_id=fund["LP01"], quarter=SECOND, known_at=noon(SOLD)
    )
    assert before.paid.qtd == 0


def test_the_report_freezes_the_roll_forward_and_the_clawback(scene: Scene) -> None:
    tx, (fund, steel, pumps) = scene(two_deals)
    steel_sold(tx, fund, steel)
    a_mark(tx, pumps, on=LATER, value=20 * MILLION, now=noon(LATER))
    shared = whole(tx, fund_id=fund.fund_id, quarter=SECOND, now=noon(SECOND.ends_on))
    frozen = carry_facts(tx, whole=shared, partner_id=fund["LP01"])
    assert frozen.form == "deal_by_deal"
    assert frozen.clawback is not None
    assert (frozen.clawback.received, frozen.clawback.due) == (4_800_000 * YUAN, 600_000 * YUAN)
    assert (frozen.potential, frozen.actual, frozen.is_ended) == (1 * MILLION, 0, False)
    assert frozen.lines[-1].fund.itd == 8 * MILLION
    assert carry_facts(tx, whole=shared, partner_id=fund["GP"]).clawback is None
