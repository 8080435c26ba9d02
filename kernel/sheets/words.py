"""Readers for words: free text, lists, yes and no, and choices by either language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from kernel.sheets.cells import Cell, Unreadable, narrow, tidy

TOO_LONG = "the text has {length} characters; expected at most {limit}"
NOT_YES_NO = "“{found}” is neither yes nor no; expected 是 or 否 (yes or no)"
NOT_A_RECORD = "“{found}” cannot be split into {fields}"
NOT_A_CHOICE = "“{found}” is not known here; expected one of: {choices}"

_YES = frozenset(["是", "有", "对", "y", "yes", "true", "1", "√", "✓", "✔"])
_NO = frozenset(["否", "无", "没有", "n", "no", "false", "0", "×", "x", "✗", "✘"])

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Text:
    """Free text, trimmed; whole numbers typed into a text column come back as their digits."""

    limit: int = 4000

    def read(self, cell: Cell) -> str:
        """The text."""
        text = tidy(cell.shown)
        if len(text) > self.limit:
            raise Unreadable(TOO_LONG, length=len(text), limit=self.limit)
        return text


@dataclass(frozen=True)
class Secret(Text):
    """Text that is read whole and shown by its last four characters only."""

    def shown(self, text: str) -> str:
        """What may stand on a page."""
        return f"•••• {text[-4:]}" if text else ""


@dataclass(frozen=True)
class Code:
    """A short identifier: full-width letters made narrow, upper case, no spaces inside."""

    def read(self, cell: Cell) -> str:
        """The code."""
        text = re.sub(r"\s", "", narrow(cell.shown)).upper()
        if len(text) > 64:
            raise Unreadable(TOO_LONG, length=len(text), limit=64)
        return text


@dataclass(frozen=True)
class Texts:
    """Several texts in one cell, parted by semicolons, the Chinese list comma or line breaks."""

    def read(self, cell: Cell) -> tuple[str, ...]:
        """The texts in their order."""
        parts = re.split(r"[;；、\n]", cell.shown)
        return tuple(text for text in map(tidy, parts) if text)


# Characters of nobody's stand for what is escaped while a cell is split.
_PARTS = ";；|｜\n\\"
_HIDDEN = {character: chr(0xE000 + at) for at, character in enumerate(_PARTS)}
_SHOWN = {ord(hidden): character for character, hidden in _HIDDEN.items()}
_PARTING = re.compile(rf"\\([{re.escape(_PARTS)}])")


def escaped(text: str) -> str:
    """A text as a field of `Records`: whatever would part it stands behind a backslash."""
    return re.sub(f"([{re.escape(_PARTS)}])", r"\\\1", text)


def _plain(text: str) -> str:
    return text.translate(_SHOWN)


@dataclass(frozen=True)
class Records:
    """Several small records in one cell: parted by semicolons or line breaks, their fields by upright strokes.

    "储氢压力|≤ 5|MPa；加氢时间|≤ 15|min" with the fields name, value, unit. The first `needed` fields must be
    there, but that one of `lacking` may be empty in its place; those left out at the end are "". What parts records
    and fields is a character like any other behind a backslash (`escaped`).
    """

    fields: tuple[str, ...]
    needed: int = 1
    lacking: tuple[str, ...] = ()

    def read(self, cell: Cell) -> tuple[dict[str, str], ...]:
        """The records in their order, each as a dict."""
        shown = _PARTING.sub(lambda found: _HIDDEN[found[1]], cell.shown)
        lines = (tidy(line) for line in re.split(r"[;；\n]", shown))
        return tuple(self._record(line) for line in lines if line)

    def _record(self, line: str) -> dict[str, str]:
        parts = [tidy(part) for part in re.split(r"[|｜]", line)]
        told = zip(self.fields, parts[: self.needed], strict=False)
        if not self.needed <= len(parts) <= len(self.fields) or not all(
            part or name in self.lacking for name, part in told
        ):
            raise Unreadable(NOT_A_RECORD, found=_plain(line), fields="|".join(self.fields))
        parts = [_plain(part) for part in parts]
        return dict(zip(self.fields, parts + [""] * (len(self.fields) - len(parts)), strict=True))


@dataclass(frozen=True)
class YesNo:
    """是 or 否, yes or no, and the ticks that stand for them."""

    def read(self, cell: Cell) -> bool:
        """True for yes."""
        if isinstance(cell.value, bool):
            return cell.value
        word = narrow(cell.shown).lower()
        if word not in _YES and word not in _NO:
            raise Unreadable(NOT_YES_NO, found=cell.shown)
        return word in _YES


@dataclass(frozen=True)
class Choice(Generic[E]):
    """One member of an enumeration, by its value, its name or one of the Chinese words in `words`."""

    choices: type[E]
    words: Mapping[str, E]

    def read(self, cell: Cell) -> E:
        """The member meant."""
        known = {_bare(member.value): member for member in self.choices}
        known |= {_bare(member.name): member for member in self.choices}
        known |= {_bare(word): member for word, member in self.words.items()}
        for part in (cell.shown, *re.split(r"[/|\n]| - ", narrow(cell.shown))):
            if _bare(part) in known:
                return known[_bare(part)]
        raise Unreadable(NOT_A_CHOICE, found=cell.shown, choices=self._listed())

    def _listed(self) -> str:
        chinese: dict[E, str] = {}
        for word, member in self.words.items():
            chinese.setdefault(member, word)
        return ", ".join(f"{chinese.get(member, '')} {member.value}".strip() for member in self.choices)


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]", "", narrow(word)).casefold()
