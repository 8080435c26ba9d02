"""A notice to one partner for tests that look at paper."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from lp_reports.facts import Text
from lp_reports.notice import (
    FORMAT,
    Account,
    Deal,
    Default,
    Figure,
    Layer,
    Moved,
    Notice,
    Table,
    Tier,
    Waterfall,
)
from lp_reports.rules import NoticeKind

BILLION = 1_000_000_000_00
LONG = Text(
    "内蒙古自治区包头稀土高新技术产业开发区北方先进钢铁材料与智能制造产业投资控股集团有限责任公司",
    "Northern Advanced Steel Materials and Intelligent Manufacturing Industrial Investment Holding Group Co., Ltd.",
)
WORKED = Waterfall(
    on=date(2026, 9, 30),
    form="whole_fund",
    hurdle=Fraction(8, 100),
    compounding="daily",
    catch_up=Fraction(1),
    carry=Fraction(1, 5),
    before=(Figure("contributed", BILLION, 3 * BILLION), Figure("returned", 0, 0)),
    layers=(Layer(date(2024, 3, 1), BILLION, BILLION // 10),),
    tiers=(
        Tier("return_of_capital", BILLION, BILLION, 0, 3 * BILLION, 3 * BILLION, 0),
        Tier("preferred", BILLION // 10, BILLION // 10, 0, BILLION, BILLION, 0),
        Tier("catch_up", 5_00, 0, 5_00, 9_00, 0, 9_00),
        Tier("residual", None, 80_00, 20_00, None, 160_00, 40_00),
        Tier("further", 0, 0, 0, 0, 0, 0, "return", Fraction(1, 4), Fraction(3, 10)),
    ),
    distributed=BILLION,
    fund_distributed=4 * BILLION,
    without_carry=7_00,
    deals=(
        Deal(Text("氢材科技", "Hydrogen Materials"), BILLION, BILLION, is_at_hand=True),
        Deal(Text(""), 5_00, 5_00, is_at_hand=False),
    ),
)


def a_notice(**changes: Any) -> Notice:
    """A call notice over a billion yuan to a partner with a long name."""
    lines = (
        Figure(
            "investment",
            BILLION - 150_000_00,
            3 * BILLION,
            Text("氢材科技：A 轮", "Hydrogen Materials: A round"),
        ),
        Figure("fee_excused", 0, 50_000_00),
        Figure("expense", 150_000_00, 450_000_00, Text("年度审计", "Audit")),
        Figure("called", BILLION, 3 * BILLION + 500_000_00, is_sum=True),
    )
    usual: dict[str, Any] = {
        "format": FORMAT,
        "kind": NoticeKind.CALL,
        "number": "AF1-CALL-003-LP02",
        "act": "CALL-003",
        "frozen_at": datetime(2026, 9, 1, 3, 0, tzinfo=UTC),
        "given_on": date(2026, 9, 1),
        "on": date(2026, 9, 30),
        "fund": Text("成果转化一号基金", "Achievement Fund I"),
        "fund_id": 1,
        "fund_code": "AF1",
        "currency": "CNY",
        "is_example": True,
        "manager": Text("启衡私募基金管理有限公司", "Qiheng Capital"),
        "partner_code": "LP02",
        "partner": LONG,
        "purpose": Text("第三期出资", "Third drawdown"),
        "pays": True,
        "amount": BILLION,
        "fund_amount": 3 * BILLION + 500_000_00,
        "tables": (Table("items", lines),),
        "moved": (Moved("unfunded", 3 * BILLION, 2 * BILLION),),
        "account": Account(
            "某银行北京分行营业部", "成果转化一号基金（有限合伙）", "0200000000000000001", date(2024, 1, 15)
        ),
        "reference": "AF1 CALL-003 LP02",
        "default": Default(10, Fraction(8, 100)),
        "notice_days": 10,
    }
    return Notice(**usual | changes)


def table(told: Notice, code: str) -> dict[str, tuple[int, int]]:
    """The lines of a table: the partner's part and the fund's."""
    [found] = [one for one in told.tables if one.code == code]
    return {line.code: (line.yours, line.fund) for line in found.lines}


def moved(told: Notice) -> dict[str, tuple[int, int]]:
    return {one.code: (one.before, one.after) for one in told.moved}
