"""Suspending the seat of a holder who has left while a vote is open.

The seats of a vote are frozen at its opening, so a holder who leaves could still vote, and a holder who is gone would
be missed until the close. The chair or the manager suspends such a seat, with a reason that is minuted.
"""

from datetime import date, datetime

from fund.capital.restrictions import suspended_parties
from kernel.db import Tx
from kernel.errors import Conflict, NotFound
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.drafting import tell
from pipeline.committee.models import CommitteeSeat, MotionSuspension
from pipeline.committee.motion_rules import MotionState, check_state
from pipeline.committee.recusals import require_manager_or_chair
from pipeline.committee.standing import SeatSheet, SeatStanding, motion_row, standings
from pipeline.deals.moves import check_reason


class SeatNotInVote(NotFound):
    code = "seat_not_in_vote"
    says = "Motion {motion} has no seat {seat}."


class SeatStillHeld(Conflict):
    code = "seat_still_held"
    says = "Seat {seat} is still held; end it first, and suspend it from the day after its last."


class SeatSuspended(Conflict):
    code = "seat_suspended_already"
    says = "Seat {seat} is suspended in motion {motion} already."


def suspend(tx: Tx, actor: Actor, *, motion_id: int, seat: str, reason: str, now: datetime) -> SeatStanding:
    """Suspend `seat` (its code) in an open vote; it reads no papers and casts no ballot from now on.

    It is out of the eligible, with everything that follows for quorum, floor and mandatory seats; a ballot that it
    cast on the present papers while it was held stands and is counted. There is no way back in this vote. Refused: to
    all but the manager and the chair, no reason, a seat that is held today by somebody who may sit (SeatStillHeld).
    """
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    require_manager_or_chair(tx, actor, motion=motion, now=now)
    check_state(motion.code, motion.state, {MotionState.OPEN}, "have a seat suspended")
    why = check_reason("suspending a seat", reason)
    on = day_in_beijing(now)
    one = next((found for found in standings(tx, motion=motion, on=on) if found.seat.code == seat), None)
    if one is None:
        raise SeatNotInVote(motion=motion.code, seat=seat)
    if one.is_suspended:
        raise SeatSuspended(motion=motion.code, seat=seat)
    if not has_left(tx, seat=one.seat, on=on):
        raise SeatStillHeld(seat=seat)
    row = MotionSuspension(
        motion_id=motion.key,
        seat_id=one.seat.id,
        reason=why,
        suspended_by_id=actor.user_id,
        suspended_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    detail = {"motion": motion.code, "seat": seat, "holder": one.seat.name, "reason": why}
    tell(tx, actor, motion=motion, action="committee.suspended", detail=detail, now=now)
    return next(found for found in standings(tx, motion=motion, on=on) if found.seat.code == seat)


def has_left(tx: Tx, *, seat: SeatSheet, on: date) -> bool:
    """Whether a seat of a vote is no longer held on a day by somebody who may sit: no suspended partner's people."""
    until = tx.get_one(CommitteeSeat, seat.id, populate_existing=True).until_on
    holder = tx.get_one(User, seat.user_id)
    may_sit = holder.is_active and actor_of(tx, user=holder).has(Role.COMMITTEE)
    fund_id = tx.get_one(CommitteeSeat, seat.id).fund_id
    is_barred = seat.party_id in suspended_parties(tx, fund_id=fund_id, as_of=on)
    return not may_sit or is_barred or (until is not None and until < on)


def suspendable(tx: Tx, *, actor: Actor, motion_id: int, now: datetime) -> list[SeatSheet]:
    """The seats of an open vote whose holders have left and that nobody has suspended yet."""
    motion, on = motion_row(tx, actor, motion_id=motion_id), day_in_beijing(now)
    if motion.state != MotionState.OPEN:
        return []
    found = [one.seat for one in standings(tx, motion=motion, on=on) if not one.is_suspended]
    return [seat for seat in found if has_left(tx, seat=seat, on=on)]
