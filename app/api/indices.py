"""Market indices on record, and what the fund's money would have made in them."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from app.api.results import READERS, PartnerCode, partner_asked
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    Body,
    FractionField,
    FractionIn,
    Limit,
    Out,
    PageOut,
    RateOut,
    example,
    rate,
)
from app.api.whose import AsOf, FundDep, KnownAt
from app.deps import ApiActor, Now, TxDep
from fund.indices.actions import add_levels
from fund.indices.queries import index_by_code, indices, level_page
from fund.indices.rules import Level
from fund.results.queries import equivalents as compare_with

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)
MOST_LEVELS = 10_000
IndexCode = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9._-]+$", examples=["TECH50"])]


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


class LevelOut(Out):
    """The level of a day as it was recorded last, by `known_at` where that was asked for."""

    on: date
    level: Annotated[FractionField, Field(description="Exact", examples=["1024.37"])]
    is_correction: Annotated[bool, Field(description="Another level was on record of that day before")]
    recorded_by: str
    recorded_at: datetime


class LevelIn(Body):
    """The level of an index at the end of a day; `corrects` says that the one on record is wrong."""

    on: date
    level: Annotated[FractionIn, Field(examples=["1024.37"])]
    corrects: bool = False


class LevelsIn(Body):
    """Levels of one index; its name is needed with the first of them."""

    model_config = Body.model_config | example(
        name="科技五十指数", source="交易所", levels=[{"on": "2026-06-30", "level": "1024.37"}]
    )

    name: Annotated[str, Field(max_length=80)] = ""
    name_en: Annotated[str, Field(max_length=80)] = ""
    source: Annotated[str, Field(max_length=200)] = ""
    is_invented: Annotated[bool, Field(description="For examples only; shown wherever the index stands")] = (
        False
    )
    levels: Annotated[list[LevelIn], Field(min_length=1, max_length=MOST_LEVELS)]


class AddedOut(Out):
    """How many levels were new, how many corrected another, how many were on record as they are."""

    new: int
    corrected: int
    known: int


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


@router.get("/indices/{code}/levels")
def index_levels(
    code: str,
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    since: Annotated[date | None, Query(description="The first day")] = None,
    until: Annotated[date | None, Query(description="The last day")] = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[LevelOut]:
    """The levels of a market index by day, the earliest first."""
    actor.require(*READERS)
    index = index_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    page = level_page(
        tx, index_id=index.id, since=since, until=until, known_at=known_at, after=after, limit=limit
    )
    return PageOut(items=[LevelOut.of(one) for one in page.items], next=page.next)


@router.post("/indices/{code}/levels", status_code=201)
def add(code: IndexCode, body: LevelsIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> AddedOut:
    """Put levels of a market index on record, all or none; the index itself with its first. What is on record as it is
    is passed over, so a longer list may be sent again; another level for a known day needs `corrects`.
    """
    given = [Level(one.on, one.level, one.corrects) for one in body.levels]
    done = add_levels(
        tx,
        actor,
        fund_id=fund.id,
        code=code,
        name=body.name,
        name_en=body.name_en,
        source=body.source,
        is_invented=body.is_invented,
        levels=given,
        now=now,
    )
    return AddedOut.of(done)


@router.get("/results/equivalents")
def equivalents(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    index: Annotated[str, Query(max_length=64, description="The index's code", examples=["TECH50"])],
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
