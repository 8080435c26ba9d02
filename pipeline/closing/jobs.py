"""Durable work on limits, which count what is held and what is approved."""

from datetime import datetime

from fund.watch.actions import watch
from kernel import work
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from pipeline.closing.promised import promised


@work.job("exposure_watch")
def exposure_watch(*, fund_id: int, at: str) -> int:
    """Hold a fund's portfolio against its limits on the day it was asked; returns how many alerts are new."""
    return work.in_transaction("watch", look, fund_id, at)


def look(tx: Tx, fund_id: int, at: str) -> int:
    """The job's one step, in its own transaction."""
    now = datetime.fromisoformat(at)
    on = day_in_beijing(now)
    unpaid = promised(tx, fund_id=fund_id, on=on)
    return len(watch(tx, SYSTEM, fund_id=fund_id, on=on, promised=unpaid, now=now))
