"""Keeping what a distribution hands over; who may, and the record of it, are the distribution's own."""

from collections.abc import Mapping

from sqlmodel import select

from fund.deliveries.models import Delivery, DeliveryLine
from fund.deliveries.rules import Offer, Part
from kernel.db import Tx


def keep_delivery(
    tx: Tx,
    *,
    distribution_id: int,
    offer: Offer,
    parts: Mapping[int, Part],
) -> None:
    """Write down the units that each partner of a drafted distribution gets; nothing leaves yet."""
    tx.add(
        Delivery(
            distribution_id=distribution_id,
            instrument=offer.instrument,
            units=offer.units,
            price=offer.price,
            price_source=offer.price_source.strip(),
        )
    )
    tx.add_all(
        DeliveryLine(
            distribution_id=distribution_id, partner_id=partner_id, units=part.units, value=part.value
        )
        for partner_id, part in parts.items()
    )
    tx.flush()


def mark_handed_over(tx: Tx, *, distribution_id: int, disposal_number: int) -> None:
    """Write down as which disposal of the holding the units have left."""
    row = tx.exec(select(Delivery).where(Delivery.distribution_id == distribution_id)).one()
    row.disposal_number = disposal_number
    tx.flush()
