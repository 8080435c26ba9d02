"""The general partner gives carry back: drafted with its test, approved by somebody else, received, paid on."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import Once, OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, AmountIn, Body, Limit, MoneyField, Out, PageOut, example
from app.api.undo import ReasonIn, UndoIn
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.capital import carry_returns as acts
from fund.charter.queries import FundSheet
from fund.givebacks.queries import carry_return_by_code, carry_returns
from fund.givebacks.rules import CarryReturnState, ClawbackTest
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/carry/returns", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class ReturnLineOut(Out):
    """One partner's part and the formula behind it: owed = min(max(excess, shortfall), received - taxes), of which
    `amount` is returned now, first as capital that has not come back.
    """

    partner_id: int
    value: MoneyField
    received: MoneyField
    entitled: MoneyField
    excess: MoneyField
    shortfall: MoneyField
    taxes: MoneyField
    owed: MoneyField
    amount: MoneyField
    return_of_capital: MoneyField
    gain: MoneyField


class CarryReturnOut(Out):
    """A return of carry, with the lines that the actor may see."""

    code: str
    kind: ClawbackTest
    state: CarryReturnState
    tested_on: date
    due_on: date
    amount: MoneyField
    note: str
    prepared_name: str
    approved_name: str | None
    approved_at: datetime | None
    received_on: date | None
    bank_reference: str | None
    from_escrow: MoneyField
    paid_on: date | None
    cancelled_on: date | None
    cancel_reason: str | None
    lines: list[ReturnLineOut]


class CarryReturnIn(Body):
    """A test of the clawback; without an amount all that is owed is returned."""

    model_config = example(
        kind="final",
        tested_on="2028-03-02",
        due_on="2028-04-02",
        amount={"amount": "5000000.00", "currency": "CNY"},
        note="清算回拨测试",
    )

    kind: ClawbackTest
    tested_on: date
    due_on: date
    amount: AmountIn | None = None
    note: Annotated[str, Field(max_length=400)] = ""


class ReturnReceiptIn(Body):
    """The general partner's payment, as the bank's statement says."""

    model_config = example(received_on="2028-03-20", bank_reference="20280320-0007")

    received_on: date
    bank_reference: Annotated[str, Field(min_length=1, max_length=60)]


class ReturnPaymentIn(Body):
    """The day on which the partners are paid."""

    model_config = example(paid_on="2028-03-27")

    paid_on: date


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: CarryReturnState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[CarryReturnOut]:
    """Returns of carry, newest first; a partner finds those owed to it, with its own line."""
    actor.require(*READERS)
    page = carry_returns(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[CarryReturnOut.of(row, fund.currency) for row in page.items], next=page.next)


@router.post("", status_code=201, response_model=CarryReturnOut)
def draft(body: CarryReturnIn, once: OnceDep, fund: FundDep) -> object:
    """Test the clawback as of a day and draft what is to be returned; nothing is booked before it is approved."""

    def act() -> CarryReturnOut:
        sheet = acts.draft_return(
            once.tx,
            once.actor,
            fund_id=fund.id,
            kind=body.kind,
            tested_on=body.tested_on,
            due_on=body.due_on,
            amount=None if body.amount is None else body.amount.minor(),
            note=body.note,
            now=once.now,
        )
        return CarryReturnOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> CarryReturnOut:
    """One return of carry with the formula of every line that the actor may see."""
    actor.require(*READERS)
    return CarryReturnOut.of(carry_return_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund.currency)


@router.post("/{code}/approval", status_code=201, response_model=CarryReturnOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve a draft that somebody else prepared; what is owed is booked as of the day of the test."""

    def act() -> CarryReturnOut:
        key = _key(once, code, fund)
        sheet = acts.approve_return(once.tx, once.actor, return_id=key, now=once.now)
        return CarryReturnOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/receipt", status_code=201, response_model=CarryReturnOut)
def receive(code: str, body: ReturnReceiptIn, once: OnceDep, fund: FundDep) -> object:
    """Book the general partner's payment, the whole amount in one."""

    def act() -> CarryReturnOut:
        key, facts = _key(once, code, fund), body.model_dump()
        sheet = acts.receive_return(once.tx, once.actor, return_id=key, **facts, now=once.now)
        return CarryReturnOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/payment", status_code=201, response_model=CarryReturnOut)
def pay(code: str, body: ReturnPaymentIn, once: OnceDep, fund: FundDep) -> object:
    """Pay what came in on to the partners, each what it is owed."""

    def act() -> CarryReturnOut:
        key = _key(once, code, fund)
        sheet = acts.pay_return(once.tx, once.actor, return_id=key, paid_on=body.paid_on, now=once.now)
        return CarryReturnOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/cancellation", status_code=201, response_model=CarryReturnOut)
def cancel(code: str, body: ReasonIn, once: OnceDep, fund: FundDep) -> object:
    """Withdraw a draft; nothing was booked."""

    def act() -> CarryReturnOut:
        key = _key(once, code, fund)
        sheet = acts.cancel_return(once.tx, once.actor, return_id=key, reason=body.reason, now=once.now)
        return CarryReturnOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/reversal", status_code=201, response_model=CarryReturnOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a return back by reversals, as far as it has come; it counts until the day of effect."""

    def act() -> CarryReturnOut:
        sheet = acts.undo_return(
            once.tx,
            once.actor,
            return_id=_key(once, code, fund),
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return CarryReturnOut.of(sheet, fund.currency)

    return once.answer(act)


def _key(once: Once, code: str, fund: FundSheet) -> int:
    return carry_return_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
