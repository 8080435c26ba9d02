"""Holidays on a page: what is known of each year, and entering the State Council's notice."""

from collections.abc import Iterator
from datetime import date, timedelta

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from fund.workdays.actions import enter_notice
from fund.workdays.queries import calendar, notices
from fund.workdays.rules import LONGEST, DayKind, NoticeDay
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.sheets.cells import Unreadable
from kernel.sheets.days import day_in

router = APIRouter(include_in_schema=False, prefix="/holidays")


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """The notices entered, and how this year and the next are known."""
    return listed_page(desk)


def listed_page(desk: Desk) -> HTMLResponse:
    """The page, with the form for whoever may enter a notice."""
    this = day_in_beijing(desk.now).year
    found, known = notices(desk.tx, actor=desk.actor), calendar(desk.tx)
    entered = {one.year for one in found}
    return desk.show(
        "holidays.html",
        found=list(reversed(found)),
        years=[(year, year in entered, known.is_provisional(date(year, 1, 1))) for year in (this, this + 1)],
        may_enter=desk.actor.has(Role.MANAGER, Role.ADMINISTRATOR),
        next_year=this + 1,
    )


@router.post("")
def enter(desk: DeskDep) -> Response:
    """Enter the notice for a year."""

    def act() -> None:
        fields = desk.fields
        year, document = fields.whole("year"), fields.text("document")
        days = [
            *stretches(desk, "off", DayKind.OFF),
            *stretches(desk, "worked", DayKind.WORKED),
        ]
        fields.check()
        enter_notice(desk.tx, desk.actor, year=year, document=document, days=days, now=desk.now)

    return desk.act("enter", act, then="/holidays", done="holidays.entered", again=listed_page)


def stretches(desk: Desk, name: str, kind: DayKind) -> Iterator[NoticeDay]:
    """The days of a field with one stretch a line: "2027-01-01 2027-01-03 元旦", the second day where it is one."""
    for line in desk.fields.raw(name).splitlines():
        words = line.replace("至", " ").replace("—", " ").split()
        if not words:
            continue
        try:
            first = day_in(words[0], words[0])
            is_stretch = len(words) > 1 and words[1][:1].isdigit()
            last = day_in(words[1], words[1]) if is_stretch else first
        except Unreadable as wrong:
            desk.fields.wrong(name, wrong.says, **wrong.facts)
            return
        if not 0 <= (last - first).days < LONGEST:
            desk.fields.wrong(
                name, "From {first} to {last} is no stretch of days of a notice.", first=first, last=last
            )
            return
        label = " ".join(words[2:] if is_stretch else words[1:])
        for place in range((last - first).days + 1):
            yield NoticeDay(first + timedelta(days=place), kind, label)
