"""Holidays: the State Council's notices that the house has entered, and what the calendar knows of each year."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from app.api.downloads import ChannelReader, workbook_file
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, Body, Out, example
from app.deps import ApiActor, Now, TxDep
from app.lists.holiday_tables import holiday_book
from fund.workdays.actions import enter_notice
from fund.workdays.queries import calendar, notices
from fund.workdays.rules import DayKind, NoticeDay
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(prefix="/api/v1/holidays", tags=["holidays"], responses=REFUSALS)


class YearKind(StrEnum):
    """From where a year's business days are known: a notice entered here, the package, or not yet at all."""

    ENTERED = "entered"
    PACKAGED = "packaged"
    PROVISIONAL = "provisional"


class HolidayOut(Out):
    """A day that is off, or a weekend that is worked, and the holiday that it belongs to."""

    on: date
    kind: DayKind
    name: str


class NoticeOut(Out):
    """The notice for a year as it was entered last."""

    year: int
    document: str
    days: list[HolidayOut]
    recorded_by: str
    recorded_at: datetime


class HolidaysOut(Out):
    """How this year and the next are known, and every notice entered."""

    years: dict[int, YearKind]
    notices: list[NoticeOut]


class HolidayIn(Body):
    """One day of a notice."""

    on: date
    kind: DayKind
    name: Annotated[str, Field(max_length=40)] = ""


class NoticeIn(Body):
    """The State Council's notice for a year."""

    model_config = example(
        year=2027,
        document="国办发明电〔2026〕00号",
        days=[{"on": "2027-01-01", "kind": "off", "name": "元旦"}],
    )

    year: Annotated[int, Field(ge=2020, le=2100, examples=[2027])]
    document: Annotated[str, Field(min_length=1, max_length=120, examples=["国办发明电〔2026〕00号"])]
    days: Annotated[list[HolidayIn], Field(max_length=400)]


@router.get("")
def listed(tx: TxDep, actor: ApiActor, now: Now) -> HolidaysOut:
    """From where the business days of this year and the next are known, and every notice entered."""
    actor.require(*Role)
    this = day_in_beijing(now).year
    found = notices(tx, actor=actor)
    entered, known = {one.year for one in found}, calendar(tx)
    years = {
        year: YearKind.ENTERED
        if year in entered
        else (YearKind.PROVISIONAL if known.is_provisional(date(year, 1, 1)) else YearKind.PACKAGED)
        for year in (this, this + 1)
    }
    return HolidaysOut(years=years, notices=[NoticeOut.of(one) for one in found])


@router.post("", status_code=201, response_model=NoticeOut)
def enter(body: NoticeIn, once: OnceDep) -> object:
    """Enter the notice for a year; dues that it makes fall on a holiday wait on Today."""

    def act() -> NoticeOut:
        days = [NoticeDay(one.on, one.kind, one.name) for one in body.days]
        return NoticeOut.of(
            enter_notice(once.tx, once.actor, year=body.year, document=body.document, days=days, now=once.now)
        )

    return once.answer(act)


@router.get(".xlsx", response_class=Response)
def workbook(reader: ChannelReader) -> Response:
    """Every notice entered, in the columns in which it is brought in."""
    reader.actor.require(*Role)
    return workbook_file("holidays", holiday_book(reader))
