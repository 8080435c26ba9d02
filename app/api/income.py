"""Income that is earned before it is received: the list, booking it, receipts, releases, and taking each back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.accruals import Number
from app.api.fees import Reference
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.undoing import UndoneOut
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.holdings.queries import holding_by_code, holding_labels
from fund.income import actions
from fund.income.queries import EarnedSheet, earned
from fund.income.rules import EarnedKind, IncomeWay
from kernel.db import Tx
from kernel.instants import day_in_beijing

router = APIRouter(prefix="/api/v1/earned-income", tags=["income"], responses=REFUSALS)


class EarnedIn(Body):
    """Income that is earned and not received yet; `holding` is the code of the one that pays it."""

    model_config = Body.model_config | example(
        reference="INT-2026Q3",
        kind="interest",
        amount={"amount": "1840.25", "currency": "CNY"},
        earned_on="2026-09-30",
        payer="中国银行",
    )

    reference: Reference
    kind: EarnedKind
    amount: AmountIn
    earned_on: date
    payer: Annotated[str, Field(max_length=160)] = ""
    memo: Annotated[str, Field(max_length=400)] = ""
    holding: Annotated[str | None, Field(max_length=40)] = None


class EarnedReceiptIn(Body):
    """Money that came in of it."""

    model_config = Body.model_config | example(
        amount={"amount": "1840.25", "currency": "CNY"}, received_on="2026-10-08"
    )

    amount: AmountIn
    received_on: date


class EarnedReleaseIn(Body):
    """What never comes, and why."""

    model_config = Body.model_config | example(
        amount={"amount": "40.25", "currency": "CNY"}, released_on="2026-10-08", reason="结息低于预计"
    )

    amount: AmountIn
    released_on: date
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class IncomeSettlementOut(Out):
    """A receipt or release; it counts no more from the day on which it was undone."""

    number: int
    way: IncomeWay
    amount: MoneyField
    settled_on: date
    reason: str
    recorded_by: str
    undone_on: date | None


class EarnedOut(Out):
    """Income booked as earned as it stands on a day: what of it is received, released and still to come."""

    reference: str
    kind: EarnedKind
    earned_on: date
    payer: str
    memo: str
    holding: str | None
    amount: MoneyField
    as_of: date
    received: MoneyField
    released: MoneyField
    open: MoneyField
    days_open: int
    recorded_by: str
    recorded_at: datetime
    undone_on: date | None
    settled: list[IncomeSettlementOut]


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    every: Annotated[bool, Query(description="Also that of which nothing is to come")] = False,
) -> list[EarnedOut]:
    """Income of which something is still to come on a day, the oldest first."""
    actor.require(*BOOK_READERS)
    found = earned(tx, fund_id=fund.id, as_of=as_of)
    codes = holding_labels(tx, fund_id=fund.id)
    return [_told(one, codes, fund) for one in found if every or one.open]


@router.post("", status_code=201, response_model=EarnedOut)
def earn(body: EarnedIn, once: OnceDep, fund: FundDep) -> object:
    """Book income as earned: shared by commitment, a holding's as the holding is."""

    def act() -> EarnedOut:
        key = None
        if body.holding:
            today = day_in_beijing(once.now)
            found = holding_by_code(
                once.tx, fund_id=fund.id, code=body.holding, as_of=today, actor=once.actor
            )
            key = found.id
        sheet = actions.earn(
            once.tx,
            once.actor,
            fund_id=fund.id,
            amount=body.amount.minor(),
            holding_id=key,
            **body.model_dump(exclude={"amount", "holding"}),
            now=once.now,
        )
        return earned_out(once.tx, sheet, fund)

    return once.answer(act)


@router.post("/{reference}/receipts", status_code=201, response_model=EarnedOut)
def receive(reference: str, body: EarnedReceiptIn, once: OnceDep, fund: FundDep) -> object:
    """Take in what was earned, or a part of it."""

    def act() -> EarnedOut:
        sheet = actions.receive_earned(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            amount=body.amount.minor(),
            received_on=body.received_on,
            now=once.now,
        )
        return earned_out(once.tx, sheet, fund)

    return once.answer(act)


@router.post("/{reference}/releases", status_code=201, response_model=EarnedOut)
def release(reference: str, body: EarnedReleaseIn, once: OnceDep, fund: FundDep) -> object:
    """Take from the partners what never comes."""

    def act() -> EarnedOut:
        sheet = actions.release_earned(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            amount=body.amount.minor(),
            released_on=body.released_on,
            reason=body.reason,
            now=once.now,
        )
        return earned_out(once.tx, sheet, fund)

    return once.answer(act)


@router.post("/{reference}/settlements/{number}/reversal", status_code=201, response_model=UndoneOut)
def undo_settlement(reference: str, number: Number, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a receipt or a release back; the amount is to come again."""

    def act() -> UndoneOut:
        on = actions.undo_income_settlement(
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


@router.post("/{reference}/reversal", status_code=201, response_model=UndoneOut)
def undo(reference: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take income back that was booked as earned by mistake."""

    def act() -> UndoneOut:
        on = actions.undo_earned(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return UndoneOut(what=reference, undone_on=on)

    return once.answer(act)


def earned_out(tx: Tx, sheet: EarnedSheet, fund: FundSheet) -> EarnedOut:
    """One as the API writes it."""
    return _told(sheet, holding_labels(tx, fund_id=fund.id) if sheet.holding_id else {}, fund)


def _told(sheet: EarnedSheet, codes: Mapping[int, tuple[str, ...]], fund: FundSheet) -> EarnedOut:
    said = {name: getattr(sheet, name) for name in EarnedOut.model_fields if name != "holding"}
    code = codes[sheet.holding_id][0] if sheet.holding_id else None
    return EarnedOut.of(said | {"holding": code}, fund.currency)
