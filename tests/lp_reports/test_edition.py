from decimal import Decimal

import pytest

from lp_reports.edition import Edition, Language, percent, rounded
from lp_reports.facts import Rate, Text

ZH, EN = Edition(Language.ZH), Edition(Language.EN)


def test_each_edition_has_the_other_as_its_twin() -> None:
    assert (ZH.t("净值", "Value"), ZH.twin("净值", "Value")) == ("净值", "Value")
    assert (EN.t("净值", "Value"), EN.twin("净值", "Value")) == ("Value", "净值")
    assert (ZH.tag, ZH.other_tag, EN.tag, EN.other_tag) == ("zh-Hans", "en", "en", "zh-Hans")


def test_a_name_without_english_prints_in_chinese() -> None:
    alone = Text("㛃星")
    assert (EN.name(alone), EN.other(alone), ZH.other(alone)) == ("㛃星", "", "")
    assert (EN.name(Text("甲", "A")), EN.other(Text("甲", "A"))) == ("A", "甲")


def test_large_amounts_have_each_languages_unit() -> None:
    assert (ZH.large_plain(123_456_789), EN.large_plain(123_456_789)) == ("123.46", "1,235")


def test_chart_labels_keep_a_decimal_below_ten_only() -> None:
    assert ZH.chart(358_800) == "0.4"
    assert ZH.chart(12_345_678_900) == "12,346"
    assert ZH.chart(0) == "0"
    assert EN.chart(-50_000_00) == "(50)"


def test_the_closing_bracket_hangs() -> None:
    assert ZH.amount(-123456) == "(1,234.56<span class=hang>)</span>"
    assert ZH.amount(123456) == "1,234.56"
    assert ZH.amount(None) == "–"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("0.1137", "11.4%"),
        ("0.00049", "0.0%"),
        ("-0.00049", "0.0%"),
        ("-0.0125", "(1.3%)"),
        ("12.5", "1,250.0%"),
    ],
)
def test_percentages(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text


def test_rounding_is_half_up_both_ways() -> None:
    assert (rounded(Decimal("0.125"), 2), rounded(Decimal("-0.125"), 2)) == (
        Decimal("0.13"),
        Decimal("-0.13"),
    )


def test_multiples() -> None:
    assert (ZH.multiple(Decimal("1.275")), ZH.multiple(None)) == ("1.28×", "–")


@pytest.mark.parametrize(
    ("status", "zh", "en"),
    [
        ("multiple", "多解", "several"),
        ("none", "无解", "none"),
        ("total_loss", "全部损失", "total loss"),
        ("undefined", "不适用", "n/a"),
    ],
)
def test_a_rate_that_does_not_exist_says_why(status: str, zh: str, en: str) -> None:
    assert (ZH.rate(Rate(status)), EN.rate(Rate(status))) == (zh, en)


def test_a_rate_that_exists_is_a_percentage() -> None:
    assert ZH.rate(Rate("unique", Decimal("-0.031"))) == "(3.1%<span class=hang>)</span>"
    assert ZH.rate(None) == "–"


def test_quarters() -> None:
    assert (ZH.quarter("2026Q3"), EN.quarter("2026Q3")) == ("2026 年第三季度", "Q3 2026")
    assert (ZH.short_quarter("2026Q3"), EN.short_quarter("2026Q3")) == ("2026Q3", "Q3 2026")
