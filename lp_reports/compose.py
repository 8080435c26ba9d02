"""Figures to HTML: one language edition of one partner's report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape

from jinja2 import Environment, PackageLoader, StrictUndefined

from lp_reports import snapshot, words
from lp_reports.canonical import fingerprint
from lp_reports.charts import bars, bridge, company, curve
from lp_reports.charts.canvas import Drawing
from lp_reports.edition import Edition, Language
from lp_reports.facts import Step
from lp_reports.portfolio import Company, Investment, Limit, Slice
from lp_reports.snapshot import Figures

_MARKUP = re.compile(r"<(style|svg)\b.*?</\1>|<[^>]+>", re.DOTALL)
_LOOSE_END = re.compile(r"\s+(</(?:p|td|th|li|dd|dt|h[1-6]|caption|figcaption)>)")
"""White space before the end of a block: left there, it can make a line break far too early in print."""

FULL = 493.0
"""Printed width of a page in points: A4 less margins of 18 mm."""
HALF = 235.0
ROWS = 36
"""Companies in one picture: more would not fit on a page."""


@dataclass(frozen=True)
class Section:
    key: str
    zh: str
    en: str


SECTIONS = (
    Section("changes", "目录与本期变动", "Contents and what changed"),
    Section("summary", "摘要与关键数字", "Summary and key figures"),
    Section("performance", "业绩", "Performance"),
    Section("account", "贵司资本账户", "Your capital account"),
    Section("commitment", "出资承诺与预计缴款", "Commitment and estimated calls"),
    Section("fees", "费用与抵减", "Fees, expenses and offsets"),
    Section("carry", "超额收益与回拨", "Carried interest and clawback"),
    Section("schedule", "投资明细", "Schedule of investments"),
    Section("companies", "被投企业", "Companies"),
    Section("related", "关联方、利益冲突与回避", "Related parties, conflicts and recusals"),
    Section("exposure", "风险敞口与合同限额", "Exposure and limits"),
    Section("notes", "附注、定义与核验", "Notes, definitions and verification"),
)


def compose(figures: Figures, sha256: str, language: Language) -> str:
    """The whole report as one HTML document; `sha256` is the fingerprint of the saved figures."""
    edition = Edition(language)
    template = environment(language).get_template("report.html")
    sections = sections_of(figures)
    written = template.render(
        f=figures,
        sha256=sha256,
        sections=sections,
        section={section.key: section for section in sections},
        number={section.key: index for index, section in enumerate(sections, start=1)},
        charts=Charts(figures, sha256, edition),
        pages=company_pages(figures),
        line_of={line.code: line for line in figures.investments},
        life=life_bridge(figures),
        portfolio=Portfolio.of(figures.investments),
    )
    return _LOOSE_END.sub(r"\1", written)


def sections_of(figures: Figures) -> tuple[Section, ...]:
    """The sections that these figures fill, in their order: a reprint of old ones has those that it had."""
    return tuple(one for one in SECTIONS if one.key != "carry" or figures.carry is not None)


def words_of(content: bytes, language: Language) -> str:
    """What a reader of that edition sees, without mark-up: for looking at words only."""
    html = compose(snapshot.loads(content), fingerprint(content), language)
    return unescape(_MARKUP.sub(" ", html))


@cache
def environment(language: Language) -> Environment:
    """The templates of the report with one language's writing rules; undefined names and raw text are refused."""
    edition = Edition(language)
    found = Environment(
        loader=PackageLoader("lp_reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(e=edition, t=edition.t, twin=edition.twin, words=words)
    writers: Mapping[str, Callable[..., object]] = {
        "amount": edition.amount,
        "large": edition.large,
        "percent": edition.percent,
        "multiple": edition.multiple,
        "rate": edition.rate,
        "day": edition.day,
        "quarter": edition.quarter,
        "short_quarter": edition.short_quarter,
        "name": edition.name,
        "other": edition.other,
    }
    found.filters.update(writers)
    return found


@dataclass(frozen=True)
class CompanyPage:
    """A company's page beside its line in the schedule."""

    page: Company
    line: Investment
    is_stale: bool

    @property
    def has_moved(self) -> bool:
        """Whether the quarter changed its value, so that there is a bridge to draw."""
        return any(step.amount for step in self.page.bridge[1:-1])


def company_pages(figures: Figures) -> tuple[CompanyPage, ...]:
    lines = {line.code: line for line in figures.investments}
    stale = {age.code for age in figures.ages if age.is_stale}
    return tuple(CompanyPage(page, lines[page.code], page.code in stale) for page in figures.companies)


def life_bridge(figures: Figures) -> tuple[Step, ...]:
    """The partner's value since inception as a bridge, from the lines of the capital account."""
    return tuple(Step(line.code, line.yours.itd) for line in figures.account)


@dataclass(frozen=True)
class Portfolio:
    """Sums of the schedule, minor units."""

    cost: int
    realised: int
    value: int
    previous_value: int
    yours: int
    held: int
    exited: int
    written_off: int

    @classmethod
    def of(cls, lines: tuple[Investment, ...]) -> Portfolio:
        def count(status: str) -> int:
            return sum(line.status == status for line in lines)

        return cls(
            sum(line.cost for line in lines),
            sum(line.realised for line in lines),
            sum(line.value for line in lines),
            sum(line.previous_value for line in lines),
            sum(line.yours for line in lines),
            count("held") + count("partly_realised"),
            count("realised"),
            count("written_off"),
        )


@dataclass(frozen=True)
class Charts:
    """Every picture of the report, drawn when the template asks for it."""

    figures: Figures
    sha256: str
    edition: Edition

    def fingerprint(self) -> Drawing:
        return bars.print_of(self.sha256, width=180, height=26)

    def bridge(self, steps: tuple[Step, ...]) -> Drawing:
        return bridge.bridge(steps, self._steps(), self.edition, width=FULL, height=128)

    def curve(self) -> Drawing:
        return curve.j_curve(self.figures.curve, self.edition, width=HALF, height=190)

    def navs(self) -> Drawing:
        return curve.nav_bars(self.figures.curve[-12:], self.edition, width=FULL, height=130)

    def progression(self) -> Drawing:
        return curve.progression(self.figures.curve, self.edition, width=HALF, height=190)

    def companies(self) -> list[Drawing]:
        """As many pictures as it takes for each to fit on a page."""
        lines = self.figures.investments
        parts = [lines[start : start + ROWS] for start in range(0, len(lines), ROWS)]
        return [bars.companies(part, self.edition, width=FULL, among=lines) for part in parts]

    def share(self, row: Slice) -> Drawing:
        top = max((one.share for group in self.figures.exposures for one in group.slices), default=row.share)
        return bars.share_bar(row, top, width=190)

    def bullet(self, limit: Limit) -> Drawing:
        return bars.bullet(limit, width=110)

    def readiness(self, page: Company) -> Drawing:
        levels = bars.Readiness(page.readiness_entry, page.readiness_now, page.readiness_target)
        return bars.readiness(levels, self.edition, width=150)

    def history(self, page: Company) -> Drawing:
        return company.history(page.history, self.edition, width=HALF, height=150)

    def company_bridge(self, steps: tuple[Step, ...]) -> Drawing:
        return bridge.bridge(steps, self._steps(), self.edition, width=HALF, height=150)

    def _steps(self) -> dict[str, str]:
        return words.named(words.STEPS, self.edition)
