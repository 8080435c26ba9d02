"""What may be written down as a call from before the fund used this software. Pure."""

from datetime import date

from kernel.errors import Invalid


class NotHistory(Invalid):
    code = "call_not_history"
    says = "Notice on {notice_on} was not given before today, {today}; draft the call and issue it."


class DueBeforeNotice(Invalid):
    code = "due_before_notice"
    says = "The call was due on {due_on}, before its notice on {notice_on}."


def check_loaded(*, notice_on: date, due_on: date, today: date) -> None:
    """Refuse to load a call as history whose notice was not given before today, or that was due before it."""
    if not notice_on < today:
        raise NotHistory(notice_on=notice_on, today=today)
    if due_on < notice_on:
        raise DueBeforeNotice(notice_on=notice_on, due_on=due_on)
