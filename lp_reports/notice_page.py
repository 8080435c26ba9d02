"""A notice as one HTML document in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from kernel.capitals import capitals
from lp_reports.charts import bars
from lp_reports.charts.canvas import Drawing
from lp_reports.compose import environment
from lp_reports.edition import Edition, Language
from lp_reports.facts import Text
from lp_reports.notice import Notice
from lp_reports.notice_words import COMPOUNDINGS, FIGURES, FORMS, TABLES, TIERS, TITLES, word
from lp_reports.words import say

_LOOSE_END = re.compile(r"\s+(</(?:p|td|th|li|dd|dt|h[1-6]|caption|figcaption)>)")


def compose_notice(notice: Notice, sha256: str, language: Language) -> str:
    """The whole notice as HTML; `sha256` is the fingerprint of what it says."""
    template = environment(language).get_template("notice.html")
    written = template.render(n=notice, sha256=sha256, w=Writing(notice, sha256, Edition(language)))
    return _LOOSE_END.sub(r"\1", written)


@dataclass(frozen=True)
class Writing:
    """How a notice's own values are written in one edition."""

    notice: Notice
    sha256: str
    edition: Edition

    @property
    def title(self) -> Text:
        return TITLES[self.notice.kind]

    @property
    def in_capitals(self) -> str:
        """The amount in Chinese capitals; of another currency there are none."""
        return capitals(self.notice.amount) if self.notice.currency == "CNY" else ""

    def table(self, code: str) -> str:
        return self.edition.name(say(TABLES, code))

    def figure(self, code: str) -> str:
        return self.edition.name(word(FIGURES, code).name)

    def means(self, code: str) -> str:
        return self.edition.name(word(FIGURES, code).means)

    def tier(self, code: str) -> str:
        return self.edition.name(word(TIERS, code).name)

    def tier_means(self, code: str) -> str:
        return self.edition.name(word(TIERS, code).means)

    def compounding(self, code: str) -> str:
        return self.edition.name(say(COMPOUNDINGS, code))

    def form(self, code: str) -> str:
        return self.edition.name(say(FORMS, code))

    def share(self, value: Fraction) -> Markup:
        """A rate or share as a percentage."""
        return self.edition.percent(Decimal(value.numerator) / Decimal(value.denominator))

    def threshold(self, measure: str, value: Fraction) -> str:
        """What a further tier begins above."""
        if measure == "multiple":
            return f"{float(value):.2f}×"
        return f"IRR {float(value) * 100:.1f}%"

    def fingerprint(self) -> Drawing:
        return bars.print_of(self.sha256, width=140, height=30)
