"""Reading the books, as of any effective day and as known at any instant; balances are in `balances.py`.

Everywhere here `as_of` is the last effective day that counts and `known_at` the instant up to which entries
had been recorded (None: all that are). Amounts are whole minor units, balances credit-positive.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.balances import (
    AccountSheet,
    Balance,
    Movement,
    TrialBalance,
    TrialRow,
    balances,
    by_quarter,
    chart,
    together_by_quarter,
    total,
    trial_balance,
)
from fund.ledger.chart import is_account
from fund.ledger.entries import LINE, EntrySheet, EntryUnknown, line_of, linked, sheets
from fund.ledger.hand_rules import JOURNAL
from fund.ledger.locks import (
    LockSheet,
    check_may_lock,
    locked_at,
    locked_through,
    locks,
    open_through,
    reopenings,
)
from fund.ledger.models import Entry
from fund.ledger.proof import verify
from fund.ledger.sides import sides
from kernel.audit.rules import GENESIS
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, PageInvalid, keyset

__all__ = [
    "AccountSheet",
    "Balance",
    "EntrySheet",
    "EntryUnknown",
    "LockSheet",
    "Movement",
    "TrialBalance",
    "TrialRow",
    "balances",
    "by_quarter",
    "chart",
    "check_may_lock",
    "line_of",
    "locked_at",
    "locked_through",
    "locks",
    "open_through",
    "reopenings",
    "together_by_quarter",
    "total",
    "trial_balance",
    "verify",
]


# A place on an account's page: the day counted from the first of year 1 (six digits), and the entry's id.
_KEY = re.compile(r"(?P<day>[1-9][0-9]{5})\.(?P<id>[0-9]{1,18})", re.ASCII)


class AccountUnknown(NotFound):
    code = "account_unknown"
    says = "There is no account {account}."


@dataclass(frozen=True)
class AccountLine:
    """An entry on an account's page: what it adds (credit-positive) and what stands there after it."""

    entry: EntrySheet
    amount: int
    balance: int


@dataclass(frozen=True)
class AccountPage:
    """A stretch of an account. `opening` is the balance before its first line."""

    account: str
    opening: int
    lines: Page[AccountLine]


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The entries that `actor` may read: all, or those on which every partner named is the actor's own.

    The database's row-level security says the same, and lets both partners read a move between the two.
    """
    if actor.reach == "all":
        return sa.true()
    own = actor.partner_ids
    debit, credit = col(Entry.debit_partner_id), col(Entry.credit_partner_id)
    both = sa.func.coalesce(debit, credit).in_(own) & sa.func.coalesce(credit, debit).in_(own)
    between = (col(Entry.debit) == col(Entry.credit)) & (debit.in_(own) | credit.in_(own))
    return both | between


def head(tx: Tx, *, fund_id: int) -> tuple[int, str]:
    """The number and hash of the fund's last entry; (0, zeros) before the first."""
    statement = select(Entry.number, Entry.hash).where(Entry.fund_id == fund_id)
    row = tx.exec(statement.order_by(col(Entry.number).desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, GENESIS)


def entry(tx: Tx, *, fund_id: int, reference: str, actor: Actor | None = None) -> EntrySheet:
    """The entry with that reference, with the entries it reverses or is reversed by."""
    statement = select(Entry).where(Entry.fund_id == fund_id, Entry.reference == reference)
    row = tx.exec(_seen(statement, actor)).one_or_none()
    if row is None:
        raise EntryUnknown(reference=reference)
    return sheets(tx, rows=[row])[0]


def found(
    tx: Tx, *, fund_id: int, text: str, actor: Actor | None = None, limit: int = DEFAULT_LIMIT
) -> list[EntrySheet]:
    """The entries whose reference contains `text`, the very one first, then the newest."""
    statement = select(Entry).where(
        Entry.fund_id == fund_id, col(Entry.reference).icontains(text, autoescape=True)
    )
    exact = sa.func.lower(Entry.reference) == text.casefold()
    ordered = _seen(statement, actor).order_by(exact.desc(), col(Entry.id).desc()).limit(limit)
    return sheets(tx, rows=tx.exec(ordered).all())


def recorded_after(tx: Tx, *, fund_id: int, number: int) -> list[EntrySheet]:
    """The entries recorded after the one with that number, in their order."""
    statement = select(Entry).where(Entry.fund_id == fund_id, Entry.number > number)
    return sheets(tx, rows=tx.exec(statement.order_by(col(Entry.number))).all())


def flows(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    accounts: Collection[str],
    since: date | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
    holding_ids: Collection[int] | None = None,
    known_at: datetime | None = None,
) -> list[EntrySheet]:
    """The entries behind a figure: all that touch one of `accounts` (on the partner's side), by day."""
    statement = sa.select(*LINE).where(col(Entry.fund_id) == fund_id, col(Entry.effective_on) <= as_of)
    statement = statement.where(_touches(accounts, partner_id))
    if since is not None:
        statement = statement.where(col(Entry.effective_on) >= since)
    if holding_id is not None:
        statement = statement.where(col(Entry.holding_id) == holding_id)
    if holding_ids is not None:
        statement = statement.where(col(Entry.holding_id).in_(holding_ids))
    if known_at is not None:
        statement = statement.where(col(Entry.recorded_at) <= known_at)
    found = tx.execute(statement.order_by(col(Entry.effective_on), col(Entry.id)))
    return linked(tx, lines=found.all())


def journal(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    act: str | None = None,
    by_hand: str | None = None,
    account: str | None = None,
    partner_id: int | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[EntrySheet]:
    """The entries as they were recorded, newest first; of one act, journal made by hand, account or partner."""
    statement = _seen(select(Entry).where(Entry.fund_id == fund_id), actor)
    if act is not None:
        statement = statement.where(Entry.act == act)
    if by_hand is not None:
        statement = statement.where(col(Entry.act).startswith(f"{JOURNAL}:{by_hand}.", autoescape=True))
    if account is not None:
        statement = statement.where(_touches([account], partner_id))
    elif partner_id is not None:
        own = (col(Entry.debit_partner_id) == partner_id) | (col(Entry.credit_partner_id) == partner_id)
        statement = statement.where(own)
    page = keyset(
        tx, statement, col(Entry.id), after=after, limit=limit, sheet=lambda row: row, newest_first=True
    )
    return Page(tuple(sheets(tx, rows=page.items)), page.next)


def account_page(
    tx: Tx,
    *,
    fund_id: int,
    account: str,
    as_of: date,
    since: date | None = None,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> AccountPage:
    """An account's entries by effective day with the balance after each, credit-positive.

    `after` is the key of the last line of the page before; `opening` is the balance before this page's first.
    """
    if not is_account(account):
        raise AccountUnknown(account=account)
    moved = sides(fund_id, as_of, [account], None, known_at, partner_id, holding_id)
    place, start = sa.tuple_(moved.c.effective_on, moved.c.id), _place(after, since)
    summed = sa.cast(sa.func.coalesce(sa.func.sum(moved.c.amount), 0), sa.BigInteger)
    opening = tx.execute(sa.select(summed).where(place <= start)).scalar_one()
    per_entry = sa.select(
        moved.c.effective_on, moved.c.id, sa.cast(sa.func.sum(moved.c.amount), sa.BigInteger)
    )
    per_entry = per_entry.where(place > start).group_by(moved.c.effective_on, moved.c.id)
    found = tx.execute(per_entry.order_by(moved.c.effective_on, moved.c.id).limit(_checked(limit) + 1)).all()
    rows = {row.key: row for row in tx.exec(select(Entry).where(col(Entry.id).in_([f.id for f in found])))}
    lines, balance = [], opening
    for sheet, moved_by in zip(sheets(tx, rows=[rows[f.id] for f in found[:limit]]), found, strict=False):
        balance += moved_by[2]
        lines.append(AccountLine(sheet, moved_by[2], balance))
    last = lines[-1].entry if len(found) > limit else None
    key = f"{last.effective_on.toordinal()}.{last.id}" if last else None
    return AccountPage(account, opening, Page(tuple(lines), key))


def _seen(statement: Any, actor: Actor | None) -> Any:
    """`statement` narrowed to what `actor` may read; without an actor the database's own wall must do."""
    return statement if actor is None else statement.where(visible_to(actor))


def _checked(limit: int) -> int:
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    return limit


def _place(after: str | None, since: date | None) -> sa.Tuple:
    """The place on an account's page after which to read on: the day and id of the line before."""
    day, key = (since or date.min, 0)
    if after is not None:
        found = _KEY.fullmatch(after)
        if found is None:
            raise PageInvalid(maximum=MAXIMUM_LIMIT)
        day, key = date.fromordinal(int(found["day"])), int(found["id"])
    return sa.tuple_(sa.literal(day, sa.Date()), sa.literal(key, sa.BigInteger()))


def _touches(accounts: Collection[str], partner_id: int | None) -> sa.ColumnElement[bool]:
    codes = [str(account) for account in accounts]
    debit, credit = col(Entry.debit).in_(codes), col(Entry.credit).in_(codes)
    if partner_id is None:
        return debit | credit
    of_debit, of_credit = col(Entry.debit_partner_id), col(Entry.credit_partner_id)
    return (debit & (of_debit == partner_id)) | (credit & (of_credit == partner_id))
