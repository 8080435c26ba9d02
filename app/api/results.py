"""Answers read off the books: capital accounts, performance, exposure; each says from which entries it is read."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.schemas import REFUSALS, FractionField, MoneyField, MoneyOut, Out, RateOut, exact, money, rate
from app.api.whose import AskedQuarter, FundDep, KnownAt, ToldOn
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet, terms
from fund.charter.rules import Basis, Dimension
from fund.partners.queries import partner_by_code
from fund.results import queries
from fund.results.exposure_rules import LimitCheck, WhatIf
from fund.results.gross_rules import Gross
from fund.results.performance import Performance
from fund.results.rules import Flow, Period, Row
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.money import Money
from pipeline.closing.promised import promised

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)
STAFF = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE)

PartnerCode = Annotated[
    str | None, Query(max_length=16, description="The whole fund when left out", examples=["LP02"])
]


class RowOut(Out):
    """One row over the quarter, the year and since inception."""

    code: str
    qtd: MoneyOut
    ytd: MoneyOut
    itd: MoneyOut


class CapitalAccountOut(Out):
    """A capital account; the opening of each quarter is the closing of the one before."""

    quarter: str
    rows: list[RowOut]


class FlowOut(Out):
    """Money in or out on a day, and the entry it comes from; the value at the end has none."""

    on: date
    amount: MoneyField
    kind: str
    reference: str | None


class GrossOut(Out):
    """The fund's return on its holdings, before fees and carry."""

    irr: RateOut
    moic: float | None
    invested: MoneyField
    realised: MoneyField
    value: Annotated[MoneyField, Field(description="Fair value of investments")]


class PerformanceOut(Out):
    """Net performance with the flows it is computed from. Under a year rates are not annualised in reports."""

    as_of: date
    paid_in: MoneyField
    distributed: MoneyField
    nav: Annotated[
        MoneyField,
        Field(
            description="Net asset value, net of accrued carry: a partner's or, for the fund, that of the partners who "
            "pay fees; the fund's own net asset value is the closing row of its capital account"
        ),
    ]
    committed: MoneyField
    net_irr: Annotated[
        RateOut,
        Field(description="The general partner's holds its carried interest, no return on what it paid in"),
    ]
    tvpi: float | None
    dpi: float | None
    rvpi: float | None
    pic: float | None
    is_full_year: bool
    flows: list[FlowOut]
    passed: Annotated[
        list[FlowOut], Field(description="What left with an interest that was sold; in no rate")
    ]
    gross: GrossOut | None


class SliceOut(Out):
    """What lies under one key of a dimension."""

    key: str
    cost: MoneyField
    value: MoneyField
    share: FractionField
    names: list[str]


class SlicesOut(Out):
    """The portfolio in parts that sum to it; `concentration` is the HHI, 0 to 10,000."""

    slices: list[SliceOut]
    concentration: float | None


class SpreadOut(SlicesOut):
    """The portfolio by one dimension."""

    dimension: Dimension


class CheckOut(Out):
    """A limit and what stands against it, `unpaid` of it approved and not paid; `headroom` could still be added."""

    dimension: Dimension
    key: str
    basis: Basis
    maximum: FractionField
    before: FractionField
    current: FractionField
    passed: bool
    unpaid: MoneyOut
    headroom: MoneyOut


class UnheldOut(Out):
    """A label of the deal in question that no holding carries yet: new to the portfolio, or misspelt."""

    dimension: Dimension
    value: str


class ExposureOut(Out):
    """The portfolio by every dimension, and every limit; limits count `promised`, what is approved and not paid."""

    as_of: date
    cost: MoneyField
    value: MoneyField
    committed: MoneyField
    promised: MoneyField
    spreads: list[SpreadOut]
    checks: list[CheckOut]
    unheld: list[UnheldOut]


class LimitOut(Out):
    """A limit that the fund has set itself."""

    dimension: Dimension
    key: str | None
    maximum: FractionField
    basis: Basis


@router.get("/results/capital-account")
def capital_account(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: AskedQuarter,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> CapitalAccountOut:
    """The capital account of a partner, or of the whole fund, at a quarter's end."""
    partner_id = partner_asked(tx, actor, fund, partner)
    found = queries.capital_account(
        tx, fund_id=fund.id, partner_id=partner_id, quarter=quarter, known_at=known_at
    )
    return CapitalAccountOut(
        quarter=str(found.quarter), rows=[_row(row, fund.currency) for row in found.rows]
    )


@router.get("/results/performance")
def performance(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: ToldOn,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> PerformanceOut:
    """Net and gross performance with the flows behind each rate."""
    partner_id = partner_asked(tx, actor, fund, partner)
    found = queries.performance(tx, fund_id=fund.id, partner_id=partner_id, as_of=as_of, known_at=known_at)
    return performance_out(found, fund.currency)


@router.get("/exposure")
def exposure(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: ToldOn,
    deal_amount: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["20000000"])
    ] = None,
    deal_name: Annotated[str, Query(max_length=80)] = "?",
    deal_sector: Annotated[str, Query(max_length=80)] = "",
    deal_chain_position: Annotated[str, Query(max_length=80, examples=["upstream"])] = "",
    deal_stage: Annotated[str, Query(max_length=80)] = "",
    deal_origin: Annotated[str, Query(max_length=80, examples=["laboratory"])] = "",
    deal_city: Annotated[str, Query(max_length=80)] = "",
) -> ExposureOut:
    """The portfolio by every dimension and every limit; with `deal_amount` as if that deal were made: the name of a
    company that is held makes it a follow-on.
    """
    actor.require(*STAFF)
    if_made = None
    if deal_amount:
        amount = Money.parse(deal_amount, fund.currency).amount
        if_made = WhatIf(
            name=deal_name,
            amount=amount,
            sector=deal_sector,
            chain_position=deal_chain_position,
            stage=deal_stage,
            origin=deal_origin,
            city=deal_city,
        )
    unpaid = promised(tx, fund_id=fund.id, on=as_of)
    found = queries.exposure(tx, fund_id=fund.id, as_of=as_of, what_if=if_made, promised=unpaid)
    names = ("as_of", "cost", "value", "committed", "promised", "spreads")
    facts = {name: getattr(found, name) for name in names}
    return ExposureOut.of(
        facts
        | {
            "checks": [_check(check, fund.currency) for check in found.checks],
            "unheld": [UnheldOut(dimension=one, value=value) for one, value in found.unheld],
        },
        fund.currency,
    )


@router.get("/limits")
def limits(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn) -> list[LimitOut]:
    """The limits in force on a day."""
    actor.require(*STAFF)
    return [LimitOut.of(limit) for limit in terms(tx, fund_id=fund.id, as_of=as_of).limits]


def partner_asked(tx: Tx, actor: Actor, fund: FundSheet, code: str | None) -> int | None:
    """The partner whose figures are asked for, None for the whole fund; refused to whoever reads no results."""
    actor.require(*READERS)
    return partner_by_code(tx, fund_id=fund.id, code=code, actor=actor).id if code else None


def _row(row: Row, currency: str) -> RowOut:
    amounts = {period.value: money(row.amounts.of(period), currency) for period in Period}
    return RowOut(code=row.code, **amounts)


def flows_out(flows: tuple[Flow, ...], currency: str) -> list[FlowOut]:
    """Flows as the API writes them."""
    return [FlowOut.of(flow, currency) for flow in flows]


def performance_out(found: Performance, currency: str) -> PerformanceOut:
    """Performance as the API writes it."""
    plain = {name: getattr(found, name) for name in PerformanceOut.model_fields}
    special = {
        "net_irr": rate(found.net_irr),
        "flows": flows_out(found.flows, currency),
        "passed": flows_out(found.passed, currency),
        "gross": _gross(found.gross, currency) if found.gross else None,
    }
    return PerformanceOut.of(plain | special, currency)


def _gross(found: Gross, currency: str) -> GrossOut:
    plain = {name: getattr(found, name) for name in GrossOut.model_fields}
    return GrossOut.of(plain | {"irr": rate(found.irr)}, currency)


def _check(check: LimitCheck, currency: str) -> CheckOut:
    return CheckOut(
        dimension=check.limit.dimension,
        key=check.key,
        basis=check.limit.basis,
        maximum=exact(check.limit.maximum),
        before=exact(check.before),
        current=exact(check.current),
        passed=check.passed,
        unpaid=money(check.unpaid, currency),
        headroom=money(check.headroom, currency),
    )
