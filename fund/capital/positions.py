"""Where each partner stands: committed, contributed, still to be called.

Every answer is a mapping of partner id to minor units in the order of the partners' codes (the general partner
last), so that splits made of it are the same everywhere. A call counts from its due date, a distribution from the
day it was paid. An interest counts for who holds it: from the day of a transfer on its past is the buyer's. Who holds
it is asked as of the same day unless `held_on` names another.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.lines import capital_back, distributed_lines, paid_lines
from fund.capital.models import Call, Commitment
from fund.capital.recycling import recalls
from fund.capital.restrictions import reduced
from fund.capital.rules import ItemKind, Standing
from fund.charter.queries import terms, terms_if_any
from fund.indemnities.queries import restored
from fund.interests.queries import passed_amounts
from fund.interests.rules import LineKind
from fund.ledger.undone import undone_acts
from fund.partners.queries import codes_in_order
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.identity.rules import Actor

V = TypeVar("V")

CONTRIBUTED = (ItemKind.INVESTMENT, ItemKind.EXPENSE, ItemKind.FEE)


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The rows, by their column `partner_id`, that `actor` may see: all of them, or its own partners'."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def seen(statement: Any, actor: Actor | None, partner_id: Any) -> Any:
    """`statement` narrowed to what `actor` may see; without an actor the database's own wall must do."""
    return statement if actor is None else statement.where(visible_to(actor, partner_id))


def commitments(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """What each partner had promised by `as_of`; at a close that was taken back, until that day.

    What was cut of a commitment is gone from its day on, asked like who holds the interest.
    """
    found = _committed(tx, fund_id, as_of, known_at, held_on)
    return in_order(tx, fund_id=fund_id, amounts=found)


def standing_commitments(tx: Tx, *, fund_id: int, partner_ids: Collection[int]) -> dict[int, int]:
    """What some of the partners have promised and still stands, at whatever day; in no order."""
    found = _committed(tx, fund_id, date.max, partner_ids=partner_ids)
    return {key: amount for key, amount in found.items() if key in partner_ids}


def committed_in_all(tx: Tx, *, fund_id: int) -> int:
    """The sum of all that was promised and still stands, at whatever day; transfers change nothing of it."""
    gone = undone_acts(tx, kind="close", fund_id=fund_id)
    closes = [int(act.partition(":")[2]) for act in gone]
    summed = sa.select(whole(sa.func.coalesce(sa.func.sum(Commitment.amount), 0))).where(
        col(Commitment.fund_id) == fund_id, col(Commitment.close_id).not_in(closes)
    )
    cut = reduced(tx, fund_id=fund_id, as_of=date.max)
    return int(tx.execute(summed).scalar_one()) - sum(cut.values())


def _committed(
    tx: Tx,
    fund_id: int,
    as_of: date,
    known_at: datetime | None = None,
    held_on: date | None = None,
    partner_ids: Collection[int] | None = None,
) -> dict[int, int]:
    some = None if partner_ids is None else list(partner_ids)
    written = _written(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, partner_ids=some)
    gone = undone_acts(tx, kind="close", fund_id=fund_id, known_at=known_at)
    # Whoever has joined again has one that stands, written later than the one taken back.
    amounts = {
        partner_id: amount
        for partner_id, amount, close_id in written
        if f"close:{close_id}" not in gone or as_of < gone[f"close:{close_id}"]
    }
    holds_on = as_of if held_on is None else min(as_of, held_on)
    moved = passed_amounts(tx, fund_id=fund_id, kind=LineKind.COMMITMENT, as_of=holds_on, known_at=known_at)
    cut = reduced(tx, fund_id=fund_id, as_of=holds_on, known_at=known_at)
    for partner_id, amount in (*moved.items(), *((key, -amount) for key, amount in cut.items())):
        amounts[partner_id] = amounts.get(partner_id, 0) + amount
    return {partner_id: amount for partner_id, amount in amounts.items() if amount}


@asked_often
def _written(*, fund_id: int, as_of: date, known_at: datetime | None, partner_ids: Any) -> sa.Executable:
    """What was ever promised by a day, in the order in which it was written."""
    row = Commitment
    statement = sa.select(col(row.partner_id), col(row.amount), col(row.close_id)).where(
        col(row.fund_id) == fund_id, col(row.effective_on) <= as_of
    )
    if known_at is not None:
        statement = statement.where(col(row.recorded_at) <= known_at)
    if partner_ids is not None:
        statement = statement.where(col(row.partner_id) == sa.any_(partner_ids))
    return statement.order_by(col(row.id))


def contributions(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    kinds: Collection[ItemKind] = CONTRIBUTED,
    holding_id: int | None = None,
    before_call_id: int | None = None,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """What each partner has been called for on balance, equalisation in and out included, interest never.

    With `before_call_id` only calls issued before that one count, all while it is not issued itself.
    """
    found = _contributed(tx, fund_id, as_of, kinds, holding_id, before_call_id, known_at, held_on)
    return in_order(tx, fund_id=fund_id, amounts=found)


def _contributed(
    tx: Tx,
    fund_id: int,
    as_of: date,
    kinds: Collection[ItemKind] = CONTRIBUTED,
    holding_id: int | None = None,
    before_call_id: int | None = None,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    found = _called(
        tx,
        fund_id=fund_id,
        as_of=as_of,
        kinds=tuple(kinds),
        holding_id=holding_id,
        before_call_id=before_call_id,
        known_at=known_at,
        held_on=held_on,
    )
    return {partner_id: amount for partner_id, amount in found if amount}


@asked_often
def _called(
    *,
    fund_id: int,
    as_of: date,
    kinds: tuple[ItemKind, ...],
    holding_id: int | None,
    before_call_id: int | None,
    known_at: datetime | None,
    held_on: date | None,
) -> sa.Executable:
    lines = paid_lines(fund_id, as_of, kinds, known_at=known_at, held_on=held_on)
    partner_id = lines.c.partner_id
    statement = sa.select(partner_id, whole(sa.func.sum(lines.c.amount)))
    if holding_id is not None:
        statement = statement.where(lines.c.holding_id == holding_id)
    if before_call_id is not None:
        issued = sa.select(col(Call.issued_at)).where(col(Call.id) == before_call_id).scalar_subquery()
        earlier = lines.c.issued_at.is_(None) | issued.is_(None) | (lines.c.issued_at <= issued)
        statement = statement.where(lines.c.call_id.is_distinct_from(before_call_id), earlier)
    return statement.group_by(partner_id)


def recallable(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """What was given back by `as_of` and may be called again while the commitment period lasts.

    Only capital given back, and at most what the partner had contributed: neither profit nor carry raises a
    commitment.
    """
    found = _recallable(tx, fund_id, as_of, known_at, held_on)
    return in_order(tx, fund_id=fund_id, amounts=found)


def _recallable(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None, held_on: date | None
) -> dict[int, int]:
    found = _given_back(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, held_on=held_on).all()
    if not found:
        return {}
    paid_in = _contributed(tx, fund_id, as_of, known_at=known_at, held_on=held_on)
    again = {partner: min(amount, paid_in.get(partner, 0)) for partner, amount in found}
    return {partner: amount for partner, amount in again.items() if amount}


@asked_often
def _given_back(
    *, fund_id: int, as_of: date, known_at: datetime | None, held_on: date | None
) -> sa.Executable:
    """The capital in what was distributed so that it can be called again."""
    lines = distributed_lines(fund_id, as_of, known_at=known_at, held_on=held_on)
    back = sa.func.sum(capital_back(lines.c.return_of_capital, lines.c.gross))
    statement = sa.select(lines.c.partner_id, whole(back)).where(lines.c.recallable)
    return statement.group_by(lines.c.partner_id)


def expired(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """What could be called again and was not within the months that the charter of the day gives it."""
    promised = terms_if_any(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    months = promised.recall_expires_months if promised else None
    if months is None:
        return {}
    found = recalls(tx, fund_id=fund_id, as_of=as_of, months=months, known_at=known_at, held_on=held_on)
    return {key: one.expired for key, one in found.items() if one.expired}


def unfunded(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """What may still be called: committed, less called by `as_of`, plus what was given back and can be called again."""
    called = _contributed(tx, fund_id, as_of, known_at=known_at)
    return _unfunded(tx, fund_id, as_of, called, known_at)


def unfunded_before(
    tx: Tx, *, fund_id: int, call_id: int, as_of: date, known_at: datetime | None = None
) -> dict[int, int]:
    """What could still be called when the call was issued; for one not issued yet, what can be called now.

    Whoever sells its interest on the very day has the call before it.
    """
    held_on = as_of - timedelta(days=1)
    called = _contributed(tx, fund_id, date.max, before_call_id=call_id, known_at=known_at, held_on=held_on)
    return _unfunded(tx, fund_id, as_of, called, known_at, held_on)


def standings(tx: Tx, *, fund_id: int, on: date) -> list[Standing]:
    """Each committed partner with what may still be called on a day; every issued call counts, due or not."""
    codes = codes_in_order(tx, fund_id=fund_id)
    committed = commitments(tx, fund_id=fund_id, as_of=on)
    called = _contributed(tx, fund_id, date.max, held_on=on)
    left = _unfunded(tx, fund_id, on, called)
    return [Standing(key, codes[key], amount, left[key]) for key, amount in committed.items()]


def _unfunded(
    tx: Tx,
    fund_id: int,
    on: date,
    called: Mapping[int, int],
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    committed = commitments(tx, fund_id=fund_id, as_of=on, known_at=known_at, held_on=held_on)
    if not committed:
        return {}
    if on > terms(tx, fund_id=fund_id, as_of=on, known_at=known_at).commitment_period_ends_on:
        # What could be recalled has expired; what was called beyond the commitment had been recalled before.
        return {key: max(amount - called.get(key, 0), 0) for key, amount in committed.items()}
    again = _recallable(tx, fund_id, on, known_at, held_on)
    back = restored(tx, fund_id=fund_id, as_of=on, known_at=known_at, held_on=held_on)
    gone = expired(tx, fund_id=fund_id, as_of=on, known_at=known_at, held_on=held_on)
    return {
        key: amount - called.get(key, 0) + again.get(key, 0) + back.get(key, 0) - gone.get(key, 0)
        for key, amount in committed.items()
    }


def whole(summed: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """A sum of whole minor units as such."""
    return sa.cast(summed, sa.BigInteger)


def in_order(tx: Tx, *, fund_id: int, amounts: Mapping[int, V]) -> dict[int, V]:
    """The amounts in the order of the partners' codes, the general partner last."""
    if not amounts:
        return {}
    return {key: amounts[key] for key in codes_in_order(tx, fund_id=fund_id) if key in amounts}
