"""Alerts: limits that were found exceeded, until they are kept again. Staff only: a key may be somebody's name."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.charter.rules import Basis, Dimension
from kernel import columns, walls
from kernel.columns import Row


class ExposureAlert(Row, table=True):
    """A limit exceeded under one key from `found_on`; `cleared_on` is the day on which it was kept again."""

    __tablename__ = "exposure_alert"
    __table_args__ = (
        columns.choices_check("dimension", Dimension),
        columns.choices_check("basis", Basis),
        sa.CheckConstraint("cleared_on IS NULL OR cleared_on >= found_on", name="ends_after_it_begins"),
        sa.Index(
            "uq_exposure_alert_standing",
            "fund_id",
            "dimension",
            "of_key",
            "basis",
            "maximum",
            unique=True,
            postgresql_where=sa.text("cleared_on IS NULL"),
        ),
    )

    fund_id: int = columns.ref("fund.id")
    dimension: Dimension = columns.choice(Dimension)
    of_key: str = columns.text()
    basis: Basis = columns.choice(Basis)
    maximum: Fraction = columns.fraction()
    current: Fraction = columns.fraction()
    found_on: date = columns.day()
    cleared_on: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


walls.kept("exposure_alert")
walls.readable("exposure_alert", "afund_reach() = 'all'")
