"""Terms and events of the sample report: the fund, fees, carry, calls, changes, related parties and recusals."""

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import date
from decimal import Decimal

from kernel.periods import Quarter
from lp_reports.facts import (
    CallLine,
    Capped,
    Carry,
    Change,
    Clawback,
    Fees,
    FeeWorking,
    Fund,
    Line,
    Owed,
    Periods,
    Text,
    Tier,
)
from lp_reports.portfolio import Recusal, RelatedParty
from tests.builders.report_companies import COMPANIES, M
from tests.builders.report_flows import QUARTERS, SIZE, Flows, Shares, value_at


def sample_fees(account: Sequence[Line], shares: Shares) -> Fees:
    """A fee at two rates, an audit, and a director's fee of the manager that was set off in part."""

    def line(code: str, *amounts: int) -> Line:
        return Line(code, Periods(*(shares.of(amount) for amount in amounts)), Periods(*amounts))

    def less(whole: Line, part: Line) -> Line:
        sides = [
            Periods(*(one - other for one, other in zip(astuple(mine), astuple(theirs), strict=True)))
            for mine, theirs in ((whole.yours, part.yours), (whole.fund, part.fund))
        ]
        return Line("5021", *sides)

    by_code = {one.code: one for one in account}
    offset = line("5024", 12_000_000, 12_000_000, 12_000_000)
    rates = ((Decimal("0.02"), 40, 101_200_000), (Decimal("0.0175"), 52, 115_100_000))
    return Fees(
        tuple(
            FeeWorking(rate, 92, shares.of(SIZE), days, 0, 0, shares.of(amount))
            for rate, days, amount in rates
        ),
        (less(by_code["management_fee"], offset), offset),
        tuple(replace(one, code="5041") for one in account if one.code == "expenses"),
        (
            line("opening", 20_000_000, 0, 0),
            line("added", 0, 20_000_000, 20_000_000),
            replace(offset, code="applied"),
            line("closing", 8_000_000, 8_000_000, 8_000_000),
        ),
        Capped(300_000_000, 260_000_000, 40_000_000),
        (Owed("5053", 24_000_000, 15_000_000, 9_000_000),),
    )


def carry(shares: Shares) -> Carry:
    """Carry of which some was accrued and some paid out of it; a clawback of what is too much."""
    whole = (
        ("opening", Periods(9 * M, 4 * M, 0)),
        ("accrued", Periods(3 * M, 8 * M, 12 * M)),
        ("released", Periods(0, 0, 0)),
        ("closing", Periods(12 * M, 12 * M, 12 * M)),
        ("paid", Periods(0, 0, 2 * M)),
    )
    lines = tuple(
        Line(code, Periods(*(shares.of(one) for one in (all_of.qtd, all_of.ytd, all_of.itd))), all_of)
        for code, all_of in whole
    )
    owed = Clawback(shares.of(2 * M), shares.of(M), shares.of(M), 0, 0, shares.of(M), shares.of(2 * M))
    tier = Tier("multiple", Decimal(2), Decimal("0.25"))
    return Carry("whole_fund", (tier,), lines, owed, False, 2 * M, M, 0)


def sample_fund() -> Fund:
    return Fund(
        "AF1",
        Text("成果转化一号基金（有限合伙）", "Achievement Transformation Fund I, L.P."),
        "CNY",
        True,
        Text("科转私募基金管理有限公司（示例）", "Kezhuan Fund Management Co., Ltd. (example)"),
        SIZE,
        date(2024, 1, 15),
        date(2024, 9, 30),
        date(2029, 1, 14),
        date(2032, 1, 14),
        Decimal("0.02"),
        "committed",
        Decimal("0.08"),
        "daily",
        Decimal(1),
        Decimal("0.2"),
    )


def calls(mine: Flows, at: int) -> tuple[CallLine, ...]:
    rows = []
    for index, quarter in enumerate(QUARTERS[: at + 1]):
        due = Quarter.parse(quarter).starts_on.replace(day=20)
        total = mine["contributions"][index]
        fee, expense = -mine["management_fee"][index], 30_000_000 * 24 // 100
        received = due if index != 6 else due.replace(day=29)
        rows.append(
            CallLine(f"CALL-{index + 1:03d}", due, total - fee - expense, fee, expense, total, received)
        )
    return tuple(rows)


def changes() -> tuple[Change, ...]:
    by_code = {one.code: one for one in COMPANIES}
    rise = [code for code in by_code if value_at(by_code[code], 10) > value_at(by_code[code], 9)]
    day = date(2026, 9, 30)
    return (
        *(
            Change(
                "mark_up", by_code[code].name, day, value_at(by_code[code], 9), value_at(by_code[code], 10)
            )
            for code in rise
        ),
        Change("write_off", by_code["H06"].name, date(2026, 8, 31), 4 * M, 0),
        Change("call", Text("第 11 次缴款", "Call 11"), date(2026, 7, 20), None, 280_000_000),
        Change(
            "method",
            Text("IPEV 2025 年 12 月版自本季适用", "IPEV guidelines of December 2025 apply"),
            date(2026, 4, 1),
        ),
    )


def related() -> tuple[RelatedParty, ...]:
    return (
        RelatedParty(
            Text("氢钢储运科技", "Hydrosteel Storage"),
            Text("贵司为其客户（示范运营合同）", "You are its customer (demonstration contract)"),
            Text(
                "已告知全体合伙人；贵司代表在相关表决中回避", "Told to all partners; your member stood aside"
            ),
            date(2026, 7, 8),
            3_200_000_00,
        ),
        RelatedParty(
            Text("镁合轻材", "Maghe Light Alloys"),
            Text("受让方为一位有限合伙人的关联方", "The buyer is an affiliate of a limited partner"),
            Text(
                "咨询委员会（利害关系人除外）书面同意；评估备案",
                "Written consent of the advisory committee without it; appraisal filed",
            ),
            date(2026, 1, 16),
            31 * M,
        ),
    )


def recusals() -> tuple[Recusal, ...]:
    return (
        Recusal(
            "M-2026-014",
            Text("氢冶新源 · 新项目", "Hydromet Source · new deal"),
            Text("贵司委派委员", "The member you appointed"),
            Text("拟任中试方", "Prospective host of the pilot"),
            date(2026, 5, 8),
        ),
        Recusal(
            "M-2026-021",
            Text("智轧科技 · 追加", "Smartmill Technology · follow-on"),
            Text("一位专家委员", "An expert member"),
            Text("共同申请人", "Co-applicant of a patent"),
            date(2026, 8, 27),
        ),
    )
