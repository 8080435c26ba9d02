"""Requests that were answered already, so that a retry changes nothing twice."""

from datetime import datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class AnsweredRequest(Row, table=True):
    """The answer given to one request of one user under one key."""

    __tablename__ = "answered_request"
    __table_args__ = (sa.UniqueConstraint("user_id", "asked_under"),)

    user_id: int = columns.number()
    asked_under: str = columns.code()
    request_hash: str = columns.code()
    status: int = columns.number()
    answer: dict[str, object] = columns.jsonb()
    recorded_at: datetime = columns.instant()


walls.append_only("answered_request")
walls.readable("answered_request", "user_id = afund_user()")
