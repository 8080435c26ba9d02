"""Taking a sale or write-off back, with the exits that were recorded because nothing was held any more."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.holdings import undoing
from fund.holdings.bookings import locked_holding
from fund.holdings.queries import HoldingSheet
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from pipeline.deals.actions import take_back
from pipeline.deals.rules import Gate
from pipeline.stewardship.models import DealExit, ExitUndoing
from pipeline.stewardship.queries import stands


def undo_disposal(
    tx: Tx, actor: Actor, *, holding_id: int, number: int, reason: str, on: date, now: datetime
) -> HoldingSheet:
    """Take a sale or write-off back. Something is held again, so no exit from the company stands any longer.

    Its deals go back to the stage they left. Refused: as `fund.holdings.undoing.undo_disposal`.
    """
    actor.require(Role.MANAGER)
    locked_holding(tx, holding_id=holding_id)
    sheet = undoing.undo_disposal(
        tx, actor, holding_id=holding_id, number=number, reason=reason, on=on, now=now
    )
    left = select(DealExit).where(DealExit.holding_id == holding_id, stands()).order_by(col(DealExit.id))
    for exit_ in tx.exec(left).all():
        _take_back(tx, actor, exit_, reason.strip(), now)
    return sheet


def _take_back(tx: Tx, actor: Actor, exit_: DealExit, reason: str, now: datetime) -> None:
    tx.add(ExitUndoing(exit_id=exit_.key, reason=reason, recorded_by=actor.name, recorded_at=now))
    tx.flush()
    take_back(tx, actor, deal_id=exit_.deal_id, gate=Gate.EXIT, reason=reason, now=now)
    detail = {"exit": exit_.key, "holding": exit_.holding_id, "reason": reason}
    record(tx, actor, action="deal.exit_undone", subject=f"deal:{exit_.deal_id}", detail=detail, now=now)
