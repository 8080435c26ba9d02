"""The minutes of a decided motion: everything a reader needs to follow the decision, votes by name (记名投票)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.parties.conflict_rules import ConflictKind
from kernel.audit.actions import record
from kernel.audit.rules import canonical, instant_text
from kernel.blobs.actions import put
from kernel.db import Tx
from kernel.identity.rules import Actor
from pipeline.committee.counting import written
from pipeline.committee.models import Ballot, Declaration, Motion, Recusal
from pipeline.committee.motion_rules import Capacity, Matter, MotionState, Paper, Source
from pipeline.committee.queries import (
    check_not_out,
    conditions,
    decided_policy,
    decision,
    papers,
)
from pipeline.committee.recusals import require_manager_or_chair
from pipeline.committee.rules import Choice
from pipeline.committee.sheets import ConditionSheet, DecisionSheet
from pipeline.committee.standing import PolicySheet, SeatSheet, motion_row, seats_of, suspensions
from pipeline.deals.queries import deal


@dataclass(frozen=True)
class Vote:
    """One ballot as it was cast. Void ones, of earlier rounds or of seats recused later, are named as well."""

    seat: str
    name: str
    round: int
    choice: Choice
    conditions: tuple[str, ...]
    reason: str
    cast_at: datetime
    nonce: str
    commitment: str
    is_counted: bool


@dataclass(frozen=True)
class Attendance:
    """A seat at the decision: who held it, what was declared, whether it was recused and whether it voted.

    `suspension` is why it was suspended, empty where it was not.
    """

    seat: SeatSheet
    declared: tuple[tuple[ConflictKind, str], ...]
    recusals: tuple[tuple[ConflictKind, Source, str], ...]
    is_recused: bool
    is_present: bool
    suspension: str = ""


@dataclass(frozen=True)
class Minutes:
    """What is minuted of one motion. Amounts are minor units of `currency`."""

    code: str
    title: str
    proposal: str
    deal_code: str
    deal_name: str
    matter: Matter
    amount: int | None
    currency: str
    policy: PolicySheet
    papers: tuple[Paper, ...]
    papers_hash: str
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime
    is_closed_early: bool
    attendance: tuple[Attendance, ...]
    votes: tuple[Vote, ...]
    decision: DecisionSheet
    conditions: tuple[ConditionSheet, ...]
    expires_on: date | None


def minutes(tx: Tx, *, actor: Actor, motion_id: int) -> Minutes:
    """The minutes of a decided motion; refused while it is not (NotDecided), and to a recused seat (Recused)."""
    motion = motion_row(tx, actor, motion_id=motion_id)
    decided = decision(tx, motion_id=motion_id)
    check_not_out(tx, actor, motion=motion)
    about = deal(tx, deal_id=motion.deal_id)
    votes = _votes(tx, motion, decided)
    assert motion.opened_at is not None
    assert motion.closes_at is not None
    assert motion.closed_at is not None
    return Minutes(
        code=motion.code,
        title=motion.title,
        proposal=motion.proposal,
        deal_code=about.code,
        deal_name=about.name,
        matter=motion.matter,
        amount=motion.amount,
        currency=motion.currency,
        policy=decided_policy(tx, motion_id=motion_id),
        papers=papers(tx, motion=motion),
        papers_hash=decided.papers_hash,
        opened_at=motion.opened_at,
        closes_at=motion.closes_at,
        closed_at=motion.closed_at,
        is_closed_early=motion.is_closed_early,
        attendance=_attendance(tx, motion, votes),
        votes=votes,
        decision=decided,
        conditions=tuple(conditions(tx, motion_id=motion_id)),
        expires_on=decided.expires_on,
    )


def adopt_minutes(tx: Tx, actor: Actor, *, motion_id: int, now: datetime) -> str:
    """Keep the minutes as they stand, by the manager or the chair; returns the SHA-256 of their JSON.

    Adopting them again gives the same answer.
    """
    motion = motion_row(tx, actor, motion_id=motion_id, lock=True)
    require_manager_or_chair(tx, actor, motion=motion, now=now)
    if motion.minutes_sha256 is not None:
        return motion.minutes_sha256
    content = as_json(minutes(tx, actor=actor, motion_id=motion_id))
    motion.minutes_sha256 = put(tx, content=content, media_type="application/json", now=now)
    if motion.state == MotionState.COUNTED:
        motion.state = MotionState.MINUTED
    tx.add(motion)
    tx.flush()
    detail = {"motion": motion.code, "sha256": motion.minutes_sha256}
    record(tx, actor, action="motion.minuted", subject=f"motion:{motion.key}", detail=detail, now=now)
    return motion.minutes_sha256


def as_json(sheet: Minutes) -> bytes:
    """The minutes in the one way in which they are written down."""
    facts = asdict(sheet)
    facts["policy"] = {"version": sheet.policy.version, **written(sheet.policy.policy)}
    for one in facts["attendance"]:
        # Minutes that know of no suspension read as they did before there were any.
        if not one["suspension"]:
            del one["suspension"]
    return canonical(_plain(facts))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return instant_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _votes(tx: Tx, motion: Motion, decided: DecisionSheet) -> tuple[Vote, ...]:
    held = {seat.id: seat for seat in seats_of(tx, motion=motion)}
    rows = list(tx.exec(select(Ballot).where(Ballot.motion_id == motion.key).order_by(col(Ballot.id))))
    last = {row.seat_id: row.key for row in rows if row.round == decided.round}
    away = {row.seat_id for row in _live_recusals(tx, motion)}
    return tuple(
        Vote(
            seat=held[row.seat_id].code,
            name=held[row.seat_id].name,
            round=row.round,
            choice=row.choice,
            conditions=tuple(row.conditions),
            reason=row.reason,
            cast_at=row.cast_at,
            nonce=row.nonce,
            commitment=row.commitment,
            is_counted=row.seat_id not in away and last.get(row.seat_id) == row.key,
        )
        for row in rows
    )


def _attendance(tx: Tx, motion: Motion, votes: tuple[Vote, ...]) -> tuple[Attendance, ...]:
    present = {vote.seat for vote in votes if vote.is_counted}
    told: dict[int, list[tuple[ConflictKind, str]]] = {}
    statement = select(Declaration).where(Declaration.motion_id == motion.key).order_by(col(Declaration.id))
    for row in tx.exec(statement):
        conflicts = [(ConflictKind(one["kind"]), one["statement"]) for one in row.conflicts]
        told.setdefault(row.seat_id, []).extend(conflicts)
    suspended = suspensions(tx, motion=motion)
    away: dict[int, list[tuple[ConflictKind, Source, str]]] = {}
    for recusal in _live_recusals(tx, motion):
        away.setdefault(recusal.seat_id, []).append((recusal.kind, recusal.source, recusal.statement))
    return tuple(
        Attendance(
            seat=seat,
            declared=tuple(told.get(seat.id, [])),
            recusals=tuple(away.get(seat.id, [])),
            is_recused=seat.id in away,
            is_present=seat.code in present and seat.capacity != Capacity.OBSERVER,
            suspension=suspended.get(seat.id, ""),
        )
        for seat in seats_of(tx, motion=motion)
    )


def _live_recusals(tx: Tx, motion: Motion) -> list[Recusal]:
    """The recusals in force when the motion was closed; all of them are written down by then."""
    statement = select(Recusal).where(Recusal.motion_id == motion.key, col(Recusal.withdrawn_at).is_(None))
    return list(tx.exec(statement.order_by(col(Recusal.id))))
