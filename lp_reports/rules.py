"""Judgement over reports: their number, their life, who may approve, and which words may never go out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem


class State(StrEnum):
    """The life of a report; a superseded one stays readable and names its successor."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


READABLE = (State.PUBLISHED, State.SUPERSEDED)
"""What a partner may read of its reports."""


class Verb(StrEnum):
    REVIEW = "review"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


class Channel(StrEnum):
    """How a report reaches its reader."""

    PORTAL = "portal"


class Opening(StrEnum):
    """What a reader did with a report."""

    VIEWED = "viewed"
    DOWNLOADED = "downloaded"


class NoticeKind(StrEnum):
    """What a notice tells a partner: to pay, or that money goes back, is paid out, netted, or to be given back."""

    CALL = "call"
    REFUND = "refund"
    DISTRIBUTION = "distribution"
    NETTING = "netting"
    GIVEBACK = "giveback"


class Act(StrEnum):
    """What partners get notice of, by the word with which its subject begins ("call:4")."""

    CALL = "call"
    DISTRIBUTION = "distribution"
    NETTING = "netting"
    INDEMNITY = "indemnity"


MOVES = {
    (State.DRAFT, Verb.REVIEW): State.REVIEWED,
    (State.DRAFT, Verb.APPROVE): State.APPROVED,
    (State.REVIEWED, Verb.APPROVE): State.APPROVED,
    (State.REVIEWED, Verb.REQUEST_CHANGES): State.DRAFT,
    (State.APPROVED, Verb.REQUEST_CHANGES): State.DRAFT,
    (State.APPROVED, Verb.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Verb.SUPERSEDE): State.SUPERSEDED,
}


class WrongState(Conflict):
    code = "report_wrong_state"
    says = "Report {number} is {state}; {verb} is not possible now."


class OwnWork(Forbidden):
    code = "report_own_work"
    says = "Report {number} was prepared by {preparer}; another person must approve it."


class ReportUnknown(NotFound):
    code = "report_unknown"
    says = "There is no such report."


class IlpaNotFrozen(NotFound):
    code = "ilpa_not_frozen"
    says = "The figures of {number} were frozen before the ILPA Reporting Template was among them."


class NoticeUnknown(NotFound):
    code = "notice_unknown"
    says = "There is no such notice: this partner has no part in {act}."


class NoticeNotGiven(Conflict):
    code = "notice_not_given"
    says = "No notice of {act} was given yet; it is drawn up when the partners are told."


class NoticeOnPaper(Conflict):
    code = "notice_before_software"
    says = "{act} was issued before the fund used this software; its notice was given then."


class NoticeInNetting(Conflict):
    code = "notice_in_netting"
    says = "The partners were told of {act} by the notice of {netting}."


class ReasonMissing(Invalid):
    code = "report_reason_missing"
    says = "Say why: the reason is kept with the report and told to its reader."


class NothingToRestate(Conflict):
    code = "report_nothing_to_restate"
    says = "There is no report of {quarter} for {partner} yet; draw up the first one instead."


class QuarterOpen(Conflict):
    code = "report_quarter_open"
    says = "{quarter} is not closed yet; a report is frozen from locked books only. Still open: {open}."


class ReportsOutdated(Conflict):
    code = "reports_outdated"
    says = (
        "{quarter} was opened again on {on}, after its reports had been drawn up. Say why, and they are drawn up "
        "anew as the next version."
    )


class ReportOutdated(Conflict):
    code = "report_outdated"
    says = "Report {number} was drawn up before {quarter} was opened again on {on}; have it drawn up anew."


class BooksUnproved(Conflict):
    code = "quarter_books_unproved"
    says = "The books of {fund} do not prove for {quarter}; nothing was locked."


class MarksMissing(Conflict):
    code = "quarter_marks_missing"
    says = "{quarter} cannot be closed: these holdings have no approved mark at its end."


class MarksUnfounded(Conflict):
    code = "quarter_marks_unfounded"
    says = "{quarter} cannot be closed: by the valuation policy these marks cannot stand as they are."


class FiguresInconsistent(Conflict):
    code = "report_figures_inconsistent"
    says = "The figures of {partner} for {quarter} do not add up and were not frozen."


class AssertionsBroken(Conflict):
    code = "report_assertions_broken"
    says = "Report {number} cannot be published: by the books of {quarter} these ILPA rows do not agree."


class PromiseWords(Conflict):
    code = "report_promise_words"
    says = "Report {number} contains words of promise and cannot be published."


class ForeignNames(Invalid):
    code = "report_foreign_names"
    says = "The figures of {partner} for {quarter} name another partner and were not frozen."


def move(number: str, state: State, verb: Verb) -> State:
    """The state after `verb`; refuses what the life of a report does not allow."""
    following = MOVES.get((state, verb))
    if following is None:
        raise WrongState(number=number, state=state, verb=verb)
    return following


def check_approver(*, number: str, prepared_by: int | None, approved_by: int | None, preparer: str) -> None:
    """The approver is a signed-in person and never the preparer; what the system prepared any person may approve."""
    if approved_by is None or approved_by == prepared_by:
        raise OwnWork(number=number, preparer=preparer)


def check_reason(reason: str) -> None:
    """A change asked for, or a restatement, says why."""
    if not reason.strip():
        raise ReasonMissing()


def document_number(fund: str, quarter: str, partner: str, version: int) -> str:
    """The number printed on every page: AF1-2026Q3-LP02-v1."""
    return f"{fund}-{quarter}-{partner}-v{version}"


ALLOWED_SENTENCES = (
    "不构成对本金或收益的任何承诺",
    "不构成对本金不受损失或者最低收益的任何承诺",
    "门槛收益率仅为分配计算基准，并非预期收益，亦不构成任何保证",
    "no promise of principal or return",
    "is not a promise of principal or of any return",
    "The hurdle rate is a basis of calculation only; it is neither an expected return nor guaranteed",
)
"""Statutory sentences that deny a promise and therefore may use its words."""

PROMISES = (
    r"预期(?:年化)?收益",
    r"预计收益",
    r"(?<!担)保证(?!金)",
    r"保本",
    r"保收益",
    r"最低收益",
    r"无风险",
    r"稳赚",
    r"\bguarante(?:e|es|ed|eing)\b",
    r"\b(?:expected|promised|assured)\s+(?:annual\s+)?returns?\b",
    r"\brisk[- ]free\b",
    r"\bcapital[- ]protected\b",
)
_PROMISE = re.compile("|".join(PROMISES), re.IGNORECASE)


def lint(text: str) -> list[Problem]:
    """Words that promise a return, each with what stands around it; the statutory denials are read as nothing."""
    plain = re.sub(r"\s+", " ", text)
    for sentence in ALLOWED_SENTENCES:
        plain = re.sub(re.escape(sentence), " ", plain, flags=re.IGNORECASE)
    return [
        Problem(
            where=found.group(),
            says="“…{around}…”",
            facts={"around": plain[max(found.start() - 16, 0) : found.end() + 16].strip()},
        )
        for found in _PROMISE.finditer(plain)
    ]


_FORMS = re.compile(
    r"(?:（[^）]*）|\([^)]*\))|(?:有限责任公司|股份有限公司|有限公司|集团公司|集团|股份|公司)$"
)
_LEGAL = re.compile(
    r"(?:,?\s*(?:Co\.?,?\s*Ltd\.?|Ltd\.?|Inc\.?|L\.?P\.?|Group|Corporation|Company))+\.?$", re.IGNORECASE
)
SHORTEST = 3
"""A shortened name of fewer characters could be part of any sentence."""


def names_of(name_zh: str, name_en: str) -> list[str]:
    """A partner's names, whole and without the words that only say what kind of firm it is."""
    bare_zh = _FORMS.sub("", name_zh).strip()
    while (shorter := _FORMS.sub("", bare_zh).strip()) != bare_zh:
        bare_zh = shorter
    bare_en = _LEGAL.sub("", re.sub(r"\s*\([^)]*\)", "", name_en)).strip()
    found = [name_zh.strip(), bare_zh, name_en.strip(), bare_en]
    return [name for name in dict.fromkeys(found) if len(name) >= SHORTEST]


# Who stands in a text for a partner whose name is left out.
SOMEBODY = "一位合伙人"


def conceal(text: str, names: Iterable[str], stand_in: str, kept: Iterable[str] = ()) -> str:
    """`text` with the names of other partners, longest first, replaced by `stand_in`.

    A name that is `kept` stays whole also where another is part of it; one that ends in a digit ends there.
    """
    whole = set(kept)
    every = sorted((name for name in {*names, *whole} if name and name in text), key=len, reverse=True)
    if not every:
        return text
    found = re.compile(
        "|".join(re.escape(name) + (r"(?!\d)" if name[-1].isdigit() else "") for name in every)
    )
    return found.sub(lambda one: one.group() if one.group() in whole else stand_in, text)


def foreign_names(text: str, names: Iterable[str], *, allowed: Iterable[str] = ()) -> list[Problem]:
    """Names of other partners found in what one partner is to read; in the names of companies held they may be."""
    text = conceal(text, allowed, " ")
    found = [name for name in names if name and name in text]
    return [Problem(where="figures", says="names {name}", facts={"name": name}) for name in found]
