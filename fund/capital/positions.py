"""Where each partner stands: committed, contributed, still to be called; and its waterfall flows.

Every answer is a mapping of partner id to minor units in the order of the partners' codes (the general partner
last), so that splits made of it are the same everywhere. A call counts from its due date, a distribution from the
day it was paid.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.models import Call, CallItem, CallLine, Commitment, Distribution, DistributionLine
from fund.capital.rules import ItemKind, Standing
from fund.capital.standing import call_stands, distribution_stands
from fund.capital.waterfall import Flow
from fund.charter.queries import terms
from fund.ledger.undone import undone_acts
from fund.partners.queries import partners
from kernel.db import Tx
from kernel.identity.rules import Actor

CONTRIBUTED = (ItemKind.INVESTMENT, ItemKind.EXPENSE, ItemKind.FEE)


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The rows, by their column `partner_id`, that `actor` may see: all of them, or its own partners'."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def seen(statement: Any, actor: Actor | None, partner_id: Any) -> Any:
    """`statement` narrowed to what `actor` may see; without an actor the database's own wall must do."""
    return statement if actor is None else statement.where(visible_to(actor, partner_id))


def commitments(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """What each partner had promised by `as_of`; at a close that was taken back, until that day."""
    statement = sa.select(col(Commitment.partner_id), col(Commitment.amount), col(Commitment.close_id)).where(
        col(Commitment.fund_id) == fund_id, col(Commitment.effective_on) <= as_of
    )
    if known_at is not None:
        statement = statement.where(col(Commitment.recorded_at) <= known_at)
    gone = undone_acts(tx, kind="close", fund_id=fund_id, known_at=known_at)
    # Whoever has joined again has one that stands, written later than the one taken back.
    amounts = {
        partner_id: amount
        for partner_id, amount, close_id in tx.execute(statement.order_by(col(Commitment.id)))
        if f"close:{close_id}" not in gone or as_of < gone[f"close:{close_id}"]
    }
    return in_order(tx, fund_id=fund_id, amounts=amounts)


def contributions(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    kinds: Collection[ItemKind] = CONTRIBUTED,
    holding_id: int | None = None,
    before_call_id: int | None = None,
    known_at: datetime | None = None,
) -> dict[int, int]:
    """What each partner has been called for on balance, equalisation in and out included, interest never.

    With `before_call_id` only calls issued before that one count, all while it is not issued itself.
    """
    statement = call_lines(
        fund_id,
        as_of,
        kinds,
        col(CallLine.partner_id),
        _whole(sa.func.sum(CallLine.amount)),
        known_at=known_at,
    )
    if holding_id is not None:
        statement = statement.where(col(CallItem.holding_id) == holding_id)
    if before_call_id is not None:
        issued = sa.select(col(Call.issued_at)).where(col(Call.id) == before_call_id).scalar_subquery()
        earlier = issued.is_(None) | (col(Call.issued_at) <= issued)
        statement = statement.where(col(Call.id) != before_call_id, earlier)
    found = tx.execute(statement.group_by(col(CallLine.partner_id)))
    return in_order(
        tx, fund_id=fund_id, amounts={partner_id: amount for partner_id, amount in found if amount}
    )


def fees_called(tx: Tx, *, fund_id: int) -> list[tuple[date, int]]:
    """What was called for the fee from all partners, by the day from which it counts, oldest first."""
    on = col(CallItem.counts_from)
    lines = call_lines(fund_id, date.max, (ItemKind.FEE,), on, _whole(sa.func.sum(CallLine.amount)))
    return [(day, amount) for day, amount in tx.execute(lines.group_by(on).order_by(on))]


def recallable(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """What was given back by `as_of` and may be called again while the commitment period lasts.

    Only capital given back, and at most what the partner had contributed: neither profit nor carry raises a
    commitment.
    """
    partner_id, summed = col(DistributionLine.partner_id), _whole(sa.func.sum(_capital_back()))
    statement = _distributed(fund_id, as_of, partner_id, summed, known_at=known_at)
    statement = statement.where(col(Distribution.recallable))
    found = tx.execute(statement.group_by(partner_id))
    paid_in = contributions(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    back = {partner: min(amount, paid_in.get(partner, 0)) for partner, amount in found}
    return in_order(
        tx, fund_id=fund_id, amounts={partner: amount for partner, amount in back.items() if amount}
    )


def unfunded(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """What may still be called: committed, less called by `as_of`, plus what was given back to be recalled."""
    called = contributions(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    return _unfunded(tx, fund_id, as_of, called, known_at)


def unfunded_before(tx: Tx, *, fund_id: int, call_id: int, as_of: date) -> dict[int, int]:
    """What could still be called when the call was issued; for one not issued yet, what can be called now."""
    called = contributions(tx, fund_id=fund_id, as_of=date.max, before_call_id=call_id)
    return _unfunded(tx, fund_id, as_of, called)


def standings(tx: Tx, *, fund_id: int, on: date) -> list[Standing]:
    """Each committed partner with what may still be called on a day; every issued call counts, due or not."""
    codes = {sheet.id: sheet.code for sheet in partners(tx, fund_id=fund_id)}
    committed = commitments(tx, fund_id=fund_id, as_of=on)
    left = _unfunded(tx, fund_id, on, contributions(tx, fund_id=fund_id, as_of=date.max))
    return [Standing(key, codes[key], amount, left[key]) for key, amount in committed.items()]


def waterfall_flows(tx: Tx, *, fund_id: int, as_of: date) -> dict[int, list[Flow]]:
    """Each partner's flows for its waterfall: contributions from the day they count, distributions before carry."""
    paid_in = call_lines(
        fund_id,
        as_of,
        CONTRIBUTED,
        col(CallLine.partner_id),
        col(CallItem.counts_from),
        _whole(sa.func.sum(CallLine.amount)),
    ).group_by(col(CallLine.partner_id), col(CallItem.counts_from))
    paid_out = _distributed(
        fund_id,
        as_of,
        col(DistributionLine.partner_id),
        col(Distribution.pay_on),
        _whole(sa.func.sum(DistributionLine.gross)),
    ).group_by(col(DistributionLine.partner_id), col(Distribution.pay_on))
    flows: dict[int, list[Flow]] = {}
    for statement, is_contribution in ((paid_in, True), (paid_out, False)):
        for partner_id, on, amount in tx.execute(statement):
            if amount:
                flows.setdefault(partner_id, []).append(Flow(on, is_contribution, amount))
    return flows


def _unfunded(
    tx: Tx, fund_id: int, on: date, called: Mapping[int, int], known_at: datetime | None = None
) -> dict[int, int]:
    committed = commitments(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    if not committed:
        return {}
    if on > terms(tx, fund_id=fund_id, as_of=on, known_at=known_at).commitment_period_ends_on:
        # What could be recalled has expired; what was called beyond the commitment had been recalled before.
        return {key: max(amount - called.get(key, 0), 0) for key, amount in committed.items()}
    again = recallable(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    return {key: amount - called.get(key, 0) + again.get(key, 0) for key, amount in committed.items()}


def call_lines(
    fund_id: int, as_of: date, kinds: Collection[ItemKind], *wanted: Any, known_at: datetime | None = None
) -> sa.Select[Any]:
    """Lines of calls that count on `as_of`: issued, due, and not withdrawn by then."""
    return (
        sa.select(*wanted)
        .select_from(CallLine)
        .join(CallItem, col(CallItem.id) == col(CallLine.item_id))
        .join(Call, col(Call.id) == col(CallLine.call_id))
        .where(
            col(Call.fund_id) == fund_id,
            col(Call.due_on) <= as_of,
            call_stands(as_of, known_at),
            col(CallItem.kind).in_(list(kinds)),
        )
    )


def _distributed(fund_id: int, as_of: date, *wanted: Any, known_at: datetime | None = None) -> sa.Select[Any]:
    return (
        sa.select(*wanted)
        .select_from(DistributionLine)
        .join(Distribution, col(Distribution.id) == col(DistributionLine.distribution_id))
        .where(col(Distribution.fund_id) == fund_id, distribution_stands(as_of, known_at))
    )


def _capital_back() -> sa.ColumnElement[int]:
    """The capital in a line; where carry was received, no more than the line's own share of the distribution."""
    line = DistributionLine
    return sa.func.least(col(line.return_of_capital), col(line.gross))


def _whole(summed: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(summed, sa.BigInteger)


def in_order(tx: Tx, *, fund_id: int, amounts: Mapping[int, int]) -> dict[int, int]:
    return {sheet.id: amounts[sheet.id] for sheet in partners(tx, fund_id=fund_id) if sheet.id in amounts}
