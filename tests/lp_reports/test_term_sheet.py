"""The term sheet: every term of the fund with the worked numbers of the domain, what changed, and equal bytes."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pymupdf
import pytest

from fund.charter.queries import FundSheet, VersionSheet
from fund.charter.rules import Compounding, Dimension, Limit, Terms
from lp_reports import pdf
from lp_reports.term_sheet import SILENT, TermLine, TermSheet, document, shown, term_sheet
from tests.builders.charter import OPENED_AT, terms

FUND = FundSheet(
    1,
    "AF1",
    "成果转化一号基金（有限合伙）",
    "Transformation Fund One",
    "CNY",
    is_example=False,
    recorded_at=OPENED_AT,
)
AT = datetime(2026, 1, 15, 4, tzinfo=UTC)
COMPANY = Limit(Dimension.COMPANY, None, Fraction(15, 100))
COAL = Limit(Dimension.SECTOR, "煤炭", Fraction(1, 10))


def a_version(said: Terms, number: int = 1) -> VersionSheet:
    return VersionSheet(number, date(2026, 1, 15), AT, "合伙人会议决议", said)


def a_sheet(said: Terms, before: Terms | None = None) -> TermSheet:
    return term_sheet(FUND, a_version(said, 2 if before else 1), a_version(before) if before else None)


def line(sheet: TermSheet, title: str) -> TermLine:
    return next(one for one in sheet.terms if one.title.en == title)


def test_no_term_of_the_fund_is_left_out() -> None:
    sheet = a_sheet(terms())
    assert len(sheet.terms) == len([one for one in fields(Terms) if one.name not in SILENT])
    assert len({one.number for one in sheet.terms}) == len(sheet.terms)
    assert all(one.title.zh and one.title.en and one.value.zh for one in sheet.terms)


@pytest.mark.parametrize(
    ("compounding", "amount"),
    [
        (Compounding.DAILY, "43,912,861.50"),
        (Compounding.ANNIVERSARY, "43,944,950.28"),
        (Compounding.SIMPLE, "37,825,753.42"),
    ],
)
def test_the_examples_are_worked_out_under_the_terms(compounding: Compounding, amount: str) -> None:
    sheet = a_sheet(terms(compounding=compounding))
    found = line(sheet, "How the hurdle grows").example
    assert found is not None
    assert amount in found.zh
    assert amount in found.en


def test_the_fee_stub_the_catch_up_and_the_interest() -> None:
    sheet = a_sheet(terms())
    told = {one.title.en: one.example.en for one in sheet.terms if one.example}
    assert "500,000.00 a quarter" in told["Management fee a year"]
    assert "277,777.78" in told["Management fee a year"]
    # 20 % of a hurdle of 10 million, caught up in full: 2.5 million of 12.5 million.
    assert "Solvable (100.00% > 20.00%)" in told["Catch-up"]
    assert "2,500,000.00, of which the general partner gets 2,500,000.00, 20.00% of both" in told["Catch-up"]
    assert "340,091.32" in told["Interest for later partners"]
    none = line(a_sheet(terms(catch_up=Fraction(0))), "Catch-up").example
    assert none is not None
    assert none.en.startswith("There is none")


def test_what_changed_stands_beside_it_and_a_limit_that_is_gone_is_named() -> None:
    before = terms(limits=(COMPANY,))
    sheet = a_sheet(replace(before, hurdle=Fraction(75, 1000), limits=(COAL,)), before)
    changed = {one.title.en: one.was.en for one in sheet.terms if one.was}
    assert changed == {"Hurdle a year": "8.00%"}
    assert [(one.says.zh, one.is_new, one.is_gone) for one in sheet.limits] == [
        ("行业：「煤炭」不超过 10.00%（占认缴总额）", True, False),
        ("单一企业：任何一项不超过 15.00%（占认缴总额）", False, True),
    ]


def test_values_of_any_kind_are_shown() -> None:
    assert shown(True).zh == "是"
    assert shown(False).en == "No"
    assert shown(None).zh == "无"
    assert shown(()).zh == "无"
    assert shown((COMPANY, COAL)).en.startswith("Company; None; 15.00%")
    assert shown(Fraction(1, 3)).en == "33.3333%"
    assert shown("text").en == "text"
    assert shown(10).en == "10"
    assert shown(500_000_000_00).en == "500,000,000.00"


def test_the_same_version_prints_to_the_same_bytes_in_both_languages() -> None:
    before = terms(limits=(COMPANY,))
    sheet = a_sheet(replace(before, carry=Fraction(15, 100), limits=(COMPANY, COAL)), before)
    first, second = pdf.print_all([document(sheet), document(sheet)])
    assert first == second
    assert document(a_sheet(before)).sha256 != document(sheet).sha256
    with pymupdf.open(stream=first, filetype="pdf") as printed:
        text = "".join(page.get_text() for page in printed)
        assert len(printed) <= 6
    for told in (
        "基金条款清单",
        "Term sheet of the fund",
        "超额收益比例",
        "Catch-up",
        "15.00%",
        "side letters",
    ):
        assert told in text


def test_words_of_machines_are_told_in_both_languages() -> None:
    sheet = a_sheet(terms(limits=(Limit(Dimension.ORIGIN, "alumni_firm", Fraction(1, 5)),)))
    assert "「校友企业」" in sheet.limits[0].says.zh
    assert "“Alumni firm”" in sheet.limits[0].says.en
    assert line(sheet, "Escrow is released").value.zh == "实缴与门槛收益均已返还时"
    basis = line(sheet, "Fee basis").says
    assert "永久性减值" in basis.zh
    assert "permanently below half" in basis.en
