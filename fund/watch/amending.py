"""Changing the terms of a fund that holds something: a limit names what is held, or is said to be planned."""

from datetime import date, datetime

from fund.capital import amending
from fund.charter.queries import versions
from fund.charter.rules import Terms
from fund.results.label_rules import check_held
from fund.results.labels import labels_in_use
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def amend_terms(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    terms: Terms,
    effective_on: date,
    note: str,
    planned: bool = False,
    read: int | None = None,
    now: datetime,
) -> int:
    """Write the next version of the terms as `fund.capital.amending.amend_terms` does; returns its number.

    Refused: as there, and a new limit on a label that no holding carries unless it is said to be `planned`.
    """
    actor.require(Role.MANAGER)
    stood = {
        (limit.dimension, limit.key)
        for sheet in versions(tx, fund_id=fund_id)
        for limit in sheet.terms.limits
    }
    wanted = [
        (f"limit {position}", limit.dimension, limit.key)
        for position, limit in enumerate(terms.limits, start=1)
        if limit.key and (limit.dimension, limit.key) not in stood
    ]
    used = labels_in_use(tx, fund_id=fund_id, as_of=day_in_beijing(now))
    check_held(wanted, used=used, planned=planned)
    return amending.amend_terms(
        tx, actor, fund_id=fund_id, terms=terms, effective_on=effective_on, note=note, read=read, now=now
    )
