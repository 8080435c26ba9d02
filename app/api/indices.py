"""Market indices on record, and what the fund's money would have made in them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.results import READERS, PartnerCode, partner_asked
from app.api.schemas import REFUSALS, Out, RateOut, rate
from app.api.whose import AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.indices.queries import indices
from fund.results.queries import equivalents as compare_with

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)


class IndexOut(Out):
    """A market index on record; one that is invented is for examples only."""

    code: str
    name: str
    name_en: str
    source: str
    is_invented: bool
    days: int
    first_on: date | None
    last_on: date | None


class EquivalentsOut(Out):
    """Net performance beside an index, by four methods. Long-Nickels and PME+ say when they fail: their rate then
    compares nothing. PME+ is null while nothing was paid out.
    """

    index: IndexOut
    as_of: date
    is_full_year: Annotated[bool, Field(description="Whether a rate may be printed as an annual one")]
    net_irr: RateOut
    ks_pme: Annotated[float, Field(description="Kaplan-Schoar ratio; above 1 beats the index")]
    long_nickels: RateOut
    long_nickels_fails: bool
    pme_plus: RateOut | None
    pme_plus_fails: bool
    direct_alpha: RateOut


@router.get("/indices")
def index_list(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[IndexOut]:
    """The market indices that the fund may be compared with."""
    actor.require(*READERS)
    return [IndexOut.of(one) for one in indices(tx, fund_id=fund.id, actor=actor)]


@router.get("/results/equivalents")
def equivalents(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    index: Annotated[str, Query(max_length=16, description="The index's code", examples=["TECH50"])],
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> EquivalentsOut:
    """What the same money would have made in a market index. Refused where the index misses a day of a flow or of the
    value, and before anything was paid in.
    """
    partner_id = partner_asked(tx, actor, fund, partner)
    compared = compare_with(
        tx, fund_id=fund.id, partner_id=partner_id, as_of=as_of, code=index, known_at=known_at
    )
    found = compared.proved()
    return EquivalentsOut(
        index=IndexOut.of(compared.index),
        as_of=compared.as_of,
        is_full_year=compared.is_full_year,
        net_irr=rate(found.rate),
        ks_pme=found.ks_pme,
        long_nickels=rate(found.long_nickels.rate),
        long_nickels_fails=found.long_nickels.fails,
        pme_plus=rate(found.pme_plus.rate) if found.pme_plus else None,
        pme_plus_fails=found.pme_plus is not None and found.pme_plus.fails,
        direct_alpha=rate(found.direct_alpha),
    )
