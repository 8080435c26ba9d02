"""Who takes part in a holding: by what each partner paid for it, by name or out of the fund's general money."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.funding import Bought, Paid, Sold, funded, kept
from fund.capital.lines import paid_lines
from fund.capital.models import Call, CallItem
from fund.capital.passed import passed_paid
from fund.capital.positions import commitments, contributions, in_order
from fund.capital.rules import CallState, Item, ItemKind
from fund.interests.queries import TransferSheet
from fund.ledger.queries import flows
from fund.ledger.rules import Account
from kernel.db import Tx

_INVESTMENT = (ItemKind.INVESTMENT,)
_CAME = -1
"""Stands for what came to a partner by a transfer, beside the partners' ids."""


def participation(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    holding_id: int | None = None,
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """The weights by which partners share in a holding (None: in all that the fund has invested).

    What each has paid for what is held of it before anything leaves on the day: the money called for it by name, and
    of what it cost beyond that each partner's part in the general money called by the day of the purchase; what was
    sold took its part of both. While nothing was called for it and nothing bought, what each has paid for investments
    at all; before the first such call, what each has committed.
    """
    own: dict[int, int] = {}
    asked: dict[str, Any] = {"as_of": as_of, "known_at": known_at, "held_on": held_on}
    everything = contributions(tx, fund_id=fund_id, kinds=_INVESTMENT, **asked)
    weights = everything or commitments(tx, fund_id=fund_id, **asked)
    if holding_id is not None:
        own = _own(tx, fund_id=fund_id, holding_id=holding_id, otherwise=weights, **asked)
    return in_order(tx, fund_id=fund_id, amounts=own or weights)


def shares_of_day(tx: Tx, *, fund_id: int, on: date, holding_id: int | None) -> dict[int, int]:
    """By what partners share what is of a day: their parts in a holding, else what they have committed.

    Whoever sells its interest on the very day has its share of that: an interest passes as the day ends, with all that
    is of it, whatever is written down first.
    """
    asked: dict[str, Any] = {"fund_id": fund_id, "as_of": on, "held_on": on - timedelta(days=1)}
    if holding_id is None:
        return commitments(tx, **asked)
    return participation(tx, holding_id=holding_id, **asked)


def came_with(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    holding_id: int | None,
    sheet: TransferSheet,
    without: Sequence[TransferSheet] = (),
) -> tuple[int, int]:
    """What of the buyer's share of what is of a day came with a transfer that counts then, and the whole share.

    By what it has committed, or in a holding by what is paid for it. Transfers `without` which it is asked count then
    as well, and are left out of the whole.
    """
    buyer, held_on = sheet.buyer_id, as_of - timedelta(days=1)
    if holding_id is not None:
        lines = paid_lines(fund_id, as_of, _INVESTMENT, held_on=held_on)
        every = [
            _paid(tx, lines, lines.c.holding_id.is_(None)),
            _paid(tx, lines, lines.c.holding_id == holding_id),
        ]
        for one in (sheet, *without):
            key = _CAME if one is sheet else None
            for paid, which in zip(every, (None, holding_id), strict=True):
                _set_apart(paid, passed_paid(tx, sheet=one, partner_id=buyer, holding_id=which), buyer, key)
        general, named = every
        held = kept(_moves(tx, fund_id, as_of, None, holding_id))
        parts = funded(held, named, general, otherwise={})
        if parts:
            came = parts.get(_CAME, 0)
            return came, max(1, came + parts.get(buyer, 0))
    whole = commitments(tx, fund_id=fund_id, as_of=as_of, held_on=held_on).get(buyer, 0)
    for one in without:
        whole += one.commitment * ((one.seller_id == buyer) - (one.buyer_id == buyer))
    return sheet.commitment, max(whole, sheet.commitment)


def _set_apart(paid: list[Paid], moved: Mapping[date, int], partner_id: int, key: int | None) -> None:
    """Take what came to a partner off what it has paid, and put it beside under a key."""
    days = {one.on: dict(one.amounts) for one in paid}
    for on, amount in moved.items():
        day = days.setdefault(on, {})
        day[partner_id] = day.get(partner_id, 0) - amount
        if key is not None:
            day[key] = day.get(key, 0) + amount
    paid[:] = [Paid(on, days[on]) for on in sorted(days)]


def excusing(tx: Tx, *, fund_id: int) -> str | None:
    """The code of the first issued call in which somebody was excused."""
    statement = (
        sa.select(col(Call.code))
        .join(CallItem, col(CallItem.call_id) == col(Call.id))
        .where(
            col(Call.fund_id) == fund_id,
            col(Call.state) == CallState.ISSUED,
            sa.func.jsonb_array_length(col(CallItem.excused)) > 0,
        )
    )
    return tx.execute(statement.order_by(col(CallItem.id)).limit(1)).scalar()


def by_the_deal(tx: Tx, *, fund_id: int, items: Sequence[Item], on: date) -> list[Item]:
    """The items as they are shared on a day: those for a holding that was paid for before carry the shares in it.

    Whoever has no part in a deal pays neither for its follow-on nor for its expenses. Nothing that is called by name
    before the deal is paid for has shares yet; it is shared as any other item.
    """
    return [_by_the_deal(tx, fund_id, item, on) for item in items]


def _by_the_deal(tx: Tx, fund_id: int, item: Item, on: date) -> Item:
    if item.holding_id is None or item.kind is ItemKind.FEE:
        return item
    # As `standings` has it: every issued call counts, due or not, for who holds the interest on the day.
    asked: dict[str, Any] = {"fund_id": fund_id, "as_of": date.max, "held_on": on}
    shares = _own(tx, holding_id=item.holding_id, otherwise=commitments(tx, **asked), **asked)
    return replace(item, weights=in_order(tx, fund_id=fund_id, amounts=shares)) if shares else item


def _own(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    holding_id: int,
    otherwise: Mapping[int, int],
    known_at: datetime | None = None,
    held_on: date | None = None,
) -> dict[int, int]:
    """What each paid for what is held of a holding; empty while nothing was called for it and nothing bought."""
    lines = paid_lines(fund_id, as_of, _INVESTMENT, known_at=known_at, held_on=held_on)
    general = _paid(tx, lines, lines.c.holding_id.is_(None))
    named = _paid(tx, lines, lines.c.holding_id == holding_id)
    held = kept(_moves(tx, fund_id, as_of, known_at, holding_id))
    return funded(held, named, general, otherwise=otherwise)


def _paid(tx: Tx, lines: sa.Subquery, which: sa.ColumnElement[bool]) -> list[Paid]:
    """What was called for investments, by the day from which it counts."""
    on, partner_id = lines.c.counts_from, lines.c.partner_id
    summed = sa.cast(sa.func.sum(lines.c.amount), sa.BigInteger)
    statement = sa.select(on, partner_id, summed).where(which).group_by(on, partner_id)
    days: dict[date, dict[int, int]] = {}
    for day, key, amount in tx.execute(statement.having(summed != 0).order_by(on, partner_id)):
        days.setdefault(day, {})[key] = amount
    return [Paid(day, amounts) for day, amounts in days.items()]


def _moves(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None, holding_id: int
) -> list[Bought | Sold]:
    """The purchases, sales and write-offs of a holding by `as_of`, at cost and in their order, as the books hold them.

    What was taken back is nothing, and what leaves on the day itself is shared by those who held it. Of one day
    purchases come first. The books know the holding and not its instruments, so a sale of one is shared as a sale of
    that part of the whole.
    """
    at_cost = Account.INVESTMENTS_AT_COST
    acts: dict[str, tuple[date, int]] = {}
    for entry in flows(
        tx, fund_id=fund_id, as_of=as_of, accounts=[at_cost], holding_id=holding_id, known_at=known_at
    ):
        on, cost = acts.get(entry.act, (entry.effective_on, 0))
        acts[entry.act] = (on, cost + (entry.amount if entry.debit == at_cost else -entry.amount))
    moves: list[Bought | Sold] = []
    for act, (on, cost) in acts.items():
        if act.startswith("lot:") and cost > 0:
            moves.append(Bought(on, cost))
        elif act.startswith("disposal:") and cost < 0 and on < as_of:
            moves.append(Sold(on, -cost))
    return sorted(moves, key=lambda move: (move.on, isinstance(move, Sold)))
