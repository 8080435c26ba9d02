"""What was assessed of several achievements, read in one go: for whoever tells readiness of many days."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from kernel.db import Tx
from pipeline.channel.models import Element, Readiness
from pipeline.channel.rules import Assessment, Scale


def levels_assessed(
    tx: Tx, *, achievement_ids: Collection[int], scale: Scale, known_at: datetime | None = None
) -> dict[int, tuple[dict[str, bool], list[Assessment]]]:
    """Of several achievements their elements and every assessment on a scale that had been recorded by `known_at`."""
    statement = (
        sa.select(Element, Readiness)
        .outerjoin(
            Readiness, (col(Readiness.element_id) == col(Element.id)) & (col(Readiness.scale) == scale.value)
        )
        .where(col(Element.achievement_id).in_(achievement_ids))
        .order_by(col(Element.id), col(Readiness.id))
    )
    found: dict[int, tuple[dict[str, bool], list[Assessment]]] = {}
    for element, row in tx.execute(statement):
        named, made = found.setdefault(element.achievement_id, ({}, []))
        named[element.name] = element.is_critical
        if row is not None and (known_at is None or row.recorded_at <= known_at):
            made.append(
                Assessment(element.name, element.is_critical, row.scale, row.level, row.assessed_on, row.key)
            )
    return found
