"""Votes whose deadline has passed and that nobody has counted: why, for those who can have them counted again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.progress import Failure, statuses
from pipeline.committee.models import Motion
from pipeline.committee.motion_rules import MotionState
from pipeline.committee.queries import own_standing
from pipeline.committee.sheets import MotionLine, line
from pipeline.committee.standing import visible_to

# The timer asks every minute and a count takes seconds: after this nobody is at work on it.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Uncounted:
    """A vote that is over and not counted; without a `failure` no worker has tried."""

    motion: MotionLine
    failure: Failure | None
    since: datetime


def count_key(motion_id: int) -> str:
    """The name of the work that counts a motion."""
    return f"motion_close:{motion_id}"


def uncounted(tx: Tx, *, actor: Actor, now: datetime, motion_id: int | None = None) -> list[Uncounted]:
    """The votes that were not counted, the longest waiting first: for the fund's people and the acting chair."""
    statement = select(Motion).where(visible_to(actor), Motion.state == MotionState.OPEN)
    statement = statement.where(col(Motion.closes_at) <= now).order_by(col(Motion.closes_at), col(Motion.id))
    if motion_id is not None:
        statement = statement.where(Motion.id == motion_id)
    found = [_standing(tx, motion, now) for motion in tx.exec(statement) if _helps(tx, actor, motion, now)]
    return [one for one in found if one is not None]


def _helps(tx: Tx, actor: Actor, motion: Motion, now: datetime) -> bool:
    if actor.has(Role.MANAGER, Role.ANALYST):
        return True
    mine = own_standing(tx, actor, motion=motion, now=now)
    return mine is not None and mine.is_acting_chair


def _standing(tx: Tx, motion: Motion, now: datetime) -> Uncounted | None:
    assert motion.closes_at is not None
    attempts = statuses(tx, key=count_key(motion.key))
    if attempts and attempts[-1].has_failed:
        return Uncounted(line(motion), attempts[-1].failure, attempts[-1].changed_at)
    if now - motion.closes_at > PATIENCE:
        return Uncounted(line(motion), None, motion.closes_at)
    return None
