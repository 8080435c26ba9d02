"""Taking a purchase, a sale, a write-off or an income back: the entries are reversed and the lots stand as before."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.models import Distribution
from fund.capital.queries import distribution_sheet
from fund.deliveries.queries import delivered_by
from fund.deliveries.rules import HandedOverWithShares
from fund.holdings.aftermath import Aftermath
from fund.holdings.bookings import act_of, check_holding_open, locked_holding
from fund.holdings.models import Holding, HoldingDisposal, HoldingIncome, HoldingLot
from fund.holdings.position import Lot, Position
from fund.holdings.queries import HoldingSheet, holding
from fund.holdings.records import records
from fund.holdings.resting import check_no_income_rests
from fund.holdings.rules import (
    TradeUnknown,
    check_disposal_undo,
    check_not_future,
    check_purchase_undo,
)
from fund.ledger.undoing import undo
from fund.ledger.undone import undone_acts, undone_on
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


@dataclass(frozen=True)
class _Trade:
    """What happened once: a purchase, disposal or income, the act it booked under, its number and its day.

    `step` is what its entries are called by; empty for what changes nobody's part.
    """

    kind: str
    act: str
    number: int
    on: date
    step: str = ""


def undo_purchase(
    tx: Tx, actor: Actor, *, holding_id: int, number: int, reason: str, on: date, now: datetime
) -> HoldingSheet:
    """Take a purchase back with effect from `on`: its lot leaves at cost, and the cash is there again.

    If it has been valued since, what was unrealised on it goes with it. Refused: some of it has left, income that
    would then come before the first purchase or have been shared otherwise, a day before the last change or covered
    by an approved mark, no reason, a locked period. A purchase that a closing made is taken back by
    `pipeline.closing.undoing`.
    """
    actor.require(Role.MANAGER)
    row = locked_holding(tx, holding_id=holding_id)
    wanted = select(HoldingLot).where(HoldingLot.holding_id == holding_id, HoldingLot.number == number)
    bought = tx.exec(wanted).one_or_none()
    if bought is None:
        raise TradeUnknown(holding=row.code)
    lot = Lot(bought.key, bought.bought_on, bought.quantity, bought.cost)
    known = _known(tx, row, bought.instrument_id)
    act = f"lot:{bought.key}"
    if undone_on(tx, fund_id=row.fund_id, act=act) is None:
        check_purchase_undo(known, lot=lot, on=max(on, lot.bought_on), today=day_in_beijing(now))
        check_no_income_rests(tx, holding=row, lot_id=bought.key)
    trade = _Trade("purchase", act, number, bought.bought_on, step="BUY")
    return _take_back(tx, actor, row, trade, on=on, reason=reason, now=now)


def undo_disposal(
    tx: Tx, actor: Actor, *, holding_id: int, number: int, reason: str, on: date, now: datetime
) -> HoldingSheet:
    """Take a sale or write-off back with effect from `on`: what left is held again, at its cost and value.

    Refused: anything bought, sold or valued after it, income since that would have been shared otherwise, proceeds
    that are spent, no reason, a locked period; what was handed over in kind.
    """
    _check_not_in_kind(tx, holding_id, number)
    return take_disposal_back(tx, actor, holding_id=holding_id, number=number, reason=reason, on=on, now=now)


def take_disposal_back(
    tx: Tx, actor: Actor, *, holding_id: int, number: int, reason: str, on: date, now: datetime
) -> HoldingSheet:
    """As `undo_disposal`, for what was handed over in kind as well, which goes back with its distribution."""
    actor.require(Role.MANAGER)
    row = locked_holding(tx, holding_id=holding_id)
    wanted = HoldingDisposal.holding_id == holding_id, HoldingDisposal.number == number
    lost = tx.exec(select(HoldingDisposal).where(*wanted)).one_or_none()
    if lost is None:
        raise TradeUnknown(holding=row.code)
    act = f"disposal:{lost.key}"
    if undone_on(tx, fund_id=row.fund_id, act=act) is None:
        check_disposal_undo(
            _known(tx, row, lost.instrument_id),
            holding=row.code,
            sold_on=lost.sold_on,
            is_last=_is_last(tx, row, lost),
            on=on,
            today=day_in_beijing(now),
        )
    trade = _Trade("disposal", act, number, lost.sold_on, step="SALE")
    return _take_back(tx, actor, row, trade, on=on, reason=reason, now=now)


def undo_income(
    tx: Tx, actor: Actor, *, holding_id: int, number: int, reason: str, on: date, now: datetime
) -> HoldingSheet:
    """Take a dividend or interest back with effect from `on`. Refused: money that is spent, no reason."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    wanted = HoldingIncome.holding_id == holding_id, HoldingIncome.number == number
    paid = tx.exec(select(HoldingIncome).where(*wanted)).one_or_none()
    if paid is None:
        raise TradeUnknown(holding=row.code)
    check_not_future(on=on, today=day_in_beijing(now))
    trade = _Trade("income", f"income:{paid.key}", number, paid.received_on)
    return _take_back(tx, actor, row, trade, on=on, reason=reason, now=now)


def _check_not_in_kind(tx: Tx, holding_id: int, number: int) -> None:
    """Refuse to take a disposal back by itself that a distribution has handed over."""
    named = select(Distribution.id).where(Distribution.holding_id == holding_id)
    key = delivered_by(tx, distribution_ids=named, disposal_number=number)
    if key is not None:
        raise HandedOverWithShares(distribution=distribution_sheet(tx, distribution_id=key).distribution.code)


def _known(tx: Tx, row: Holding, instrument_id: int) -> Position:
    """The record of an instrument, with what was taken back."""
    found = records(tx, holding_ids=[row.key])[row.key]
    record_of = next(one for one in found if one.instrument.key == instrument_id)
    return record_of.position


def _is_last(tx: Tx, row: Holding, lost: HoldingDisposal) -> bool:
    """Whether nothing of the instrument left after it; what was taken back did not leave."""
    gone = undone_acts(tx, kind="disposal", fund_id=row.fund_id)
    later = select(HoldingDisposal.id).where(
        HoldingDisposal.instrument_id == lost.instrument_id,
        HoldingDisposal.sold_on >= lost.sold_on,
        col(HoldingDisposal.id) > lost.key,
    )
    return all(f"disposal:{key}" in gone for key in tx.exec(later))


def _take_back(
    tx: Tx, actor: Actor, row: Holding, trade: _Trade, *, on: date, reason: str, now: datetime
) -> HoldingSheet:
    """Reverse what a trade booked, lead to what follows from its undo for others, and tell it.

    An earlier day than its own is its own; only then is the lock asked.
    """
    on = max(on, trade.on)
    check_holding_open(tx, holding=row, on=on)
    aftermath = Aftermath(tx, holding=row, since=on) if trade.step else None
    on = undo(
        tx,
        actor,
        fund_id=row.fund_id,
        act=trade.act,
        reason=reason,
        effective_on=on,
        may_be_empty=True,
        now=now,
    )
    if aftermath is not None:
        step = f"{trade.step}-{trade.number}/undone"
        act = act_of(tx, holding=row, step=step, act=trade.act, on=on, memo=reason)
        aftermath.follow(actor, act, now=now)
    detail = {"holding": row.code, "number": trade.number, "on": on.isoformat(), "reason": reason}
    action = f"holding.{trade.kind}_undone"
    record(tx, actor, action=action, subject=f"holding:{row.key}", detail=detail, now=now)
    return holding(tx, holding_id=row.key, as_of=on)
