"""One day of the books as known at two instants, with the entries that make the difference."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from app.api.entries import EntryOut
from app.api.results import partner_asked
from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.whose import FundDep, ToldOn, within_reach
from app.deps import ApiActor, Now, TxDep
from fund.ledger.recorded import Difference
from fund.partners.queries import codes_in_order
from fund.results.compared import Comparison, compare
from kernel.periods import Quarter
from lp_reports.told import told_instant

router = APIRouter(prefix="/api/v1", tags=["statements"], responses=REFUSALS)

First = Annotated[
    datetime | None,
    AfterValidator(within_reach),
    Query(
        description="When the quarter of `as_of` was last told (frozen for its report, or locked) when left out"
    ),
]
Second = Annotated[datetime | None, AfterValidator(within_reach), Query(description="Now when left out")]


class SidesOut(Out):
    """A figure as known at the first instant and at the second, and what it moved by."""

    code: str
    first: MoneyField
    second: MoneyField
    moved: MoneyField


class DifferenceOut(Out):
    """An account, or a partner's part of it (credit-positive), at both instants."""

    account: str
    partner: str | None
    first: MoneyField
    second: MoneyField
    moved: MoneyField


class ComparisonOut(Out):
    """Totals (of the whole fund), accounts, partners' parts that differ, the capital account since inception, and the
    entries recorded in between.
    """

    as_of: date
    first: datetime
    second: datetime
    partner: str | None
    totals: list[SidesOut]
    accounts: list[DifferenceOut]
    parts: list[DifferenceOut]
    capital: list[SidesOut]
    entries: list[EntryOut]


@router.get("/results/comparison")
def comparison(
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    fund: FundDep,
    as_of: ToldOn,
    partner: Annotated[str | None, Query(max_length=16, examples=["LP02"])] = None,
    first: First = None,
    second: Second = None,
) -> ComparisonOut:
    """The books of a day as known at `first` beside them as known at `second`; a partner's people ask for their own."""
    partner_id = partner_asked(tx, actor, fund, partner)
    found = compare(
        tx,
        fund_id=fund.id,
        as_of=as_of,
        first=first
        or told_instant(
            tx, actor=actor, fund_id=fund.id, quarter=Quarter.containing(as_of), partner_id=partner_id
        ),
        second=second or now,
        partner_id=partner_id,
    )
    return told_comparison(found, fund.currency, codes_in_order(tx, fund_id=fund.id))


def told_comparison(found: Comparison, currency: str, codes: dict[int, str]) -> ComparisonOut:
    """The answer as it is told, by the API and on the command line."""

    def told(one: Difference) -> DifferenceOut:
        facts = {"partner": codes.get(one.partner_id or 0), "moved": one.moved}
        said = {"account": one.account, "first": one.first, "second": one.second, **facts}
        return DifferenceOut.model_validate(said, context={"currency": currency})

    return ComparisonOut(
        as_of=found.as_of,
        first=found.first,
        second=found.second,
        partner=codes.get(found.partner_id or 0),
        totals=[SidesOut.of(one, currency) for one in found.totals],
        accounts=[told(one) for one in found.accounts],
        parts=[told(one) for one in found.parts],
        capital=[SidesOut.of(one, currency) for one in found.capital],
        entries=[EntryOut.of(one, currency) for one in found.entries],
    )
