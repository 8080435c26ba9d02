"""Journals: entries made by hand, each brought in as one file, taken back as a whole."""

from datetime import date, datetime

from fastapi import APIRouter

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.undo import UndoIn
from app.api.whose import BOOK_READERS, FundDep
from app.deps import ApiActor, TxDep
from fund.ledger import journals

router = APIRouter(prefix="/api/v1/journals", tags=["entries"], responses=REFUSALS)


class JournalOut(Out):
    """A journal: how many entries it made, how many stand, what those move, and from when to when."""

    code: str
    entries: int
    standing: int
    amount: MoneyField
    first_on: date
    last_on: date
    recorded_at: datetime


@router.get("")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[JournalOut]:
    """Every journal, the newest first. Lines come in as the list `entries` at `POST /api/v1/imports`."""
    actor.require(*BOOK_READERS)
    return [JournalOut.of(one, fund.currency) for one in journals.journals(tx, fund_id=fund.id)]


@router.post("/{code}/reversal", status_code=201, response_model=JournalOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Reverse every entry of a journal that stands."""

    def act() -> JournalOut:
        sheet = journals.undo_journal(
            once.tx,
            once.actor,
            fund_id=fund.id,
            code=code,
            reason=body.reason,
            effective_on=body.on,
            now=once.now,
        )
        return JournalOut.of(sheet, fund.currency)

    return once.answer(act)
