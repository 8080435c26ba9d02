"""Buying and selling holdings, writing them off, and what they pay while they are held."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.holdings import HoldingOut
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, Body, FractionIn, MoneyIn
from app.api.whose import FundDep
from fund.charter.queries import FundSheet
from fund.holdings import actions, queries
from fund.holdings.rules import IncomeKind, InstrumentKind
from kernel.instants import day_in_beijing
from pipeline.closing.direct import Purchase, buy_directly

router = APIRouter(prefix="/api/v1/holdings", tags=["holdings"], responses=REFUSALS)
Instrument = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$", examples=["EQ"])]
Label = Annotated[str, Field(min_length=1, max_length=80)]
Memo = Annotated[str, Field(max_length=400)]


class NewHolding(Body):
    """A company to be put on the list; nothing is held of it yet."""

    party_id: Annotated[int, Field(examples=[21])]
    sector: Annotated[Label, Field(examples=["hydrogen"])]
    chain_position: Annotated[Label, Field(examples=["upstream"])]
    stage: Annotated[Label, Field(examples=["seed"])]
    origin: Annotated[Label, Field(examples=["laboratory"])]
    city: Annotated[Label, Field(examples=["北京"])]
    deal_code: Annotated[str, Field(max_length=16)] = ""


class PurchaseIn(Body):
    """A purchase that has been paid without a closing, and why. `ownership` is the fund's part afterwards."""

    bought_on: Annotated[date, Field(examples=["2026-09-28"])]
    quantity: Annotated[FractionIn, Field(examples=["1000000"])]
    cost: MoneyIn
    instrument: Instrument = "EQ"
    kind: InstrumentKind = InstrumentKind.REGISTERED_CAPITAL
    ownership: Annotated[FractionIn | None, Field(examples=["0.08"])] = None
    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["行使优先认购权"])]


class SaleIn(Body):
    """A sale that has been paid: the same part of every lot goes, at its average cost."""

    sold_on: Annotated[date, Field(examples=["2026-09-28"])]
    quantity: Annotated[FractionIn, Field(examples=["500000"])]
    proceeds: MoneyIn
    instrument: Instrument | None = None
    buyer_party_id: int | None = None
    reason: Memo = ""


class WriteOffIn(Body):
    """All that is held, or all of one instrument, is gone."""

    written_off_on: Annotated[date, Field(examples=["2026-09-28"])]
    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["公司已清算"])]
    instrument: Instrument | None = None


class IncomeIn(Body):
    """A dividend or interest received."""

    received_on: Annotated[date, Field(examples=["2026-09-28"])]
    amount: MoneyIn
    kind: IncomeKind = IncomeKind.DIVIDEND
    memo: Memo = ""


@router.post("", status_code=201, response_model=HoldingOut)
def open_holding(body: NewHolding, once: OnceDep, fund: FundDep) -> object:
    """Put a company on the list."""
    return once.answer(
        lambda: HoldingOut.of(
            actions.open_holding(once.tx, once.actor, fund_id=fund.id, **body.model_dump(), now=once.now),
            fund.currency,
        )
    )


@router.post("/{code}/purchases", status_code=201, response_model=HoldingOut)
def buy(code: str, body: PurchaseIn, once: OnceDep, fund: FundDep) -> object:
    """Buy more of a holding without a closing, as a manager's exception; limits and cash are kept."""

    def act() -> HoldingOut:
        purchase = Purchase(
            on=body.bought_on,
            quantity=body.quantity,
            cost=body.cost.minor(),
            instrument=body.instrument,
            kind=body.kind,
            ownership=body.ownership,
        )
        sheet = buy_directly(
            once.tx,
            once.actor,
            holding_id=_key(once, fund, code),
            purchase=purchase,
            reason=body.reason,
            now=once.now,
        )
        return HoldingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/sales", status_code=201, response_model=HoldingOut)
def sell(code: str, body: SaleIn, once: OnceDep, fund: FundDep) -> object:
    """Sell some or all of a holding; the gain goes to the partners by their parts in it."""

    def act() -> HoldingOut:
        facts = {name: getattr(body, name) for name in SaleIn.model_fields} | {
            "proceeds": body.proceeds.minor()
        }
        key = _key(once, fund, code)
        return HoldingOut.of(
            actions.sell(once.tx, once.actor, holding_id=key, **facts, now=once.now), fund.currency
        )

    return once.answer(act)


@router.post("/{code}/write-offs", status_code=201, response_model=HoldingOut)
def write_off(code: str, body: WriteOffIn, once: OnceDep, fund: FundDep) -> object:
    """Write a holding off, with a reason."""

    def act() -> HoldingOut:
        key = _key(once, fund, code)
        sheet = actions.write_off(once.tx, once.actor, holding_id=key, **body.model_dump(), now=once.now)
        return HoldingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/income", status_code=201, response_model=HoldingOut)
def income(code: str, body: IncomeIn, once: OnceDep, fund: FundDep) -> object:
    """Book a dividend or interest, split among the partners by their parts in the holding."""

    def act() -> HoldingOut:
        facts = body.model_dump(exclude={"amount"})
        key = _key(once, fund, code)
        sheet = actions.receive_income(
            once.tx, once.actor, holding_id=key, amount=body.amount.minor(), **facts, now=once.now
        )
        return HoldingOut.of(sheet, fund.currency)

    return once.answer(act)


def _key(once: OnceDep, fund: FundSheet, code: str) -> int:
    today = day_in_beijing(once.now)
    return queries.holding_by_code(once.tx, fund_id=fund.id, code=code, as_of=today, actor=once.actor).id
