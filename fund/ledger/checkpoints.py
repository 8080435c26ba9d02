"""What stood on the accounts when a quarter was locked, so that no balance is summed from the first entry on.

Nothing takes effect in a locked quarter any more, so a checkpoint stays true until its quarter is opened again; for
that instant and every later one it is passed over. A balance is the newest checkpoint that is true at the instant
asked about, and the entries that take effect after it: its price grows with the open quarter, not with the books. Of
accounts alone, a day that is locked itself is told by the days that the next checkpoint has kept.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.models import Checkpoint, CheckpointBalance, CheckpointDay, PeriodLock
from fund.ledger.rules import Grain
from fund.ledger.sides import sides
from kernel.asking import asked_often
from kernel.audit.rules import Break
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class Ground:
    """What a balance is summed from: a checkpoint, and the entries after its day unless a later one has kept the days.

    grain: in which the checkpoint is read; without one there is none, and all entries are summed.
    """

    grain: Grain | None = None
    checkpoint_id: int | None = None
    after: date | None = None
    days_of: int | None = None
    is_whole: bool = False


def ground(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    since: date | None = None,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
    by: Sequence[str] = ("account", "partner", "holding"),
) -> Ground:
    """What a balance by the dimensions in `by` is summed from.

    What is asked by partner and holding at once, or by one who does not see the whole books and so sees no
    checkpoint either, is answered from the entries; so is what has moved since a day.
    """
    grain = _grain(by, partner_id, holding_id)
    if grain is None or since is not None:
        return Ground()
    found = _newest(tx, fund_id=fund_id, known_at=known_at, as_of=as_of).scalars().first()
    key, after = (None, None) if found is None else (found.key, found.through)
    if after == as_of:
        return Ground(grain, key, after, is_whole=True)
    locked = None
    if grain is Grain.ACCOUNT:
        locked = _next(tx, fund_id=fund_id, known_at=known_at, as_of=as_of, after=after).scalars().first()
    return Ground(grain, key, after, None if locked is None else locked.key)


def stood(
    *,
    fund_id: int,
    as_of: date,
    accounts: Collection[str] | None,
    since: date | None,
    known_at: datetime | None,
    partner_id: int | None,
    holding_id: int | None,
    grain: Grain | None,
    checkpoint_id: int | None,
    after: date | None,
    days_of: int | None,
    is_whole: bool,
) -> sa.Subquery:
    """Rows of account, partner, holding and amount (credit-positive) that together are all that stands on `as_of`.

    They may be summed by the dimensions of the `ground` and no others. With `since` they are what has moved from that
    day on.
    """
    if grain is None:
        return sides(fund_id, as_of, accounts, since, known_at, partner_id, holding_id)
    parts = []
    if checkpoint_id is not None:
        parts.append(_kept_of(checkpoint_id, grain, accounts, partner_id, holding_id))
    if days_of is not None:
        parts.append(_days_of(days_of, as_of, accounts))
    elif not is_whole:
        later = sides(fund_id, as_of, accounts, None, known_at, partner_id, holding_id, after=after)
        parts.append(sa.select(later.c.account, later.c.partner, later.c.holding, later.c.amount))
    return sa.union_all(*parts).subquery("stood")


def _kept_of(
    checkpoint_id: int,
    grain: Grain,
    accounts: Collection[str] | None,
    partner_id: int | None,
    holding_id: int | None,
) -> Any:
    """What stood on the accounts at a checkpoint."""
    kept: Any = sa.select(
        col(CheckpointBalance.account).label("account"),
        col(CheckpointBalance.partner_id).label("partner"),
        col(CheckpointBalance.holding_id).label("holding"),
        col(CheckpointBalance.amount).label("amount"),
    ).where(
        col(CheckpointBalance.checkpoint_id) == checkpoint_id,
        col(CheckpointBalance.grain) == grain,
    )
    if accounts is not None:
        kept = kept.where(col(CheckpointBalance.account).in_([str(code) for code in accounts]))
    if partner_id is not None:
        kept = kept.where(col(CheckpointBalance.partner_id) == partner_id)
    if holding_id is not None:
        kept = kept.where(col(CheckpointBalance.holding_id) == holding_id)
    return kept


def _days_of(checkpoint_id: int, as_of: date, accounts: Collection[str] | None) -> Any:
    """What the accounts moved by on the days that a checkpoint locked, up to one of them."""
    nobody = sa.literal(None, sa.BigInteger())
    moved: Any = sa.select(
        col(CheckpointDay.account).label("account"),
        nobody.label("partner"),
        nobody.label("holding"),
        col(CheckpointDay.amount).label("amount"),
    ).where(
        col(CheckpointDay.checkpoint_id) == checkpoint_id,
        col(CheckpointDay.effective_on) <= as_of,
    )
    if accounts is not None:
        moved = moved.where(col(CheckpointDay.account).in_([str(code) for code in accounts]))
    return moved


def _grain(by: Sequence[str], partner_id: int | None, holding_id: int | None) -> Grain | None:
    """The coarsest grain that tells what is asked; None where it is partner and holding at once."""
    of_partner = "partner" in by or partner_id is not None
    if "holding" in by or holding_id is not None:
        return None if of_partner else Grain.HOLDING
    return Grain.PARTNER if of_partner else Grain.ACCOUNT


def _true(fund_id: int, known_at: datetime | None) -> sa.Select[*tuple[Any, ...]]:
    """The checkpoints that were written, and not overtaken by a reopening, at an instant."""
    reopened = select(PeriodLock.id).where(
        PeriodLock.fund_id == fund_id,
        col(PeriodLock.reopened),
        col(PeriodLock.id) > col(Checkpoint.lock_id),
        col(PeriodLock.through) < col(Checkpoint.through),
    )
    statement = select(Checkpoint).where(Checkpoint.fund_id == fund_id)
    if known_at is not None:
        statement = statement.where(Checkpoint.recorded_at <= known_at)
        reopened = reopened.where(PeriodLock.recorded_at <= known_at)
    return statement.where(~reopened.exists())


@asked_often
def _newest(*, fund_id: int, known_at: datetime | None, as_of: date) -> sa.Executable:
    """Of the checkpoints that are true, the latest up to a day."""
    statement = _true(fund_id, known_at).where(col(Checkpoint.through) <= as_of)
    return statement.order_by(col(Checkpoint.through).desc(), col(Checkpoint.id).desc()).limit(1)


@asked_often
def _next(*, fund_id: int, known_at: datetime | None, as_of: date, after: date | None) -> sa.Executable:
    """Of the checkpoints that are true, the one that locked a day and goes on from the newest one up to it."""
    statement = _true(fund_id, known_at).where(col(Checkpoint.through) > as_of)
    here = col(Checkpoint.after).is_(None) if after is None else col(Checkpoint.after) == after
    return statement.where(here).order_by(col(Checkpoint.through), col(Checkpoint.id).desc()).limit(1)


def kept_by_quarter(
    tx: Tx, *, fund_id: int, known_at: datetime | None, through: Quarter
) -> dict[Quarter, int]:
    """The newest checkpoints up to a quarter that are true at an instant and follow one another without a gap."""
    rows = _all_true(tx, fund_id=fund_id, known_at=known_at, as_of=through.ends_on).scalars()
    newest = {Quarter.containing(row.through): row.key for row in rows}
    found: dict[Quarter, int] = {}
    quarter = max(newest, default=through)
    while quarter in newest:
        found[quarter], quarter = newest[quarter], quarter.previous
    return found


@asked_often
def _all_true(*, fund_id: int, known_at: datetime | None, as_of: date) -> sa.Executable:
    """The checkpoints that are true, up to a day, of each quarter the newest last."""
    statement = _true(fund_id, known_at).where(col(Checkpoint.through) <= as_of)
    return statement.order_by(col(Checkpoint.through), col(Checkpoint.id))


def write_checkpoint(tx: Tx, *, lock: PeriodLock) -> None:
    """Keep what stands on every account on the last day of the quarter that `lock` has just locked, and what each
    moved by on its days.
    """
    before = _newest(tx, fund_id=lock.fund_id, known_at=None, as_of=lock.through).scalars().first()
    after = before.through if before else None
    row = Checkpoint(
        fund_id=lock.fund_id,
        lock_id=lock.key,
        through=lock.through,
        after=after,
        recorded_at=lock.recorded_at,
    )
    moved = sides(lock.fund_id, lock.through, after=after)
    summed = _summed(moved)
    source = (_together(summed, before.key) if before else summed).subquery("standing")
    tx.add(row)
    tx.flush()
    key = sa.literal(row.key, sa.BigInteger())
    columns = ["checkpoint_id", "grain", "account", "partner_id", "holding_id", "amount"]
    tx.execute(sa.insert(CheckpointBalance).from_select(columns, sa.select(key, *source.c)))
    days = _by_day(moved).subquery("days")
    columns = ["checkpoint_id", "effective_on", "account", "amount"]
    tx.execute(sa.insert(CheckpointDay).from_select(columns, sa.select(key, *days.c)))


def _by_day(moved: sa.Subquery) -> Any:
    """Day, account and what it moved by."""
    total = sa.cast(sa.func.sum(moved.c.amount), sa.BigInteger)
    keys = (moved.c.effective_on, moved.c.account)
    return sa.select(*keys, total.label("amount")).group_by(*keys).having(total != 0)


def _together(moved: Any, before: int) -> Any:
    """What stood at an earlier checkpoint with what has moved since, in every grain."""
    kept = _kept(before)
    both = sa.union_all(kept, moved).subquery("both")
    total = sa.func.sum(both.c.amount)
    keys = (both.c.grain, both.c.account, both.c.partner_id, both.c.holding_id)
    return sa.select(*keys, sa.cast(total, sa.BigInteger)).group_by(*keys).having(total != 0)


def _kept(checkpoint_id: int) -> Any:
    return sa.select(
        sa.cast(col(CheckpointBalance.grain), sa.Text).label("grain"),
        col(CheckpointBalance.account),
        col(CheckpointBalance.partner_id),
        col(CheckpointBalance.holding_id),
        col(CheckpointBalance.amount),
    ).where(col(CheckpointBalance.checkpoint_id) == checkpoint_id)


def checkpoint_faults(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """Sum every checkpoint again from the entries that had been booked when it was written."""
    statement = (
        select(Checkpoint, PeriodLock.number)
        .join(PeriodLock, col(PeriodLock.id) == col(Checkpoint.lock_id))
        .where(Checkpoint.fund_id == fund_id)
        .order_by(col(Checkpoint.id))
    )
    for checkpoint, number in tx.exec(statement).all():
        through = checkpoint.through
        booked = sides(fund_id, through, through_number=number)
        fresh = sides(fund_id, through, after=checkpoint.after, through_number=number)
        days = sa.select(
            col(CheckpointDay.effective_on), col(CheckpointDay.account), col(CheckpointDay.amount)
        )
        of_days = days.where(col(CheckpointDay.checkpoint_id) == checkpoint.key)
        for what, found, kept in (
            ("balances", _summed(booked), _kept(checkpoint.key)),
            ("days", _by_day(fresh), of_days),
        ):
            differing = [*tx.execute(sa.except_(found, kept)), *tx.execute(sa.except_(kept, found))]
            if differing:
                accounts = ", ".join(sorted({row[1] for row in differing}))
                yield Break(
                    f"ledger_checkpoint of fund {fund_id} through {through}",
                    f"its {what} are not those of its entries on {accounts}",
                )


def _summed(moved: sa.Subquery) -> Any:
    """Grain, account, partner, holding and what stands, in every grain at once."""
    account, partner, holding = moved.c.account, moved.c.partner, moved.c.holding
    total = sa.cast(sa.func.sum(moved.c.amount), sa.BigInteger)
    grain = sa.case(
        (sa.func.grouping(holding) == 0, Grain.HOLDING.value),
        (sa.func.grouping(partner) == 0, Grain.PARTNER.value),
        else_=Grain.ACCOUNT.value,
    )
    each = sa.func.grouping_sets(sa.tuple_(account, holding), sa.tuple_(account, partner), sa.tuple_(account))
    keys = (grain.label("grain"), account, partner.label("partner_id"), holding.label("holding_id"))
    return sa.select(*keys, total.label("amount")).group_by(each).having(total != 0)
