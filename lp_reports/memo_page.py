"""A valuation memo as one HTML document in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from fund.valuations.calibration import CalibrationKind
from lp_reports import words
from lp_reports.charts import bars, bridge
from lp_reports.charts.canvas import Drawing
from lp_reports.charts.payoff import payoff
from lp_reports.compose import HALF, environment
from lp_reports.edition import NOTHING, Edition, Language
from lp_reports.facts import Text
from lp_reports.memo import Memo, Voice
from lp_reports.memo_facts import payoff_pieces
from lp_reports.vocabulary import CONFLICTS, TECHNIQUES, bilingual

_LOOSE_END = re.compile(r"\s+(</(?:p|td|th|li|dd|dt|h[1-6]|caption|figcaption)>)")

METHODS = {
    "option_pricing": Text("期权定价法", "Option pricing"),
    "backsolve": Text("反推法", "Backsolve"),
    "probability_weighted": Text("概率加权法", "Probability-weighted"),
    "current_value": Text("现值法", "Current value"),
    "fully_diluted": Text("完全稀释法", "Fully diluted"),
}
TURNINGS = {
    "preference": Text("优先清偿", "takes its preference"),
    "shares": Text("开始分享", "begins to share"),
    "capped": Text("达到参与上限", "reaches its cap"),
    "converts": Text("转换为普通股", "converts"),
    "exercised": Text("期权行权", "is exercised"),
}
STATES = {
    "draft": Text("待批准", "Draft"),
    "approved": Text("已批准", "Approved"),
    "rejected": Text("已退回", "Turned down"),
    "superseded": Text("已被取代", "Superseded"),
}
OPINIONS = {
    "approve": Text("同意", "Approves"),
    "object": Text("反对", "Objects"),
    "recused": Text("回避", "Recused"),
    "": Text("未表态", "Has not answered"),
}
RECUSALS = {**CONFLICTS, "preparer": Text("编制人", "Preparer")}


def compose_memo(memo: Memo, sha256: str, language: Language) -> str:
    """The whole memo as HTML; `sha256` is the fingerprint of what it says."""
    edition = Edition(language)
    template = environment(language).get_template("memo.html")
    written = template.render(
        m=memo,
        sha256=sha256,
        w=Writing(edition),
        steps=words.named(words.STEPS, edition),
        charts=Charts(memo, sha256, edition),
    )
    return _LOOSE_END.sub(r"\1", written)


@dataclass(frozen=True)
class Writing:
    """How a memo's own values are written in one edition."""

    edition: Edition

    def both(self, text: str) -> str:
        """A text typed in both languages, in this one."""
        return self.edition.name(bilingual(text))

    def share(self, value: Fraction | float | None, places: int = 1) -> Markup:
        """A share or rate as a percentage."""
        return self.edition.percent(None if value is None else _decimal(Fraction(value)), places)

    def number(self, value: Fraction | None) -> str:
        """An exact number with its thousands."""
        if value is None:
            return NOTHING
        return f"{_decimal(value):,.4f}".rstrip("0").rstrip(".")

    def parameter(self, value: Fraction, kind: CalibrationKind) -> str | Markup:
        """A calibrated parameter as its kind is written."""
        if kind is CalibrationKind.EQUITY:
            return self.edition.amount(round(value))
        return (
            self.edition.multiple(_decimal(value))
            if kind is CalibrationKind.MULTIPLE
            else self.share(value, 2)
        )

    def ratio(self, price: int, mark: int) -> str:
        """The price over the mark; of a mark of nothing there is none."""
        return self.edition.multiple(_decimal(Fraction(price, mark))) if mark else NOTHING

    def technique(self, code: str) -> str:
        return self.edition.name(words.say(TECHNIQUES, code))

    def method(self, code: str) -> str:
        return self.edition.name(words.say(METHODS, code))

    def turning(self, code: str) -> str:
        return self.edition.name(words.say(TURNINGS, code))

    def opinion(self, voice: Voice) -> str:
        """What a member said, or that the member is recused."""
        return self.edition.name(words.say(OPINIONS, "recused" if voice.recused else voice.opinion))

    def recusal(self, voice: Voice) -> str:
        """Why a member is recused; "" for one who is not."""
        told = [self.edition.name(words.say(RECUSALS, code)) for code in voice.recused]
        return self.edition.dot.join(told)

    def state(self, code: str) -> str:
        return self.edition.name(words.say(STATES, code))


@dataclass(frozen=True)
class Charts:
    """The pictures of a memo, drawn when the template asks for them."""

    memo: Memo
    sha256: str
    edition: Edition

    def bridge(self) -> Drawing:
        names = words.named(words.STEPS, self.edition)
        return bridge.bridge(self.memo.bridge, names, self.edition, width=HALF, height=150)

    def payoff(self) -> Drawing | str:
        rights, found = self.memo.file.rights, self.memo.found
        if rights is None or found is None:
            return ""
        pieces = payoff_pieces(rights, found)
        return payoff(pieces, self.edition, equity=found.equity, width=HALF, height=150)

    def fingerprint(self) -> Drawing:
        return bars.print_of(self.sha256, width=180, height=26)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
