"""Importing a quarter's marks: drafts with their causes, inputs and milestones, refusals by row."""

import re
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from fund.holdings.mark_rules import MarkState, Technique
from fund.holdings.queries import marks
from fund.holdings.rules import InstrumentKind
from fund.valuations.file import Synergy
from fund.valuations.imports import import_marks
from fund.valuations.queries import file_of
from fund.valuations.rights import keep_rights
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from tests.builders.holdings import bought, committed, held, the_analyst
from tests.fund.valuations.test_right_rules import COMMON, B
from tests.scenes import Scene

HEAD = "估值日,持仓编号,公允价值（万元）,估值技术,企业因素（万元）,市场因素（万元）,说明,英文说明,主要输入,里程碑\n"
FULL = (
    HEAD
    + "2024/3/31,H01,2050,市场乘数,30,20,收入增长,Revenue grew,滚动收入|4150万元|报表；倍数|5.6 ×|可比公司,"
    + "首套样机|First unit|2024/3/20|2024年3月18日；产线|Line|2025-06-30\n"
)


def bring_in(tx: Tx, fund_id: int, text: str, now: datetime, *, dry_run: bool = False) -> None:
    import_marks(
        tx, SYSTEM, fund_id=fund_id, filename="m.csv", content=text.encode(), dry_run=dry_run, now=now
    )


def test_a_mark_comes_in_as_a_draft_with_all_that_went_into_it(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    bring_in(tx, fund.fund_id, FULL, now)
    (mark,) = marks(tx, holding_id=holding.id)
    assert (mark.state, mark.technique, mark.value) == (MarkState.DRAFT, Technique.MULTIPLES, 20_500_000_00)
    assert (mark.bridge.causes.company, mark.bridge.causes.market) == (300_000_00, 200_000_00)
    assert mark.reason == "收入增长 / Revenue grew"
    assert mark.inputs[1] == {"name": "倍数", "value": "5.6 ×", "source": "可比公司"}
    assert mark.milestones == (
        {"what": "首套样机", "what_en": "First unit", "due_on": "2024-03-20", "met_on": "2024-03-18"},
        {"what": "产线", "what_en": "Line", "due_on": "2025-06-30", "met_on": ""},
    )


def test_what_the_causes_leave_open_is_the_companys(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    text = "Marked on,Holding,Value,Technique\n2024-03-31,h01,21000000,milestones\n"
    bring_in(tx, fund.fund_id, text, now)
    (mark,) = marks(tx, holding_id=holding.id)
    assert (mark.bridge.causes.company, mark.bridge.causes.market, mark.reason) == (1_000_000_00, 0, "")


def test_refused_marks_are_told_by_their_rows(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    text = (
        "估值日,持仓编号,公允价值,估值技术,企业因素,说明\n"
        "2024-03-31,H01,20000000,市场乘数,,\n"
        "2024-06-30,H09,1,市场乘数,,\n"
        "2024-06-30,H01,20000100,净资产,5,多了\n"
    )
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, text, now)
    first, second, third = (str(problem) for problem in refused.value.problems)
    assert first.startswith("m.csv, row 2: The value did not move by its own")
    assert second.startswith("m.csv, row 3: There is no such holding")
    assert third.startswith("m.csv, row 4: The bridge explains")
    assert marks(tx, holding_id=holding.id) == []


def test_a_technique_that_is_none_and_a_milestone_without_a_day_are_told(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    held(tx, fund.fund_id)
    text = "估值日,持仓编号,公允价值,估值技术,里程碑\n2024-03-31,H01,1,近期融资价格,样机\n"
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, text, now)
    technique, milestone = (str(problem) for problem in refused.value.problems)
    assert "“近期融资价格” is not known here; expected one of: 市场乘数 multiples" in technique
    assert "cannot be split into what|what_en|due_on|met_on" in milestone


def test_a_dry_run_prepares_nothing(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    bring_in(tx, fund.fund_id, FULL, now, dry_run=True)
    assert marks(tx, holding_id=holding.id) == []


def test_a_correction_replaces_the_last_mark_of_its_day(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    head = "估值日,持仓编号,公允价值,估值技术,更正\n"
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, head + "2024-03-31,H01,21000000,里程碑校准,是\n", now)
    assert "has no mark of 2024-03-31" in str(refused.value.problems[0])
    bring_in(tx, fund.fund_id, head + "2024-03-31,H01,21000000,里程碑校准,\n", now)
    with pytest.raises(SheetRefused):
        bring_in(tx, fund.fund_id, head + "2024-03-31,H01,22000000,里程碑校准,\n", now)
    bring_in(tx, fund.fund_id, head + "2024-03-31,H01,22000000,里程碑校准,是\n", now)
    second, first = marks(tx, holding_id=holding.id)
    assert (second.value, second.supersedes_id) == (22_000_000_00, first.id)
    assert [second.state, first.state] == [MarkState.DRAFT, MarkState.SUPERSEDED]


FILED = (
    "估值日,持仓编号,公允价值（万元）,估值技术,主要输入,里程碑,技术与权重,情景概率,技术成熟度,成熟度来源,存在协同溢价,自动化辅助\n"
    "2024/6/30,H01,2400,里程碑校准,收入|4150万元|报表|2024-06-30,样机|Unit|2024-06-20|2024-06-18|验收报告,"
    "里程碑校准|70%|2400万元|样机决定；情景分析|30%|2400万元|印证,并购|60%|2 亿元|3|25%；清算|40%|1000万元,"
    "TRL 6,专家评审,否,\n"
)


def test_a_row_that_says_how_techniques_weigh_hands_its_file_in(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    bring_in(tx, fund.fund_id, FILED, now)
    (mark,) = marks(tx, holding_id=holding.id)
    kept = file_of(tx, mark_id=mark.id)
    assert (mark.technique, kept.weighted) == (Technique.MILESTONES, 24_000_000_00)
    assert [one.weight for one in kept.file.techniques] == [Fraction(7, 10), Fraction(3, 10)]
    assert kept.file.milestones[0].evidence == "验收报告"
    assert [(one.years, one.proceeds) for one in kept.file.scenarios] == [
        (Fraction(3), 200_000_000_00),
        (Fraction(0), 10_000_000_00),
    ]
    assert (kept.file.readiness, kept.file.synergy) == (6, Synergy(False))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("情景分析|30%", "情景分析|20%", "sum to 90 %"),
        ("清算|40%", "清算|30%", "sum to 90 %"),
        ("报表|2024-06-30", "报表", "has no day"),
        ("H01,2400,里程碑校准", "H01,2400,情景分析", "differ in technique"),
        ("情景分析|30%", "算命|30%", "is not known here"),
        ("清算|40%", "清算|nan", "not a percentage"),
        ("|3|25%", "|-3|25%", "negative"),
        ("|2024-06-18|验收报告", "|2024-06-18", "by what evidence"),
        ("情景分析|30%", "期权定价|30%", "类别估值: option pricing is a working of class rights"),
    ],
)
def test_a_file_that_leaves_something_open_is_told_by_its_row(
    scene: Scene, now: datetime, old: str, new: str, says: str
) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    assert old in FILED
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, FILED.replace(old, new), now)
    [problem] = refused.value.problems
    assert says in str(problem)
    assert "row 2" in str(problem)
    assert marks(tx, holding_id=holding.id) == []


def test_shares_and_a_convertible_of_one_company_are_two_rows(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    bought(tx, holding.id, instrument="CB", kind=InstrumentKind.CONVERTIBLE, quantity=1)
    head = "估值日,持仓编号,公允价值,估值技术,投资工具\n"
    rows = "2024-06-30,H01,21000000,里程碑校准,{}\n2024-06-30,H01,20000001,里程碑校准,{}\n"
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, head + rows.format("", "ZZ"), now)
    nothing, other = (str(problem) for problem in refused.value.problems)
    assert nothing == "m.csv, row 2, 投资工具: the cell is empty; H01 has several, expected one of: EQ, CB"
    assert other == "m.csv, row 3, 投资工具: “ZZ” is no instrument of H01; expected one of: EQ, CB"
    with pytest.raises(SheetRefused, match="1 faults"):
        bring_in(tx, fund.fund_id, head + rows.format("EQ", "eq"), now)
    for _ in ("brought in", "again, which changes nothing"):
        bring_in(tx, fund.fund_id, head + rows.format("EQ", "cb"), now)
        found = {one.instrument: one.value for one in marks(tx, holding_id=holding.id)}
        assert found == {"EQ": 21_000_000_00, "CB": 20_000_001_00}
        assert len(marks(tx, holding_id=holding.id)) == 2


def test_a_row_with_no_file_takes_no_technique_that_needs_one(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    held(tx, fund.fund_id)
    text = "估值日,持仓编号,公允价值,估值技术\n2024-06-30,H01,21000000,期权定价\n"
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, text, now)
    assert str(refused.value.problems[0]).startswith("m.csv, row 2, 类别估值: option pricing is a working")


def test_a_row_values_its_class_by_the_rights_on_record(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    holding = held(tx, fund.fund_id)
    facts = {"effective_on": date(2024, 3, 1), "source": "章程", "now": now}
    keep_rights(tx, the_analyst(tx), holding=holding, classes=(COMMON, replace(B, name="B")), **facts)
    working = "期权定价|B|{}|6000万元|60%|3|3%"
    text = (
        "估值日,持仓编号,公允价值,估值技术,主要输入,技术与权重,类别估值\n"
        "2024-06-30,H01,{},期权定价,收入|1|报表|2024-06-30,期权定价|100%||两类,{}\n"
    )
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, text.format("30000000", working.format(1_000_000)), now)
    gives = re.search(r"by their weights give ([0-9,.]+)", str(refused.value.problems[0]))
    assert gives is not None
    value = gives[1].replace(",", "")
    bring_in(tx, fund.fund_id, text.format(value, working.format(1_000_000)), now)
    (mark,) = marks(tx, holding_id=holding.id)
    kept = file_of(tx, mark_id=mark.id)
    assert kept.found is not None
    assert (mark.technique, mark.value) == (Technique.OPTION_PRICING, kept.found.held)
    twice = f"{working.format(1)}；{working.format(2)}"
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, fund.fund_id, text.format(value, twice), now)
    assert "one valuation of its classes; 2 stand" in str(refused.value.problems[0])
