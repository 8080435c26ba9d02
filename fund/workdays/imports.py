"""Reading the State Council's notice from a sheet: one row a day or a stretch of days; all rows or none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fund.workdays.actions import enter_notice
from fund.workdays.queries import notices
from fund.workdays.rules import LONGEST, DayKind, NoticeDay
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, Known, book
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Choice, Text

_KINDS = {"放假": DayKind.OFF, "上班": DayKind.WORKED, "调休上班": DayKind.WORKED}


class DocumentsDiffer(Invalid):
    code = "holiday_documents_differ"
    says = "The rows of {year} name several notices: {documents}."


class StretchTurned(Invalid):
    code = "holiday_stretch_turned"
    says = "From {first} to {last} is no stretch of days of a notice."


@dataclass(frozen=True)
class HolidayRow:
    """A stretch of days that is off, or a weekend that is worked."""

    on: date
    until: date | None
    kind: DayKind
    document: str
    name: str

    @property
    def days(self) -> Iterator[NoticeDay]:
        """Each day of it."""
        last = self.until or self.on
        if not 0 <= (last - self.on).days < LONGEST:
            raise StretchTurned(first=self.on, last=last)
        for place in range((last - self.on).days + 1):
            yield NoticeDay(self.on + timedelta(days=place), self.kind, self.name)


HOLIDAYS = Layout(
    "holidays",
    HolidayRow,
    (
        Column("on", Day(), ("放假起始日", "First day off")),
        Column("until", Day(), ("放假截止日", "Last day off"), False),
        Column("kind", Choice(DayKind, _KINDS), ("放假或上班", "Off or worked")),
        Column("document", Text(120), ("文号", "Number of the notice")),
        Column("name", Text(40), ("节日", "Holiday"), False, ""),
    ),
    unique=("on",),
)


def import_holidays(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Enter the notice of every year of a sheet; one that is on record as it is is left alone."""
    reading = read_file(filename, content, HOLIDAYS).gathered(lambda row: row.on.year, tuple)

    def act(rows: Sequence[HolidayRow]) -> Known | None:
        year, before = rows[0].on.year, {one.year: one for one in notices(tx)}
        documents = {row.document for row in rows}
        if len(documents) > 1:
            raise DocumentsDiffer(year=year, documents="、".join(sorted(documents)))
        days = [day for row in rows for day in row.days]
        found = enter_notice(tx, actor, year=year, document=rows[0].document, days=days, now=now)
        return Known(str(year)) if before.get(year) == found else None

    return (book(tx, reading, act, what="holidays", dry_run=dry_run),)
