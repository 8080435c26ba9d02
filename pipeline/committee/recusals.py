"""Keeping conflicted seats out, and letting one back in, which takes two people."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.parties.actions import when_related
from fund.parties.conflict_rules import Conflicted, ConflictKind
from kernel.audit.actions import record
from kernel.db import Tx, introduce
from kernel.errors import NotFound
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.models import CommitteeSeat, Motion, Recusal
from pipeline.committee.motion_rules import (
    BEFORE_OPENING,
    DECLARABLE,
    MotionState,
    SecondPersonNeeded,
    Source,
    check_state,
)
from pipeline.committee.standing import SeatSheet, SeatStanding, motion_row, standings
from pipeline.deals.interests import mark_conflict
from pipeline.deals.moves import check_reason
from pipeline.deals.queries import deal
from pipeline.deals.recusals import keep_out, let_in


class RecusalUnknown(NotFound):
    code = "recusal_unknown"
    says = "There is no such recusal in force."


@dataclass(frozen=True)
class RecusalSheet:
    """A conflict on record in a motion; `asked_for` is the reason given for letting the seat back in, if any."""

    id: int
    seat: str
    kind: ConflictKind
    source: Source
    statement: str
    recorded_at: datetime
    asked_for: str
    asked_by_id: int | None
    withdrawn_at: datetime | None


def recusals(tx: Tx, *, actor: Actor, motion_id: int) -> list[RecusalSheet]:
    """Every conflict on record in a motion, oldest first, those that were withdrawn included."""
    motion = motion_row(tx, actor, motion_id=motion_id)
    statement = (
        select(Recusal, CommitteeSeat.code)
        .join(CommitteeSeat, col(CommitteeSeat.id) == Recusal.seat_id)
        .where(Recusal.motion_id == motion.key)
    )
    return [_sheet(row, seat) for row, seat in tx.exec(statement.order_by(col(Recusal.id)))]


def recuse(
    tx: Tx,
    actor: Actor,
    *,
    motion: Motion,
    seat: SeatSheet,
    source: Source,
    conflict: Conflicted,
    now: datetime,
) -> Recusal:
    """Write down that `conflict` keeps `seat` out of `motion`."""
    row = Recusal(
        motion_id=motion.key,
        seat_id=seat.id,
        kind=conflict.kind,
        source=source,
        statement=conflict.statement,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"seat": seat.code, "kind": conflict.kind, "source": source, "statement": conflict.statement}
    record(tx, actor, action="committee.recused", subject=f"motion:{motion.key}", detail=detail, now=now)
    keep_out(tx, deal_id=motion.deal_id, user_id=seat.user_id, now=now)
    # The card is marked by whoever declares, who from now on does not see the deal.
    if actor.reach != "all":
        introduce(tx, SYSTEM)
    _mark(tx, actor, motion=motion, mark=f"{seat.code}: {conflict.kind.replace('_', ' ')}", now=now)
    if actor.reach != "all":
        introduce(tx, actor)
    return row


def let_back_in(tx: Tx, *, motion: Motion, user_id: int, now: datetime) -> None:
    """Show somebody the deal again, unless a conflict is on record in a motion on it that is still under way."""
    statement = (
        select(Recusal.id)
        .join(Motion, col(Motion.id) == Recusal.motion_id)
        .join(CommitteeSeat, col(CommitteeSeat.id) == Recusal.seat_id)
        .where(Motion.deal_id == motion.deal_id, col(Motion.state).in_(DECLARABLE))
        .where(CommitteeSeat.user_id == user_id, col(Recusal.withdrawn_at).is_(None))
    )
    if tx.exec(statement.limit(1)).first() is None:
        let_in(tx, deal_id=motion.deal_id, user_id=user_id, now=now)


def _mark(tx: Tx, actor: Actor, *, motion: Motion, mark: str, now: datetime) -> None:
    """Let the deal's card show that somebody is conflicted."""
    known = deal(tx, deal_id=motion.deal_id).conflict_note
    if mark not in known:
        note = f"{known}; {mark}" if known else mark
        mark_conflict(tx, actor, deal_id=motion.deal_id, note=note, now=now)


def write_found(tx: Tx, actor: Actor, *, motion: Motion, on: date, now: datetime) -> list[SeatStanding]:
    """Write down every conflict the graph shows as of `on` and nobody has written yet; where all seats stand."""
    standing = standings(tx, motion=motion, on=on)
    written = {
        (row.seat_id, row.kind, row.statement)
        for row in tx.exec(
            select(Recusal).where(Recusal.motion_id == motion.key, Recusal.source == Source.GRAPH)
        )
    }
    for one in standing:
        for source, conflict in one.recusals:
            if source == Source.GRAPH and (one.seat.id, conflict.kind, conflict.statement) not in written:
                recuse(tx, actor, motion=motion, seat=one.seat, source=source, conflict=conflict, now=now)
    return standing


@when_related
def write_everywhere(tx: Tx, actor: Actor, *, now: datetime) -> None:
    """Write down what the graph shows in every motion under way: what has come to light once does not go away.

    A relation that is ended again on the same day would otherwise bring a seat back without a second person.
    """
    # Somebody who keeps relations but knows of no motion must not keep a conflict out of one.
    writer = actor if actor.reach == "all" else SYSTEM
    if writer is not actor:
        introduce(tx, writer)
    statement = select(Motion).where(col(Motion.state).in_(DECLARABLE)).order_by(col(Motion.id))
    for motion in tx.exec(statement.with_for_update().execution_options(populate_existing=True)):
        write_found(tx, writer, motion=motion, on=day_in_beijing(now), now=now)
    if writer is not actor:
        introduce(tx, actor)


def look_for_conflicts(tx: Tx, actor: Actor, *, motion_id: int, now: datetime) -> list[SeatStanding]:
    """Hold every seat against the graph of parties again and write down what it shows; where all seats stand."""
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    require_manager_or_chair(tx, actor, motion=motion, now=now)
    check_state(
        motion.code, motion.state, BEFORE_OPENING | {MotionState.OPEN}, "be looked through for conflicts"
    )
    return write_found(tx, actor, motion=motion, on=day_in_beijing(now), now=now)


def ask_withdrawal(tx: Tx, actor: Actor, *, recusal_id: int, reason: str, now: datetime) -> None:
    """Ask to let a recused seat back in; a second person decides. A reason is needed.

    The seat's holder may ask; so may the manager.
    """
    recusal, motion, seat = _open_recusal(tx, actor, recusal_id)
    if seat.user_id != actor.user_id:
        actor.require(Role.MANAGER)
    recusal.withdrawal_reason = check_reason("withdrawing a recusal", reason)
    recusal.withdrawal_asked_by_id = actor.user_id
    tx.add(recusal)
    tx.flush()
    detail = {"seat": seat.code, "kind": recusal.kind, "reason": recusal.withdrawal_reason}
    record(
        tx, actor, action="committee.withdrawal_asked", subject=f"motion:{motion.key}", detail=detail, now=now
    )


def confirm_withdrawal(tx: Tx, actor: Actor, *, recusal_id: int, now: datetime) -> None:
    """Let a recused seat back in, as the second person: the manager or the chair, not the seat's own holder.

    Refused: nobody has asked, or the same person asked, or gains by it (SecondPersonNeeded).
    """
    recusal, motion, seat = _open_recusal(tx, actor, recusal_id)
    require_manager_or_chair(tx, actor, motion=motion, now=now)
    first = recusal.withdrawal_asked_by_id
    if not recusal.withdrawal_reason or actor.user_id in {None, first, seat.user_id}:
        raise SecondPersonNeeded(act="Withdrawing a recusal")
    recusal.withdrawn_by_id = actor.user_id
    recusal.withdrawn_at = now
    tx.add(recusal)
    tx.flush()
    let_back_in(tx, motion=motion, user_id=seat.user_id, now=now)
    detail = {"seat": seat.code, "kind": recusal.kind, "asked_by": first}
    record(tx, actor, action="committee.withdrawn", subject=f"motion:{motion.key}", detail=detail, now=now)


def require_manager_or_chair(tx: Tx, actor: Actor, *, motion: Motion, now: datetime) -> None:
    """Refuse anybody but the manager and the committee's chair (who must not be recused)."""
    mine = (
        standings(tx, motion=motion, on=day_in_beijing(now), user_id=actor.user_id)
        if actor.user_id is not None
        else []
    )
    if not (any(one.is_acting_chair for one in mine) and actor.has(Role.COMMITTEE)):
        actor.require(Role.MANAGER)


def _open_recusal(tx: Tx, actor: Actor, recusal_id: int) -> tuple[Recusal, Motion, CommitteeSeat]:
    row = tx.exec(select(Recusal).where(Recusal.id == recusal_id).with_for_update()).one_or_none()
    if row is None or row.withdrawn_at is not None:
        raise RecusalUnknown
    motion = motion_row(tx, actor, motion_id=row.motion_id)
    check_state(motion.code, motion.state, BEFORE_OPENING | {MotionState.OPEN}, "have a recusal withdrawn")
    return row, motion, tx.get_one(CommitteeSeat, row.seat_id)


def _sheet(row: Recusal, seat: str) -> RecusalSheet:
    return RecusalSheet(
        row.key,
        seat,
        row.kind,
        row.source,
        row.statement,
        row.recorded_at,
        row.withdrawal_reason,
        row.withdrawal_asked_by_id,
        row.withdrawn_at,
    )
