"""The ILPA Performance Template: gross to net, in the form that a fund chooses once for its life."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.bridges import ExplainedOut, explained
from app.api.downloads import FundReader, workbook_file
from app.api.groups import GrossReturnOut, gross_facts
from app.api.schemas import (
    REFUSALS,
    Body,
    FractionField,
    MoneyField,
    MoneyOut,
    Out,
    RateOut,
    example,
    money,
    rate,
)
from app.api.whose import BOOK_READERS, EndedQuarter, FundDep, KnownAt
from app.deps import ApiActor, Now, TxDep
from app.lists.template_tables import template_book
from fund.charter.actions import choose_performance_form
from fund.charter.template_rules import TemplateForm
from fund.results.template import Template, performance_template, type_entries
from fund.results.template_rules import ReturnStage, StageReturn

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)

FormAsked = Annotated[
    TemplateForm | None,
    Query(description="Before the fund has chosen, the form to look at; afterwards none but the one chosen"),
]


class PerformanceFormIn(Body):
    """In which form the fund tells its performance from now on, for its life."""

    model_config = Body.model_config | example(form="granular", note="Resolution 2026-04")

    form: TemplateForm
    note: Annotated[str, Field(max_length=400, description="By which decision")] = ""


class PerformanceFormOut(Out):
    """The form that was chosen, by whom and when; it cannot be changed."""

    form: TemplateForm
    note: str
    chosen_by: str
    recorded_at: datetime


class StageReturnOut(Out):
    """The return at one stage between gross and net; under a full year the rate is not annualised in reports."""

    stage: ReturnStage
    paid_in: MoneyField
    distributed: MoneyField
    added_back: MoneyField
    value: MoneyField
    multiple: Annotated[
        FractionField | None, Field(description="(distributed + added_back + value) / paid_in, exact")
    ]
    irr: RateOut
    is_full_year: bool


class TransactionTypeOut(Out):
    """A transaction type that occurs, and the sum of its lines; paid in is negative."""

    code: str
    name_zh: str
    name_en: str
    lines: int
    amount: MoneyField


class TemplateLineOut(Out):
    """One flow and the entry it comes from; what is there at the end has none."""

    on: date
    type: str
    amount: MoneyField
    reference: str | None


class CompanyReturnOut(GrossReturnOut):
    """A company's return before fees and carry."""

    code: str


class TemplateOut(Out):
    """Gross to net over the partners who pay fees, since inception."""

    quarter: str
    form: TemplateForm
    is_chosen: bool
    known_at: datetime | None
    subscription_facility: Annotated[
        str, Field(description="`not_used`: returns with and without it are the same; or `costs_booked`")
    ]
    stages: list[StageReturnOut]
    types: list[TransactionTypeOut]
    lines: list[TemplateLineOut]
    companies: list[CompanyReturnOut]
    realised: GrossReturnOut
    unrealised: GrossReturnOut
    portfolio: GrossReturnOut


class TypeEntriesOut(Out):
    """From which entries? They sum to `amount`."""

    type: str
    amount: MoneyOut
    entries: list[ExplainedOut]


@router.post("/performance-form", status_code=201)
def choose_form(
    body: PerformanceFormIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now
) -> PerformanceFormOut:
    """Choose the form of the ILPA Performance Template, once for the fund's life; a second choice is refused."""
    found = choose_performance_form(tx, actor, fund_id=fund.id, form=body.form, note=body.note, now=now)
    return PerformanceFormOut.of(found)


@router.get("/results/performance-template")
def template(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: EndedQuarter,
    form: FormAsked = None,
    known_at: KnownAt = None,
) -> TemplateOut:
    """The ILPA Performance Template at a quarter's end, with every flow behind it."""
    actor.require(*BOOK_READERS)
    found = performance_template(tx, fund_id=fund.id, quarter=quarter, form=form, known_at=known_at)
    return TemplateOut.of(_facts(found), fund.currency)


@router.get("/results/performance-template/entries")
def template_entries(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: EndedQuarter,
    transaction_type: Annotated[str, Query(max_length=40, examples=["call_investment"])],
    known_at: KnownAt = None,
) -> TypeEntriesOut:
    """The entries that the total of a transaction type is the sum of."""
    actor.require(*BOOK_READERS)
    found = type_entries(
        tx,
        fund_id=fund.id,
        quarter=quarter,
        code=transaction_type,
        known_at=known_at,
    )
    return TypeEntriesOut(
        type=found.type.code,
        amount=money(found.amount, fund.currency),
        entries=explained(found.entries, fund.currency),
    )


@router.get("/performance-template.xlsx", response_class=Response)
def template_workbook(
    reader: FundReader, quarter: EndedQuarter, form: FormAsked = None, known_at: KnownAt = None
) -> Response:
    """The same as a workbook of live formulas, from single flows up to rates and multiples."""
    reader.actor.require(*BOOK_READERS)
    book = template_book(reader, quarter=quarter, form=form, known_at=known_at)
    return workbook_file("performance-template", book)


def _facts(found: Template) -> dict[str, object]:
    return {
        "quarter": str(found.quarter),
        "form": found.form,
        "is_chosen": found.chosen is not None,
        "known_at": found.known_at,
        "subscription_facility": "costs_booked" if found.has_facility_costs else "not_used",
        "stages": [_stage(one) for one in found.stages],
        "types": [
            {
                "code": one.code,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "lines": count,
                "amount": amount,
            }
            for one, count, amount in found.totals()
        ],
        "lines": list(found.lines),
        "companies": [
            gross_facts(one.gross, [one.holding.code]) | {"code": one.holding.code} for one in found.portfolio
        ],
        "realised": gross_facts(found.realised, [one.code for one in found.sold]),
        "unrealised": gross_facts(found.unrealised, [one.code for one in found.held]),
        "portfolio": gross_facts(found.whole, [one.code for one in (*found.sold, *found.held)]),
    }


def _stage(one: StageReturn) -> dict[str, object]:
    plain = {name: getattr(one, name) for name in StageReturnOut.model_fields}
    return plain | {"irr": rate(one.irr)}
