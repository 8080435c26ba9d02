"""Keeping something from a partner: what may still be called of it, new deals, votes. Each is taken back by itself."""

from datetime import date, datetime

from fund.capital.acts import lock_capital
from fund.capital.positions import standings
from fund.capital.restrictions import suspended
from fund.interests.models import InterestReduction, InterestSuspension
from fund.ledger.queries import locked_through
from fund.ledger.rules import check_day_open
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


class NothingLeftToCall(Conflict):
    code = "nothing_left_to_call"
    says = "Nothing may still be called of {partner}; there is no commitment to cut."


class SuspendedAlready(Conflict):
    code = "partner_suspended_already"
    says = "{partner} is suspended already."


def reduce_commitment(
    tx: Tx, actor: Actor, *, fund_id: int, partner_id: int, effective_on: date, reason: str, now: datetime
) -> InterestReduction:
    """Cut a partner's commitment by all that may still be called of it, calls issued for later days left standing.

    Refused: nothing left, a locked day.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    code = codes_in_order(tx, fund_id=fund_id)[partner_id]
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what=code)
    today = day_in_beijing(now)
    left = callable_of(tx, fund_id=fund_id, partner_id=partner_id, on=effective_on, today=today)
    if left <= 0:
        raise NothingLeftToCall(partner=code)
    row = InterestReduction(
        fund_id=fund_id,
        partner_id=partner_id,
        amount=left,
        effective_on=effective_on,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    _told(tx, actor, "capital.commitment_cut", fund_id, {"partner": code, "amount": left}, now)
    return row


def callable_of(tx: Tx, *, fund_id: int, partner_id: int, on: date, today: date) -> int:
    """What may still be called of a partner on a day, every issued call counted, and what was cut or passed since."""
    return min(
        sum(one.remaining for one in standings(tx, fund_id=fund_id, on=day) if one.partner_id == partner_id)
        for day in {on, max(on, today)}
    )


def suspend_partner(
    tx: Tx, actor: Actor, *, fund_id: int, partner_id: int, effective_on: date, reason: str, now: datetime
) -> InterestSuspension:
    """Keep new deals and votes from a partner from a day on. Refused: one that is suspended, a locked day."""
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    code = codes_in_order(tx, fund_id=fund_id)[partner_id]
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what=code)
    if partner_id in suspended(tx, fund_id=fund_id, as_of=date.max):
        raise SuspendedAlready(partner=code)
    row = InterestSuspension(
        fund_id=fund_id,
        partner_id=partner_id,
        effective_on=effective_on,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    _told(tx, actor, "capital.partner_suspended", fund_id, {"partner": code, "reason": reason}, now)
    return row


def lift(
    tx: Tx, actor: Actor, *, fund_id: int, act: str, effective_on: date, reason: str, now: datetime
) -> date:
    """Give back what was kept: `act` is "reduction:7" or "suspension:7", `effective_on` its last day or a later one."""
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what=act)
    on = undo(
        tx,
        actor,
        fund_id=fund_id,
        act=act,
        reason=reason,
        effective_on=effective_on,
        may_be_empty=True,
        now=now,
    )
    _told(tx, actor, "capital.restriction_lifted", fund_id, {"act": act, "reason": reason}, now)
    return on


def _told(tx: Tx, actor: Actor, action: str, fund_id: int, detail: dict[str, object], now: datetime) -> None:
    record(tx, actor, action=action, subject=f"fund:{fund_id}", detail=detail, now=now)
