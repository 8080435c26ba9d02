"""Who was reminded of a call. A partner's people see their own."""

from datetime import datetime

from fastapi import APIRouter

from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.capital.inflows import call_by_code
from fund.capital.reminders import reminders
from fund.capital.rules import ReminderKind
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class ReminderOut(Out):
    """A partner was reminded, once of each kind; whether a letter went out stands among the letters."""

    partner_id: int
    kind: ReminderKind
    outstanding: MoneyField
    recorded_at: datetime


@router.get("/calls/{code}/reminders")
def reminded(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ReminderOut]:
    """Who was reminded of a call, of what, and when; a partner's people see their own."""
    actor.require(*READERS)
    found = call_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    return [ReminderOut.of(one, fund.currency) for one in reminders(tx, call_id=found.id, actor=actor)]
