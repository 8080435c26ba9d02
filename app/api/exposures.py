"""Exposure over time, and each partner's industrial chain in the portfolio."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.results import STAFF, PartnerCode, SliceOut, SlicesOut, partner_asked
from app.api.schemas import REFUSALS, FractionField, MoneyField, Out
from app.api.whose import BOOK_READERS, AskedQuarter, FundDep, KnownAt, ToldOn
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.charter.rules import Basis, Dimension
from fund.results import queries
from fund.results.chain_rules import ChainRole, Link
from fund.results.exposure_rules import UNSAID
from fund.watch.queries import alerts
from kernel.db import Tx
from kernel.periods import Quarter
from pipeline.deals.readiness import readiness_history, readiness_spread

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)


# The level of technology readiness is no label of a holding: it is assessed again and again.
READINESS: Final = "readiness"
Told = Dimension | Literal["readiness"]


class PastSpreadOut(SlicesOut):
    """The portfolio by one dimension; of readiness the key is the level, "—" where none was known."""

    dimension: Told


class MomentOut(Out):
    """The portfolio by one dimension at the end of a quarter."""

    quarter: str
    spread: PastSpreadOut


class AlertOut(Out):
    """A limit that was found exceeded, at which share, and until when; `cleared_on` is null while it still is."""

    dimension: Dimension
    key: str
    basis: Basis
    maximum: FractionField
    current: FractionField
    found_on: date
    cleared_on: date | None


class LevelOut(Out):
    """What lies at one level of technology readiness; null where none is known."""

    level: int | None
    cost: MoneyField
    value: MoneyField
    share: FractionField
    names: list[str]


class ReadinessOut(Out):
    """The portfolio by technology readiness; the levels sum to all that is held."""

    as_of: date
    slices: list[LevelOut]
    concentration: float | None


class ChainSliceOut(Out):
    """The holdings to whose companies the partner's group is exactly this; without a role those outside its chain."""

    roles: list[ChainRole]
    cost: MoneyField
    value: MoneyField
    share: FractionField
    codes: list[str]


class DependenceOut(Out):
    """How much of a company's revenue of its last year on record came from the partner's group."""

    year: int
    total: MoneyField
    from_group: MoneyField
    share: FractionField
    source: str


class LinkOut(Out):
    """A company in the chain; `dependence` is null where none of its revenue is on record."""

    code: str
    name: str
    roles: list[ChainRole]
    value: MoneyField
    dependence: DependenceOut | None


class ChainOut(Out):
    """A partner's chain: companies of which its group is customer, supplier or shareholder."""

    partner: str
    as_of: date
    cost: MoneyField
    value: MoneyField
    share: Annotated[FractionField | None, Field(description="Of the value of all that is held, exact")]
    concentration: Annotated[float | None, Field(description="HHI of the companies within it, 0 to 10,000")]
    slices: Annotated[list[ChainSliceOut], Field(description="They sum to all that is held")]
    links: Annotated[list[LinkOut], Field(description="Company by company, the most valuable first")]
    told: Annotated[MoneyField, Field(description="Value of the companies whose revenue is on record")]
    resting: Annotated[
        MoneyField, Field(description="Of it, value times the share of revenue from the group")
    ]


@router.get("/exposure/history")
def history(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: AskedQuarter,
    dimension: Annotated[Told, Query(description="By what the portfolio is told apart")],
    known_at: KnownAt = None,
) -> list[MomentOut]:
    """The spread by one dimension with its HHI, at the end of every quarter from the first purchase to `quarter`; by
    readiness under the levels known of each day.
    """
    actor.require(*STAFF)
    if dimension == READINESS:
        return _ready(tx, fund, quarter, known_at)
    found = queries.exposure_history(
        tx, fund_id=fund.id, dimension=dimension, through=quarter, known_at=known_at
    )
    return [
        MomentOut(quarter=str(one.quarter), spread=PastSpreadOut.of(one.spread, fund.currency))
        for one in found
    ]


def _ready(tx: Tx, fund: FundSheet, quarter: Quarter, known_at: datetime | None) -> list[MomentOut]:
    found = readiness_history(tx, fund_id=fund.id, through=quarter, known_at=known_at)
    return [
        MomentOut(
            quarter=str(one.quarter),
            spread=PastSpreadOut(
                dimension=READINESS,
                slices=[
                    SliceOut.of(
                        {name: getattr(part, name) for name in ("cost", "value", "share", "names")}
                        | {"key": str(part.level or UNSAID)},
                        fund.currency,
                    )
                    for part in one.spread.slices
                ],
                concentration=one.spread.concentration,
            ),
        )
        for one in found
    ]


@router.get("/exposure/alerts")
def exposure_alerts(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    standing: Annotated[bool, Query(description="Only those that still are; else all, newest first")] = True,
) -> list[AlertOut]:
    """The limits found exceeded: at once by the act that broke them, or by the daily look."""
    actor.require(*BOOK_READERS)
    found = alerts(tx, fund_id=fund.id, actor=actor, standing=standing)
    return [AlertOut.of(one) for one in found]


@router.get("/exposure/chains")
def chains(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: ToldOn,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> list[ChainOut]:
    """How much of the portfolio lies in a partner's industrial chain; of every limited partner to whoever reads the
    whole fund, to a partner's own people only their own.
    """
    partner_id = partner_asked(tx, actor, fund, partner)
    found = queries.chains(tx, fund_id=fund.id, partner_id=partner_id, as_of=as_of, known_at=known_at)
    return [
        ChainOut.of(
            {
                "partner": one.partner.code,
                "as_of": as_of,
                **{
                    name: getattr(one.chain, name)
                    for name in ("cost", "value", "share", "concentration", "slices", "told", "resting")
                },
                "links": [_link(link) for link in one.chain.links],
            },
            fund.currency,
        )
        for one in found
    ]


def _link(link: Link) -> dict[str, object]:
    sheet = link.holding
    facts = {name: getattr(sheet, name) for name in ("code", "name", "value")}
    return {**facts, "roles": link.roles, "dependence": link.dependence}


@router.get("/exposure/readiness")
def by_readiness(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn) -> ReadinessOut:
    """Cost and value by technology readiness, under the levels assessed by that day."""
    actor.require(*BOOK_READERS)
    return ReadinessOut.of(readiness_spread(tx, fund_id=fund.id, as_of=as_of), fund.currency)
