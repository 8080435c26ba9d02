"""When a call may be due: on a business day to come that leaves the partners the notice of the charter."""

from datetime import date

from kernel.calendar import Calendar
from kernel.errors import Conflict, Invalid


class NoticeTooShort(Conflict):
    code = "notice_too_short"
    says = (
        "{due_on} is {given} business days after the notice of {notice_on}; the charter grants {needed}. "
        "The first day that keeps it is {first}."
    )


class DueOnHoliday(Invalid):
    code = "due_on_holiday"
    says = "{due_on} is not a business day in China; the next one is {next}."


class DueMayBeHoliday(Invalid):
    code = "due_may_be_holiday"
    says = (
        "{due_on} may be a holiday: the holidays of {year} are not announced yet. The next day that is a business day "
        "under any announcement is {next}."
    )


class DuePassed(Invalid):
    code = "due_passed"
    says = "{due_on} has passed on {today}; take a later day."


def check_due(*, calendar: Calendar, notice_on: date, due_on: date, notice_business_days: int) -> None:
    """Refuse a due date that has passed, is no business day, or comes sooner after the notice than the charter
    grants; in a year not announced yet, one that might turn out so.
    """
    if due_on < notice_on:
        raise DuePassed(due_on=due_on, today=notice_on)
    if not calendar.is_business_day(due_on):
        after = calendar.on_or_after(due_on)
        if calendar.is_provisional(due_on):
            raise DueMayBeHoliday(due_on=due_on, year=due_on.year, next=after)
        raise DueOnHoliday(due_on=due_on, next=after)
    given = calendar.business_days_between(notice_on, due_on)
    if given < notice_business_days:
        first = calendar.add_business_days(notice_on, notice_business_days)
        raise NoticeTooShort(
            due_on=due_on, given=given, notice_on=notice_on, needed=notice_business_days, first=first
        )
