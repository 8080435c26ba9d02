"""The business days between the notice of a call and the day on which it is due."""

from datetime import date

from app.pages.desk import Desk
from fund.capital.sheets import CallSheet
from fund.charter.queries import terms
from fund.workdays.queries import calendar
from kernel.calendar import CalendarUnknown


def earliest_due(desk: Desk, today: date) -> date | None:
    """The first due date that keeps the charter's notice, where the holidays are known."""
    notice = terms(desk.tx, fund_id=desk.fund.id, as_of=today).notice_business_days
    try:
        return calendar(desk.tx).add_business_days(today, notice)
    except CalendarUnknown:
        return None


def notice_days(desk: Desk, sheet: CallSheet, today: date) -> int | None:
    """Business days from the notice (today, while there is none) to the due date, where holidays are known."""
    try:
        return calendar(desk.tx).business_days_between(sheet.call.notice_on or today, sheet.call.due_on)
    except CalendarUnknown:
        return None


def provisional_year(desk: Desk, due_on: date | None) -> int | None:
    """The year of a due date whose holidays are not announced yet: it was chosen to hold under any announcement."""
    return due_on.year if due_on is not None and calendar(desk.tx).is_provisional(due_on) else None
