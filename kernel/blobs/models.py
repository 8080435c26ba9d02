"""Content-addressed bytes: a document is named by the SHA-256 of what it holds."""

from datetime import datetime

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
