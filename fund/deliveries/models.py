"""Distributions in kind: what is handed over at what price, and how many units each partner gets."""

from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class Delivery(Row, table=True):
    """The units of the distribution's holding that are offered, and the price of its day in yuan a unit.

    `disposal_number` is how they left the holding, once the distribution is paid.
    """

    __tablename__ = "delivery"
    __table_args__ = (sa.CheckConstraint("units > 0", name="units_positive"),)

    distribution_id: int = columns.ref("distribution.id", unique=True)
    instrument: str = columns.code()
    units: int = columns.number()
    price: Fraction = columns.fraction()
    price_source: str = columns.text()
    disposal_number: int | None = columns.number(nullable=True)


class DeliveryLine(Row, table=True):
    """The whole units that one partner gets, and their value; the rest of its part is paid in cash."""

    __tablename__ = "delivery_line"
    __table_args__ = (
        sa.UniqueConstraint("distribution_id", "partner_id"),
        sa.CheckConstraint("units > 0 AND value >= 0", name="units_positive"),
        sa.Index("ix_delivery_line_partner", "partner_id"),
    )

    distribution_id: int = columns.ref("distribution.id")
    partner_id: int = columns.ref("partner.id")
    units: int = columns.number()
    value: int = columns.minor()


walls.kept("delivery")
walls.append_only("delivery_line")
walls.readable(
    "delivery",
    """afund_reach() = 'all' OR EXISTS (
        SELECT FROM delivery_line l WHERE l.distribution_id = delivery.distribution_id)""",
)
walls.readable("delivery_line", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.agree(
    "delivery_line", "fund_id", through=("distribution_id", "distribution"), named=("partner_id", "partner")
)
