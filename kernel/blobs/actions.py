"""Keeping bytes by what they hold."""

import hashlib
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from kernel.blobs.models import Blob
from kernel.db import Tx


def put(tx: Tx, *, content: bytes, media_type: str, now: datetime) -> str:
    """Keep `content` and return its SHA-256 (hex); the same bytes twice are kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    row = {
        "sha256": sha256,
        "media_type": media_type,
        "size": len(content),
        "content": content,
        "recorded_at": now,
    }
    tx.execute(insert(Blob).values(row).on_conflict_do_nothing(index_elements=["sha256"]))
    return sha256
