"""Some partners taken together: what stood at the end of every quarter, and what moved by day.

There are as many rows as quarters or days, however many partners: the database adds them up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.ledger.checkpoints import kept_by_quarter
from fund.ledger.models import CheckpointBalance, Entry
from fund.ledger.rules import Grain
from fund.ledger.sides import quarter_of, sides
from fund.partners.queries import partners
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.periods import Quarter

# What stood at the end of quarters by account, credit-positive.
_Stood = dict[Quarter, dict[str, int]]


@dataclass(frozen=True)
class DaySum:
    """What an account moved by on a day on one of its sides, credit-positive.

    `other_on` is the day of what takes it back, or of what it takes back, where that counts as well.
    """

    on: date
    other_on: date | None
    account: str
    amount: int


def stood_by_quarter(
    tx: Tx,
    *,
    fund_id: int,
    through: Quarter,
    accounts: Collection[str],
    partner_ids: Collection[int],
    known_at: datetime | None = None,
) -> dict[Quarter, int]:
    """What stood on the accounts of these partners at the end of every quarter from the first that moved one of them.

    Quarters that are locked are read from what was kept of them, the others from their entries. Where most of the
    fund's partners are asked for, the others are taken off the whole.
    """
    codes = tuple(sorted({str(code) for code in accounts}))
    kept = kept_by_quarter(tx, fund_id=fund_id, known_at=known_at, through=through)
    facts: dict[str, Any] = {"fund_id": fund_id, "accounts": codes}
    found = _kept_of(tx, kept, partner_ids, **facts) if kept else {}
    entered = _entered(
        tx,
        **facts,
        through=through.ends_on,
        known_at=known_at,
        partner_ids=list(partner_ids),
        before=min(kept).starts_on if kept else None,
        after=max(kept).ends_on if kept else None,
    )
    for start, account, amount in entered:
        found.setdefault(Quarter.containing(start), {})[account] = amount
    return _cumulated(found, kept, through)


def _cumulated(
    found: Mapping[Quarter, Mapping[str, int]], kept: Collection[Quarter], through: Quarter
) -> dict[Quarter, int]:
    """The sums at the ends of all quarters: of those that are kept as they are, of the others with what moved."""
    moved = [quarter for quarter, accounts in found.items() if any(accounts.values())]
    values: dict[Quarter, int] = {}
    quarter, value = min(moved, default=through.next), 0
    while quarter <= through:
        own = sum(found.get(quarter, {}).values())
        value = own if quarter in kept else value + own
        values[quarter], quarter = value, quarter.next
    return values


def _kept_of(
    tx: Tx,
    kept: Mapping[Quarter, int],
    partner_ids: Collection[int],
    *,
    fund_id: int,
    accounts: tuple[str, ...],
) -> _Stood:
    """What was kept of these partners, or of all less the others, whichever are fewer."""
    others = {sheet.id for sheet in partners(tx, fund_id=fund_id)} - set(partner_ids)
    keys = {key: quarter for quarter, key in kept.items()}
    asked: dict[str, Any] = {"checkpoint_ids": list(keys), "accounts": accounts}
    if len(others) < len(partner_ids):
        parts = [(1, _whole(tx, **asked)), (-1, _of(tx, **asked, partner_ids=list(others)))]
    else:
        parts = [(1, _of(tx, **asked, partner_ids=list(partner_ids)))]
    found: _Stood = {quarter: {} for quarter in keys.values()}
    for sign, rows in parts:
        for key, account, amount in rows:
            own = found[keys[key]]
            own[account] = own.get(account, 0) + sign * amount
    return found


@asked_often
def _whole(*, checkpoint_ids: Any, accounts: tuple[str, ...]) -> sa.Executable:
    """Checkpoint, account and what stood there."""
    return _summed(Grain.ACCOUNT, checkpoint_ids, accounts)


@asked_often
def _of(*, checkpoint_ids: Any, accounts: tuple[str, ...], partner_ids: Any) -> sa.Executable:
    """The same of some partners."""
    return _summed(Grain.PARTNER, checkpoint_ids, accounts).where(
        col(CheckpointBalance.partner_id) == sa.any_(partner_ids)
    )


def _summed(grain: Grain, checkpoint_ids: Any, accounts: tuple[str, ...]) -> sa.Select[*tuple[Any, ...]]:
    keys = (col(CheckpointBalance.checkpoint_id), col(CheckpointBalance.account))
    total = sa.cast(sa.func.sum(col(CheckpointBalance.amount)), sa.BigInteger)
    return (
        sa.select(*keys, total)
        .where(
            keys[0] == sa.any_(checkpoint_ids),
            col(CheckpointBalance.grain) == grain,
            keys[1].in_(accounts),
        )
        .group_by(*keys)
    )


@asked_often
def _entered(
    *,
    fund_id: int,
    accounts: tuple[str, ...],
    through: date,
    known_at: datetime | None,
    partner_ids: Any,
    before: date | None,
    after: date | None,
) -> sa.Executable:
    """First day of a quarter, account, and what it moved by: of the quarters before and after those that are kept."""
    moved = sides(fund_id, through, accounts, None, known_at)
    start = quarter_of(moved.c.effective_on)
    total = sa.cast(sa.func.sum(moved.c.amount), sa.BigInteger)
    statement = sa.select(start, moved.c.account, total).where(moved.c.partner == sa.any_(partner_ids))
    if before is not None and after is not None:
        day = moved.c.effective_on
        statement = statement.where((day < before) | (day > after))
    return statement.group_by(start, moved.c.account)


def moved_by_day(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    accounts: Collection[str],
    partner_ids: Collection[int],
    known_at: datetime | None = None,
) -> list[DaySum]:
    """What the accounts moved by for these partners by day, side and day of what takes it back; in order of the days.

    What moved on one account from one of them to another is left out.
    """
    codes = tuple(sorted({str(code) for code in accounts}))
    found = _moved(
        tx,
        fund_id=fund_id,
        as_of=as_of,
        accounts=codes,
        partner_ids=list(partner_ids),
        known_at=known_at,
    )
    return [DaySum(*row) for row in found]


@asked_often
def _moved(
    *, fund_id: int, as_of: date, accounts: tuple[str, ...], partner_ids: Any, known_at: datetime | None
) -> sa.Executable:
    entries = sa.inspect(Entry).local_table
    debited, credited = entries.c.debit, entries.c.credit
    of_debit, of_credit = entries.c.debit_partner_id, entries.c.credit_partner_id
    halves = [
        _half(sign, account, partner, there, beside, accounts, partner_ids)
        for sign, account, partner, there, beside in (
            (1, credited, of_credit, debited, of_debit),
            (-1, debited, of_debit, credited, of_credit),
        )
    ]
    each = sa.union_all(
        *(half.where(*_counts(entries, fund_id, as_of, known_at)) for half in halves)
    ).subquery("each")
    back, taken = (sa.inspect(Entry).local_table.alias(name) for name in ("back", "taken"))
    other = sa.func.coalesce(back.c.effective_on, taken.c.effective_on)
    total = sa.cast(sa.func.sum(each.c.amount), sa.BigInteger)
    keys = (each.c.effective_on, other, each.c.account)
    return (
        sa.select(*keys, total)
        .select_from(each)
        .outerjoin(back, sa.and_(back.c.id == each.c.reverses_id, *_counts(back, fund_id, as_of, known_at)))
        .outerjoin(
            taken, sa.and_(taken.c.reverses_id == each.c.id, *_counts(taken, fund_id, as_of, known_at))
        )
        .group_by(*keys, each.c.sign)
        .order_by(each.c.effective_on)
    )


def _half(
    sign: int,
    account: Any,
    partner: Any,
    there: Any,
    beside: Any,
    accounts: tuple[str, ...],
    partner_ids: Any,
) -> sa.Select[Any]:
    """One side of the entries; `there` and `beside` are the account and the partner of the other side."""
    own = sa.any_(partner_ids)
    among = (account == there) & (beside == own)
    return sa.select(
        col(Entry.id),
        col(Entry.reverses_id),
        col(Entry.effective_on),
        account.label("account"),
        (sign * col(Entry.amount)).label("amount"),
        sa.literal(sign, sa.Integer()).label("sign"),
    ).where(account.in_(accounts), partner == own, ~sa.func.coalesce(among, sa.false()))


def _counts(entries: Any, fund_id: Any, as_of: Any, known_at: Any) -> list[Any]:
    """Whether an entry counts on a day, as known at an instant."""
    said = [entries.c.fund_id == fund_id, entries.c.effective_on <= as_of]
    return said if known_at is None else [*said, entries.c.recorded_at <= known_at]
