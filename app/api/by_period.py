"""Gross and net returns by period: the quarter, the year to date, one, three and five years, every year and quarter."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.results import FlowOut, PartnerCode, flows_out, partner_asked
from app.api.schemas import REFUSALS, MoneyField, Out, RateOut, rate
from app.api.whose import EndedQuarter, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.results import queries
from fund.results.stretch_rules import Side, Span, Told
from fund.results.stretches import StretchReturn

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)


class ToldOut(Out):
    """One side of a period. Net values are net asset values after accrued carried interest, of the partners who pay
    fees or of one partner; gross values are the fair value of investments.
    """

    since: Annotated[
        date | None, Field(description="At whose end it opens; the first flow's day where that is later")
    ]
    opening: MoneyField
    put_in: MoneyField
    received: MoneyField
    closing: MoneyField
    gain: MoneyField
    multiple: Annotated[float | None, Field(description="(received + closing) / (opening + put_in)")]
    is_annual: Annotated[bool, Field(description="Under a full year nothing is annualised")]
    rate: Annotated[
        float | None,
        Field(
            description="Money-weighted: per year where `is_annual`, else of the whole period; null with `why`"
        ),
    ]
    why: Annotated[
        str | None,
        Field(
            description="Why there is no rate: `younger` (the first flow is later than the period begins), `nothing` "
            "(nothing was there and nothing moved), `below_zero` (the opening value is), or the status of `irr`"
        ),
    ]
    irr: Annotated[RateOut | None, Field(description="What solves the flows per year, with every root")]


class PeriodOut(Out):
    """A period, both days counted; `gross` is the fund's, null to whoever does not read the whole fund."""

    span: Span
    starts_on: date
    ends_on: date
    net: ToldOut
    gross: ToldOut | None


class PeriodsOut(Out):
    """The periods that end with the quarter, every calendar year that is over, every quarter; the latest first."""

    quarter: str
    ranges: list[PeriodOut]
    years: list[PeriodOut]
    quarters: list[PeriodOut]


class PeriodFlowsOut(Out):
    """A period with the flows of both sides, opening and closing value among them, each with its entry."""

    period: PeriodOut
    net: list[FlowOut]
    gross: list[FlowOut] | None


@router.get("/results/periods")
def periods(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: EndedQuarter,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> PeriodsOut:
    """Gross and net returns by period up to a quarter that is over. Opening value as money put in on the eve, closing
    value as money received on the last day, and what moved between; lists are empty before any money moved.
    """
    found = queries.returns_by_period(
        tx,
        fund_id=fund.id,
        through=quarter,
        partner_id=partner_asked(tx, actor, fund, partner),
        known_at=known_at,
    )
    lists = {
        name: [_period(one, fund.currency) for one in getattr(found, name)]
        for name in ("ranges", "years", "quarters")
    }
    return PeriodsOut(quarter=str(quarter), **lists)


@router.get("/results/periods/flows")
def period_flows(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: EndedQuarter,
    span: Annotated[Span, Query(description="A year is asked for with its fourth quarter")],
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> PeriodFlowsOut:
    """What the return of a period that ends with the quarter is solved from."""
    found = queries.return_of(
        tx,
        fund_id=fund.id,
        span=span,
        through=quarter,
        partner_id=partner_asked(tx, actor, fund, partner),
        known_at=known_at,
    )
    return PeriodFlowsOut(
        period=_period(found, fund.currency),
        net=flows_out(found.net.flows, fund.currency),
        gross=flows_out(found.gross.flows, fund.currency) if found.gross else None,
    )


def _period(found: StretchReturn, currency: str) -> PeriodOut:
    return PeriodOut(
        span=found.stretch.span,
        starts_on=found.stretch.starts_on,
        ends_on=found.stretch.ends_on,
        net=_told(found.net, currency),
        gross=_told(gross, currency) if (gross := found.of(Side.GROSS)) else None,
    )


def _told(found: Told, currency: str) -> ToldOut:
    plain = {name: getattr(found, name) for name in ToldOut.model_fields}
    return ToldOut.of(plain | {"irr": rate(found.irr) if found.irr else None}, currency)
