"""Taking a purchase back, with the closing that made it where one did."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.acts import lock_capital
from fund.capital.calls import cancel_call
from fund.capital.inflows import call_sheet
from fund.capital.rules import CallState
from fund.holdings.bookings import locked_holding
from fund.holdings.queries import HoldingSheet, LotSheet, holding, lots
from fund.holdings.rules import TradeUnknown
from fund.holdings.undoing import undo_purchase as undo_lot
from fund.ledger.actions import reverse_entries
from fund.ledger.undone import standing
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from pipeline.closing.models import DealClosing
from pipeline.closing.payables import reference_of
from pipeline.closing.queries import closings
from pipeline.deals.actions import take_back
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage


def undo_purchase(
    tx: Tx, actor: Actor, *, holding_id: int, number: int, reason: str, on: date, now: datetime
) -> HoldingSheet:
    """Take a purchase back. One that a closing made takes its payable and its call along, and can be closed again.

    Without any closing left the deal is at closing again. A call on which money came in stays.
    Refused: as `fund.holdings.undoing.undo_purchase`.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=holding(tx, holding_id=holding_id, as_of=on).fund_id)
    row = _closing_of(tx, _lot(tx, holding_id, number), holding_id)
    if row is None:
        return undo_lot(tx, actor, holding_id=holding_id, number=number, reason=reason, on=on, now=now)
    lock(tx, f"closing:{row.deal_id}")
    _cancel_call(tx, actor, row, reason, on, now)
    about = deal(tx, deal_id=row.deal_id)
    begins = f"{reference_of(tx, about=about, row=row)}/"
    owed = [
        entry
        for entry in standing(tx, fund_id=row.fund_id, act=f"deal:{row.deal_id}")
        if entry.reference.startswith(begins)
    ]
    sheet = undo_lot(tx, actor, holding_id=holding_id, number=number, reason=reason, on=on, now=now)
    days = [row.closed_on, on, *(entry.effective_on for entry in owed)]
    reverse_entries(
        tx, actor, fund_id=row.fund_id, entries=owed, reason=reason, effective_on=max(days), now=now
    )
    row.undone_on = max(days)
    tx.add(row)
    tx.flush()
    detail = {"tranche": row.tranche, "amount": row.amount, "reason": reason, "on": row.undone_on.isoformat()}
    record(tx, actor, action="deal.closing_undone", subject=f"deal:{row.deal_id}", detail=detail, now=now)
    if about.stage == Stage.HELD and not closings(tx, deal_id=row.deal_id):
        take_back(tx, actor, deal_id=row.deal_id, gate=Gate.CLOSING, reason=reason.strip(), now=now)
    return sheet


def _lot(tx: Tx, holding_id: int, number: int) -> LotSheet:
    row = locked_holding(tx, holding_id=holding_id)
    found = [one for one in lots(tx, holding_id=holding_id, as_of=date.max) if one.number == number]
    if not found:
        raise TradeUnknown(holding=row.code)
    return found[0]


def _closing_of(tx: Tx, lot: LotSheet, holding_id: int) -> DealClosing | None:
    """The closing that made a purchase: of the same holding, day, instrument, quantity and amount."""
    statement = select(DealClosing).where(
        DealClosing.holding_id == holding_id,
        DealClosing.closed_on == lot.bought_on,
        DealClosing.amount == lot.cost,
        DealClosing.instrument == lot.instrument,
        DealClosing.quantity == lot.quantity,
        col(DealClosing.undone_on).is_(None),
    )
    return tx.exec(statement.order_by(col(DealClosing.id)).limit(1)).first()


def _cancel_call(tx: Tx, actor: Actor, row: DealClosing, reason: str, on: date, now: datetime) -> None:
    """Withdraw the call that the closing drafted; money that came in on it stays in the fund, and so does the call."""
    if row.call_id is None:
        return
    sheet = call_sheet(tx, call_id=row.call_id)
    if sheet.call.state is CallState.CANCELLED or sheet.received:
        return
    cancel_call(tx, actor, call_id=row.call_id, reason=reason, cancelled_on=on, now=now)
