"""The workers' heartbeats: a row per process, moved on while it works."""

from datetime import datetime

from kernel import columns
from kernel.columns import Row


class Beat(Row, table=True):
    """When a worker last said that it works."""

    __tablename__ = "worker_beat"

    worker: str = columns.code(unique=True)
    beaten_at: datetime = columns.instant()
