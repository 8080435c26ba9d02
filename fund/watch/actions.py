"""Holding the portfolio against its limits: each excess is told once, and once more when it is over."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from sqlmodel import col, select

from fund.charter.rules import TermsUnknown
from fund.results.exposure import exposure
from fund.results.exposure_rules import LimitCheck, Promised
from fund.results.reading import reaches_all
from fund.watch.models import ExposureAlert
from fund.watch.queries import AlertSheet, alert_sheet
from fund.watch.rules import news, touched
from kernel.audit.actions import record
from kernel.audit.queries import recorded
from kernel.db import Tx, lock
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.instants import day_in_beijing


class Promises(Protocol):
    """Answers what is approved to be invested and not paid; a room above the fund's knows it."""

    def __call__(self, tx: Tx, *, fund_id: int, on: date) -> Sequence[Promised]: ...


def watch(
    tx: Tx, actor: Actor, *, fund_id: int, on: date, promised: Sequence[Promised] = (), now: datetime
) -> list[AlertSheet]:
    """Note every limit that is exceeded at the end of `on` and was not, and every one that is kept again.
    `promised`, what is approved and not paid, counts with what is held.

    Returns the alerts that are new. Safe to run any number of times; a fund without terms has no limits yet.
    """
    actor.require(Role.MANAGER)
    lock(tx, f"exposure_watch:{fund_id}")
    try:
        breaches = exposure(tx, fund_id=fund_id, as_of=on, promised=promised).breaches
    except TermsUnknown:
        return []
    rows = tx.exec(
        select(ExposureAlert).where(ExposureAlert.fund_id == fund_id, col(ExposureAlert.cleared_on).is_(None))
    ).all()
    found = news(breaches, {(r.dimension, r.of_key, r.basis, r.maximum): r.key for r in rows})
    for row in rows:
        if row.key in found.kept_again:
            row.cleared_on = max(on, row.found_on)
            _tell(tx, actor, "exposure.kept_again", row, now)
    return [_note(tx, actor, fund_id, check, on, now) for check in found.exceeded]


def look_again(tx: Tx, *, promises: Promises, now: datetime) -> list[AlertSheet]:
    """Watch the funds that this transaction has changed, before it ends: an excess is told at once, and not again by
    the timer. Returns the alerts that are new; of a transaction that does not read the whole fund none.
    """
    funds = touched(recorded(tx))
    if not funds or not reaches_all(tx):
        return []
    on = day_in_beijing(now)
    return [
        alert
        for fund_id in funds
        for alert in watch(
            tx, SYSTEM, fund_id=fund_id, on=on, promised=promises(tx, fund_id=fund_id, on=on), now=now
        )
    ]


def _note(tx: Tx, actor: Actor, fund_id: int, check: LimitCheck, on: date, now: datetime) -> AlertSheet:
    row = ExposureAlert(
        fund_id=fund_id,
        dimension=check.limit.dimension,
        of_key=check.key,
        basis=check.limit.basis,
        maximum=check.limit.maximum,
        current=check.current,
        found_on=on,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _tell(tx, actor, "exposure.exceeded", row, now)
    return alert_sheet(row)


def _tell(tx: Tx, actor: Actor, action: str, row: ExposureAlert, now: datetime) -> None:
    detail = {
        "dimension": row.dimension.value,
        "key": row.of_key,
        "basis": row.basis.value,
        "maximum": str(row.maximum),
        "current": str(row.current),
    }
    record(tx, actor, action=action, subject=f"fund:{row.fund_id}", detail=detail, now=now)
