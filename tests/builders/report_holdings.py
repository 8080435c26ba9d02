"""The holdings of the sample report: positions, company pages, exposures, limits and the age of their values."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lp_reports.facts import Rate, Step, Text
from lp_reports.portfolio import Age, Company, Exit, Exposure, Investment, Limit, Milestone, Slice, ValuePoint
from tests.builders.report_companies import Sample
from tests.builders.report_flows import QUARTERS, Shares, cost_at, ratio, value_at


def investment(company: Sample, shares: Shares, at: int) -> Investment:
    value, before = value_at(company, at), value_at(company, at - 1)
    status = "realised" if company.proceeds else "held" if value else "written_off"
    rate = {
        "held": Rate("unique", Decimal("0.1432"), (Decimal("0.1432"),)),
        "written_off": Rate("total_loss"),
    }
    return Investment(
        company.code,
        company.name,
        company.sector,
        company.chain,
        company.stage,
        company.origin,
        company.city,
        company.acquired_on,
        status,
        Decimal("0.085") if value else None,
        company.cost,
        company.proceeds,
        value,
        before,
        shares.of(value),
        ratio(company.proceeds + value, company.cost),
        rate.get(status, Rate("unique", Decimal("0.6071"), (Decimal("0.6071"),))),
        Exit("trade_sale", date(2026, 1, 20), "partner") if status == "realised" else None,
    )


def company_page(company: Sample, at: int) -> Company:
    value, before, cost = value_at(company, at), value_at(company, at - 1), cost_at(company, at)
    entry, now, target = company.readiness
    moves = (
        (Step("company", value - before - (value - before) // 3), Step("market", (value - before) // 3))
        if value != before and before
        else ()
    )
    bought = (Step("invested", cost),) if company.first == at else ()
    return Company(
        company.code,
        company.does,
        (
            Text("顾𬀩（创始人、首席科学家）", "Gu Xi (founder, chief scientist)"),
            Text("䶮子衿（总经理）", "Yan Zijin (chief executive)"),
        ),
        entry,
        now,
        target,
        None if company.proceeds else max(now - 1, 1),
        (
            Milestone(
                Text("完成第三方型式检验", "Third-party type test passed"),
                date(2026, 3, 31),
                date(2026, 3, 20),
            ),
            Milestone(Text("首份千万元级订单", "First order of ten million yuan"), date(2026, 8, 31), None),
            Milestone(Text("中试线连续运行 500 小时", "Pilot line runs 500 hours"), date(2027, 3, 31), None),
        )
        if value
        else (),
        (Step("opening", before), *bought, *moves, Step("closing", value)),
        tuple(
            ValuePoint(quarter, cost_at(company, index), value_at(company, index))
            for index, quarter in enumerate(QUARTERS[: at + 1])
            if index >= company.first
        ),
        company.technique,
        Text("本季完成的里程碑与新增订单。", "Milestones met and orders won this quarter.")
        if value != before
        else Text(
            "价格未变：本季无到期里程碑，市场参照变动不足 5%。",
            "Unchanged: no milestone fell due and market inputs moved by less than 5%.",
        ),
        date(2026, 10, 12),
        company.help_wanted,
    )


def exposures(investments: Sequence[Investment]) -> tuple[Exposure, ...]:
    held = [one for one in investments if one.value]
    total = sum(one.value for one in held)

    def group(dimension: str, name: str) -> Exposure:
        sums: dict[Text, int] = {}
        for one in held:
            text: Text = getattr(one, name)
            sums[text] = sums.get(text, 0) + one.value
        rows = sorted(sums.items(), key=lambda row: -row[1])
        slices = tuple(Slice(text, value, ratio(value, total) or Decimal(0)) for text, value in rows)
        return Exposure(dimension, slices, sum((row.share * row.share for row in slices), Decimal(0)))

    wanted = (
        ("sector", "sector"),
        ("chain_position", "chain_position"),
        ("stage", "stage"),
        ("city", "city"),
    )
    return tuple(group(dimension, name) for dimension, name in (*wanted, ("origin", "origin")))


def limits() -> tuple[Limit, ...]:
    return (
        Limit("company", Text("矩阵算芯", "Matrix Compute"), Decimal("0.112"), Decimal("0.2"), "size"),
        Limit("sector", Text("氢能材料", "Hydrogen materials"), Decimal("0.27"), Decimal("0.25"), "size"),
        Limit("sector", Text("新能源材料", "New energy materials"), Decimal("0.21"), Decimal("0.35"), "size"),
        Limit(
            "stage", Text("种子轮与天使轮", "Seed and angel"), Decimal("0.322"), Decimal("0.3"), "cost", True
        ),
        Limit("borrowing", Text("借款", "Borrowing"), Decimal(0), Decimal(0), "size"),
    )


def ages(investments: Sequence[Investment]) -> tuple[Age, ...]:
    """One value is old and one stands as it was; the others moved."""
    held = [one for one in investments if one.value]
    kept = Text(
        "本季无到期里程碑，市场参照变动不足 5%。",
        "No milestone fell due; market inputs moved by less than 5%.",
    )
    return tuple(
        Age(
            code=one.code,
            transacted_on=one.acquired_on,
            valued_on=date(2026, 3, 31) if line == 0 else date(2026, 9, 30),
            days_allowed=100,
            is_old=line == 0,
            since=(date(2026, 7, 2), date(2026, 8, 14)) if line == 0 else (),
            is_unchanged=line == 1,
            unchanged=kept if line == 1 else Text(""),
        )
        for line, one in enumerate(held)
    )
