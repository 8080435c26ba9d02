"""Content-addressed bytes: a document is named by the SHA-256 of what it holds."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from kernel import columns, walls


class Blob(SQLModel, table=True):
    """Some bytes. Who may read them is decided by the row that refers to them."""

    __tablename__ = "blob"

    sha256: str = columns.code(primary_key=True)
    media_type: str = columns.text()
    size: int = columns.number()
    content: bytes = columns.content()
    recorded_at: datetime = columns.instant()


walls.append_only("blob")


class HandedIn(columns.Row, table=True):
    """A file that somebody has handed in to be looked at before it counts; a new one takes its place."""

    __tablename__ = "handed_in"
    __table_args__ = (sa.UniqueConstraint("user_id"),)

    user_id: int = columns.ref("app_user.id")
    filename: str = columns.text()
    content: bytes = columns.content()
    recorded_at: datetime = columns.instant()


walls.readable("handed_in", "user_id = afund_user()")
