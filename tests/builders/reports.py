"""A whole sample report, computed from nine invented companies so that every figure in it adds up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from kernel.periods import Quarter
from lp_reports.facts import DistributionLine, Document, ExpectedCall, Partner, Previous, Text
from lp_reports.portfolio import BackTested
from lp_reports.rules import document_number
from lp_reports.snapshot import FORMAT, Figures
from tests.builders.report_companies import COMPANIES, M
from tests.builders.report_flows import (
    QUARTERS,
    SIZE,
    Shares,
    account_lines,
    bridge,
    commitment_lines,
    curve,
    fund_flows,
    key,
    performance,
    ratio,
    split,
)
from tests.builders.report_holdings import ages, company_page, exposures, investment, limits
from tests.builders.report_terms import calls, carry, changes, recusals, related, sample_fees, sample_fund

PARTNERS = (
    (Text("北辰钢铁集团有限公司（示例）", "Beichen Steel Group Co., Ltd. (example)"), 120 * M),
    (Text("云冶特钢股份有限公司（示例）", "Yunye Special Steel Co., Ltd. (example)"), 100 * M),
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


def restated_figures() -> Figures:
    """Version 2 of the first partner's report, naming version 1 and what differs."""
    first = sample_figures()
    again = sample_figures(version=2)
    document = replace(again.document, supersedes="a1" * 32, restates=first.document.number)
    return replace(again, document=document)
