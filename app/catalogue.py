"""Collects what is said in code and templates and brings the Chinese catalogue up to date.

`python -m app.catalogue` adds new sentences to `app/translations/zh_CN.po` with an empty translation, drops those
that nobody says any more, and prints how many still wait for a translation.

Said is: a `_()` or `{% trans %}` in a template; in Python a `says = "..."` of a refusal, a text handed to one of
`SAYERS` or as one of the keywords `TOLD`, every value of an enumeration (under the enumeration's name), and what a
module of `SENTENCES` keeps under a name in capitals.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from app.languages import CATALOGUES, Language, plain

ROOT = Path(__file__).parent.parent
FLOORS = ("kernel", "fund", "pipeline", "lp_reports", "app")
# What cannot be computed of class rights is said on pages; the other arithmetic speaks to callers of its functions.
ARITHMETIC = ("flows", "payouts", "class_rights")
# Functions whose sentence is the argument at that place.
SAYERS = {"_n": 0, "InvalidInput": 0, "Problem": 1, "Requirement": 1, "wrong": 1, "say": 0, "_component": 2}
# Functions whose first argument is a word that a machine keeps, and under which name it is looked up.
CONTEXTS = {"Problem": "Field", "Requirement": "Field", "_field": "Field", "_component": "Component"}
TOLD = frozenset({"says", "why", "act", "what"})
# Rooms whose named constants are the sentences they say: what is wrong with a cell, what a column expects.
SENTENCES = ("kernel/sheets", "app/lists")
# Enumerations that only machines read.
SILENT = frozenset({"Account", "Effect", "Language", "Look", "Naming", "Scale", "Security"})
HEADER = "# Chinese of the pages and the refusals; see app/languages.py and app/catalogue.py."
Said = tuple[str | None, str]


def said(root: Path = ROOT) -> set[Said]:
    """Everything that is said, as (context, English)."""
    found: set[Said] = set()
    for floor in FLOORS:
        for file in sorted((root / floor).rglob("*.py")):
            found.update(said_in_python(file.read_text(encoding="utf-8")))
    for name in ARITHMETIC:
        found.update(said_in_python((root / "valuation" / f"{name}.py").read_text(encoding="utf-8")))
    for room in SENTENCES:
        for file in sorted((root / room).glob("*.py")):
            found.update(named_in_python(file.read_text(encoding="utf-8")))
    for file in sorted((root / "app" / "templates").rglob("*.html")):
        found.update(said_in_template(file))
    return found


def said_in_template(file: Path) -> Iterator[Said]:
    """The sentences of one template."""
    options = {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}
    for _, message, _, _ in extract_from_file("jinja2.ext.babel_extract", file, options=options):
        yield None, message if isinstance(message, str) else message[0]


def said_in_python(source: str) -> Iterator[Said]:
    """The sentences and words of one module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from _class(node)
        elif isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Tuple):
            yield from _listed(node)
        elif isinstance(node, ast.Assign) and _named(node.targets[0]) == "says" and _text(node.value):
            yield None, _text(node.value)


def named_in_python(source: str) -> Iterator[Said]:
    """The sentences that a module keeps under names in capitals."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and _named(node.targets[0]).isupper() and " " in _text(node.value):
            yield None, _text(node.value)


def _class(node: ast.ClassDef) -> Iterator[Said]:
    is_enumeration = any(isinstance(base, ast.Name) and base.id == "StrEnum" for base in node.bases)
    for statement in node.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        text = _text(statement.value)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        name = _named(targets[0])
        if is_enumeration and node.name not in SILENT and any(letter.isalpha() for letter in text):
            yield node.name, plain(text)
        elif text and name == "says":
            yield None, text


def _listed(node: ast.Tuple) -> Iterator[Said]:
    """A usual checklist's item, ("what is to be done", whether it must be): it is kept in a row as it stands. And a
    fault with what it takes, ("what is wrong", whether it is).
    """
    if len(node.elts) == 2 and isinstance(node.elts[1], ast.Compare | ast.BoolOp | ast.UnaryOp):
        text = _text(node.elts[0])
        if " " in text:
            yield None, text
    if (
        len(node.elts) == 2
        and isinstance(node.elts[1], ast.Constant)
        and isinstance(node.elts[1].value, bool)
    ):
        text = _text(node.elts[0])
        if " " in text and not text.startswith("the ") and not text.startswith("a "):
            yield None, text


def _call(node: ast.Call) -> Iterator[Said]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    place = SAYERS.get(name)
    if place is not None and len(node.args) > place:
        text = _text(node.args[place])
        if text and any(letter.isalpha() for letter in text.replace("{message}", "").replace("{what}", "")):
            yield None, text
    if name in CONTEXTS and node.args and _text(node.args[0]).isidentifier():
        yield CONTEXTS[name], plain(_text(node.args[0]))
    for keyword in node.keywords:
        text = _text(keyword.value)
        if keyword.arg in TOLD and text:
            yield None, text


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def merged(old: Catalog, wanted: set[Said]) -> Catalog:
    """A catalogue of exactly `wanted`, with the translations that `old` has."""
    new = Catalog(locale=str(Language.ZH), project="Achievement Fund", header_comment=HEADER, fuzzy=False)
    new.revision_date = new.creation_date = old.creation_date
    for context, text in sorted(wanted, key=lambda pair: (pair[0] or "", pair[1])):
        known = old.get(text, context)
        new.add(text, known.string if known else "", context=context)
    return new


def load(file: Path) -> Catalog:
    """The catalogue in `file`."""
    with file.open("rb") as stream:
        return read_po(stream, locale=str(Language.ZH))


def untranslated(catalogue: Catalog) -> list[Said]:
    """What has no translation yet."""
    return [(one.context, str(one.id)) for one in catalogue if one.id and not one.string]


def update(file: Path) -> str:
    """Bring the catalogue in `file` up to date; says how it stands."""
    catalogue = merged(load(file), said())
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=0, include_lineno=False)
    return f"{len(catalogue)} sentences, {len(untranslated(catalogue))} without a translation"


def main() -> int:
    """Bring the Chinese catalogue up to date."""
    sys.stdout.write(update(CATALOGUES / f"{Language.ZH}.po") + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
