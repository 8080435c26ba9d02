"""The fund's term sheet: every term with its value, its clause, its formula, an example, and what changed.

Driven by the fields of the terms, so that a term that is added appears. Side letters are not in it: they are what
single partners were promised, and secret from the others.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fund.capital.waterfall import Flow, WaterfallTerms, whole_fund
from fund.charter.queries import FundSheet, VersionSheet, versions
from fund.charter.rules import FeeBasis, Limit, Terms
from fund.defaults.queries import TermsSheet
from fund.defaults.queries import versions as default_versions
from fund.fees.relief_rules import offset_amount
from fund.fees.rules import Stretch, fee, rounded
from kernel.audit.rules import canonical
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.money import format_amount
from kernel.periods import Quarter
from lp_reports import pdf, vocabulary, words
from lp_reports.compose import environment
from lp_reports.default_terms import lines_of
from lp_reports.edition import Language, percent
from lp_reports.facts import Text
from lp_reports.term_values import VALUES
from lp_reports.term_words import TERMS, Wording

MILLION = 100_000_000
"""One million yuan in fen."""
SILENT = frozenset({"limits", "version", "effective_on", "currency"})


@dataclass(frozen=True)
class TermLine:
    """One term: its number on the sheet, what it is called and says, its value, an example, and what it was before."""

    number: str
    title: Text
    value: Text
    says: Text
    formula: Text | None
    example: Text | None
    was: Text | None


@dataclass(frozen=True)
class LimitLine:
    """One limit; `is_new` and `is_gone` compare with the version before."""

    number: str
    says: Text
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class TermSheet:
    """One version of the terms as the sheet prints it."""

    fund: FundSheet
    version: VersionSheet
    before: VersionSheet | None
    terms: tuple[TermLine, ...]
    limits: tuple[LimitLine, ...]
    defaults: tuple[TermLine, ...] = ()

    @property
    def sha256(self) -> str:
        """The fingerprint of all that the sheet says."""
        said = {
            "fund": self.fund.code,
            "version": self.version.version,
            "effective_on": self.version.effective_on.isoformat(),
            "note": self.version.note,
            "terms": [[one.number, one.title.zh, one.value.zh, one.value.en] for one in self.terms],
            "limits": [[one.number, one.says.zh, one.is_gone] for one in self.limits],
            "defaults": [[one.number, one.value.zh] for one in self.defaults],
        }
        return hashlib.sha256(canonical(said)).hexdigest()


class VersionUnknown(NotFound):
    code = "terms_version_unknown"
    says = "There is no version {version} of the terms."


def read_sheet(tx: Tx, *, fund: FundSheet, version: int | None, today: date) -> TermSheet:
    """The sheet of a version, or of the one in force today (the first, while none is)."""
    found = versions(tx, fund_id=fund.id)
    if version is None:
        begun = [one for one in found if one.effective_on <= today] or found[:1]
        version = max(begun, key=lambda one: (one.effective_on, one.version)).version
    chosen = [one for one in found if one.version == version]
    if not chosen:
        raise VersionUnknown(version=version)
    before = [one for one in found if one.version < version]
    sheet = term_sheet(fund, chosen[0], before[-1] if before else None)
    later = [one.effective_on for one in found if one.version > version]
    until = min(later, default=date.max)
    promised = [one for one in default_versions(tx, fund_id=fund.id) if one.effective_on < until]
    return replace(sheet, defaults=_defaults(promised[0])) if promised else sheet


def _defaults(version: TermsSheet) -> tuple[TermLine, ...]:
    """The terms of default of the version in force last before the next version of the terms."""
    return tuple(
        TermLine(f"3.{number}", *line, None)
        for number, line in enumerate(lines_of(version.terms, version.effective_on), start=1)
    )


def term_sheet(fund: FundSheet, version: VersionSheet, before: VersionSheet | None) -> TermSheet:
    """The sheet of one version beside the one before it."""
    names = [one.name for one in fields(Terms) if one.name not in SILENT]
    ordered = [name for name in TERMS if name in names] + [name for name in names if name not in TERMS]
    lines = tuple(
        _line(f"1.{number}", name, version.terms, before.terms if before else version.terms)
        for number, name in enumerate(ordered, start=1)
    )
    return TermSheet(fund, version, before, lines, _limits(version, before))


def document(sheet: TermSheet) -> pdf.Document:
    """The sheet to be printed; the same version prints to the same bytes."""
    html = environment(Language.ZH).get_template("term_sheet.html").render(s=sheet, sha256=sheet.sha256)
    return pdf.Document(html, sheet.version.recorded_at, sheet.sha256)


def _line(number: str, name: str, terms: Terms, before: Terms) -> TermLine:
    plain = name.replace("_", " ").capitalize()
    wording = TERMS.get(name, Wording(Text(plain, plain), Text("", "")))
    example = EXAMPLES[name](terms) if name in EXAMPLES else None
    value, former = getattr(terms, name), getattr(before, name)
    was = shown(former) if former != value else None
    return TermLine(number, wording.title, shown(value), wording.says, wording.formula, example, was)


def shown(value: object) -> Text:
    """A value of a term in both languages, whatever kind it is."""
    if value is None:
        return Text("无", "None")
    if isinstance(value, StrEnum):
        return VALUES.get(value.value, Text(value.value, value.value.replace("_", " ").capitalize()))
    if isinstance(value, tuple):
        return _joined([shown(one) for one in value])
    if is_dataclass(value):
        return _joined([shown(getattr(value, one.name)) for one in fields(value)])
    if isinstance(value, bool):
        return Text("是", "Yes") if value else Text("否", "No")
    return _same(_plain(value))


def _plain(value: object) -> str:
    if isinstance(value, Fraction):
        return _percent(value)
    # Counts of days and the like are small; whatever is larger is money in minor units.
    return format_amount(value) if isinstance(value, int) and value > 10_000 else str(value)


def _same(text: str) -> Text:
    return Text(text, text)


def _joined(parts: Sequence[Text]) -> Text:
    if not parts:
        return Text("无", "None")
    return Text("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def _percent(share: Fraction) -> str:
    places = 2 if (share * 10_000).denominator == 1 else 4
    return percent(Decimal(share.numerator) / Decimal(share.denominator), places)


def _limits(version: VersionSheet, before: VersionSheet | None) -> tuple[LimitLine, ...]:
    was = before.terms.limits if before else ()
    now = version.terms.limits
    lines = [(one, before is not None and one not in was, False) for one in now]
    lines += [(one, False, True) for one in was if one not in now]
    return tuple(
        LimitLine(f"2.{number}", _limit(one), is_new, is_gone)
        for number, (one, is_new, is_gone) in enumerate(lines, start=1)
    )


def _limit(one: Limit) -> Text:
    dimension, basis = words.DIMENSIONS[one.dimension.value], words.BASES[one.basis.value]
    share, key = _percent(one.maximum), one.key
    named = vocabulary.value(key or "")
    which = Text(f"「{named.zh}」", f"“{named.en}”") if key else Text("任何一项", "any one")
    return Text(
        f"{dimension.zh}：{which.zh}不超过 {share}（{basis.zh}）",
        f"{dimension.en}: {which.en} at most {share} {basis.en}",
    )


def _fee_example(terms: Terms) -> Text:
    [working] = fee(
        Quarter(2026, 1),
        [Stretch(50, terms.fee_rate, FeeBasis.COMMITMENT)],
        {FeeBasis.COMMITMENT: 100 * MILLION},
    )
    whole = rounded(terms.fee_rate / 4 * 100 * MILLION)
    rate = _percent(terms.fee_rate)
    return Text(
        f"基数 1 亿元、费率 {rate}：整季 {format_amount(whole)} 元；"
        f"2026-02-10 至 03-31（90 天中的 50 天）{format_amount(working.amount)} 元。",
        f"On a basis of 100 million at {rate}: {format_amount(whole)} a quarter; from 2026-02-10 to 03-31 "
        f"(50 of 90 days) {format_amount(working.amount)}.",
    )


def _preferred(terms: Terms) -> int:
    """The preferred return on 40 million of 2026-01-15 and 60 million of 2026-07-01, as of 2031-01-15."""
    promised = WaterfallTerms(
        hurdle=terms.hurdle,
        compounding=terms.compounding,
        catch_up=terms.catch_up,
        carry=terms.carry,
    )
    flows = [
        Flow(date(2026, 1, 15), contribution=True, amount=40 * MILLION),
        Flow(date(2026, 7, 1), contribution=True, amount=60 * MILLION),
    ]
    return whole_fund(promised, flows, distribute=10**6 * MILLION, on=date(2031, 1, 15)).preferred


def _hurdle_example(terms: Terms) -> Text:
    amount = format_amount(_preferred(terms))
    return Text(
        f"2026-01-15 缴 4,000 万元、2026-07-01 缴 6,000 万元，至 2031-01-15 的门槛收益为 {amount} 元。",
        f"On 40 million paid in on 2026-01-15 and 60 million on 2026-07-01 it comes to {amount} by 2031-01-15.",
    )


def _catch_up_example(terms: Terms) -> Text:
    if not terms.catch_up:
        return Text(
            "不设追补：门槛收益以上部分直接按超额收益比例分成。",
            "There is none: what exceeds the hurdle is shared by the carry at once.",
        )
    preferred = 10 * MILLION
    size = int(terms.carry * preferred / (terms.catch_up - terms.carry))
    gains, share = rounded(terms.catch_up * size), _percent(terms.carry)
    return Text(
        f"可解（{_percent(terms.catch_up)} > {share}）：门槛收益 1,000 万元时，追补总额 {format_amount(size)} 元，"
        f"其中普通合伙人得 {format_amount(gains)} 元，占两项合计的 {share}。",
        f"Solvable ({_percent(terms.catch_up)} > {share}): over a hurdle of 10 million the catch-up is "
        f"{format_amount(size)}, of which the general partner gets {format_amount(gains)}, {share} of both.",
    )


def _interest_example(terms: Terms) -> Text:
    part = 633_333_333
    amount = format_amount(rounded(terms.equalisation_rate * part * 245 / 365))
    return Text(
        f"补缴 {format_amount(part)} 元、245 天，补偿金 {amount} 元。",
        f"On {format_amount(part)} over 245 days it is {amount}.",
    )


def _offset_example(terms: Terms) -> Text:
    amount = format_amount(offset_amount(MILLION, terms.offset_share))
    return Text(
        f"管理人收取董事费 100 万元，抵减管理费 {amount} 元。",
        f"Of a director’s fee of 1 million {amount} is set off.",
    )


def _cap_example(terms: Terms) -> Text | None:
    if terms.organisation_cap is None:
        return None
    cost, cap = MILLION, terms.organisation_cap
    paid = max(cap - cost // 4, 0)
    own, rest = (format_amount(part) for part in (cap - paid, cost - (cap - paid)))
    return Text(
        f"已承担 {format_amount(paid)} 元时再付 100 万元：基金承担 {own} 元，管理人承担 {rest} 元。",
        f"With {format_amount(paid)} borne before, of a further 1 million the fund bears {own} and the manager {rest}.",
    )


EXAMPLES: Mapping[str, Callable[[Terms], Text | None]] = {
    "fee_rate": _fee_example,
    "offset_share": _offset_example,
    "organisation_cap": _cap_example,
    "compounding": _hurdle_example,
    "catch_up": _catch_up_example,
    "equalisation_rate": _interest_example,
}
