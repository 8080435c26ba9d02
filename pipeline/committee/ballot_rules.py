"""Casting a ballot and closing the vote: what may happen when, and to whom.

Pure, like `rules.py`. No refusal here tells how anybody voted or how many ballots there are.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kernel.errors import Conflict, Forbidden, Invalid
from pipeline.committee.motion_rules import BEFORE_OPENING, Capacity, MotionState, check_state
from pipeline.committee.rules import Choice, NotSeated, VetoWithoutRight
from pipeline.deals.moves import check_reason


class NotDeclared(Conflict):
    code = "not_declared"
    says = "Declare your conflicts of interest in motion {motion}, or that you have none, first."


class Recused(Forbidden):
    code = "recused"
    says = "Seat {seat} is recused from motion {motion}: it neither reads the papers nor votes."


class Suspended(Forbidden):
    code = "seat_suspended"
    says = "Seat {seat} is suspended in motion {motion}: its holder has left, and no ballot is cast by it."


class ObserverCannotVote(Forbidden):
    code = "observer_cannot_vote"
    says = "Seat {seat} is an observer's; it has no vote."


class VotingNotOpen(Conflict):
    code = "voting_not_open"
    says = "Voting on motion {motion} has not been opened."


class VotingClosed(Conflict):
    code = "voting_closed"
    says = "Voting on motion {motion} closed at {closed_at}."


class VotingStillOpen(Conflict):
    code = "voting_still_open"
    says = "Voting on motion {motion} is open until {closes_at} and this policy allows no earlier close."


class StalePapers(Conflict):
    code = "stale_papers"
    says = "The papers of motion {motion} have changed; read them again and vote on the present ones."


class ConditionsMissing(Invalid):
    code = "conditions_missing"
    says = "A yes with conditions states at least one condition."


class ConditionsNotAsked(Invalid):
    code = "conditions_not_asked"
    says = "Conditions belong to a yes with conditions, not to {choice}."


@dataclass(frozen=True)
class Poll:
    """What a ballot is measured against: the motion as it stands now, and who may veto in it."""

    motion: str
    state: MotionState
    papers_hash: str | None
    closes_at: datetime | None
    veto: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Standing:
    """Where one seat stands in one motion."""

    seat: str
    capacity: Capacity
    declared: bool
    recused: bool
    suspended: bool = False


@dataclass(frozen=True)
class BallotPaper:
    """A ballot as its caster hands it in; `reason` is needed for a veto and for a change."""

    choice: Choice
    conditions: tuple[str, ...] = ()
    reason: str = ""
    papers_hash: str = ""

    def is_same(self, other: "BallotPaper | None") -> bool:
        """Whether the other ballot says the same; the reason for a change is not what it says."""
        return other is not None and (self.choice, self.conditions) == (other.choice, other.conditions)


def commitment(*, motion: str, seat: str, choice: Choice, nonce: str) -> str:
    """What the audit trail learns when a ballot is cast: SHA-256 of "motion|seat|choice|nonce"."""
    return hashlib.sha256(f"{motion}|{seat}|{choice}|{nonce}".encode()).hexdigest()


def electorate(seats: Iterable[tuple[str, int, str, int | None]]) -> str:
    """One fingerprint for who may vote: SHA-256 over "code|user|capacity|party" of each seat by code, one a line."""
    lines = [f"{code}|{user}|{capacity}|{party or ''}" for code, user, capacity, party in sorted(seats)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def check_may_read(motion: str, standing: Standing) -> None:
    """Refuse the papers to a seat that has not declared, is recused or is suspended."""
    if standing.recused:
        raise Recused(seat=standing.seat, motion=motion)
    if standing.suspended:
        raise Suspended(seat=standing.seat, motion=motion)
    if not standing.declared:
        raise NotDeclared(motion=motion)


def check_ballot(
    poll: Poll,
    standing: Standing | None,
    ballot: BallotPaper,
    previous: BallotPaper | None,
    *,
    voter: str,
    now: datetime,
) -> None:
    """Refuse a ballot that may not be cast now by this seat, or that is not complete.

    `previous` is the same seat's earlier ballot in this round; another ballot replaces it and needs a reason.
    A ballot is late by `now`, the server's time, whether or not anybody has closed the motion yet.
    """
    if standing is None:
        raise NotSeated(seat=voter)
    if standing.capacity == Capacity.OBSERVER:
        raise ObserverCannotVote(seat=standing.seat)
    check_voting_time(poll, now)
    check_may_read(poll.motion, standing)
    if ballot.papers_hash != poll.papers_hash:
        raise StalePapers(motion=poll.motion)
    if ballot.choice == Choice.VETO and standing.seat not in poll.veto:
        raise VetoWithoutRight(seat=standing.seat)
    _check_complete(ballot, previous)


def check_voting_time(poll: Poll, now: datetime) -> None:
    """Refuse a vote before opening and from the deadline on."""
    if poll.state in BEFORE_OPENING or poll.closes_at is None:
        raise VotingNotOpen(motion=poll.motion)
    if poll.state != MotionState.OPEN or now >= poll.closes_at:
        raise VotingClosed(motion=poll.motion, closed_at=poll.closes_at.isoformat())


def _check_complete(ballot: BallotPaper, previous: BallotPaper | None) -> None:
    told = bool(ballot.conditions) and all(text.strip() for text in ballot.conditions)
    if ballot.choice == Choice.CONDITIONS and not told:
        raise ConditionsMissing
    if ballot.choice != Choice.CONDITIONS and ballot.conditions:
        raise ConditionsNotAsked(choice=ballot.choice)
    if ballot.choice == Choice.VETO:
        check_reason("a veto", ballot.reason)
    if previous is not None and not ballot.is_same(previous):
        check_reason("changing a ballot", ballot.reason)


def check_close(poll: Poll, *, early: bool, early_allowed: bool, now: datetime) -> None:
    """Refuse to close before the deadline, except on purpose under a policy that allows it."""
    check_state(poll.motion, poll.state, {MotionState.OPEN}, "be closed")
    assert poll.closes_at is not None
    if now < poll.closes_at and not (early and early_allowed):
        raise VotingStillOpen(motion=poll.motion, closes_at=poll.closes_at.isoformat())
