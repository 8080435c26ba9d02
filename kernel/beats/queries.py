"""Whether anybody works."""

from datetime import datetime, timedelta

from sqlmodel import select

from kernel.beats.models import Beat
from kernel.db import Tx

FRESH = timedelta(minutes=3)
"""A worker says every minute that it works; after three it is taken for gone."""


def somebody_works(tx: Tx, *, now: datetime) -> bool:
    """Whether a worker, in this process or in any other on any machine, has said of late that it works."""
    statement = select(Beat.id).where(Beat.beaten_at > now - FRESH)
    return tx.exec(statement.limit(1)).first() is not None
