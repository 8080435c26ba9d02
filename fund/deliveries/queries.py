"""What a distribution hands over in kind, and to whom. With an `actor` only its own part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.deliveries.models import Delivery, DeliveryLine
from fund.deliveries.rules import Part
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class DeliverySheet:
    """The units offered, their price in yuan, and each partner's units; those that nobody gets whole stay."""

    instrument: str
    units: int
    price: Fraction
    price_source: str
    disposal_number: int | None
    parts: Mapping[int, Part] = field(default_factory=dict)


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The rows, by their column `partner_id`, that `actor` may see: all of them, or its own partners'."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def delivery(tx: Tx, *, distribution_id: int, actor: Actor | None = None) -> DeliverySheet | None:
    """What a distribution hands over; None where it pays money only."""
    wanted = select(Delivery).where(Delivery.distribution_id == distribution_id)
    row = tx.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return None
    lines = select(DeliveryLine).where(DeliveryLine.distribution_id == distribution_id)
    if actor is not None:
        lines = lines.where(visible_to(actor, col(DeliveryLine.partner_id)))
    parts = {
        one.partner_id: Part(one.units, one.value) for one in tx.exec(lines.order_by(col(DeliveryLine.id)))
    }
    return DeliverySheet(row.instrument, row.units, row.price, row.price_source, row.disposal_number, parts)


def delivered_by(tx: Tx, *, distribution_ids: Any, disposal_number: int) -> int | None:
    """Which of the distributions handed over what left as that disposal of their holding."""
    wanted = select(Delivery.distribution_id).where(
        col(Delivery.distribution_id).in_(distribution_ids), Delivery.disposal_number == disposal_number
    )
    return tx.exec(wanted).first()
