"""Durable work of the committee: a vote is closed at its deadline and an old approval lapses, whoever is looking."""

from datetime import datetime

from kernel import work
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from pipeline.committee.actions import close_motion
from pipeline.committee.counting import lapse


@work.job("motion_close")
def motion_close(*, motion_id: int, at: str) -> str:
    """Close and count a motion whose deadline has passed at `at`; a closed one is left as it is.

    Returns the verdict. Asked too early, it fails, so that the timer asks again.
    """
    return work.in_transaction("close", close_now, motion_id, at)


def close_now(tx: Tx, motion_id: int, at: str) -> str:
    """The job's one step, in its own transaction."""
    return close_motion(tx, SYSTEM, motion_id=motion_id, now=datetime.fromisoformat(at)).outcome.state.value


@work.job("motion_lapse")
def motion_lapse(*, motion_id: int, at: str) -> str:
    """Mark an approval whose last day is over at `at` as lapsed; returns the motion's state.

    One that was carried out in the meantime is left as it is.
    """
    return work.in_transaction("lapse", lapse_now, motion_id, at)


def lapse_now(tx: Tx, motion_id: int, at: str) -> str:
    """The job's one step, in its own transaction."""
    return lapse(tx, SYSTEM, motion_id=motion_id, now=datetime.fromisoformat(at)).value
