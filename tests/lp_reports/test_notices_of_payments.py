"""Notices of distributions with their working, of nettings and of givebacks: figures equal to the lines."""

from datetime import date
from fractions import Fraction

import pytest

from fund.capital.outflows import distribution_sheet
from fund.charter.carry_rules import CarryForm
from fund.holdings.actions import sell
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports.gathering.notices import gather
from lp_reports.rules import (
    Act,
    NoticeInNetting,
    NoticeKind,
)
from tests.builders.capital import (
    YUAN,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought
from tests.builders.indemnities import a_giveback, distributed
from tests.builders.nettings import issued, with_cash
from tests.builders.notices import moved, table
from tests.scenes import Scene

M = 1_000_000 * YUAN
LATER = noon(date(2027, 1, 4))


def test_a_distribution_notice_has_the_working_and_what_is_paid(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(20 * M), due_on=date(2026, 3, 2))
    paid = a_distribution(
        tx, fund, pay_on=date(2026, 9, 1), return_of_capital=15 * M, income=3 * M, recallable=True
    )
    told = gather(tx, act=Act.DISTRIBUTION, act_id=paid.id)
    assert set(told) == {fund["LP01"], fund["LP02"]}
    for line in distribution_sheet(tx, distribution_id=paid.id).lines[:2]:
        one = told[line.partner_id]
        assert (one.kind, one.pays, one.amount) == (NoticeKind.DISTRIBUTION, False, line.paid)
        kinds = table(one, "kinds")
        assert kinds["return_of_capital"] == (line.return_of_capital, 15 * M)
        assert kinds["income"] == (line.income, 3 * M)
        assert kinds["distributed"] == (line.net, 18 * M)
        assert table(one, "payment")["paid"] == (line.paid, 18 * M)
        before, after = moved(one)["unfunded"]
        assert after - before == line.return_of_capital
        assert moved(one)["recallable"] == (0, line.return_of_capital)
        assert one.waterfall is not None
        assert line.working is not None
        assert [(tier.lp, tier.gp, tier.due) for tier in one.waterfall.tiers] == [
            (tier["lp"], tier["gp"], tier["due"]) for tier in line.working["tiers"]
        ]
        whole = sum(tier.fund_lp + tier.fund_gp for tier in one.waterfall.tiers)
        assert whole + one.waterfall.without_carry == 18 * M
        assert one.waterfall.layers


def test_carry_by_deal_says_what_counts_deal_by_deal(tx: Tx) -> None:
    fund = committed(tx, carry_form=CarryForm.DEAL_BY_DEAL, hurdle=Fraction(0))
    paid_in, out = date(2026, 3, 2), date(2027, 3, 2)
    steel = a_holding(tx, fund.fund_id, name_zh="钢研科技有限公司", now=noon(paid_in)).id
    a_paid_call(tx, fund, investment(50 * M, holding_id=steel), expense(8 * M), due_on=paid_in)
    bought(tx, steel, on=paid_in, cost=50 * M, now=noon(paid_in))
    sell(tx, SYSTEM, holding_id=steel, sold_on=out, quantity=1_000_000, proceeds=95 * M, now=noon(out))
    paid = a_distribution(tx, fund, pay_on=out, holding_id=steel, return_of_capital=50 * M, gain=45 * M)
    told = gather(tx, act=Act.DISTRIBUTION, act_id=paid.id)
    one, line = told[fund["LP01"]], paid.line(fund["LP01"])
    assert one.waterfall is not None
    assert one.waterfall.form == "deal_by_deal"
    assert [(deal.name.zh, deal.contributed, deal.is_at_hand) for deal in one.waterfall.deals] == [
        ("钢研科技有限公司", 30 * M, True),
        ("", 4_800_000 * YUAN, False),
    ]
    assert table(one, "payment")["carry"] == (-line.carry, -sum(each.carry for each in paid.lines))
    assert line.carry > 0
    assert told[fund["GP"]].waterfall is None
    assert table(told[fund["GP"]], "payment")["carry_received"][0] == sum(each.carry for each in paid.lines)


def test_a_netting_has_one_notice_and_its_call_none(scene: Scene) -> None:
    tx, fund = scene(with_cash, profit=10 * M)
    netting = issued(tx, fund)
    told = gather(tx, act=Act.NETTING, act_id=netting.id)
    assert set(told) == {fund["LP01"], fund["LP02"]}
    for part in netting.parts[:2]:
        one = told[part.partner_id]
        assert (one.kind, one.amount, one.pays) == (NoticeKind.NETTING, abs(part.net), part.net > 0)
        assert table(one, "items")["called"][0] == part.called
        assert table(one, "kinds")["distributed"][0] == part.distributed
        net = table(one, "net")
        assert net["net_called"][0] + net["net_due"][0] == net["to_pay"][0] == part.to_pay
        assert net["to_pay"][1] == netting.to_pay
    with pytest.raises(NoticeInNetting):
        gather(tx, act=Act.CALL, act_id=netting.call_id)
    with pytest.raises(NoticeInNetting):
        gather(tx, act=Act.DISTRIBUTION, act_id=netting.distribution_id)


def test_a_giveback_notice_says_what_limits_it(scene: Scene) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    sheet = a_giveback(tx, fund)
    told = gather(tx, act=Act.INDEMNITY, act_id=sheet.id)
    for line in sheet.lines:
        one = told[line.partner_id]
        assert (one.kind, one.amount, one.fund_amount) == (NoticeKind.GIVEBACK, line.amount, sheet.amount)
        found = table(one, "giveback")
        assert [found[code][0] for code in ("received", "given", "within", "most", "given_back")] == [
            line.received,
            -line.given,
            line.within,
            line.most,
            line.amount,
        ]
        before, after = moved(one)["unfunded"]
        assert after - before == line.amount
