"""Asking that the partners be written to when they are given notice of an act; the roof writes the letters."""

from datetime import datetime

from kernel import work
from kernel.db import Tx
from kernel.letters.post import is_configured


def tell(tx: Tx, *, of: str, act_id: int, alone: bool = True, now: datetime) -> None:
    """Ask for the letters of an act ("call", 4) in the act's own transaction, where a mail server is set.

    One that is not `alone` is told with the netting in which it is joined.
    """
    if alone and is_configured():
        key = f"notice_letters:{of}:{act_id}"
        work.enqueue(tx, job="notice_letters", key=key, act=of, act_id=act_id, at=now.isoformat())
