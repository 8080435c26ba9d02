"""Letting what a partner owes on a call be set off against its distributions, and ending that again."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.acts import lock_capital
from fund.capital.models import Call, Receipt
from fund.capital.restricting import lift
from fund.capital.rules import CallKind
from fund.ledger.queries import locked_through
from fund.ledger.rules import check_day_open
from fund.ledger.stamps import stamp
from fund.nettings.models import SetOffRight
from fund.nettings.rules import SetOffOfMore, SetOffUsed
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def grant_set_off(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    call_id: int,
    partner_id: int,
    effective_on: date,
    reason: str,
    now: datetime,
) -> SetOffRight:
    """From a day on, pay what a partner owes on a call out of what is distributed to it.

    Refused: a call that is no call for money, a locked day.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    call, partner = tx.get_one(Call, call_id), codes_in_order(tx, fund_id=fund_id)[partner_id]
    if call.kind is not CallKind.DRAWDOWN:
        raise SetOffOfMore(call=call.code)
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what=partner)
    row = SetOffRight(
        fund_id=fund_id,
        call_id=call_id,
        partner_id=partner_id,
        effective_on=effective_on,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    detail = {"partner": partner, "call": call.code, "reason": reason}
    record(tx, actor, action="capital.set_off_granted", subject=f"fund:{fund_id}", detail=detail, now=now)
    return row


def end_set_off(
    tx: Tx, actor: Actor, *, fund_id: int, right_id: int, effective_on: date, reason: str, now: datetime
) -> date:
    """End such a right. Refused: from a day on which something was set off by it, or an earlier one; a locked day."""
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    right = tx.get_one(SetOffRight, right_id)
    used = select(Receipt).where(
        Receipt.call_id == right.call_id,
        Receipt.partner_id == right.partner_id,
        col(Receipt.distribution_id).is_not(None),
        col(Receipt.reversed_on).is_(None),
        col(Receipt.received_on) >= effective_on,
    )
    row = tx.exec(used.order_by(col(Receipt.id).desc()).limit(1)).first()
    if row is not None:
        raise SetOffUsed(reference=row.reference, on=row.received_on)
    act = f"setoff:{right_id}"
    return lift(tx, actor, fund_id=fund_id, act=act, effective_on=effective_on, reason=reason, now=now)
