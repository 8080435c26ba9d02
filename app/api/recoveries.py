"""What others owe the fund of costs that it paid, and what is left under the cap on organisation costs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.fees import ExpenseOut
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.undoing import UndoneOut
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.fees import recoveries as acts
from fund.fees.recoverable import RecoverableSheet, organisation_cap, recoverables
from fund.fees.recovery_rules import RecoveryWay

router = APIRouter(prefix="/api/v1", tags=["fees"], responses=REFUSALS)


class CapOut(Out):
    """The cap on organisation costs on a day; `cap` and `left` are null where the terms set none."""

    cap: MoneyField | None
    used: MoneyField
    left: MoneyField | None


class RecoveryIn(Body):
    """What became of something owed back: money, a set-off against the manager's fee, or borne by the fund."""

    model_config = Body.model_config | example(
        way="cash", amount={"amount": "40000.00", "currency": "CNY"}, settled_on="2026-10-15"
    )

    way: RecoveryWay
    amount: AmountIn
    settled_on: date


class RecoveryOut(Out):
    """A settlement; it counts no more from the day on which it was undone."""

    number: int
    way: RecoveryWay
    amount: MoneyField
    settled_on: date
    recorded_by: str
    undone_on: date | None


class RecoverableOut(Out):
    """An expense of which something is or was owed back; `left` is what still is."""

    expense: ExpenseOut
    left: MoneyField
    settled: list[RecoveryOut]


Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


@router.get("/organisation-cap")
def cap(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> CapOut:
    """What organisation costs the fund may bear under the terms and commitments of a day, and what is left."""
    actor.require(*BOOK_READERS)
    found = organisation_cap(tx, fund_id=fund.id, as_of=as_of)
    return CapOut.of({"cap": found.cap, "used": found.used, "left": found.left}, fund.currency)


@router.get("/recoverables")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[RecoverableOut]:
    """What is or was owed back to the fund by the manager and by co-investors, the newest first."""
    actor.require(*BOOK_READERS)
    return [recoverable_out(one, fund) for one in recoverables(tx, fund_id=fund.id)]


@router.post("/expenses/{reference}/recoveries", status_code=201, response_model=RecoverableOut)
def recover(reference: str, body: RecoveryIn, once: OnceDep, fund: FundDep) -> object:
    """Book what became of something owed back of an expense."""

    def act() -> RecoverableOut:
        sheet = acts.recover(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            way=body.way,
            amount=body.amount.minor(),
            settled_on=body.settled_on,
            now=once.now,
        )
        return recoverable_out(sheet, fund)

    return once.answer(act)


@router.post("/expenses/{reference}/recoveries/{number}/reversal", status_code=201, response_model=UndoneOut)
def undo(reference: str, number: Number, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a settlement back; the amount is owed again."""

    def act() -> UndoneOut:
        on = acts.undo_recovery(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            number=number,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return UndoneOut(what=f"{reference}.{number}", undone_on=on)

    return once.answer(act)


def recoverable_out(sheet: RecoverableSheet, fund: FundSheet) -> RecoverableOut:
    """One as the API writes it."""
    said = {"expense": sheet.expense, "left": sheet.left, "settled": sheet.settled}
    return RecoverableOut.of(said, fund.currency)
