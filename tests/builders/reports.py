"""A whole sample report, computed from nine invented companies so that every figure in it adds up."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import accumulate

from kernel.periods import Quarter
from lp_reports.facts import (
    CallLine,
    Capped,
    Carry,
    Change,
    Clawback,
    Column,
    CurvePoint,
    DistributionLine,
    Document,
    ExpectedCall,
    Fees,
    FeeWorking,
    Fund,
    KeyFigures,
    Line,
    Owed,
    Partner,
    Performance,
    PeriodReturn,
    Periods,
    Previous,
    Rate,
    Step,
    Text,
    Tier,
)
from lp_reports.portfolio import (
    Age,
    BackTested,
    Company,
    Exit,
    Exposure,
    Investment,
    Limit,
    Milestone,
    Recusal,
    RelatedParty,
    Slice,
    ValuePoint,
)
from lp_reports.rules import document_number
from lp_reports.snapshot import FORMAT, Figures
from tests.builders.report_companies import COMPANIES, M, Sample

QUARTERS = tuple(f"{year}Q{number}" for year in (2024, 2025, 2026) for number in (1, 2, 3, 4))[:11]
SIZE = 500 * M
PARTNERS = (
    (Text("北辰钢铁集团有限公司（示例）", "Beichen Steel Group Co., Ltd. (example)"), 120 * M),
    (Text("云冶特钢股份有限公司（示例）", "Yunye Special Steel Co., Ltd. (example)"), 100 * M),
)
LINES = (
    "opening",
    "contributions",
    "distributions",
    "management_fee",
    "expenses",
    "income",
    "realised",
    "unrealised",
    "carry",
    "closing",
)
Flows = dict[str, list[int]]


@dataclass(frozen=True)
class Shares:
    """How the fund's lines split onto one partner: in proportion to its commitment."""

    commitment: int

    def of(self, amount: int) -> int:
        part = abs(amount) * self.commitment // SIZE
        return -part if amount < 0 else part


def ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001")) if whole else None


def value_at(company: Sample, quarter: int) -> int:
    index = quarter - company.first
    return company.values[index] if 0 <= index < len(company.values) else 0


def cost_at(company: Sample, quarter: int) -> int:
    held = quarter >= company.first and (company.sold_in is None or quarter < company.sold_in)
    return company.cost if held else 0


def fund_flows() -> Flows:
    """Signed effect of every line on the fund's value, quarter by quarter."""
    count = range(len(QUARTERS))
    bought = [sum(one.cost for one in COMPANIES if one.first == quarter) for quarter in count]
    proceeds = [sum(one.proceeds for one in COMPANIES if one.sold_in == quarter) for quarter in count]
    gain = [sum(one.proceeds - one.cost for one in COMPANIES if one.sold_in == quarter) for quarter in count]
    upward = [sum(value_at(one, quarter) - cost_at(one, quarter) for one in COMPANIES) for quarter in count]
    unrealised = [now - before for now, before in zip(upward, [0, *upward], strict=False)]
    fee = [-250_000_000 for _ in count]
    expenses = [-(18_312_037 + 1_204_411 * (quarter % 4)) for quarter in count]
    income = [1_120_000 + 37_500 * quarter for quarter in count]
    carry = [-(step * 12 // 100) for step in unrealised]
    calls = [money + 280_000_000 for money in bought]
    return {
        "contributions": calls,
        "distributions": [-money for money in proceeds],
        "management_fee": fee,
        "expenses": expenses,
        "income": income,
        "realised": gain,
        "unrealised": unrealised,
        "carry": carry,
    }


def split(flows: Flows, shares: Shares) -> Flows:
    return {code: [shares.of(amount) for amount in amounts] for code, amounts in flows.items()}


def navs(flows: Flows) -> list[int]:
    return list(
        accumulate(sum(amounts[quarter] for amounts in flows.values()) for quarter in range(len(QUARTERS)))
    )


def periods(amounts: Sequence[int], at: int) -> Periods:
    year = QUARTERS[at][:4]
    in_year = sum(
        amount for quarter, amount in zip(QUARTERS[: at + 1], amounts, strict=False) if quarter[:4] == year
    )
    return Periods(amounts[at], in_year, sum(amounts[: at + 1]))


def account(flows: Flows, at: int) -> dict[str, Periods]:
    values = navs(flows)
    first = next(index for index, quarter in enumerate(QUARTERS) if quarter[:4] == QUARTERS[at][:4])
    opening = Periods(values[at - 1] if at else 0, values[first - 1] if first else 0, 0)
    closing = Periods(values[at], values[at], values[at])
    middle = {code: periods(amounts, at) for code, amounts in flows.items()}
    return {"opening": opening, **middle, "closing": closing}


def account_lines(flows: Flows, shares: Shares, at: int) -> tuple[Line, ...]:
    yours, whole = account(split(flows, shares), at), account(flows, at)
    return tuple(Line(code, yours[code], whole[code]) for code in LINES)


def commitment_lines(flows: Flows, shares: Shares, at: int) -> tuple[Line, ...]:
    def lines(size: int, called: list[int]) -> dict[str, Periods]:
        sums = periods([-amount for amount in called], at)
        back = periods([3 * M * size // SIZE if quarter == 8 else 0 for quarter in range(len(QUARTERS))], at)
        left = size + sums.itd + back.itd
        opening = Periods(left - sums.qtd - back.qtd, left - sums.ytd - back.ytd, size)
        return {
            "opening_unfunded": opening,
            "contributions": sums,
            "recallable": back,
            "closing_unfunded": Periods(left, left, left),
        }

    called = flows["contributions"]
    mine = lines(shares.commitment, split(flows, shares)["contributions"])
    whole = lines(SIZE, called)
    return tuple(Line(code, mine[code], whole[code]) for code in mine)


def curve(flows: Flows, at: int) -> tuple[CurvePoint, ...]:
    paid = list(accumulate(flows["contributions"]))
    out = list(accumulate(-amount for amount in flows["distributions"]))
    points = zip(QUARTERS, paid, out, navs(flows), strict=True)
    return tuple(
        CurvePoint(quarter, money, back, nav, ratio(back + nav, money), ratio(back, money))
        for quarter, money, back, nav in list(points)[: at + 1]
    )


def key(flows: Flows, unfunded: int, commitment: int, at: int, irr: str) -> KeyFigures:
    point = curve(flows, at)[-1]
    rate = Rate("unique", Decimal(irr), (Decimal(irr),))
    return KeyFigures(
        Quarter.parse(QUARTERS[at]).ends_on,
        point.paid_in,
        point.distributed,
        point.nav,
        unfunded,
        rate,
        point.tvpi,
        point.dpi,
        ratio(point.nav, point.paid_in),
        ratio(point.paid_in, commitment),
    )


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


def sample_figures(*, partner: int = 0, at: int = 10, version: int = 1) -> Figures:
    """The report of one of two partners for quarter number `at` (10 is 2026Q3)."""
    flows = fund_flows()
    name, commitment = PARTNERS[partner]
    shares = Shares(commitment)
    mine = split(flows, shares)
    commitments = commitment_lines(flows, shares, at)
    before = commitment_lines(flows, shares, at - 1)
    quarter = Quarter.parse(QUARTERS[at])
    code = f"LP0{partner + 2}"
    investments = tuple(investment(one, shares, at) for one in COMPANIES if one.first <= at)
    return Figures(
        FORMAT,
        sample_fund(),
        Partner(code, name, "limited", commitment, ratio(commitment, SIZE) or Decimal(0), date(2024, 1, 15)),
        Document(
            document_number("AF1", str(quarter), code, version),
            version,
            str(quarter),
            quarter.starts_on,
            quarter.ends_on,
            datetime(2026, 10, 15, 2, 0, tzinfo=UTC),
        ),
        Previous(
            document_number("AF1", str(quarter.previous), code, 1),
            str(quarter.previous),
            "9c1e44b07f2d1a6e" * 4,
            key(mine, before[-1].yours.qtd, commitment, at - 1, "0.1021"),
        ),
        changes(),
        key(mine, commitments[-1].yours.qtd, commitment, at, "0.1137"),
        performance(mine, flows, at),
        bridge(mine, at),
        curve(mine, at),
        account_lines(flows, shares, at),
        commitments,
        calls(mine, at),
        (DistributionLine("DIST-001", date(2026, 2, 12), shares.of(31 * M), shares.of(3 * M)),),
        tuple(
            ExpectedCall(text, shares.of(250_000_000), shares.of(amount * M))
            for text, amount in (("2026Q4", 12), ("2027Q1", 18), ("2027Q2", 10), ("2027Q3", 10))
        ),
        investments,
        tuple(company_page(one, at) for one in COMPANIES if one.first <= at),
        related(),
        recusals(),
        exposures(investments),
        limits(),
        fees=sample_fees(account_lines(flows, shares, at), shares),
        carry=carry(shares),
        ages=ages(investments),
        back_tests=tuple(
            BackTested(
                one.code,
                date(2026, 1, 20),
                one.realised,
                date(2025, 12, 31),
                26 * M,
                ratio(one.realised, 26 * M),
            )
            for one in investments
            if one.status == "realised"
        ),
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


def performance(mine: Flows, flows: Flows, at: int) -> Performance:
    def column(own: Flows, irr: str) -> Column:
        point = curve(own, at)[-1]
        rate = Rate("unique", Decimal(irr), (Decimal(irr),))
        return Column(rate, point.tvpi, point.dpi, ratio(point.nav, point.paid_in))

    invested = sum(one.cost for one in COMPANIES)
    back, value = sum(one.proceeds for one in COMPANIES), sum(value_at(one, at) for one in COMPANIES)
    gross = Column(
        Rate("unique", Decimal("0.2241"), (Decimal("0.2241"),)),
        ratio(back + value, invested),
        ratio(back, invested),
        ratio(value, invested),
    )
    day = Quarter.parse(QUARTERS[at]).ends_on
    rate = Rate("unique", Decimal("0.1137"), (Decimal("0.1137"),))
    year = Rate("unique", Decimal("0.1312"), (Decimal("0.1312"),))
    return Performance(
        gross,
        column(flows, "0.1141"),
        column(mine, "0.1137"),
        (
            PeriodReturn("quarter", date(2026, 7, 1), day, 92, Decimal("1.0412"), None),
            PeriodReturn("year_to_date", date(2026, 1, 1), day, 273, Decimal("1.0918"), None),
            PeriodReturn("one_year", date(2025, 10, 1), day, 365, Decimal("1.1312"), year),
            PeriodReturn("inception", date(2024, 1, 15), day, 990, curve(mine, at)[-1].tvpi, rate),
        ),
    )


def bridge(mine: Flows, at: int) -> tuple[Step, ...]:
    values = navs(mine)
    moves = tuple(Step(code, amounts[at]) for code, amounts in mine.items())
    return (Step("opening", values[at - 1] if at else 0), *moves, Step("closing", values[at]))


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


def restated_figures() -> Figures:
    """Version 2 of the first partner's report, naming version 1 and what differs."""
    first = sample_figures()
    again = sample_figures(version=2)
    document = replace(again.document, supersedes="a1" * 32, restates=first.document.number)
    return replace(again, document=document)
