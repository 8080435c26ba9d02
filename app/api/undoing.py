"""Taking acts back as a whole: fees, expenses, distributions, purchases, sales, income. The first entries stay."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from app.api.distributions import DistributionOut, distribution_out
from app.api.holdings import HoldingOut
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, FractionField, MoneyField, Out
from app.api.undo import UndoIn
from app.api.whose import AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.capital.outflows import distribution_by_code
from fund.fees import undoing as fees
from fund.holdings import in_kind, queries
from fund.holdings import undoing as trades
from fund.holdings.position import DisposalKind
from fund.holdings.rules import IncomeKind
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from pipeline.closing import undoing as purchases
from pipeline.stewardship import undoing as sales

router = APIRouter(prefix="/api/v1", tags=["undoing"], responses=REFUSALS)


class UndoneOut(Out):
    """What was taken back, and from which day it counts no more."""

    what: Annotated[str, Field(examples=["EXP-2026-014"])]
    undone_on: date


class LotOut(Out):
    """A purchase; `number` counts per holding."""

    number: int
    instrument: str
    bought_on: date
    quantity: FractionField
    cost: MoneyField
    memo: str


class DisposalOut(Out):
    """A sale or write-off; `number` counts per holding."""

    number: int
    instrument: str
    kind: DisposalKind
    sold_on: date
    quantity: FractionField
    proceeds: MoneyField
    cost: MoneyField
    reason: str


class IncomeOut(Out):
    """A dividend or interest; `number` counts per holding."""

    number: int
    kind: IncomeKind
    received_on: date
    amount: MoneyField
    memo: str


class TradesOut(Out):
    """What was bought, sold and received of one holding; what was taken back is left out."""

    purchases: list[LotOut]
    sales: list[DisposalOut]
    income: list[IncomeOut]


@router.post("/expenses/{reference}/reversal", status_code=201, response_model=UndoneOut)
def expense(reference: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take an expense back: booked by mistake, or returned by its payee."""

    def act() -> UndoneOut:
        on = fees.undo_expense(once.tx, once.actor, reference=reference, **_facts(body, once, fund.id))
        return UndoneOut(what=reference, undone_on=on)

    return once.answer(act)


@router.post("/fees/payments/{reference}/reversal", status_code=201, response_model=UndoneOut)
def fee_payment(reference: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a payment of the fee back; the fee is payable again."""

    def act() -> UndoneOut:
        on = fees.undo_payment(once.tx, once.actor, reference=reference, **_facts(body, once, fund.id))
        return UndoneOut(what=reference, undone_on=on)

    return once.answer(act)


@router.post("/fees/{quarter}/reversal", status_code=201, response_model=UndoneOut)
def fee(quarter: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take the fee of a quarter back; it can be charged again."""

    def act() -> UndoneOut:
        facts = _facts(body, once, fund.id)
        on = fees.undo_charge(once.tx, once.actor, quarter=Quarter.parse(quarter), **facts)
        return UndoneOut(what=quarter, undone_on=on)

    return once.answer(act)


@router.post("/distributions/{code}/reversal", status_code=201, response_model=DistributionOut)
def distribution(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a paid distribution back, carry included; it counts until the day of effect."""

    def act() -> DistributionOut:
        found = distribution_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        sheet = in_kind.undo_distribution(
            once.tx,
            once.actor,
            distribution_id=found.id,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return distribution_out(sheet, fund.currency)

    return once.answer(act)


@router.get("/holdings/{code}/trades")
def listed(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> TradesOut:
    """What was bought, sold and received of a holding up to a day."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
    found = queries.holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    sold = queries.disposals(tx, fund_id=fund.id, as_of=as_of, holding_id=found.id)
    return TradesOut(
        purchases=[
            LotOut.of(one, fund.currency) for one in queries.lots(tx, holding_id=found.id, as_of=as_of)
        ],
        sales=[DisposalOut.of(one, fund.currency) for one in sold],
        income=[
            IncomeOut.of(one, fund.currency) for one in queries.income(tx, holding_id=found.id, as_of=as_of)
        ],
    )


@router.post("/holdings/{code}/purchases/{number}/reversal", status_code=201, response_model=HoldingOut)
def purchase(code: str, number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a purchase back, with the closing that made it where one did."""
    return _trade(purchases.undo_purchase, code, number, body, once, fund)


@router.post("/holdings/{code}/sales/{number}/reversal", status_code=201, response_model=HoldingOut)
def sale(code: str, number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a sale or write-off back; what left is held again, and an exit that rested on it no longer stands."""
    return _trade(sales.undo_disposal, code, number, body, once, fund)


@router.post("/holdings/{code}/income/{number}/reversal", status_code=201, response_model=HoldingOut)
def income(code: str, number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a dividend or interest back."""
    return _trade(trades.undo_income, code, number, body, once, fund)


def _trade(undo: Any, code: str, number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    def act() -> HoldingOut:
        today = day_in_beijing(once.now)
        found = queries.holding_by_code(once.tx, fund_id=fund.id, code=code, as_of=today, actor=once.actor)
        sheet = undo(
            once.tx,
            once.actor,
            holding_id=found.id,
            number=number,
            reason=body.reason,
            on=body.on,
            now=once.now,
        )
        return HoldingOut.of(sheet, fund.currency)

    return once.answer(act)


def _facts(body: UndoIn, once: OnceDep, fund_id: int) -> dict[str, Any]:
    return {"fund_id": fund_id, "reason": body.reason, "undone_on": body.on, "now": once.now}
