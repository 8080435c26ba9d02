"""The management fee with its working per partner, and the partnership's expenses."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    Body,
    FractionField,
    FractionIn,
    Limit,
    MoneyField,
    MoneyIn,
    Out,
    PageOut,
    QuarterIn,
)
from app.api.undo import UndoIn
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.fees import actions, queries, undoing, workings
from kernel.identity.rules import Role
from kernel.paging import sliced
from kernel.periods import Quarter

router = APIRouter(prefix="/api/v1", tags=["fees"], responses=REFUSALS)
BOOKS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
Reference = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]


class FeeLineOut(Out):
    """One partner's fee at one rate: rate / 4 x (commitment x days + invested x days) / days of the quarter.

    Terms that changed within the quarter give a partner a line for each rate; `invested` is what is paid in where
    the fee is a rate of that.
    """

    partner_id: int
    rate: FractionField
    quarter_days: int
    commitment: MoneyField
    commitment_days: int
    invested: MoneyField
    invested_days: int
    amount: MoneyField


class ChargeOut(Out):
    """The fee of one quarter with every line that the actor may see; `amount` is the sum of those."""

    quarter: str
    effective_on: date
    recorded_by: str
    recorded_at: datetime
    amount: MoneyField
    lines: list[FeeLineOut]


class GapOut(Out):
    """A fee that is no longer what its terms and bases make of it; amounts of the partners for whom it differs."""

    quarter: str
    charged: MoneyField
    due: MoneyField


class ChargeIn(Body):
    """Which quarter."""

    quarter: QuarterIn


class PaymentIn(Body):
    """Money paid to the manager out of the fee that is payable."""

    reference: Annotated[Reference, Field(examples=["FEE-2026Q3"])]
    amount: MoneyIn
    paid_on: date


class PaymentOut(Out):
    """A payment of the fee."""

    id: int
    reference: str
    paid_on: date
    amount: MoneyField
    recorded_by: str
    recorded_at: datetime
    undone_on: date | None = None


class ExpenseIn(Body):
    """An expense paid by the fund; `ilpa_row` is its row in the ILPA reporting template (36 to 57).

    One that `is_accrued` is not paid yet: owed from the day on which it was incurred. Costs of a deal that came to
    nothing (row 53) may be owed back in part by others; `concerning` names the deal.
    """

    reference: Annotated[Reference, Field(examples=["EXP-2026-014"])]
    ilpa_row: Annotated[int, Field(ge=36, le=57, examples=[41])]
    amount: MoneyIn
    incurred_on: date
    payee: Annotated[str, Field(min_length=1, max_length=160, examples=["京华会计师事务所"])]
    memo: Annotated[str, Field(max_length=400)] = ""
    share: Annotated[FractionIn, Field(description="What others bear of a broken deal's costs")] = Fraction(0)
    others: Annotated[str, Field(max_length=160, description="Who they are")] = ""
    concerning: Annotated[str, Field(max_length=160, description="What deal it was for")] = ""
    is_accrued: Annotated[bool, Field(description="Owed, and paid later")] = False


class ExpenseOut(Out):
    """An expense; `recoverable` of the amount is owed back to the fund. `/payables` says what is open of one owed."""

    id: int
    reference: str
    incurred_on: date
    ilpa_row: int
    payee: str
    memo: str
    amount: MoneyField
    recoverable: MoneyField
    others: str
    concerning: str
    is_accrued: bool
    recorded_at: datetime
    undone_on: date | None = None


@router.get("/fees")
def charges(
    tx: TxDep, actor: ApiActor, fund: FundDep, after: After = None, limit: Limit = LIMIT
) -> PageOut[ChargeOut]:
    """Every quarter's fee with its working, oldest first; a partner's people see their own lines."""
    actor.require(*BOOKS, Role.LP_USER)
    found = queries.charges(tx, fund_id=fund.id, actor=actor)
    page = sliced(found, lambda sheet: sheet.quarter, after=after, limit=limit)
    return PageOut(items=[ChargeOut.of(sheet, fund.currency) for sheet in page.items], next=page.next)


@router.post("/fees", status_code=201, response_model=ChargeOut)
def charge(body: ChargeIn, once: OnceDep, fund: FundDep) -> object:
    """Charge the fee of a quarter; charging it again changes nothing."""

    def act() -> ChargeOut:
        quarter = Quarter.parse(body.quarter)
        sheet = actions.charge(once.tx, once.actor, fund_id=fund.id, quarter=quarter, now=once.now)
        return ChargeOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/fees/gaps")
def gaps(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[GapOut]:
    """The fees whose terms or bases have changed since they were charged, as by a quarter opened again."""
    actor.require(*BOOKS)
    return [
        GapOut.of(
            {"quarter": one.quarter, "charged": sum(one.charged.values()), "due": sum(one.due.values())},
            fund.currency,
        )
        for one in workings.gaps(tx, fund_id=fund.id)
    ]


@router.post("/fees/{quarter}/adjustment", status_code=201, response_model=ChargeOut)
def adjust(quarter: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Bring a charged fee to what its terms and bases make of it today; the difference moves on the day given."""

    def act() -> ChargeOut:
        sheet = undoing.adjust_charge(
            once.tx,
            once.actor,
            fund_id=fund.id,
            quarter=Quarter.parse(quarter),
            reason=body.reason,
            adjusted_on=body.on,
            now=once.now,
        )
        return ChargeOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/fees/payments")
def payments(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[PaymentOut]:
    """What was paid of the fee, newest first."""
    actor.require(*BOOKS)
    return [PaymentOut.of(sheet, fund.currency) for sheet in queries.payments(tx, fund_id=fund.id)]


@router.post("/fees/payments", status_code=201, response_model=PaymentOut)
def pay(body: PaymentIn, once: OnceDep, fund: FundDep) -> object:
    """Pay the manager; more than is payable or in the bank is refused."""

    def act() -> PaymentOut:
        row = actions.pay(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=body.reference,
            amount=body.amount.minor(),
            paid_on=body.paid_on,
            now=once.now,
        )
        return PaymentOut.of(row, fund.currency)

    return once.answer(act)


@router.get("/expenses")
def expenses(
    tx: TxDep, actor: ApiActor, fund: FundDep, after: After = None, limit: Limit = LIMIT
) -> PageOut[ExpenseOut]:
    """The fund's expenses, newest first."""
    actor.require(*BOOKS)
    page = queries.expenses(tx, fund_id=fund.id, after=after, limit=limit)
    return PageOut(items=[ExpenseOut.of(sheet, fund.currency) for sheet in page.items], next=page.next)


@router.post("/expenses", status_code=201, response_model=ExpenseOut)
def record(body: ExpenseIn, once: OnceDep, fund: FundDep) -> object:
    """Book an expense, shared by commitment; what is above the cap, or others' share, is owed back."""

    def act() -> ExpenseOut:
        # A fraction is dumped as it is written.
        facts = body.model_dump(exclude={"amount", "share"})
        row = actions.record_expense(
            once.tx,
            once.actor,
            fund_id=fund.id,
            amount=body.amount.minor(),
            share=body.share,
            **facts,
            now=once.now,
        )
        return ExpenseOut.of(row, fund.currency)

    return once.answer(act)
