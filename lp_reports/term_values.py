"""What the values of a fund's terms are called, in both languages."""

from collections.abc import Mapping

from lp_reports.facts import Text

VALUES: Mapping[str, Text] = {
    "commitment_then_invested": Text(
        "投资期内按认缴出资，其后按在投成本",
        "Commitments until the commitment period ends, then invested cost",
    ),
    "commitment": Text("认缴出资", "Commitments"),
    "paid_in": Text("实缴出资", "Paid-in capital"),
    "invested": Text("在投成本", "Invested cost"),
    "daily": Text("按日复利", "Compounded daily"),
    "anniversary": Text("按年复利，零头单利", "Compounded at each anniversary, simple in between"),
    "simple": Text("单利", "Simple"),
    "whole_fund": Text("按基金整体分配", "Over the whole fund"),
    "deal_by_deal": Text("逐项目分配", "Deal by deal"),
    "hurdle": Text("实缴与门槛收益均已返还时", "Once contributions and hurdle are back"),
    "end": Text("基金终止时", "At the fund’s end"),
    "multiple": Text("回报倍数", "Multiple"),
    "return": Text("年化收益率", "Return a year"),
    "zh": Text("中文", "Chinese"),
    "en": Text("英文", "English"),
    "both": Text("中英双语", "Both languages"),
}
