"""The main lists as workbooks: everything that a list's filters choose and its reader may see, not just one page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from app.languages import Language, label, say
from app.lists.blanks import known_as
from fund.charter.queries import FundSheet
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.paging import MAXIMUM_LIMIT, Page
from kernel.sheets.reading import Layout
from kernel.sheets.writing import Head, Look, Sheet, Value, workbook

T = TypeVar("T")
# A heading (a sentence of ours), and how the values under it look where they are no text.
Named = tuple[str, Look] | str
MOST_ROWS = 50_000
UNIT = "Unit: yuan"


class ListTooLong(Invalid):
    code = "list_too_long"
    says = "The list has more than {limit} rows; choose a part of it by its filters."


class PageOf(Protocol[T]):
    """Asks for the page after a key."""

    def __call__(self, *, after: str | None, limit: int) -> Page[T]: ...


def every(page_of: PageOf[T]) -> Iterator[T]:
    """The items of all pages of a list. Refused: more of them than a workbook is good for."""
    after: str | None = None
    count = 0
    while True:
        page = page_of(after=after, limit=MAXIMUM_LIMIT)
        count += len(page.items)
        if count > MOST_ROWS:
            raise ListTooLong(limit=MOST_ROWS)
        yield from page.items
        after = page.next
        if after is None:
            return


@dataclass(frozen=True)
class Reader:
    """Who reads a list, about which fund, when, and in which language."""

    tx: Tx
    actor: Actor
    fund: FundSheet | None
    language: Language
    now: datetime

    @property
    def fund_id(self) -> int:
        """The fund of a list that is about one."""
        assert self.fund is not None
        return self.fund.id

    @property
    def today(self) -> date:
        """The day in Beijing."""
        return day_in_beijing(self.now)

    def say(self, says: str) -> str:
        """A sentence of the catalogue."""
        return say(self.language, says, {})

    def label(self, value: str | None, kind: str = "") -> str:
        """The word for an enumeration's value."""
        return label(self.language, value, kind) if value else ""

    def name(self, name_zh: str, name_en: str) -> str:
        """The one of two names that goes with the language, the other where it is missing."""
        first, second = (name_zh, name_en) if self.language is Language.ZH else (name_en, name_zh)
        return first or second

    def caption(self, *more: str) -> str:
        """The line above a list: the fund, what else there is to say, the unit."""
        fund = [self.name(self.fund.name_zh, self.fund.name_en)] if self.fund else []
        return " · ".join([*fund, *more, self.say(UNIT)])

    def sheet(
        self,
        title: str,
        heads: Sequence[Named],
        rows: Iterable[Sequence[Value]],
        *more: str,
        is_list: bool = True,
    ) -> Sheet:
        """One sheet with its headings in the reader's language; `title` and headings are sentences of ours."""
        made = [
            Head(self.say(one)) if isinstance(one, str) else Head(self.say(one[0]), one[1]) for one in heads
        ]
        return Sheet(self.say(title)[:31], tuple(made), rows, self.caption(*more), is_list)

    def columns_of(self, layout: Layout[Any], looks: Mapping[str, Look]) -> tuple[Head, ...]:
        """The headings under which a list is brought in, in the reader's language; `looks` by field, else text."""
        place = 0 if self.language is Language.ZH else 1
        return tuple(Head(known_as(one)[place], looks.get(one.field, Look.TEXT)) for one in layout.columns)

    def book(self, *sheets: Sheet) -> bytes:
        """The workbook of some sheets."""
        return workbook(sheets, title=sheets[0].name, made_at=self.now)
