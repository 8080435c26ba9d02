"""One day of the books as known at two instants, and the entries that make the difference.

What was restated (reversed and booked anew) or came late is the difference between the two answers: nothing else
can be, since entries are never changed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.ledger.chart import CHART, NET_ASSET_ACCOUNTS, Account, Kind
from fund.ledger.locks import locked_at, locks, reopenings
from fund.ledger.queries import EntrySheet
from fund.ledger.recorded import Difference, differences, recorded_between
from fund.results.accounts import capital_account
from fund.results.reading import see
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.periods import Quarter


class ComparedBackwards(Invalid):
    code = "compared_backwards"
    says = "The books are compared as known first and then; {second} is before {first}."


@dataclass(frozen=True)
class Sides:
    """A figure as known at the two instants, signed by its effect on wealth."""

    code: str
    first: int
    second: int

    @property
    def moved(self) -> int:
        """By how much the second is above the first."""
        return self.second - self.first


@dataclass(frozen=True)
class Comparison:
    """The books of a day as known at two instants: of the whole fund, or of one partner.

    `totals` are assets, liabilities, net assets and operations since inception (of a partner: none); `accounts` every
    account; `parts` those parts of partners that differ; `capital` the rows of the capital account since inception;
    `entries` what was recorded in between and takes effect by the day, which sums to every difference.
    """

    as_of: date
    first: datetime
    second: datetime
    partner_id: int | None
    totals: tuple[Sides, ...]
    accounts: tuple[Difference, ...]
    parts: tuple[Difference, ...]
    capital: tuple[Sides, ...]
    entries: tuple[EntrySheet, ...]

    @property
    def differs(self) -> bool:
        """Whether anything was recorded in between that counts on the day."""
        return bool(self.entries)


def compare(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    first: datetime,
    second: datetime,
    partner_id: int | None = None,
) -> Comparison:
    """The two answers beside each other. Refused: an instant before the other, a reader of a part of the books."""
    see(tx, fund_id=fund_id, partner_id=partner_id)
    if second < first:
        raise ComparedBackwards(first=first, second=second)
    asked: dict[str, Any] = {
        "fund_id": fund_id,
        "as_of": as_of,
        "first": first,
        "second": second,
        "partner_id": partner_id,
    }
    accounts = differences(tx, **asked)
    parts = [] if partner_id is not None else differences(tx, by_partner=True, **asked)
    return Comparison(
        as_of,
        first,
        second,
        partner_id,
        totals=() if partner_id is not None else _totals(accounts),
        accounts=tuple(accounts),
        parts=tuple(one for one in parts if one.moved and one.partner_id is not None),
        capital=_capital(tx, fund_id, as_of, first, second, partner_id),
        entries=tuple(recorded_between(tx, **asked)),
    )


def last_locked(tx: Tx, *, fund_id: int, quarter: Quarter) -> datetime | None:
    """The instant at which a quarter was locked before it was last opened again, else locked at all."""
    opened = reopenings(tx, fund_id=fund_id, quarter=quarter)
    if opened:
        before = [
            turn.recorded_at
            for turn in locks(tx, fund_id=fund_id)
            if not turn.reopened
            and turn.quarter == str(quarter)
            and turn.recorded_at < opened[-1].recorded_at
        ]
        if before:
            return before[-1]
    return locked_at(tx, fund_id=fund_id, quarter=quarter)


def _totals(accounts: list[Difference]) -> tuple[Sides, ...]:
    """Assets and liabilities with their own sign, net assets, and what operations made of it."""

    def summed(code: str, sign: int, wanted: frozenset[str]) -> Sides:
        found = [one for one in accounts if one.account in wanted]
        return Sides(code, sign * sum(one.first for one in found), sign * sum(one.second for one in found))

    return (
        summed("assets", -1, _of(Kind.ASSET)),
        summed("liabilities", 1, _of(Kind.LIABILITY)),
        summed("net_assets", -1, frozenset(NET_ASSET_ACCOUNTS)),
        summed("operations", 1, _of(Kind.INCOME) | _of(Kind.EXPENSE)),
    )


def _of(kind: Kind) -> frozenset[str]:
    return frozenset(account.value for account in Account if CHART[account].kind is kind)


def _capital(
    tx: Tx, fund_id: int, as_of: date, first: datetime, second: datetime, partner_id: int | None
) -> tuple[Sides, ...]:
    quarter = Quarter.containing(as_of)
    before, after = (
        capital_account(
            tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, until=as_of, known_at=at
        ).rows
        for at in (first, second)
    )
    return tuple(
        Sides(one.code, one.amounts.itd, other.amounts.itd)
        for one, other in zip(before, after, strict=True)
        if one.code != "opening"
    )
