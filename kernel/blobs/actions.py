"""Keeping bytes by what they hold, and files that are only looked at so far."""

import hashlib
import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from kernel.blobs.models import Blob, HandedIn
from kernel.db import Tx

# A type that could break a header, or that nobody could name, is none.
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,120}")
UNTYPED = "application/octet-stream"


def put(tx: Tx, *, content: bytes, media_type: str, now: datetime) -> str:
    """Keep `content` and return its SHA-256 (hex); the same bytes twice are kept once.

    What is no plain media type is kept as untyped: it goes out in a header again.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    row = {
        "sha256": sha256,
        "media_type": media_type if _MEDIA_TYPE.fullmatch(media_type) else UNTYPED,
        "size": len(content),
        "content": content,
        "recorded_at": now,
    }
    tx.execute(insert(Blob).values(row).on_conflict_do_nothing(index_elements=["sha256"]))
    return sha256


def hand_in(tx: Tx, *, user_id: int, filename: str, content: bytes, now: datetime) -> int:
    """Keep a file until its owner decides about it, and return its id; one looked at before is let go."""
    let_go(tx, user_id=user_id)
    row = HandedIn(user_id=user_id, filename=filename, content=content, recorded_at=now)
    tx.add(row)
    tx.flush()
    return row.key


def let_go(tx: Tx, *, user_id: int) -> None:
    """Forget the file that somebody has handed in."""
    tx.execute(sa.delete(HandedIn).where(col(HandedIn.user_id) == user_id))
