"""How a value came about: the bridge between two of them, the entries behind each figure, returns over time."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.results import PartnerCode, partner_asked
from app.api.schemas import REFUSALS, MoneyField, MoneyOut, Out, RateOut, money, rate
from app.api.whose import AskedQuarter, FundDep, KnownAt
from app.deps import ApiActor, Now, TxDep
from fund.holdings.queries import holding_labels
from fund.holdings.rules import HoldingUnknown
from fund.ledger.queries import EntrySheet
from fund.results import queries
from fund.results.bridge_rules import FIGURES
from fund.results.rules import NO_HOLDING, Period
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.periods import ended
from valuation.bridge import ValueBridge

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)
NONE = "-"

HoldingCode = Annotated[
    str | None,
    Query(
        max_length=16,
        description=f"Only what names this holding; “{NONE}” for what names none. All when left out",
        examples=["H01"],
    ),
]
PeriodAsked = Annotated[
    Period, Query(description="The quarter, the calendar year to its end, or everything since inception")
]


class ExplainedOut(Out):
    """An entry and what it adds to the figure."""

    reference: str
    effective_on: date
    memo: str
    adds: MoneyOut


class ExplanationOut(Out):
    """From which entries? They sum to `amount`."""

    figure: str
    amount: MoneyOut
    entries: list[ExplainedOut]


class StepOut(Out):
    """A signed step; `figure` is its name for `GET /api/v1/results/explanation`."""

    figure: str
    amount: MoneyOut


class StretchOut(Out):
    """From the net asset value at the end of `opens_on` to that at the end of `closes_on`: opening + steps = closing.
    The whole fund's is that of all partners.
    """

    opens_on: date
    closes_on: date
    opening: MoneyOut
    steps: list[StepOut]
    closing: MoneyOut


class CompanyGainsOut(Out):
    """What one company added; `holding` is null for what names none."""

    holding: str | None
    name: str
    income: MoneyOut
    realised: MoneyOut
    unrealised: MoneyOut
    total: MoneyOut


class BridgeOut(StretchOut):
    """The bridge of a period, by company, and the bridges of its quarters, which join into it."""

    companies: Annotated[
        list[CompanyGainsOut], Field(description="They sum to the steps income, realised and unrealised")
    ]
    quarters: list[StretchOut]


class StageOut(Out):
    """Net figures at the end of a quarter; under a full year the rate is not annualised in reports."""

    quarter: str
    paid_in: MoneyField
    distributed: MoneyField
    nav: Annotated[MoneyField, Field(description="Net asset value, net of accrued carry, as in performance")]
    net_irr: RateOut
    tvpi: float | None
    dpi: float | None
    rvpi: float | None
    is_full_year: bool


@router.get("/results/bridge")
def bridge(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: AskedQuarter,
    period: PeriodAsked = Period.QTD,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> BridgeOut:
    """How the value of a partner's interest, or of the whole fund, became what it is at a quarter's end, exact."""
    found = queries.bridges(
        tx,
        fund_id=fund.id,
        partner_id=partner_asked(tx, actor, fund, partner),
        quarter=quarter,
        period=period,
        known_at=known_at,
    )
    companies = [
        CompanyGainsOut(
            holding=one.code or None,
            name=one.name,
            **{
                kind: money(getattr(one.gains, kind), fund.currency)
                for kind in ("income", "realised", "unrealised", "total")
            },
        )
        for one in found.companies
    ]
    quarters = [_stretch(one, fund.currency) for one in found.quarters]
    whole = _stretch(found.whole, fund.currency)
    return BridgeOut(**dict(whole), companies=companies, quarters=quarters)


@router.get("/results/progression")
def progression(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: AskedQuarter,
    now: Now,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> list[StageOut]:
    """Net IRR and multiples at the end of every quarter up to `quarter`; one that runs has none."""
    found = queries.progression(
        tx,
        fund_id=fund.id,
        partner_id=partner_asked(tx, actor, fund, partner),
        through=ended(quarter, today=day_in_beijing(now)),
        known_at=known_at,
    )
    return [
        StageOut.of(
            {name: getattr(one, name) for name in StageOut.model_fields}
            | {"quarter": str(one.quarter), "net_irr": rate(one.net_irr)},
            fund.currency,
        )
        for one in found
    ]


@router.get("/results/explanation")
def explanation(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    figure: Annotated[str, Query(max_length=32, examples=["contributions"])],
    quarter: AskedQuarter,
    period: PeriodAsked = Period.QTD,
    partner: PartnerCode = None,
    holding: HoldingCode = None,
    known_at: KnownAt = None,
) -> ExplanationOut:
    """From which entries is a row of the capital account, or a step of the bridge, read?"""
    partner_id = partner_asked(tx, actor, fund, partner)
    found = queries.explain(
        tx,
        fund_id=fund.id,
        figure=figure,
        quarter=quarter,
        period=period,
        partner_id=partner_id,
        holding_id=holding_asked(tx, actor, fund.id, holding),
        known_at=known_at,
    )
    return ExplanationOut(
        figure=found.figure,
        amount=money(found.amount, fund.currency),
        entries=explained(found.entries, fund.currency),
    )


def explained(entries: Iterable[tuple[EntrySheet, int]], currency: str) -> list[ExplainedOut]:
    """The entries behind a figure, each with what it adds."""
    return [
        ExplainedOut(
            reference=entry.reference,
            effective_on=entry.effective_on,
            memo=entry.memo,
            adds=money(adds, currency),
        )
        for entry, adds in entries
    ]


def holding_asked(tx: Tx, actor: Actor, fund_id: int, code: str | None) -> int | None:
    """The holding that a figure is narrowed to, None for no narrowing."""
    if code is None:
        return None
    if code == NONE:
        return NO_HOLDING
    labels = holding_labels(tx, fund_id=fund_id, actor=actor)
    found = [key for key, (known, _) in labels.items() if known == code.strip().upper()]
    if not found:
        raise HoldingUnknown()
    return found[0]


def _stretch(one: ValueBridge, currency: str) -> StretchOut:
    return StretchOut(
        opens_on=one.opens_on,
        closes_on=one.closes_on,
        opening=money(one.opening, currency),
        steps=[
            StepOut(figure=FIGURES[step], amount=money(amount, currency))
            for step, amount in one.steps.items()
        ],
        closing=money(one.closing, currency),
    )
