"""Blanks to fill in: for every list a workbook with headings in both languages, an example row, and what goes where.

A blank is made from the layout that its importer reads, so the two cannot come apart.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.languages import Language, label, say
from app.lists.examples import EXAMPLES
from app.lists.kinds import Kind, ListKind
from fund.fees.categories import Category
from fund.forecasts.reserve_imports import QuarterNamed
from kernel.errors import NotFound
from kernel.identity.rules import Actor
from kernel.sheets.days import Day, Moment
from kernel.sheets.numbers import Amount, Ratio, Share, Whole
from kernel.sheets.reading import EXAMPLE_MARK, Column, Layout
from kernel.sheets.words import Choice, Code, Records, Text, Texts, YesNo
from kernel.sheets.writing import Head, Look, Sheet, Value, workbook

_CHINESE = re.compile(r"[\u4e00-\u9fff]")

ONE_TEXT = "Text of at most {limit} characters."
A_CODE = "A code: letters and digits, no blanks."
TEXTS = "Several texts, parted by ；"
RECORDS = "One or several of {fields}, parted by ；; a \\ before ； or | makes it part of a text."
AN_AMOUNT = "An amount in yuan, at most two decimals; brackets or a minus sign where it is negative."
A_POSITIVE_AMOUNT = "An amount in yuan, at most two decimals."
A_WHOLE = "A whole number from {low} to {high}."
A_SHARE = "A percentage with its sign, as in 12.5 %."
A_DAY = "A day, as in 2026-09-30."
A_QUARTER = "A quarter, as in 2027Q2."
YES_OR_NO = "是 or 否 (yes or no)."
ONE_OF = "One of: {choices}."
A_CATEGORY = "One of: {choices}; the name alone or the number of its row in the ILPA template will do."
SEE_EXAMPLE = "As in the example."


class BlankUnknown(NotFound):
    code = "blank_unknown"
    says = "There is no list of the kind {kind} that you may bring in."


def kind_named(kinds: Sequence[Kind], name: str) -> Kind:
    """The kind of that name among those that somebody may bring in."""
    for kind in kinds:
        if kind.name == name:
            return kind
    raise BlankUnknown(kind=name)


def blank(actor: Actor, *, kind: Kind, made_at: datetime) -> bytes:
    """The workbook of a list, for whoever may bring it in."""
    actor.require(*kind.roles)
    lists = [(kind.name, kind.layout), *((one.name, one.layout) for one in kind.beside)]
    sheets = [_list(name, layout) for name, layout in lists]
    return workbook([*sheets, _notes(lists)], title=both(kind.name), made_at=made_at)


def both(name: ListKind) -> str:
    """A list's name in both languages."""
    return f"{label(Language.ZH, name)} {label(Language.EN, name)}"


def known_as(column: Column) -> tuple[str, str]:
    """A column's first heading in Chinese and in English."""
    chinese = next((one for one in column.headings if _CHINESE.search(one)), column.headings[0])
    english = next((one for one in column.headings if not _CHINESE.search(one)), chinese)
    return chinese, english


def heading(column: Column) -> str:
    """A column's heading in both languages, with its unit."""
    chinese, english = known_as(column)
    unit = "（元）" if isinstance(column.reader, Amount) else ""
    return f"{chinese} {english}{unit}" if english not in chinese else f"{chinese}{unit}"


def _list(name: ListKind, layout: Layout[Any]) -> Sheet:
    heads = tuple(Head(heading(column), _look(column), choices=_choices(column)) for column in layout.columns)
    example: list[Value] = [EXAMPLES[name].get(column.field) for column in layout.columns]
    first = next(place for place, value in enumerate(example) if value is not None)
    example[first] = EXAMPLE_MARK + _typed(example[first], layout.columns[first])
    return Sheet(both(name), heads, (example,))


def _typed(value: Value, column: Column) -> str:
    if isinstance(value, int) and isinstance(column.reader, Amount):
        return f"{value // 100}.{value % 100:02d}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _look(column: Column) -> Look:
    looks = {Amount: Look.MONEY, Whole: Look.WHOLE, Day: Look.DAY, Moment: Look.INSTANT, Share: Look.SHARE}
    return looks.get(type(column.reader), Look.TEXT)


def _choices(column: Column) -> tuple[str, ...]:
    reader = column.reader
    if isinstance(reader, YesNo):
        return ("是", "否")
    if isinstance(reader, Category):
        return reader.offered
    if not isinstance(reader, Choice):
        return ()
    chinese: dict[str, str] = {}
    for word, member in reader.words.items():
        chinese.setdefault(member, word)
    return tuple(chinese.get(member, member.value) for member in reader.choices)


def _notes(lists: Sequence[tuple[ListKind, Layout[Any]]]) -> Sheet:
    heads = (
        Head("工作表 Sheet of the workbook", width=24),
        Head("栏 Heading", width=32),
        Head("要求 Must it be filled", width=20),
        Head("写法 How to write it", width=80),
    )
    rows = [
        (both(name), heading(column), _needed(column), _expected(column))
        for name, layout in lists
        for column in layout.columns
    ]
    about = (
        "",
        f"“{EXAMPLE_MARK}…”",
        "",
        "以“例：”开头的一行只作示范，导入时不读取。 The row that begins so is only an example and is never read.",
    )
    return Sheet("填写说明 Notes", heads, (about, *rows))


def _needed(column: Column) -> str:
    return "必填 yes" if column.required else "选填 no"


def _expected(column: Column) -> str:
    says, facts = _told(column)
    return f"{say(Language.ZH, says, facts)} {say(Language.EN, says, facts)}"


def _told(column: Column) -> tuple[str, dict[str, object]]:
    reader = column.reader
    match reader:
        case Text():
            return ONE_TEXT, {"limit": reader.limit}
        case Amount():
            return (AN_AMOUNT if reader.negative else A_POSITIVE_AMOUNT), {}
        case Whole():
            return A_WHOLE, {"low": reader.low, "high": reader.high}
        case Records():
            return RECORDS, {"fields": "|".join(reader.fields)}
        case Choice() | Category():
            says = A_CATEGORY if isinstance(reader, Category) else ONE_OF
            return says, {"choices": "、".join(_choices(column))}
    plain = {
        Code: A_CODE,
        Texts: TEXTS,
        Share: A_SHARE,
        Ratio: A_SHARE,
        Day: A_DAY,
        QuarterNamed: A_QUARTER,
        YesNo: YES_OR_NO,
    }
    return plain.get(type(reader), SEE_EXAMPLE), {}
