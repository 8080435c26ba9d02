"""Valuation memos for tests, made of values alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from fund.holdings.mark_rules import Technique
from fund.valuations.calibration import CalibrationKind
from fund.valuations.class_values import found
from fund.valuations.file import Input, Planned, Quoted, Synergy, Weighed
from lp_reports.facts import Step, Text
from lp_reports.memo import FORMAT, Event, Memo, Parameter, Signed, Sold
from tests.builders.valuations import MILLION, OPTION, SCENARIOS, a_file

AT = datetime(2026, 7, 20, 2, 0, tzinfo=UTC)


def a_memo(**facts: Any) -> Memo:
    """A memo with every part filled."""
    rights = replace(OPTION, held_shares=Fraction(2_000_000))
    file = a_file(
        techniques=(
            Weighed(
                Technique.OPTION_PRICING,
                Fraction(3, 4),
                None,
                "三类权益权利不同 / Classes with unlike rights",
            ),
            Weighed(
                Technique.MILESTONES, Fraction(1, 4), 17 * MILLION, "中试线决定价值 / The pilot line decides"
            ),
        ),
        inputs=(
            Input("上轮价格 / Round price", "5.00 元/股", "投资协议 / Agreement", date(2024, 3, 20)),
            Input("可比公司波动率 / Peers' volatility", "60%", "公开行情 / Market data", date(2026, 6, 30)),
        ),
        quoted=(Quoted(1, Fraction("3.1"), "可比公司乘数下降 / Peers trade lower"),),
        milestones=(
            Planned(
                "中试线投产",
                date(2026, 5, 31),
                date(2026, 5, 20),
                "Pilot line",
                "第三方验收报告 / Acceptance report",
            ),
            Planned(
                "首个工业订单",
                date(2026, 6, 15),
                None,
                "First industrial order",
                "价值下调一成 / A tenth off the value",
            ),
        ),
        readiness=6,
        readiness_source="专家评审 / Expert review",
        scenarios=SCENARIOS,
        rights=rights,
        synergy=Synergy(
            True, "钢铁企业愿付的 400 万元溢价 / A premium of 4m that only a steel maker would pay"
        ),
        assisted_by="",
    )
    memo = Memo(
        format=FORMAT,
        number="AF1-H01-EQ-2026-06-30-F1",
        frozen_at=AT,
        fund=Text("成果转化一号基金（有限合伙）", "Achievement Transformation Fund I"),
        manager=Text("成果转化基金管理有限公司", "Transformation Management"),
        is_example=True,
        code="H01",
        company=Text("氢材科技有限公司", "Hydrogen Materials"),
        stage=Text("种子期", "Seed"),
        instrument="EQ",
        acquired_on=date(2024, 3, 20),
        cost=10 * MILLION,
        ownership=Fraction(8, 100),
        marked_on=date(2026, 6, 30),
        value=17_752_381_00,
        state="approved",
        is_permanent_loss=False,
        reason=Text("中试线投产，行业乘数下降", "The pilot line runs; multiples of the industry fell"),
        calibration=Text(""),
        bridge=(
            Step("opening", 16 * MILLION),
            Step("invested", 0),
            Step("sold", 0),
            Step("company", 3_752_381_00),
            Step("market", -2 * MILLION),
            Step("rights", 0),
            Step("currency", 0),
            Step("closing", 17_752_381_00),
        ),
        file=file,
        file_number=1,
        file_sha256="ab" * 32,
        weighted=17_752_381_00,
        found=found(rights, SCENARIOS),
        interested=("北方钢铁贸易有限公司",),
        parameters=(
            Parameter(
                Text("企业价值／收入", "EV / sales"),
                CalibrationKind.MULTIPLE,
                date(2024, 3, 20),
                Fraction("3.33333333"),
                Fraction("3.1"),
                Text("可比公司乘数下降", "Peers trade lower"),
                Text("投资协议", "Agreement"),
            ),
        ),
        policy=1,
        policy_on=date(2024, 1, 1),
        events=(
            Event(
                date(2026, 7, 3),
                Text("主要客户停产检修", "The main customer stopped for repairs"),
                Text("来函", "Letter"),
            ),
        ),
        sold=(Sold(1, date(2026, 3, 31), 60, 6 * MILLION, 7 * MILLION),),
        prepared=Signed("徐慕之", AT),
        handed_in=Signed("徐慕之", AT),
        approved=Signed("林知恒", AT),
        minute=Text("估值委员会会议纪要 2026-07", "Minute of the valuation committee, July 2026"),
    )
    return replace(memo, **facts)
