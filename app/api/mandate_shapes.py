"""The shapes of vetoes and of claims of reinvestment in requests and answers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.api.motion_shapes import Hash
from app.api.schemas import AmountIn, Body, MoneyField, Out, example
from fund.mandates.claim_rules import LONGEST, ClaimKind
from fund.mandates.veto_rules import VetoState

Words = Annotated[str, Field(max_length=400)]
Evidence = Annotated[Hash, Field(description="SHA-256 of the document, kept before under it")]


class VetoAnswerOut(Out):
    """What the partner said; `by_partner` is false where it was taken down for it from a document."""

    exercised: bool
    answered_on: date
    person: str
    reason: str
    document: str
    by_partner: bool


class VetoOut(Out):
    """A question to a partner about a veto; the last answer counts."""

    id: int
    partner: str
    clause_number: int | None
    subject: Annotated[str, Field(description="The deal")]
    company: str
    company_en: str
    told: str
    amount: MoneyField
    asked_on: date
    state: VetoState
    answers: list[VetoAnswerOut]


class VetoAnswerIn(Body):
    """An answer. The partner's own people need no document; a manager names the one in which the partner said so."""

    model_config = Body.model_config | example(
        exercised=False, answered_on="2026-09-30", person="何铁山", document="0" * 64
    )

    exercised: bool
    answered_on: date
    reason: Words = ""
    person: Annotated[str, Field(max_length=80)] = ""
    document: Evidence | None = None


class ClaimIn(Body):
    """So much of the `whole` that a company put into a place counts for the partner."""

    model_config = Body.model_config | example(
        company="H03",
        kind="plant",
        place="包头稀土高新区",
        amount={"amount": "12000000.00", "currency": "CNY"},
        whole={"amount": "20000000.00", "currency": "CNY"},
        claimed_on="2026-06-30",
        document="0" * 64,
    )

    company: Annotated[str, Field(max_length=16, description="The holding's code")]
    kind: ClaimKind
    place: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    amount: AmountIn
    whole: AmountIn
    claimed_on: date
    document: Evidence
    note: Words = ""


class ClaimEndIn(Body):
    """From which day a claim no longer stands, and why."""

    withdrawn_on: Annotated[date, Field(examples=["2026-09-30"])]
    reason: Annotated[str, Field(max_length=400, examples=["产线未在约定地点落地"])]


class ClaimOut(Out):
    """A claim of reinvestment with its evidence."""

    id: int
    partner: str
    company: str
    company_en: str
    kind: ClaimKind
    place: str
    amount: MoneyField
    whole: MoneyField
    claimed_on: date
    document: str
    note: str
    withdrawn_on: date | None
