"""Changing what a fund has promised: never with effect in a quarter whose books are locked."""

from datetime import date, datetime

from fund.charter.actions import amend_terms
from fund.charter.amendment_rules import Done
from fund.charter.rules import Terms
from fund.ledger.actions import open_chart
from fund.ledger.locks import locked_through
from fund.ledger.stamps import lock_books
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def amend(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    terms: Terms,
    effective_on: date,
    note: str,
    read: int | None = None,
    done: Done | None = None,
    now: datetime,
) -> int:
    """Write the next version of the terms as `fund.charter.actions.amend_terms` does; returns its number.

    Fees, calls and waterfalls of a locked quarter were worked out under the terms of its days. Refused: as there,
    and a day within a locked quarter.
    """
    actor.require(Role.MANAGER)
    # Held until the end, so that no quarter is locked between the question and the writing.
    lock_books(tx, fund_id=fund_id)
    # New terms may need accounts that a fund opened by an earlier version has not.
    open_chart(tx, actor, fund_id=fund_id, now=now)
    return amend_terms(
        tx,
        actor,
        fund_id=fund_id,
        terms=terms,
        effective_on=effective_on,
        note=note,
        read=read,
        done=done,
        locked_through=locked_through(tx, fund_id=fund_id),
        now=now,
    )
