"""What may be written down as a call from before the fund used this software. Pure."""

from datetime import date

from kernel.errors import Invalid


class NotHistory(Invalid):
    code = "call_not_history"
    says = "Notice on {notice_on} for {due_on} is not past on {today}; draft the call and have it approved."


class DueBeforeNotice(Invalid):
    code = "due_before_notice"
    says = "The call was due on {due_on}, before its notice on {notice_on}."


def check_loaded(*, notice_on: date, due_on: date, today: date) -> None:
    """Refuse to load a call as history that is not past: nobody approves what one person loads."""
    if not notice_on < today or due_on > today:
        raise NotHistory(notice_on=notice_on, due_on=due_on, today=today)
    if due_on < notice_on:
        raise DueBeforeNotice(notice_on=notice_on, due_on=due_on)
