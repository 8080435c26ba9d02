"""The shapes of conditions, tranches, exceptions and closings in requests and answers."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.mandate_lines import MandateLineOut
from app.api.motion_shapes import ConditionOut, Hash
from app.api.schemas import AmountIn, Body, FractionField, FractionIn, MoneyField, Out, example
from fund.holdings.rules import InstrumentKind

Words = Annotated[str, Field(min_length=1, max_length=1000)]
Day = Annotated[date, Field(examples=["2026-10-09"])]


class ProgressOut(Out):
    """A condition and how far it has come: open, satisfied by one person, confirmed by another."""

    condition: ConditionOut
    state: str
    says: str
    documents: list[str]
    satisfied_by: str
    confirmed_by: str


class EvidenceIn(Body):
    """How the condition was met, and the SHA-256 of the documents that show it."""

    says: Annotated[Words, Field(examples=["增资协议已签署，专利转让登记完成"])]
    documents: Annotated[list[Hash], Field(max_length=50)] = []


class PlanIn(Body):
    """A planned tranche."""

    amount: AmountIn
    says: Annotated[str, Field(max_length=400, examples=["交割时"])] = ""
    due_on: date | None = None


class PlansIn(Body):
    """The tranches in their order; they sum to what was approved at most."""

    model_config = example(
        tranches=[
            {"amount": {"amount": "20000000.00", "currency": "CNY"}, "says": "交割时", "due_on": "2026-10-15"}
        ]
    )

    tranches: Annotated[list[PlanIn], Field(min_length=1, max_length=50)]


class TrancheOut(Out):
    """A planned tranche; `closed_on` once it was paid."""

    number: int
    amount: MoneyField
    says: str
    due_on: date | None
    closed_on: date | None


class BreachOut(Out):
    """A limit that would be broken further: the share before and after, and the most that is allowed."""

    dimension: str
    key: str
    before: FractionField
    share: FractionField
    maximum: FractionField


class BlockOut(Out):
    """One thing that stands in the way."""

    where: str
    what: str


class PreviewOut(Out):
    """What a payment would do: all that blocks it, the limits it breaks, and the cash."""

    amount: MoneyField
    on: date
    approved: MoneyField | None
    paid: MoneyField
    expires_on: date | None
    problems: list[BlockOut]
    breaches: list[BreachOut]
    mandates: list[MandateLineOut]
    cash: MoneyField
    shortfall: MoneyField


class ExceptionIn(Body):
    """Leave to exceed limits by a payment, and why; a second person approves it."""

    amount: AmountIn
    on: Day
    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["投委会已讨论行业集中度"])]


class ExceptionOut(Out):
    """An exception; `approved_by` is empty until a second person has approved it."""

    id: int
    amount: MoneyField
    breaches: list[BreachOut]
    reason: str
    asked_by: str
    approved_by: str
    recorded_at: datetime


class ClosingIn(Body):
    """A tranche to be closed: holding, books and (where cash is short) a call, all at once."""

    amount: AmountIn
    on: Day
    quantity: Annotated[FractionIn, Field(examples=["1000000"])]
    instrument: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,16}$", examples=["EQ"])] = "EQ"
    kind: InstrumentKind = InstrumentKind.REGISTERED_CAPITAL
    ownership: Annotated[FractionIn | None, Field(examples=["0.1"])] = None
    tranche: Annotated[int, Field(ge=1, le=50)] = 1
    call_due_on: date | None = None
    excused: Annotated[list[int], Field(max_length=500)] = []
    excuse_reason: Annotated[str, Field(max_length=400)] = ""
    memo: Annotated[str, Field(max_length=400)] = ""


class SettlementIn(Body):
    """The day on which what was payable went out."""

    on: Day


class ClosingOut(Out):
    """A closed tranche; `payable` waits for the call until `settled_on`."""

    tranche: int
    motion_id: int
    holding_id: int
    amount: MoneyField
    closed_on: date
    instrument: str
    quantity: FractionField
    payable: MoneyField
    call_id: int | None
    settled_on: date | None
    recorded_by: str
