"""What may be called again: the charter's limits on a draft, and how recallable money rolls forward by partner."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from fund.capital.lines import capital_back, distributed_lines, paid_lines
from fund.capital.recycling_rules import (
    Called,
    Given,
    Rolled,
    check_cap,
    check_within,
    rolled,
)
from fund.capital.rules import ItemKind
from fund.charter.queries import terms_if_any
from fund.charter.rules import Terms
from kernel.db import Tx
from kernel.periods import months_after

_CONTRIBUTED = (ItemKind.INVESTMENT, ItemKind.EXPENSE, ItemKind.FEE)


def recalls(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    months: int | None,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, Rolled]:
    """By partner: what was given back to be called again, and what of it was used or has expired by a day."""
    given, called = _events(tx, fund_id, as_of, known_at, held_on)
    return {
        key: rolled(own, called.get(key, ()), months=months, on=as_of) for key, own in sorted(given.items())
    }


def rolled_at(
    tx: Tx, *, fund_id: int, days: Sequence[date], as_of: date, known_at: datetime | None = None
) -> list[dict[int, Rolled]]:
    """The same at each of some days up to `as_of`, for who holds the interests then, by the terms of each day.

    What could be called again and was not has expired with the commitment period.
    """
    given, called = _events(tx, fund_id, as_of, known_at, None)
    found = []
    for day in days:
        promised = terms_if_any(tx, fund_id=fund_id, as_of=day, known_at=known_at)
        ends_on = promised.commitment_period_ends_on if promised else date.max
        months = promised.recall_expires_months if promised else None
        sums = {}
        for key, own in sorted(given.items()):
            until = rolled(own, called.get(key, ()), months=months, on=min(day, ends_on))
            all_of_it = sum(one.amount for one in own if one.on <= day)
            sums[key] = until if day <= ends_on else until.closed(all_of_it)
        found.append(sums)
    return found


def _events(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None, held_on: date | None
) -> tuple[dict[int, list[Given]], dict[int, list[Called]]]:
    """By partner, what was given back to be called again and what was called, by day."""
    given: dict[int, list[Given]] = {}
    lines = distributed_lines(fund_id, as_of, known_at=known_at, held_on=held_on)
    back = sa.cast(sa.func.sum(capital_back(lines.c.return_of_capital, lines.c.gross)), sa.BigInteger)
    found = sa.select(lines.c.partner_id, lines.c.pay_on, back).where(lines.c.recallable)
    for partner_id, on, amount in tx.execute(found.group_by(lines.c.partner_id, lines.c.pay_on)):
        given.setdefault(partner_id, []).append(Given(on, amount))
    called: dict[int, list[Called]] = {}
    if not given:
        return given, called
    paid = paid_lines(fund_id, as_of, _CONTRIBUTED, known_at=known_at, held_on=held_on)
    summed = sa.cast(sa.func.sum(paid.c.amount), sa.BigInteger)
    for partner_id, on, amount in tx.execute(
        sa.select(paid.c.partner_id, paid.c.due_on, summed).group_by(paid.c.partner_id, paid.c.due_on)
    ):
        called.setdefault(partner_id, []).append(Called(on, amount))
    return given, called


def check_recallable(
    tx: Tx, *, fund_id: int, charter: Terms, commitments: Mapping[int, int], amount: int, on: date
) -> None:
    """Refuse a distribution of which more would be recallable than the charter of its day lets be called again."""
    lines = distributed_lines(fund_id, on)
    back = sa.func.coalesce(sa.func.sum(capital_back(lines.c.return_of_capital, lines.c.gross)), 0)
    given = sa.select(sa.cast(back, sa.BigInteger)).where(lines.c.recallable)
    check_cap(
        amount=amount,
        given=int(tx.execute(given).scalar_one()),
        commitments=sum(commitments.values()),
        cap=charter.recall_cap,
    )
    months = charter.recall_within_months
    if months is None:
        return
    since = months_after(on, -months)
    paid = paid_lines(fund_id, on, _CONTRIBUTED)
    summed = sa.cast(sa.func.coalesce(sa.func.sum(paid.c.amount), 0), sa.BigInteger)
    check_within(
        amount=amount,
        called=int(tx.execute(sa.select(summed).where(paid.c.counts_from >= since)).scalar_one()),
        given=int(tx.execute(given.where(lines.c.pay_on >= since)).scalar_one()),
        since=since,
        months=months,
    )


def return_by(charter: Terms, due_on: date) -> date | None:
    """The day by which money called for that due date goes back where it is not used; None without such a term."""
    days = charter.unused_return_days
    return None if days is None else due_on + timedelta(days=days)
