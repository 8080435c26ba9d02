"""Saying that a worker works."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from kernel.beats.models import Beat
from kernel.db import Tx

FORGOTTEN = timedelta(days=1)


def beat(tx: Tx, *, worker: str, now: datetime) -> None:
    """Move the worker's row on, and forget those that were not heard of for a day."""
    statement = insert(Beat).values(worker=worker, beaten_at=now)
    moved = statement.on_conflict_do_update(index_elements=["worker"], set_={"beaten_at": now})
    tx.execute(moved)
    tx.execute(sa.delete(Beat).where(col(Beat.beaten_at) < now - FORGOTTEN))
