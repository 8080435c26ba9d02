"""The two languages of the product and everything that is said in them.

English sentences stand in the code and the templates and are the keys of the catalogue; the Chinese ones
stand in `app/translations/zh_CN.po`, written by hand and read once at start. A word that a machine keeps (an
enumeration's value, an account's code) is looked up under the name of its enumeration, because "open" is one
thing said of a motion and another of a finding.
"""

import gettext
import io
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kernel.errors import Problem, Quoted, Refusal, Word, Words

CATALOGUES = Path(__file__).parent / "translations"
COOKIE = "language"
CHINESE = re.compile(r"[\u3400-\u9fff]")
# A place that a rule names in words: "general growth", "planned 2 exit", "CALL-001 item 3".
WORDED = re.compile(r"[A-Za-z][A-Za-z0-9-]*( [a-z]+| \d+)+", re.ASCII)
ABBREVIATIONS = frozenset({"ipo", "lp", "gp", "trl", "mrl", "ilpa", "irr", "nav", "dcf", "qtd", "ytd", "itd"})


class Language(StrEnum):
    """A language that pages and reports are written in."""

    ZH = "zh_CN"
    EN = "en"

    @property
    def tag(self) -> str:
        """As HTML names it."""
        return "zh-CN" if self is Language.ZH else "en"

    @property
    def other(self) -> "Language":
        """The one to switch to."""
        return Language.EN if self is Language.ZH else Language.ZH


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of `language`; English needs none."""
    source = CATALOGUES / f"{language}.po"
    if language is Language.EN:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=str(language)))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(*, cookie: str | None, preference: str | None, accepts: str) -> Language:
    """The language to answer in: as switched to, else the user's own, else the browser's first known."""
    for wish in (cookie, preference):
        if wish and wish in set(Language):
            return Language(wish)
    for part in accepts.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return Language.ZH
        if tag.startswith("en"):
            return Language.EN
    return Language.ZH


def say(language: Language, says: str, facts: Mapping[str, object]) -> str:
    """A sentence template in `language`, with its facts filled in."""
    told = {name: _told(language, fact) for name, fact in facts.items()}
    return translations(language).gettext(says).format_map(told)


def _told(language: Language, fact: object) -> object:
    """A fact as it stands in a sentence: an enumeration's word, a part of a sentence with facts of its own or without,
    a day, or itself.
    """
    if isinstance(fact, Problem):
        return fault(language, fact)
    if isinstance(fact, Words):
        return " / ".join(label(language, one) for one in fact)
    if isinstance(fact, Word):
        return label(language, fact, fact.kind)
    if isinstance(fact, StrEnum):
        return label(language, fact)
    if isinstance(fact, str) and fact and not isinstance(fact, Quoted):
        return translations(language).gettext(fact)
    return fact


def said(language: Language, text: str) -> str:
    """A sentence of ours that was kept in a row, in the language of the reader; anything else as it stands."""
    return translations(language).gettext(text) if text else text


def half(language: Language, text: str) -> str:
    """The half of "中文 / English" that is in `language`; a text that is not written in both stays whole."""
    if " · " in text:
        return " · ".join(half(language, part) for part in text.split(" · "))
    first, stroke, second = text.partition(" / ")
    if not stroke or not CHINESE.search(first) or CHINESE.search(second):
        return text
    return first.strip() if language is Language.ZH else second.strip()


def place(language: Language, where: str) -> str:
    """The name of a field, of a place in a file ("list.xlsx, row 12, 金额") or of a part of what was handed in
    ("planned 2 exit"), as the user knows it.
    """
    if where.isidentifier() and where.isascii():
        name = where.rstrip("0123456789")
        return f"{_field(language, name)} {where[len(name) :]}".rstrip()
    if language is Language.EN:
        return where
    if WORDED.fullmatch(where):
        return " ".join(_field(language, one) if one.islower() else one for one in where.split())
    return re.sub(r", row (\d+)", r"，第 \1 行", re.sub(r", sheet (.+?), row", r"，工作表“\1”, row", where))


def _field(language: Language, name: str) -> str:
    """The word for a field: its own where it has one, else what stands beside it on the form."""
    told = label(language, name, "Field")
    return translations(language).gettext(told) if told == plain(name) else told


def sentence(language: Language, refusal: Refusal) -> str:
    """What a refusal says, in `language`."""
    return say(language, refusal.says, refusal.facts)


def fault(language: Language, problem: Problem) -> str:
    """What one problem says, in `language`, without the place."""
    return say(language, problem.says, problem.facts)


def label(language: Language, value: str, kind: str = "") -> str:
    """The word for an enumeration's value: `label(ZH, Stage.CLOSING)` is 交割.

    `kind` names the enumeration where `value` is a plain string.
    """
    context = kind or type(value).__name__
    return translations(language).pgettext(context, plain(value))


def plain(value: str) -> str:
    """An enumeration's value as English words: "due_diligence" becomes "Due diligence"."""
    words = [word.upper() if word in ABBREVIATIONS else word for word in re.split("[_ -]+", str(value))]
    told = " ".join(words).strip()
    return told[:1].upper() + told[1:]
