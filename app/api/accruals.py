"""What the fund owes for expenses that are not paid yet: the list, payments, releases, and taking either back."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.fees import ExpenseOut
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.undoing import UndoneOut
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.fees import accruals as acts
from fund.fees.accrual_rules import SettlementWay
from fund.fees.accrued import AccrualSheet, accruals

router = APIRouter(prefix="/api/v1", tags=["fees"], responses=REFUSALS)
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PaidIn(Body):
    """Money paid of an expense that is owed."""

    model_config = Body.model_config | example(
        amount={"amount": "120000.00", "currency": "CNY"}, paid_on="2026-10-15"
    )

    amount: AmountIn
    paid_on: date


class ReleaseIn(Body):
    """What is not owed after all, and why; it counts on the day on which that is known."""

    model_config = Body.model_config | example(
        amount={"amount": "20000.00", "currency": "CNY"}, released_on="2026-10-15", reason="账单低于预提"
    )

    amount: AmountIn
    released_on: date
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class SettlementOut(Out):
    """A payment or release; it counts no more from the day on which it was undone."""

    number: int
    way: SettlementWay
    amount: MoneyField
    settled_on: date
    reason: str
    recorded_by: str
    undone_on: date | None


class AccrualOut(Out):
    """An expense that is owed as it stands on a day: what is paid, released and open of it, and for how many days."""

    expense: ExpenseOut
    as_of: date
    paid: MoneyField
    released: MoneyField
    open: MoneyField
    days_open: int
    settled: list[SettlementOut]


@router.get("/payables")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    every: Annotated[bool, Query(description="Also those of which nothing is open")] = False,
) -> list[AccrualOut]:
    """The expenses of which something is owed on a day, the oldest first."""
    actor.require(*BOOK_READERS)
    found = accruals(tx, fund_id=fund.id, as_of=as_of)
    return [accrual_out(one, fund) for one in found if every or one.open]


@router.post("/expenses/{reference}/payments", status_code=201, response_model=AccrualOut)
def pay(reference: str, body: PaidIn, once: OnceDep, fund: FundDep) -> object:
    """Pay what is owed of an expense, or a part of it."""

    def act() -> AccrualOut:
        sheet = acts.pay_expense(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            amount=body.amount.minor(),
            paid_on=body.paid_on,
            now=once.now,
        )
        return accrual_out(sheet, fund)

    return once.answer(act)


@router.post("/expenses/{reference}/releases", status_code=201, response_model=AccrualOut)
def release(reference: str, body: ReleaseIn, once: OnceDep, fund: FundDep) -> object:
    """Give back to the partners what turned out not to be owed."""

    def act() -> AccrualOut:
        sheet = acts.release_expense(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            amount=body.amount.minor(),
            released_on=body.released_on,
            reason=body.reason,
            now=once.now,
        )
        return accrual_out(sheet, fund)

    return once.answer(act)


@router.post("/expenses/{reference}/settlements/{number}/reversal", status_code=201, response_model=UndoneOut)
def undo(reference: str, number: Number, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a payment or a release back; the amount is owed again."""

    def act() -> UndoneOut:
        on = acts.undo_settlement(
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


def accrual_out(sheet: AccrualSheet, fund: FundSheet) -> AccrualOut:
    """One as the API writes it."""
    names = ("expense", "as_of", "paid", "released", "open", "days_open", "settled")
    return AccrualOut.of({name: getattr(sheet, name) for name in names}, fund.currency)
