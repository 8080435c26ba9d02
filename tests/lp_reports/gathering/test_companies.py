"""Companies as a partner reads of them: what they do, how ready they are, what befell them."""

from datetime import date

import pytest

from fund.holdings.help import help_wanted, say_help_wanted
from fund.holdings.queries import HoldingSheet, holdings
from fund.holdings.rules import HelpTooLong, HoldingUnknown
from fund.holdings.trades import sell, write_off
from fund.partners.queries import partner
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports.facts import Text
from lp_reports.gathering.background import background
from lp_reports.snapshot import Figures
from pipeline.channel.rules import Scale
from pipeline.deals.rules import Stage
from tests.builders.archive import AFTER, QUARTER, Archive, an_archive, figures_of
from tests.builders.channel import an_achievement, assessed
from tests.builders.deals import Setting, a_deal_at
from tests.builders.holdings import a_holding, bought
from tests.builders.people import a_user
from tests.builders.spinouts import a_spinout
from tests.scenes import Scene

SOLD_ON = date(2024, 5, 15)


def the_holding(tx: Tx, archive: Archive) -> HoldingSheet:
    return holdings(tx, fund_id=archive.fund_id, as_of=QUARTER.ends_on)[0]


def gathered(tx: Tx, archive: Archive, code: str = "LP01") -> Figures:
    return figures_of(
        tx, fund_id=archive.fund_id, partner_id=archive.partners[code], quarter=QUARTER, now=AFTER
    )


def unmarked(tx: Tx) -> Archive:
    return an_archive(tx, closed=False, marked=False)


def test_a_sale_to_another_partner_is_told_without_its_name(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    held = the_holding(tx, archive)
    buyer = partner(tx, partner_id=archive.partners["LP02"]).party_id
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=SOLD_ON,
        quantity=held.instruments[0].quantity,
        proceeds=31_000_000_00,
        buyer_party_id=buyer,
        now=AFTER,
    )
    figures = gathered(tx, archive)
    (told,) = figures.related
    assert told.relation == Text(
        "向一位有限合伙人或其关联方转让", "Sold to a limited partner or its affiliate"
    )
    assert (told.on, told.amount, told.handling.en) == (SOLD_ON, 31_000_000_00, "Disclosed")
    assert gathered(tx, archive, "LP02").related[0].relation.en == "Sold to you or your affiliate"
    assert [change.kind for change in figures.changes] == ["exit"]
    assert figures.companies[0].technique.en == "Sold: measured at the price received."
    steps = {step.code: step.amount for step in figures.companies[0].bridge if step.amount}
    assert steps == {"opening": 20_000_000_00, "sold": -20_000_000_00}
    assert figures.companies[0].help_wanted == ()


def test_a_write_off_is_told(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    write_off(
        tx,
        SYSTEM,
        holding_id=the_holding(tx, archive).id,
        written_off_on=SOLD_ON,
        reason="试验未达标，团队解散",
        now=AFTER,
    )
    figures = gathered(tx, archive)
    assert [(one.kind, one.before, one.after) for one in figures.changes] == [("write_off", 20_000_000_00, 0)]
    assert figures.companies[0].technique.zh.startswith("已核销")
    assert figures.investments[0].irr.status in {"total_loss", "under_a_year"}


def test_more_money_for_a_company_is_no_gain(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    bought(tx, the_holding(tx, archive).id, on=date(2024, 6, 3), cost=5_000_000_00)
    figures = gathered(tx, archive)
    assert [one.kind for one in figures.changes] == ["follow_on"]
    steps = {step.code: step.amount for step in figures.companies[0].bridge if step.amount}
    assert steps == {"opening": 20_000_000_00, "invested": 5_000_000_00, "closing": 25_000_000_00}


def test_a_company_without_a_mark_stands_at_cost(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    bought(tx, a_holding(tx, archive.fund_id, name_zh="新芯科技").id, on=date(2024, 5, 20), cost=100)
    page = gathered(tx, archive).companies[1]
    assert page.technique.en.startswith("At cost")
    assert (page.does.zh, page.marked_on, page.milestones) == ("", None, ())


def from_the_pipeline(tx: Tx, archive: Archive, **company: str) -> HoldingSheet:
    lead = a_user(tx, login="lead", now=AFTER)
    made = an_achievement(tx, now=AFTER)
    for level, on in ((5, date(2024, 3, 1)), (6, date(2024, 6, 1)), (8, date(2024, 9, 1))):
        levels = {"alloy": level, "lance": level + 1}
        assessed(tx, achievement_id=made.id, levels=levels, assessed_on=on, now=AFTER)
        assessed(tx, achievement_id=made.id, levels=levels, scale=Scale.MRL, assessed_on=on, now=AFTER)
    spinout = a_spinout(tx, now=AFTER, **company)
    deal = a_deal_at(
        tx,
        Stage.SCREENING,
        setting=Setting(archive.fund_id, lead.key),
        now=AFTER,
        spinout_id=spinout.id,
        achievement_id=made.id,
        technology="储氢合金一步制备 / Storage alloy in one step",
    )
    empty = a_holding(tx, archive.fund_id, name_zh="储氢科技", deal_code=deal.code)
    return bought(tx, empty.id, on=date(2024, 3, 20), cost=100)


def test_readiness_is_that_of_the_day(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    found = background(tx, sheet=from_the_pipeline(tx, archive), as_of=QUARTER.ends_on)
    assert (found.trl_entry, found.trl, found.mrl) == (5, 6, 6)
    page = gathered(tx, archive).companies[-1]
    assert (page.readiness_entry, page.readiness_now) == (5, 6)
    assert page.help_wanted == ()


def test_help_is_printed_as_it_was_said_and_from_its_day_on(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    sheet = from_the_pipeline(tx, archive)
    for says, on in (
        ("中试场地 / A site for a pilot line\n\n供 LP02 的产线数据", date(2024, 5, 1)),
        ("首批订单", QUARTER.next.starts_on),
    ):
        say_help_wanted(tx, archive.manager, holding_id=sheet.id, says=says, wanted_on=on, now=AFTER)
    page = gathered(tx, archive).companies[-1]
    assert page.help_wanted == (Text("中试场地", "A site for a pilot line"), Text("供 LP02 的产线数据"))
    assert help_wanted(tx, holding_id=sheet.id, as_of=date(2024, 4, 30)) == ()
    say_help_wanted(tx, archive.manager, holding_id=sheet.id, says=" ", wanted_on=QUARTER.ends_on, now=AFTER)
    assert gathered(tx, archive).companies[-1].help_wanted == ()
    with pytest.raises(HelpTooLong):
        say_help_wanted(
            tx, archive.manager, holding_id=sheet.id, says="一\n" * 7, wanted_on=QUARTER.ends_on, now=AFTER
        )
    with pytest.raises(HoldingUnknown):
        say_help_wanted(tx, SYSTEM, holding_id=10**9, says="x", wanted_on=QUARTER.ends_on, now=AFTER)


def test_what_a_company_does_in_its_own_words_or_the_laboratorys(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    sheet = from_the_pipeline(tx, archive, business="制造储氢罐。 / Makes hydrogen tanks.")
    assert background(tx, sheet=sheet, as_of=QUARTER.ends_on).does == Text(
        "制造储氢罐。", "Makes hydrogen tanks."
    )


def test_without_its_own_words_the_technology_and_the_summary_speak(scene: Scene) -> None:
    tx, archive = scene(unmarked)
    does = background(tx, sheet=from_the_pipeline(tx, archive), as_of=QUARTER.ends_on).does
    assert does.zh == "储氢合金一步制备。用于高炉富氢喷吹的耐热合金，抗氢脆。"
    assert does.en == "An alloy for hydrogen injection lances of blast furnaces."
