"""What the sample fund called, paid and was worth by quarter, and the lines that follow for one partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from kernel.periods import Quarter
from lp_reports.facts import (
    Column,
    CurvePoint,
    KeyFigures,
    Line,
    Performance,
    PeriodReturn,
    Periods,
    Rate,
    Step,
)
from tests.builders.report_companies import COMPANIES, M, Sample

QUARTERS = tuple(f"{year}Q{number}" for year in (2024, 2025, 2026) for number in (1, 2, 3, 4))[:11]
SIZE = 500 * M
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
