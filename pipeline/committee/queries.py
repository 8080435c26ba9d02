"""Looking at motions: what is to be voted on, where one stands in it, and how it ended.

Before a motion is closed nothing here tells how anybody voted, nor how many have; one's own ballot excepted.
"""

from datetime import date, datetime

from sqlmodel import col, select

from kernel.blobs.models import Blob
from kernel.blobs.queries import get
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.paging import DEFAULT_LIMIT, Page, keyset
from pipeline.committee.ballot_rules import Recused, check_may_read
from pipeline.committee.mandates import as_kept
from pipeline.committee.models import (
    Ballot,
    CommitteePolicy,
    CommitteeSeat,
    Condition,
    Decision,
    Motion,
    MotionPaper,
)
from pipeline.committee.motion_rules import (
    CARRIED_OUT,
    DECLARABLE,
    UNSEALED,
    MotionState,
    Paper,
    has_lapsed,
    papers_hash,
)
from pipeline.committee.rules import APPROVALS, NotSeated
from pipeline.committee.sheets import (
    BallotSheet,
    ConditionSheet,
    DecisionSheet,
    MotionLine,
    MotionSheet,
    Waiting,
    ballot_sheet,
    decision_sheet,
    line,
    seat_line,
)
from pipeline.committee.standing import (
    PolicySheet,
    SeatStanding,
    motion_row,
    policy_of,
    policy_sheet,
    standings,
    visible_to,
)
from pipeline.deals.models import Deal
from pipeline.deals.queries import says


class PaperUnknown(NotFound):
    code = "paper_unknown"
    says = "This is not one of the motion's papers."


class NotDecided(NotFound):
    code = "not_decided"
    says = "The motion has not been decided."


def motions(
    tx: Tx,
    *,
    actor: Actor,
    deal_id: int | None = None,
    state: MotionState | None = None,
    text: str = "",
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[MotionLine]:
    """The motions `actor` may know of, newest first; `text` is looked for in code, title and the deal's own words."""
    statement = select(Motion).where(visible_to(actor))
    if text:
        about = select(Deal.id).where(says(text))
        named = col(Motion.code).icontains(text, autoescape=True)
        titled = col(Motion.title).icontains(text, autoescape=True)
        statement = statement.where(named | titled | col(Motion.deal_id).in_(about))
    if deal_id is not None:
        statement = statement.where(Motion.deal_id == deal_id)
    if state is not None:
        statement = statement.where(Motion.state == state)
    key = col(Motion.id)
    return keyset(tx, statement, key, after=after, limit=limit, sheet=line, newest_first=True)


def motion_sheet(tx: Tx, *, actor: Actor, motion_id: int, now: datetime) -> MotionSheet:
    """Everything about one motion that `actor` may see now; a recused seat sees its result, never what it is about."""
    motion = motion_row(tx, actor, motion_id=motion_id)
    on = day_in_beijing(motion.closed_at or now)
    seated = standings(tx, motion=motion, on=on)
    mine = next((one for one in seated if one.seat.user_id == actor.user_id), None)
    is_out = mine is not None and mine.is_recused
    decision = _decision_row(tx, motion)
    return MotionSheet(
        line=line(motion),
        proposal="" if is_out else motion.proposal,
        amount=None if is_out else motion.amount,
        currency=motion.currency,
        round=motion.round,
        papers_hash=motion.papers_hash,
        papers=papers(tx, motion=motion) if _reads(actor, mine) else (),
        policy=policy_of(tx, motion=motion, on=on),
        seats=tuple(seat_line(one) for one in seated),
        mine=seat_line(mine) if mine else None,
        ballot=_own_ballot(tx, motion, mine),
        opened_at=motion.opened_at,
        closed_at=motion.closed_at,
        decision=decision_sheet(decision, tells_amount=not is_out) if decision else None,
        conditions=() if is_out else tuple(conditions(tx, motion_id=motion.key)),
        mandates=as_kept(motion.mandates, actor) if _reads(actor, mine) else (),
        minutes_sha256=motion.minutes_sha256,
    )


def papers_for(tx: Tx, *, actor: Actor, motion_id: int, now: datetime) -> tuple[Paper, ...]:
    """The papers of a motion, for reading.

    Those who run or audit the fund and hold no seat read them; a seat reads them once it has declared, unless it
    is recused (Recused, NotDeclared); nobody else does (NotSeated).
    """
    motion = motion_row(tx, actor, motion_id=motion_id)
    mine = own_standing(tx, actor, motion=motion, now=now)
    if mine is None and actor.reach != "all":
        raise NotSeated(seat=actor.name)
    if mine is not None:
        check_may_read(motion.code, mine.standing)
    return papers(tx, motion=motion)


def read_paper(tx: Tx, *, actor: Actor, motion_id: int, sha256: str, now: datetime) -> Blob:
    """One of the motion's papers itself, for those who may read them (see `papers_for`)."""
    pinned = papers_for(tx, actor=actor, motion_id=motion_id, now=now)
    if sha256 not in {paper.sha256 for paper in pinned}:
        raise PaperUnknown
    return get(tx, sha256=sha256)


def papers(tx: Tx, *, motion: Motion) -> tuple[Paper, ...]:
    """The papers of the motion's present round, in order."""
    statement = select(MotionPaper).where(
        MotionPaper.motion_id == motion.key, MotionPaper.round == motion.round
    )
    rows = tx.exec(statement.order_by(col(MotionPaper.position)))
    return tuple(Paper(row.title, row.sha256) for row in rows)


def own_standing(tx: Tx, actor: Actor, *, motion: Motion, now: datetime) -> SeatStanding | None:
    """Where the actor's own seat stands in the motion; None without a seat."""
    if actor.user_id is None:
        return None
    mine = standings(tx, motion=motion, on=day_in_beijing(now), user_id=actor.user_id)
    return mine[0] if mine else None


def check_not_out(tx: Tx, actor: Actor, *, motion: Motion) -> None:
    """Refuse what was said and voted in a motion to a seat that was recused from it (Recused)."""
    assert motion.closed_at is not None
    mine = own_standing(tx, actor, motion=motion, now=motion.closed_at)
    if mine is not None and mine.is_recused:
        raise Recused(seat=mine.seat.code, motion=motion.code)


def own_ballot(tx: Tx, *, motion: Motion, seat_id: int) -> Ballot | None:
    """The last ballot that a seat cast in the present round; readable by its caster until the close."""
    statement = (
        select(Ballot)
        .where(Ballot.motion_id == motion.key, Ballot.round == motion.round, Ballot.seat_id == seat_id)
        .order_by(col(Ballot.id).desc())
    )
    return tx.exec(statement.limit(1)).one_or_none()


def conditions(tx: Tx, *, motion_id: int | None = None, deal_id: int | None = None) -> list[ConditionSheet]:
    """The conditions of one motion or of all of a deal's approvals, in order."""
    statement = select(Condition, CommitteeSeat.code).join(
        CommitteeSeat, col(CommitteeSeat.id) == Condition.seat_id
    )
    if motion_id is not None:
        statement = statement.where(Condition.motion_id == motion_id)
    if deal_id is not None:
        statement = statement.where(Condition.deal_id == deal_id)
    rows = tx.exec(statement.order_by(col(Condition.id)))
    return [ConditionSheet(row.key, row.deal_id, row.number, seat, row.says) for row, seat in rows]


def decision(tx: Tx, *, motion_id: int) -> DecisionSheet:
    """How the vote on a motion ended; refused while it has not (NotDecided)."""
    row = tx.exec(select(Decision).where(Decision.motion_id == motion_id)).one_or_none()
    if row is None:
        raise NotDecided
    return decision_sheet(row)


def papers_unchanged(tx: Tx, *, decided: DecisionSheet) -> bool:
    """Whether the papers that were voted on are still the motion's, byte for byte."""
    motion = tx.get_one(Motion, decided.motion_id)
    hashes = [get(tx, sha256=paper.sha256).sha256 for paper in papers(tx, motion=motion)]
    return motion.round == decided.round and papers_hash(hashes) == decided.papers_hash


def last_approval(tx: Tx, *, deal_id: int) -> DecisionSheet | None:
    """The newest approval of a deal, lapsed or not."""
    statement = (
        select(Decision)
        .where(Decision.deal_id == deal_id, col(Decision.verdict).in_(APPROVALS))
        .order_by(col(Decision.id).desc())
    )
    row = tx.exec(statement.limit(1)).one_or_none()
    return decision_sheet(row) if row else None


def company_voted_on(tx: Tx, *, decided: DecisionSheet) -> int | None:
    """The company, as a party, that a decision was about."""
    return tx.get_one(Motion, decided.motion_id).company_id


def approval(tx: Tx, *, deal_id: int, as_of: date) -> DecisionSheet | None:
    """The newest approval of a deal, if it still holds on `as_of`."""
    found = last_approval(tx, deal_id=deal_id)
    return None if found is None or has_lapsed(found.expires_on, as_of) else found


def decided_policy(tx: Tx, *, motion_id: int) -> PolicySheet:
    """The policy a decided motion was counted under."""
    decided = decision(tx, motion_id=motion_id)
    row = tx.get_one(Decision, decided.id)
    return policy_sheet(tx.get_one(CommitteePolicy, row.policy_id))


def due(tx: Tx, *, now: datetime) -> list[int]:
    """The open motions whose deadline has passed: what the timer has closed."""
    statement = select(Motion.id).where(Motion.state == MotionState.OPEN, col(Motion.closes_at) <= now)
    return [key for key in tx.exec(statement.order_by(col(Motion.id))) if key is not None]


def lapsed(tx: Tx, *, on: date) -> list[int]:
    """The motions whose approval was not carried out by its last day: what the timer marks as lapsed."""
    statement = (
        select(Motion.id)
        .join(Decision, col(Decision.motion_id) == Motion.id)
        .where(col(Motion.state).in_({MotionState.COUNTED, MotionState.MINUTED}))
        .where(col(Motion.matter).in_(CARRIED_OUT), col(Decision.verdict).in_(APPROVALS))
        .where(col(Decision.expires_on) < on)
    )
    return [key for key in tx.exec(statement.order_by(col(Motion.id))) if key is not None]


def waiting(tx: Tx, *, actor: Actor, now: datetime) -> list[Waiting]:
    """What the committee waits for from `actor`, the nearest deadline first."""
    statement = select(Motion).where(visible_to(actor), col(Motion.state).in_(DECLARABLE))
    asked = []
    for motion in tx.exec(statement.order_by(col(Motion.closes_at).asc().nulls_last(), col(Motion.id))):
        mine = own_standing(tx, actor, motion=motion, now=now)
        asks = _asks(tx, motion, mine, now) if mine else ""
        if asks:
            asked.append(Waiting(line(motion), asks))
    return asked


def _asks(tx: Tx, motion: Motion, mine: SeatStanding, now: datetime) -> str:
    if mine.is_recused or mine.is_suspended:
        return ""
    if not mine.is_declared:
        return "declare"
    is_open = motion.state == MotionState.OPEN and motion.closes_at is not None and now < motion.closes_at
    if not is_open or not mine.seat.has_vote:
        return ""
    return "read" if own_ballot(tx, motion=motion, seat_id=mine.seat.id) else "vote"


def _reads(actor: Actor, mine: SeatStanding | None) -> bool:
    if mine is None:
        return actor.reach == "all"
    return mine.is_declared and not (mine.is_recused or mine.is_suspended)


def _own_ballot(tx: Tx, motion: Motion, mine: SeatStanding | None) -> BallotSheet | None:
    row = own_ballot(tx, motion=motion, seat_id=mine.seat.id) if mine else None
    return ballot_sheet(row) if row else None


def _decision_row(tx: Tx, motion: Motion) -> Decision | None:
    if motion.state not in UNSEALED:
        return None
    return tx.exec(select(Decision).where(Decision.motion_id == motion.key)).one_or_none()
