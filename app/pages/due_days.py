"""The business days between the notice of a call and the day on which it is due."""

from datetime import date

from app.pages.desk import Desk
from fund.capital.sheets import CallSheet
from fund.charter.queries import terms
from kernel.calendar import CalendarUnknown, add_business_days, business_days_between


def earliest_due(desk: Desk, today: date) -> date | None:
    """The first due date that keeps the charter's notice, where the holidays are known."""
    notice = terms(desk.tx, fund_id=desk.fund.id, as_of=today).notice_business_days
    try:
        return add_business_days(today, notice)
    except CalendarUnknown:
        return None


def notice_days(sheet: CallSheet, today: date) -> int | None:
    """Business days from the notice (today, while there is none) to the due date, where holidays are known."""
    try:
        return business_days_between(sheet.call.notice_on or today, sheet.call.due_on)
    except CalendarUnknown:
        return None
