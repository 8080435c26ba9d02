"""The source tree as the house tests read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FLOORS = ("kernel", "valuation", "fund", "pipeline", "lp_reports", "fixtures", "app")


@dataclass(frozen=True)
class Source:
    """One Python file: where it is, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rsplit("/", 1)[-1]

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, methods and inner ones included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def parse(path: str, text: str) -> Source:
    """A source from its text."""
    return Source(path, text, ast.parse(text))


@cache
def sources(*floors: str) -> tuple[Source, ...]:
    """Every Python file of the given floors (all by default), migrations' generated versions left out."""
    found = []
    for floor in floors or FLOORS:
        for file in sorted((TOP / floor).rglob("*.py")):
            path = file.relative_to(TOP).as_posix()
            if "/migrations/versions/" not in path:
                found.append(parse(path, file.read_text(encoding="utf-8")))
    return tuple(found)
