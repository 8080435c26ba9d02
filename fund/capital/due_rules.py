"""When a call may be due: on a business day to come that leaves the partners the notice of the charter."""

from datetime import date

from kernel.calendar import add_business_days, business_days_between, is_business_day, on_or_after
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


class DuePassed(Invalid):
    code = "due_passed"
    says = "{due_on} has passed on {today}; take a later day."


def check_due(*, notice_on: date, due_on: date, notice_business_days: int) -> None:
    """Refuse a due date that has passed, is no business day, or comes sooner after the notice than the charter
    grants.
    """
    if due_on < notice_on:
        raise DuePassed(due_on=due_on, today=notice_on)
    if not is_business_day(due_on):
        raise DueOnHoliday(due_on=due_on, next=on_or_after(due_on))
    given = business_days_between(notice_on, due_on)
    if given < notice_business_days:
        first = add_business_days(notice_on, notice_business_days)
        raise NoticeTooShort(
            due_on=due_on, given=given, notice_on=notice_on, needed=notice_business_days, first=first
        )
