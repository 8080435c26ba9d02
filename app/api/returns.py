"""Unused money: what was called and not used, and giving it back."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.calls import CallOut, call_out
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, MoneyField, Out, example
from app.api.whose import BOOK_READERS, FundDep
from app.deps import ApiActor, TxDep
from fund.capital.inflows import call_by_code
from fund.capital.returns import draft_return, pay_return
from fund.capital.rules import ItemKind
from fund.capital.unused import unused_money
from fund.capital.unused_rules import Back

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)


class UnusedOut(Out):
    """An item of a call: `called` and `used` are for its purpose in all, `amount` of the item itself may go back."""

    call: str
    position: int
    kind: ItemKind
    holding_id: int | None
    memo: str
    due_on: date
    called: MoneyField
    used: MoneyField
    amount: MoneyField


class BackIn(Body):
    """What of one item of a call goes back."""

    call: Annotated[str, Field(min_length=1, max_length=64)]
    position: Annotated[int, Field(ge=1, le=1000)]
    amount: AmountIn


class ReturnIn(Body):
    """Unused money to be given back; somebody else approves it like a call."""

    model_config = Body.model_config | example(
        items=[{"call": "CALL-004", "position": 1, "amount": {"amount": "1000000.00", "currency": "CNY"}}],
        pay_on="2026-10-15",
        purpose="项目未交割，退回已缴款项",
    )

    items: Annotated[list[BackIn], Field(min_length=1, max_length=100)]
    pay_on: date
    purpose: Annotated[str, Field(min_length=1, max_length=400)]


@router.get("/unused-money")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[UnusedOut]:
    """Every item of money called for an investment or expense, with what of it has not been used."""
    actor.require(*BOOK_READERS)
    return [
        UnusedOut.of(
            {
                "call": one.item.call,
                "position": one.item.position,
                "kind": one.item.kind,
                "holding_id": one.item.holding_id,
                "memo": one.item.memo,
                "due_on": one.item.due_on,
                "called": one.called,
                "used": one.used,
                "amount": one.amount,
            },
            fund.currency,
        )
        for one in unused_money(tx, fund_id=fund.id)
    ]


@router.post("/calls/returns", status_code=201, response_model=CallOut)
def draft(body: ReturnIn, once: OnceDep, fund: FundDep) -> object:
    """Draft giving unused money back, by what each partner has paid for it; more than is unused is refused."""

    def act() -> CallOut:
        sheet = draft_return(
            once.tx,
            once.actor,
            fund_id=fund.id,
            items=[Back(one.call, one.position, one.amount.minor()) for one in body.items],
            pay_on=body.pay_on,
            purpose=body.purpose,
            now=once.now,
        )
        return call_out(sheet, fund.currency)

    return once.answer(act)


@router.post("/calls/{code}/return-payment", status_code=201, response_model=CallOut)
def pay(code: str, once: OnceDep, fund: FundDep) -> object:
    """Pay an approved return of unused money; it is booked partner by partner."""

    def act() -> CallOut:
        key = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
        return call_out(pay_return(once.tx, once.actor, call_id=key, now=once.now), fund.currency)

    return once.answer(act)
