"""Changing the terms of a fund in which something was done: never so that it would not have been possible."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.acts import lock_capital
from fund.capital.models import Call, CallItem
from fund.capital.positions import committed_in_all
from fund.capital.queries import closes
from fund.capital.rules import CallKind, CallState, ItemKind
from fund.charter.amendment_rules import Done
from fund.charter.rules import Terms
from fund.ledger import amending
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def amend_terms(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    terms: Terms,
    effective_on: date,
    note: str,
    read: int | None = None,
    now: datetime,
) -> int:
    """Write the next version of the terms as `fund.ledger.amending.amend` does; returns its number.

    Refused: as there, a size below what is committed, and days that leave out a close or a call that stands.
    """
    actor.require(Role.MANAGER)
    # Held until the end, so that nobody commits and nothing is called between the question and the writing.
    lock_capital(tx, fund_id=fund_id)
    return amending.amend(
        tx,
        actor,
        fund_id=fund_id,
        terms=terms,
        effective_on=effective_on,
        note=note,
        read=read,
        done=done(tx, fund_id=fund_id),
        now=now,
    )


def done(tx: Tx, *, fund_id: int) -> Done:
    """What was done under the terms and stands; what settles a later close was called for before."""
    standing = (Call.fund_id == fund_id, Call.state == CallState.ISSUED, Call.kind == CallKind.DRAWDOWN)
    for_investments = select(CallItem.call_id).where(CallItem.kind == ItemKind.INVESTMENT)
    called = tx.exec(select(Call).where(*standing).order_by(col(Call.due_on), col(Call.number))).all()
    investing = set(tx.exec(for_investments.join(Call).where(*standing)))
    return Done(
        committed=committed_in_all(tx, fund_id=fund_id),
        closes={one.number: one.closed_on for one in closes(tx, fund_id=fund_id) if one.undone_on is None},
        called={one.code: one.due_on for one in called},
        invested={one.code: one.due_on for one in called if one.key in investing},
    )
