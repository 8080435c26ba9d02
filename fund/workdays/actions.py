"""Entering the State Council's notice for a year."""

from collections.abc import Collection
from datetime import datetime

from fund.workdays.models import HolidayNotice
from fund.workdays.queries import HolidaySheet, notices
from fund.workdays.rules import NoticeDay, check_notice
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def enter_notice(
    tx: Tx, actor: Actor, *, year: int, document: str, days: Collection[NoticeDay], now: datetime
) -> HolidaySheet:
    """Keep what the notice says of a year; one entered before is superseded, the same again changes nothing.

    Refused: a year that is over, no number of the notice, days that cannot be.
    """
    actor.require(Role.MANAGER, Role.ADMINISTRATOR)
    lock(tx, f"holidays:{year}")
    check_notice(year=year, document=document, days=days, today=day_in_beijing(now))
    ordered = tuple(sorted(days, key=lambda one: one.on))
    before = _of(tx, year)
    if before is not None and (before.document, before.days) == (document.strip(), ordered):
        return before
    row = HolidayNotice(
        year=year,
        document=document.strip(),
        days=[[one.on.isoformat(), one.kind.value, one.name.strip()] for one in ordered],
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"year": year, "document": row.document, "days": len(ordered)}
    record(tx, actor, action="holidays.entered", subject=f"holidays:{year}", detail=detail, now=now)
    entered = _of(tx, year)
    assert entered is not None
    return entered


def _of(tx: Tx, year: int) -> HolidaySheet | None:
    return next((one for one in notices(tx) if one.year == year), None)
