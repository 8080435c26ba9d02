"""Where a vote stands beyond its state: who runs it, who is out or has left, what has changed, why it waits."""

from dataclasses import dataclass

from app.pages.desk import Desk
from kernel.identity.rules import Role
from pipeline.committee.motion_rules import UNSEALED
from pipeline.committee.pinned import changed_facts
from pipeline.committee.recusals import RecusalSheet, recusals
from pipeline.committee.sheets import MotionSheet
from pipeline.committee.standing import motion_row
from pipeline.committee.suspensions import suspendable
from pipeline.committee.uncounted import Uncounted
from pipeline.deals.queries import deal


@dataclass(frozen=True)
class Shown:
    """A conflict on record, and what the viewer may do about it."""

    recusal: RecusalSheet
    may_ask: bool
    may_confirm: bool


def is_runner(desk: Desk, sheet: MotionSheet) -> bool:
    """Whether the viewer runs the vote: the manager, or the chair unless recused or suspended."""
    seat = sheet.mine
    is_in = seat is not None and not (seat.is_recused or seat.is_suspended)
    chairs = seat is not None and is_in and seat.seat.is_chair and seat.seat.has_vote
    return desk.actor.has(Role.MANAGER) or (chairs and desk.actor.has(Role.COMMITTEE))


def recusals_shown(desk: Desk, sheet: MotionSheet) -> list[Shown]:
    """Every conflict on record, and whether the viewer may ask to let the seat back in, or confirm it."""
    is_running = sheet.line.state not in UNSEALED
    holders = {one.seat.code: one.seat.user_id for one in sheet.seats}
    runs = is_runner(desk, sheet)
    found = []
    for one in recusals(desk.tx, actor=desk.actor, motion_id=sheet.line.id):
        is_live = is_running and one.withdrawn_at is None
        own = holders.get(one.seat) == desk.actor.user_id
        may_ask = is_live and not one.asked_for and (own or desk.actor.has(Role.MANAGER))
        first = one.asked_by_id == desk.actor.user_id
        found.append(Shown(one, may_ask, bool(is_live and one.asked_for and runs and not (own or first))))
    return found


def leavers(desk: Desk, sheet: MotionSheet) -> list[tuple[str, str]]:
    """The seats whose holders have left, for whoever runs the vote and may suspend them."""
    if not is_runner(desk, sheet):
        return []
    found = suspendable(desk.tx, actor=desk.actor, motion_id=sheet.line.id, now=desk.now)
    return [(seat.code, f"{seat.code} {seat.name}") for seat in found]


def changed_words(desk: Desk, sheet: MotionSheet) -> str:
    """What of the deal has changed since the papers were locked, for whoever runs the vote; "" where nothing has."""
    if not is_runner(desk, sheet) or sheet.line.state in UNSEALED:
        return ""
    motion = motion_row(desk.tx, desk.actor, motion_id=sheet.line.id)
    found = changed_facts(motion, deal(desk.tx, deal_id=sheet.line.deal_id))
    return ", ".join(desk.label(field, "Field") for field in found)


def uncounted_words(desk: Desk, one: Uncounted) -> str:
    """Why a vote was not counted, in words."""
    if one.failure is None:
        return desk.say("No worker has counted it yet; see whether one is running.")
    return desk.say(one.failure.says, **one.failure.facts)
