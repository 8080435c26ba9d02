"""What stands on the accounts, as of any effective day and as known at any instant.

Amounts are whole minor units and credit-positive: a partner's capital is positive and so is a gain, cash is
negative. An entry counts on both of its sides; what it adds to one it takes from the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import select

from fund.ledger.checkpoints import ground, stood
from fund.ledger.models import LedgerAccount
from fund.ledger.sides import quarter_of, sides
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.periods import Quarter

By = Literal["account", "partner", "holding"]


@dataclass(frozen=True)
class AccountSheet:
    """An account of the chart."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    names_partner: bool


@dataclass(frozen=True)
class Balance:
    """What stands on an account, credit-positive; a dimension that was not asked for is None."""

    account: str | None
    partner_id: int | None
    holding_id: int | None
    amount: int


@dataclass(frozen=True)
class Movement:
    """What an account moved by in one quarter, credit-positive; the holding only where it was asked for."""

    quarter: Quarter
    account: str
    partner_id: int | None
    amount: int
    holding_id: int | None = None


@dataclass(frozen=True)
class TrialRow:
    """An account with its balance on the side where it lies."""

    code: str
    name_zh: str
    name_en: str
    debit: int
    credit: int


@dataclass(frozen=True)
class TrialBalance:
    """Every account with a balance; `total` is the sum of debits less credits and must be zero."""

    as_of: date
    rows: tuple[TrialRow, ...]
    debit: int
    credit: int

    @property
    def total(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit


def chart(tx: Tx, *, fund_id: int) -> list[AccountSheet]:
    """The fund's accounts by code."""
    statement = select(LedgerAccount).where(LedgerAccount.fund_id == fund_id)
    rows = tx.exec(statement.order_by(LedgerAccount.code))
    return [AccountSheet(r.code, r.name_zh, r.name_en, r.kind.value, r.names_partner) for r in rows]


def balances(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    accounts: Collection[str] | None = None,
    since: date | None = None,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
    by: Sequence[By] = ("account", "partner", "holding"),
) -> list[Balance]:
    """What stands on the accounts, credit-positive, summed by the dimensions in `by`; zero sums are left out.

    With `since` only what took effect from that day on counts: the movement of a period.
    """
    asked: dict[str, Any] = {"fund_id": fund_id, "as_of": as_of, "since": since, "known_at": known_at}
    asked |= {"partner_id": partner_id, "holding_id": holding_id}
    base = ground(tx, **asked, by=by)
    found = []
    for *values, amount in _summed_by(tx, **asked, **vars(base), accounts=_codes(accounts), by=tuple(by)):
        named = dict(zip(by, values, strict=True))
        found.append(Balance(named.get("account"), named.get("partner"), named.get("holding"), amount))
    return found


def total(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    accounts: Collection[str],
    since: date | None = None,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
) -> int:
    """The one figure that stands on `accounts` together, credit-positive."""
    asked: dict[str, Any] = {"fund_id": fund_id, "as_of": as_of, "since": since, "known_at": known_at}
    asked |= {"partner_id": partner_id, "holding_id": holding_id}
    base = ground(tx, **asked, by=())
    return int(_summed_up(tx, **asked, **vars(base), accounts=_codes(accounts)).scalar_one())


def _codes(accounts: Collection[str] | None) -> tuple[str, ...] | None:
    """The accounts as the shape of a question."""
    return None if accounts is None else tuple(sorted({str(code) for code in accounts}))


@asked_often
def _summed_by(*, by: tuple[By, ...], **asked: Any) -> sa.Executable:
    """What stands, summed by some dimensions; zero sums are left out."""
    moved = stood(**asked)
    keys = [moved.c[name] for name in by]
    total = sa.func.sum(moved.c.amount)
    statement = sa.select(*keys, sa.cast(total, sa.BigInteger)).group_by(*keys).order_by(*keys)
    return statement.having(total != 0)


@asked_often
def _summed_up(**asked: Any) -> sa.Executable:
    """What stands as one figure."""
    moved = stood(**asked)
    return sa.select(sa.cast(sa.func.coalesce(sa.func.sum(moved.c.amount), 0), sa.BigInteger))


def by_quarter(
    tx: Tx,
    *,
    fund_id: int,
    through: date,
    accounts: Collection[str] | None = None,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    by_holding: bool = False,
) -> list[Movement]:
    """The movement of every quarter by account and partner, oldest first; what did not move is left out.

    With `by_holding` by holding as well.
    """
    found = _moved_by_quarter(
        tx,
        fund_id=fund_id,
        through=through,
        accounts=_codes(accounts),
        known_at=known_at,
        partner_id=partner_id,
        by_holding=by_holding,
    )
    return [
        Movement(Quarter.containing(start), account, partner, amount, *holding)
        for amount, start, account, partner, *holding in found
    ]


@asked_often
def _moved_by_quarter(
    *,
    fund_id: int,
    through: date,
    accounts: tuple[str, ...] | None,
    known_at: datetime | None,
    partner_id: int | None,
    by_holding: bool,
) -> sa.Executable:
    moved = sides(fund_id, through, accounts, None, known_at, partner_id)
    keys = [quarter_of(moved.c.effective_on), moved.c.account, moved.c.partner]
    keys += [moved.c.holding] if by_holding else []
    return _summed(moved.c.amount, keys).order_by(*keys)


def together_by_quarter(
    tx: Tx,
    *,
    fund_id: int,
    through: date,
    accounts: Collection[str],
    partner_ids: Collection[int],
    known_at: datetime | None = None,
) -> list[Movement]:
    """The same by account of some partners together: as many rows as quarters and accounts, however many partners.

    What moved from one of them to another is there and is nothing.
    """
    only = next(iter(partner_ids)) if len(partner_ids) == 1 else None
    moved = sides(fund_id, through, accounts, None, known_at, only)
    wanted = sa.any_(sa.literal(list(partner_ids), sa.ARRAY(sa.BigInteger())))
    keys = [quarter_of(moved.c.effective_on).label("quarter"), moved.c.account]
    # What moved for one partner against another is told, though together it comes to nothing.
    each = _summed(moved.c.amount, [*keys, moved.c.partner]).where(moved.c.partner == wanted).subquery("each")
    both = [each.c.quarter, each.c.account]
    total = sa.cast(sa.func.sum(each.c.amount), sa.BigInteger)
    found = tx.execute(sa.select(total, *both).group_by(*both).order_by(*both))
    return [Movement(Quarter.containing(start), account, None, amount) for amount, start, account in found]


def _summed(amount: Any, keys: Sequence[Any]) -> sa.Select[Any]:
    """The sums by the keys and behind them their keys; zero sums are left out."""
    total = sa.func.sum(amount)
    return sa.select(sa.cast(total, sa.BigInteger).label("amount"), *keys).group_by(*keys).having(total != 0)


def trial_balance(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> TrialBalance:
    """Every account with a balance, each on its side; debits and credits must be the same."""
    names = {account.code: account for account in chart(tx, fund_id=fund_id)}
    rows = []
    for balance in balances(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, by=("account",)):
        account = names[str(balance.account)]
        debit, credit = max(-balance.amount, 0), max(balance.amount, 0)
        rows.append(TrialRow(account.code, account.name_zh, account.name_en, debit, credit))
    return TrialBalance(as_of, tuple(rows), sum(r.debit for r in rows), sum(r.credit for r in rows))
