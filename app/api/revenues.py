"""What companies sell year by year and to whom: how far they depend on a partner's group is read off it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.parties import READERS
from app.api.schemas import REFUSALS, AmountIn, Body, MoneyOut, Out, example, money
from app.deps import ApiActor, Now, TxDep
from fund.parties.queries import parties, party
from fund.revenues.actions import state_revenue
from fund.revenues.queries import revenues
from fund.revenues.rules import YearSheet
from kernel.db import Tx

router = APIRouter(prefix="/api/v1", tags=["parties"], responses=REFUSALS)
CURRENCY = "CNY"


class RevenueIn(Body):
    """A company's whole revenue of a year that is over, and what one customer bought of it."""

    model_config = Body.model_config | example(
        year=2025,
        total={"amount": "42000000.00", "currency": CURRENCY},
        customer_id=3,
        amount={"amount": "12600000.00", "currency": CURRENCY},
        source="2025 年度审计报告附注",
    )

    year: int
    total: AmountIn
    customer_id: Annotated[
        int | None, Field(description="The party who bought; none states the whole alone")
    ] = None
    amount: Annotated[
        AmountIn | None, Field(description="What it bought; nil says that it bought nothing")
    ] = None
    source: Annotated[str, Field(max_length=400)]


class CustomerOut(Out):
    """What one customer bought."""

    party_id: int
    name_zh: str
    name_en: str
    amount: MoneyOut


class YearOut(Out):
    """A company's revenue of a year, and the customers on record, the greatest first."""

    year: int
    total: MoneyOut
    source: str
    customers: list[CustomerOut]


@router.get("/parties/{party_id}/revenues")
def revenues_of(party_id: int, tx: TxDep, actor: ApiActor) -> list[YearOut]:
    """What a company sold year by year, and to whom; the latest year first."""
    actor.require(*READERS)
    found = revenues(tx, company_ids=[party(tx, party_id=party_id).id])
    return [_year(tx, sheet) for sheet in found]


@router.post("/parties/{party_id}/revenues", status_code=201)
def state(party_id: int, body: RevenueIn, tx: TxDep, actor: ApiActor, now: Now) -> YearOut:
    """State a company's revenue of a year that is over, and what one customer bought of it. What is on record is
    corrected by it.
    """
    sheet = state_revenue(
        tx,
        actor,
        company_id=party_id,
        year=body.year,
        total=body.total.minor(),
        customer_id=body.customer_id,
        amount=body.amount.minor() if body.amount else 0,
        source=body.source,
        now=now,
    )
    return _year(tx, sheet)


def _year(tx: Tx, sheet: YearSheet) -> YearOut:
    who = parties(tx, party_ids=sheet.customers)
    return YearOut(
        year=sheet.year,
        total=money(sheet.total, CURRENCY),
        source=sheet.source,
        customers=[
            CustomerOut(
                party_id=key,
                name_zh=who[key].name_zh,
                name_en=who[key].name_en,
                amount=money(amount, CURRENCY),
            )
            for key, amount in sorted(sheet.customers.items(), key=lambda one: (-one[1], one[0]))
        ],
    )
