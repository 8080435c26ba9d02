"""One language edition: how words, dates, amounts and rates are written in it.

A report is written in one language with the other as a small twin in section heads, so every wording is given in
both languages where it is used. Amounts come as whole minor units and leave as text; nothing is computed from text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from markupsafe import Markup, escape

from kernel.money import format_amount
from kernel.periods import Quarter
from lp_reports.facts import Rate, Text

NOTHING = "–"
_ORDINALS = ("一", "二", "三", "四")


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


@dataclass(frozen=True)
class Edition:
    """The writing rules of one language."""

    language: Language

    @property
    def is_chinese(self) -> bool:
        return self.language is Language.ZH

    @property
    def tag(self) -> str:
        """BCP 47 tag of the document."""
        return "zh-Hans" if self.is_chinese else "en"

    @property
    def other_tag(self) -> str:
        """BCP 47 tag of the twin."""
        return "en" if self.is_chinese else "zh-Hans"

    @property
    def dot(self) -> str:
        """What stands between short facts; the Chinese dot is as wide as a character and needs no spaces."""
        return "·" if self.is_chinese else "\u00a0· "

    def t(self, zh: str, en: str) -> str:
        """The wording of this edition."""
        return zh if self.is_chinese else en

    def twin(self, zh: str, en: str) -> str:
        """The wording of the other edition, for the small twin of a head."""
        return en if self.is_chinese else zh

    def name(self, text: Text) -> str:
        return text.zh if self.is_chinese or not text.en else text.en

    def other(self, text: Text) -> str:
        """The name in the other language, empty when there is none or it is the same."""
        other = text.en if self.is_chinese else text.zh
        return "" if other == self.name(text) else other

    @property
    def unit(self) -> str:
        """Caption of a table in whole yuan with two decimals."""
        return self.t("单位：人民币元", "CNY")

    @property
    def large_unit(self) -> str:
        """Caption of a table in 万元, or thousands in English."""
        return self.t("单位：万元", "CNY thousand")

    def plain(self, minor: int) -> str:
        return format_amount(minor)

    def large_plain(self, minor: int, *, places: int | None = None) -> str:
        """Amount in 万元 (two decimals) or in thousands (none), without mark-up."""
        if self.is_chinese:
            return format_amount(minor, places=2 if places is None else places, unit=10_000)
        return format_amount(minor, places=0 if places is None else places, unit=1_000)

    def chart(self, minor: int) -> str:
        """Amount as a chart labels it: whole 万元 or thousands, with one decimal below ten."""
        small = 0 < abs(minor) < 1000 * (10_000 if self.is_chinese else 1_000)
        return self.large_plain(minor, places=1 if small else 0)

    def amount(self, minor: int | None) -> Markup:
        return _hung(NOTHING if minor is None else self.plain(minor))

    def large(self, minor: int | None, places: int | None = None) -> Markup:
        return _hung(NOTHING if minor is None else self.large_plain(minor, places=places))

    def percent(self, share: Decimal | None, places: int = 1) -> Markup:
        return _hung(NOTHING if share is None else percent(share, places))

    def multiple(self, value: Decimal | None) -> str:
        return NOTHING if value is None else f"{rounded(value, 2):,}×"

    def rate(self, rate: Rate | None) -> Markup:
        """A rate as a percentage, or in words why there is none."""
        if rate is None:
            return escape(NOTHING)
        if rate.value is not None:
            return _hung(percent(rate.value, 1))
        return escape(self.why_no_rate(rate.status))

    def why_no_rate(self, status: str) -> str:
        return {
            "multiple": self.t("多解", "several"),
            "none": self.t("无解", "none"),
            "total_loss": self.t("全部损失", "total loss"),
            "under_a_year": self.t("不足一年", "under a year"),
        }.get(status, self.t("不适用", "n/a"))

    def day(self, day: date | None) -> str:
        return NOTHING if day is None else day.isoformat()

    def quarter(self, quarter: str) -> str:
        parsed = Quarter.parse(quarter)
        return self.t(
            f"{parsed.year} 年第{_ORDINALS[parsed.number - 1]}季度", f"Q{parsed.number} {parsed.year}"
        )

    def short_quarter(self, quarter: str) -> str:
        """A quarter as charts and narrow columns write it."""
        parsed = Quarter.parse(quarter)
        return self.t(f"{parsed.year}Q{parsed.number}", f"Q{parsed.number} {parsed.year}")


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, away from zero, as readers expect; for the eye only."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(share: Decimal, places: int = 1) -> str:
    """A fraction as a percentage: "11.4%", below zero "(11.4%)"."""
    value = rounded(share * 100, places)
    return f"({-value:,}%)" if value < 0 else f"{abs(value):,}%"


def _hung(text: str) -> Markup:
    """A closing bracket hangs outside the column so that figures stay aligned on their last digit."""
    if text.endswith(")"):
        return Markup("{}<span class=hang>)</span>").format(text[:-1])
    return escape(text)
