"""Gross returns by holding, deal source, sector and vintage, and the entries behind each figure."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.bridges import ExplainedOut, explained
from app.api.schemas import REFUSALS, FractionField, MoneyField, MoneyOut, Out, RateOut, money, rate
from app.api.whose import BOOK_READERS, FundDep, KnownAt, ToldOn
from app.deps import ApiActor, TxDep
from fund.results import queries
from fund.results.gross_rules import Gross, GrossFigure, Group, Grouping

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)

By = Annotated[
    Grouping,
    Query(description="By what the returns are told apart; vintage is the year of the first purchase"),
]


class GrossReturnOut(Out):
    """A return before fees and carry. Under a full year the rate is not annualised in reports."""

    holdings: list[str]
    invested: MoneyField
    realised: Annotated[MoneyField, Field(description="Proceeds of disposals, dividends and interest")]
    value: MoneyField
    gain: MoneyField
    multiple: Annotated[FractionField | None, Field(description="(realised + value) / invested, exact")]
    irr: RateOut
    is_full_year: bool


class GroupOut(GrossReturnOut):
    """What lies under one key: a holding's code, a deal source, a sector, or a year."""

    key: str


class GroupsOut(Out):
    """Gross returns by groups; every amount sums to that of the whole."""

    by: Grouping
    as_of: date
    groups: list[GroupOut]
    whole: GrossReturnOut


class GroupEntriesOut(Out):
    """From which entries? They sum to `amount`."""

    by: Grouping
    key: str | None
    figure: GrossFigure
    amount: MoneyOut
    entries: list[ExplainedOut]


@router.get("/results/groups")
def groups(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: ToldOn,
    by: By = Grouping.HOLDING,
    known_at: KnownAt = None,
) -> GroupsOut:
    """The fund's gross return by holding, deal source, sector or vintage, under the labels of that day."""
    actor.require(*BOOK_READERS)
    found = queries.grouped_returns(tx, fund_id=fund.id, by=by, as_of=as_of, known_at=known_at)
    everything = [sheet.code for group in found.groups for sheet in group.holdings]
    return GroupsOut(
        by=found.by,
        as_of=found.as_of,
        groups=[_group(one, fund.currency) for one in found.groups],
        whole=GrossReturnOut.of(gross_facts(found.whole, sorted(everything)), fund.currency),
    )


@router.get("/results/groups/entries")
def group_entries(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: ToldOn,
    figure: GrossFigure,
    by: By = Grouping.HOLDING,
    key: Annotated[
        str | None, Query(max_length=80, description="The whole fund when left out", examples=["H01"])
    ] = None,
    known_at: KnownAt = None,
) -> GroupEntriesOut:
    """The purchases, the proceeds or the value of a group, entry by entry."""
    actor.require(*BOOK_READERS)
    found = queries.group_entries(
        tx, fund_id=fund.id, by=by, key=key, figure=figure, as_of=as_of, known_at=known_at
    )
    return GroupEntriesOut(
        by=found.by,
        key=found.key,
        figure=found.figure,
        amount=money(found.amount, fund.currency),
        entries=explained(found.entries, fund.currency),
    )


def _group(one: Group, currency: str) -> GroupOut:
    facts = gross_facts(one.gross, [sheet.code for sheet in one.holdings])
    return GroupOut.of(facts | {"key": one.key}, currency)


def gross_facts(gross: Gross, codes: list[str]) -> dict[str, object]:
    """A gross return as the API writes it."""
    plain = {
        name: getattr(gross, name)
        for name in ("invested", "realised", "value", "gain", "multiple", "is_full_year")
    }
    return plain | {"holdings": codes, "irr": rate(gross.irr)}
