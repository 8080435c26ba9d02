"""What may be called again: the charter's limits on a draft, and how recallable money rolls forward by partner."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from fund.capital.lines import capital_back, distributed_lines, paid_lines
from fund.capital.recycling_rules import (
    Called,
    Given,
    Rolled,
    Room,
    beyond_limits,
    check_cap,
    check_fees,
    check_within,
    rolled,
)
from fund.capital.rules import ItemKind
from fund.charter.queries import terms_if_any
from fund.charter.rules import Terms
from kernel.db import Tx
from kernel.periods import months_after

_COSTS = (ItemKind.EXPENSE, ItemKind.FEE)
_CONTRIBUTED = (ItemKind.INVESTMENT, *_COSTS)


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
    given, called, _ = _limited(tx, fund_id, on)
    committed = sum(commitments.values())
    if charter.recall_fees_cap is not None:
        room = _room(tx, fund_id, charter, committed, on)
        beyond = beyond_limits(
            [*given, Given(on, amount)], called, cap=room.cap, months=charter.recall_within_months
        )
        check_fees(beyond=beyond, room=room, share=charter.recall_fees_cap)
        return
    check_cap(
        amount=amount,
        given=sum(one.amount for one in given),
        commitments=committed,
        cap=charter.recall_cap,
    )
    months = charter.recall_within_months
    if months is None:
        return
    since = months_after(on, -months)
    check_within(
        amount=amount,
        called=sum(one.amount for one in called if one.on >= since),
        given=sum(one.amount for one in given if one.on >= since),
        since=since,
        months=months,
    )


def recall_room(tx: Tx, *, fund_id: int, charter: Terms, commitments: Mapping[int, int], on: date) -> Room:
    """What the charter still lets be called again on a day."""
    return _room(tx, fund_id, charter, sum(commitments.values()), on)


def _room(tx: Tx, fund_id: int, charter: Terms, committed: int, on: date) -> Room:
    given, called, paid = _limited(tx, fund_id, on)
    cap = None if charter.recall_cap is None else int(charter.recall_cap * committed)
    beyond = beyond_limits(given, called, cap=cap, months=charter.recall_within_months)
    share = charter.recall_fees_cap
    fees = None if share is None else min(paid, int(share * committed))
    return Room(cap, sum(one.amount for one in given) - beyond, fees, paid, beyond)


def _limited(tx: Tx, fund_id: int, on: date) -> tuple[list[Given], list[Called], int]:
    """What came back to be called again until a day, what was paid in by the day it counts from, and for fees and
    expenses.
    """
    lines = distributed_lines(fund_id, on)
    back = sa.cast(sa.func.sum(capital_back(lines.c.return_of_capital, lines.c.gross)), sa.BigInteger)
    given = sa.select(lines.c.pay_on, back).where(lines.c.recallable).group_by(lines.c.pay_on)
    paid = paid_lines(fund_id, on, _CONTRIBUTED)
    summed = sa.cast(sa.func.sum(paid.c.amount), sa.BigInteger)
    called = sa.select(paid.c.counts_from, paid.c.kind, summed).group_by(paid.c.counts_from, paid.c.kind)
    rows = tx.execute(called).all()
    return (
        [Given(day, amount) for day, amount in tx.execute(given.order_by(lines.c.pay_on))],
        [Called(day, amount) for day, _, amount in rows],
        sum(amount for _, kind, amount in rows if kind in _COSTS),
    )


def return_by(charter: Terms, due_on: date) -> date | None:
    """The day by which money called for that due date goes back where it is not used; None without such a term."""
    days = charter.unused_return_days
    return None if days is None else due_on + timedelta(days=days)
