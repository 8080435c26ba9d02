"""Gross returns of the holdings: of all, of each, and by deal source, sector and vintage, with the entries behind."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from fund.holdings.queries import CashFlow, HoldingSheet, cash_flows, holdings
from fund.ledger.chart import Account
from fund.ledger.queries import EntrySheet, flows
from fund.results.gross_rules import (
    Gross,
    GrossFigure,
    Group,
    Grouping,
    GroupUnknown,
    gross_of,
    grouped,
    key_of,
)
from fund.results.reading import see
from kernel.db import Tx

# Where a figure stands in the books, on which side it grows, and which acts make it.
_READ_FROM = {
    GrossFigure.INVESTED: ((Account.CASH,), 1, ("lot:",)),
    GrossFigure.REALISED: ((Account.CASH,), -1, ("disposal:", "income:")),
    GrossFigure.VALUE: ((Account.INVESTMENTS_AT_COST, Account.UNREALISED_APPRECIATION), -1, ("",)),
}


@dataclass(frozen=True)
class HoldingReturn:
    """A holding with its own return."""

    holding: HoldingSheet
    gross: Gross


@dataclass(frozen=True)
class GroupedReturns:
    """The fund's gross return by groups that sum to the whole."""

    fund_id: int
    by: Grouping
    as_of: date
    known_at: datetime | None
    groups: tuple[Group, ...]
    whole: Gross


@dataclass(frozen=True)
class GroupEntries:
    """A gross figure of a group, or with no key of the whole, and the entries that it is the sum of."""

    by: Grouping
    key: str | None
    figure: GrossFigure
    amount: int
    entries: tuple[tuple[EntrySheet, int], ...]


def gross(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> Gross:
    """The return of all holdings together, before fees and carry."""
    found = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    return gross_of(found, _flows(tx, fund_id, as_of, known_at), as_of)


def holding_returns(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> list[HoldingReturn]:
    """Every holding with its own return, in the order of their codes."""
    moves = _flows(tx, fund_id, as_of, known_at)
    return [
        HoldingReturn(sheet, gross_of([sheet], moves, as_of))
        for sheet in holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    ]


def grouped_returns(
    tx: Tx, *, fund_id: int, by: Grouping, as_of: date, known_at: datetime | None = None
) -> GroupedReturns:
    """Gross returns by holding, deal source, sector or vintage, under the labels of that day; for whoever reads the
    whole fund.
    """
    see(tx, fund_id=fund_id, partner_id=None)
    found = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    moves = _flows(tx, fund_id, as_of, known_at)
    groups = grouped(found, moves, by, as_of)
    return GroupedReturns(fund_id, by, as_of, known_at, groups, gross_of(found, moves, as_of))


def group_entries(
    tx: Tx,
    *,
    fund_id: int,
    by: Grouping,
    key: str | None,
    figure: GrossFigure,
    as_of: date,
    known_at: datetime | None = None,
) -> GroupEntries:
    """From which entries? The purchases, what came back, or what the value is booked at; None is the whole fund.

    What was taken back stands there with its reversal.
    """
    see(tx, fund_id=fund_id, partner_id=None)
    found = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    ids = {sheet.id for sheet in found if key is None or key_of(sheet, by) == key}
    if key is not None and not ids:
        raise GroupUnknown(key=key)
    accounts, sign, acts = _READ_FROM[figure]
    told = [
        (entry, sign * entry.amount * ((entry.credit in accounts) - (entry.debit in accounts)))
        for entry in flows(
            tx, fund_id=fund_id, accounts=accounts, as_of=as_of, known_at=known_at, holding_ids=ids
        )
        if entry.act.startswith(acts)
    ]
    moved = tuple((entry, amount) for entry, amount in told if amount)
    return GroupEntries(by, key, figure, sum(amount for _, amount in moved), moved)


def _flows(tx: Tx, fund_id: int, as_of: date, known_at: datetime | None) -> dict[int, list[CashFlow]]:
    moves: dict[int, list[CashFlow]] = defaultdict(list)
    for one in cash_flows(tx, fund_id=fund_id, as_of=as_of, known_at=known_at):
        moves[one.holding_id].append(one)
    return moves
