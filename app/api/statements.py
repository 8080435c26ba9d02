"""The financial statements, as of any effective day and as known at any instant, and the entries behind them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.bridges import ExplainedOut, explained
from app.api.schemas import REFUSALS, FractionField, MoneyField, MoneyOut, Out, money
from app.api.whose import BOOK_READERS, AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.holdings.queries import holding_labels
from fund.partners.queries import codes_in_order, partner_by_code
from fund.results import queries
from fund.results.statement_rules import Statements, Tie
from kernel.db import Tx

router = APIRouter(prefix="/api/v1", tags=["statements"], responses=REFUSALS)

Since = Annotated[
    date | None, Query(description="First day of the period; the first of the year of `as_of` when left out")
]


class StandingOut(Out):
    """What stood on the day before the period and what stands at its end."""

    code: str
    opening: MoneyField
    closing: MoneyField


class LineOut(Out):
    """One account or one line of cash flows over the period, signed by its effect on wealth."""

    code: str
    amount: MoneyField


class CapitalRowOut(Out):
    """One partner's capital over the period; `partner` is null in the total."""

    partner: str | None
    opening: MoneyField
    contributions: MoneyField
    given_back: MoneyField
    distributions: MoneyField
    management_fee: MoneyField
    expenses: MoneyField
    income: MoneyField
    realised: MoneyField
    unrealised: MoneyField
    carry: MoneyField
    transfers: MoneyField
    closing: MoneyField


class HeldOut(Out):
    """One holding at the end of the period; `share` is its part of the net assets, null when there are none."""

    holding: str
    name: str
    cost: MoneyField
    value: MoneyField
    share: FractionField | None


class TieOut(Out):
    """Two figures that must be the same; `partner` where they are one partner's."""

    code: str
    one: MoneyField
    other: MoneyField
    holds: bool
    partner: str | None


class StatementsOut(Out):
    """Assets and liabilities, operations, partners' capital, cash flows, schedule of investments, and their ties."""

    since: date
    as_of: date
    assets: list[StandingOut]
    total_assets: StandingOut
    liabilities: list[StandingOut]
    total_liabilities: StandingOut
    net_assets: StandingOut
    equity: StandingOut
    income: list[LineOut]
    expenses: list[LineOut]
    net_income: MoneyField
    gains: list[LineOut]
    operations: MoneyField
    capital: list[CapitalRowOut]
    partners: CapitalRowOut
    operating: list[LineOut]
    financing: list[LineOut]
    cash_moved: MoneyField
    cash: StandingOut
    held: list[HeldOut]
    ties: list[TieOut]


class LineEntriesOut(Out):
    """The entries that a line is the sum of; `since` is null where it stands from the first entry on."""

    line: str
    since: date | None
    as_of: date
    amount: MoneyOut
    entries: list[ExplainedOut]


@router.get("/statements")
def statements(
    tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf, since: Since = None, known_at: KnownAt = None
) -> StatementsOut:
    """The five financial statements of a period, to the fen, with what ties them to each other."""
    actor.require(*BOOK_READERS)
    found = queries.statements(
        tx, fund_id=fund.id, since=since or date(as_of.year, 1, 1), as_of=as_of, known_at=known_at
    )
    return _out(tx, fund, found)


@router.get("/statements/entries")
def entries(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    line: Annotated[
        str,
        Query(
            max_length=32,
            description="An account, a line of cash flows, a column of the partners' capital, or `cost`, `value`",
            examples=["contributions_received"],
        ),
    ],
    as_of: AsOf,
    since: Since = None,
    known_at: KnownAt = None,
    partner: Annotated[str | None, Query(max_length=16, examples=["LP02"])] = None,
    holding_id: int | None = None,
) -> LineEntriesOut:
    """From which entries is a line of the statements read? They sum to it."""
    actor.require(*BOOK_READERS)
    found = queries.line_entries(
        tx,
        fund_id=fund.id,
        line=line,
        since=since or date(as_of.year, 1, 1),
        as_of=as_of,
        known_at=known_at,
        partner_id=partner_by_code(tx, fund_id=fund.id, code=partner, actor=actor).id if partner else None,
        holding_id=holding_id,
    )
    return LineEntriesOut(
        line=found.line,
        since=found.since,
        as_of=found.as_of,
        amount=money(found.amount, fund.currency),
        entries=explained(found.entries, fund.currency),
    )


def _out(tx: Tx, fund: FundSheet, found: Statements) -> StatementsOut:
    codes = codes_in_order(tx, fund_id=fund.id)
    labels = holding_labels(tx, fund_id=fund.id)
    plain = {name: getattr(found, name) for name in StatementsOut.model_fields if name != "ties"}
    rows = [vars(row) | {"partner": codes[key]} for key, row in found.capital.items()]
    shares = queries.shares(found)
    held = [
        vars(row)
        | dict(zip(("holding", "name"), labels.get(row.holding_id, ("", "")), strict=True))
        | {"share": shares[row.holding_id]}
        for row in found.held
    ]
    special = {
        "capital": rows,
        "partners": vars(found.partners) | {"partner": None},
        "held": held,
        "ties": [_tie(tie, codes) for tie in queries.ties(found)],
    }
    return StatementsOut.of(plain | special, fund.currency)


def _tie(tie: Tie, codes: dict[int, str]) -> dict[str, object]:
    return vars(tie) | {"holds": tie.holds, "partner": codes.get(tie.partner_id or 0)}
