"""Waiting until other transactions wait for a lock, so that a race in a test is always the same race."""

import time

import sqlalchemy as sa

from kernel.db import Tx

_WAITING = sa.text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def until_waiting(tx: Tx, count: int, *, seconds: float = 20) -> None:
    """Return as soon as `count` transactions of this database wait for an advisory lock."""
    end = time.monotonic() + seconds
    while tx.execute(_WAITING).scalar_one() < count:
        assert time.monotonic() < end, "nobody waits for the lock"
        time.sleep(0.02)
