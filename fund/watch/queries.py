"""The alerts that stand, and those that are over."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.rules import Basis, Dimension
from fund.watch.models import ExposureAlert
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class AlertSheet:
    """A limit exceeded: `current` is the share that it was found at; `cleared_on` None while it still is."""

    id: int
    dimension: Dimension
    key: str
    basis: Basis
    maximum: Fraction
    current: Fraction
    found_on: date
    cleared_on: date | None
    recorded_at: datetime


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Whoever reads the whole fund; the database's row-level security says the same."""
    return sa.true() if actor.reach == "all" else sa.false()


def alerts(tx: Tx, *, fund_id: int, actor: Actor, standing: bool = True) -> list[AlertSheet]:
    """The alerts that stand, or all of them, the newest first."""
    statement = select(ExposureAlert).where(ExposureAlert.fund_id == fund_id, visible_to(actor))
    if standing:
        statement = statement.where(col(ExposureAlert.cleared_on).is_(None))
    return [alert_sheet(row) for row in tx.exec(statement.order_by(col(ExposureAlert.id).desc()))]


def alert_sheet(row: ExposureAlert) -> AlertSheet:
    """The alert as others see it."""
    return AlertSheet(
        row.key,
        row.dimension,
        row.of_key,
        row.basis,
        row.maximum,
        row.current,
        row.found_on,
        row.cleared_on,
        row.recorded_at,
    )
