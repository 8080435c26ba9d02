"""The five ways in which the software refuses, in plain words.

A refusal is an anticipated answer, not a fault. Each room declares its own one-line subclasses beside the
function that raises them, with a stable `code` for scripts and a sentence `says` for people. The sentence is
an English template: the roof translates the template and fills in the facts afterwards, so that one refusal
reads well in both languages. Nothing below the roof catches a refusal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Word(str):
    """An enumeration's value that was kept as JSON; `kind` is the name of its enumeration."""

    kind: str

    def __new__(cls, value: str, kind: str) -> "Word":
        """The value, remembering where it is looked up."""
        word = super().__new__(cls, value)
        word.kind = kind
        return word


class Quoted(str):
    """A text as it stands in somebody's file; it is told as it is, though it may look like a sentence of ours."""

    __slots__ = ()


class Words(tuple[StrEnum, ...]):
    """Several values of an enumeration as one fact, any of which will do."""

    __slots__ = ()

    def __str__(self) -> str:
        return " / ".join(one.replace("_", " ") for one in self)


@dataclass(frozen=True)
class Problem:
    """One fault in one place of what was handed in.

    `where` names the place as the user knows it ("row 12, 金额（元）" or "due_on"); `says` is an English
    template filled from `facts`.
    """

    where: str
    says: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        sentence = self.says.format_map(_in_words(self.facts))
        return f"{self.where}: {sentence}" if self.where else sentence


class Refusal(Exception):
    """What was asked may not happen; nothing was changed.

    Subclasses set `code` (stable, snake case) and `says` (an English `str.format` template over the facts).
    `problems` lists every single fault when there is more than one place to mend.
    """

    code: ClassVar[str] = "refused"
    says: ClassVar[str] = "This is not possible."

    def __init__(self, *, problems: Sequence[Problem] = (), **facts: object) -> None:
        self.problems = tuple(problems)
        self.facts = facts
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The refusal in English, facts filled in."""
        return self.says.format_map(_in_words(self.facts))

    @property
    def data(self) -> dict[str, object]:
        """The refusal as plain JSON: durable work keeps it, to be told later in the language of its reader."""
        problems = [[one.where, one.says, plain_facts(one.facts)] for one in self.problems]
        return {"says": self.says, "facts": plain_facts(self.facts), "problems": problems}

    def __reduce__(self) -> tuple[object, ...]:
        # Durable work keeps the refusal that ended it, so a refusal must survive being pickled.
        return _rebuilt, (type(self), self.problems, self.facts)

    def __str__(self) -> str:
        lines = [self.sentence(), *(f"- {problem}" for problem in self.problems)]
        return "\n".join(lines)


def _in_words(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as an English sentence tells them: an enumeration's value in words."""
    return {
        name: fact.replace("_", " ") if isinstance(fact, StrEnum) else fact for name, fact in facts.items()
    }


def plain_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as JSON can keep them: a day as its text, an enumeration's value with the name of its enumeration."""
    return {name: _plain(fact) for name, fact in facts.items()}


def _plain(fact: object) -> object:
    if isinstance(fact, StrEnum):
        return {"word": fact.value, "kind": type(fact).__name__}
    if isinstance(fact, Quoted):
        return {"quoted": str(fact)}
    return fact if fact is None or isinstance(fact, str | int | float) else str(fact)


def read_facts(kept: Mapping[str, object]) -> dict[str, object]:
    """The facts that `plain_facts` made plain."""
    return {name: _read(fact) if isinstance(fact, Mapping) else fact for name, fact in kept.items()}


def _read(fact: Mapping[str, object]) -> object:
    return Quoted(fact["quoted"]) if "quoted" in fact else Word(str(fact["word"]), str(fact["kind"]))


def _rebuilt(kind: type[Refusal], problems: Sequence[Problem], facts: Mapping[str, object]) -> Refusal:
    return kind(problems=problems, **facts)


class NotFound(Refusal):
    """There is no such thing, or the actor may not know that there is."""

    code = "not_found"
    says = "There is nothing here under that name."


class Forbidden(Refusal):
    """The actor is known and may not do this."""

    code = "forbidden"
    says = "You may not do this."


class Conflict(Refusal):
    """The request is well formed, but the present state does not allow it."""

    code = "conflict"
    says = "The present state does not allow this."


class Invalid(Refusal):
    """What was handed in is not what was expected."""

    code = "invalid"
    says = "What was handed in is not valid."


class Unavailable(Refusal):
    """Something the software needs is missing right now."""

    code = "unavailable"
    says = "This is not available at the moment."
