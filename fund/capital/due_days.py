"""Due dates against the calendar as it is known, and those that a notice entered since has made a holiday."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from fund.capital.due_rules import check_due
from fund.capital.models import Call
from fund.capital.rules import CallState
from fund.indemnities.models import Indemnity
from fund.indemnities.rules import IndemnityState
from fund.workdays.queries import calendar
from kernel.db import Tx


@dataclass(frozen=True)
class DueOff:
    """A call or a giveback that falls due on a day that is no business day; `next_on` is the next that is one."""

    id: int
    code: str
    is_call: bool
    due_on: date
    next_on: date


def check_due_day(tx: Tx, *, notice_on: date, due_on: date, notice_business_days: int) -> None:
    """Refuse a due date that has passed, is no business day or too soon after the notice, as holidays are known now."""
    check_due(
        calendar=calendar(tx), notice_on=notice_on, due_on=due_on, notice_business_days=notice_business_days
    )


def dues_off(tx: Tx, *, fund_id: int, today: date) -> list[DueOff]:
    """What is still to fall due, drafts included, on a day that is known to be no business day, the soonest first."""
    known = calendar(tx)
    calls = select(Call).where(
        Call.fund_id == fund_id, col(Call.due_on) > today, Call.state != CallState.CANCELLED
    )
    givebacks = select(Indemnity).where(
        Indemnity.fund_id == fund_id,
        col(Indemnity.due_on) > today,
        Indemnity.state != IndemnityState.CANCELLED,
    )
    found = [(one.key, one.code, True, one.due_on) for one in tx.exec(calls)]
    found += [(one.key, one.code, False, one.due_on) for one in tx.exec(givebacks)]
    off = [one for one in found if not known.is_provisional(one[3]) and not known.is_business_day(one[3])]
    return sorted((DueOff(*one, known.on_or_after(one[3])) for one in off), key=lambda one: one.due_on)
