"""What the committee's queries answer with: frozen sheets, and how rows become them."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.parties.conflict_rules import Conflicted
from pipeline.committee.ballot_rules import BallotPaper
from pipeline.committee.mandates import MandateLine
from pipeline.committee.models import Ballot, Decision, Motion
from pipeline.committee.motion_rules import Matter, MotionState, Paper, Source
from pipeline.committee.rules import Choice, Outcome, Verdict
from pipeline.committee.standing import PolicySheet, SeatSheet, SeatStanding


@dataclass(frozen=True)
class BallotSheet:
    """One's own ballot as it stands now."""

    choice: Choice
    conditions: tuple[str, ...]
    reason: str
    papers_hash: str
    commitment: str
    cast_at: datetime


@dataclass(frozen=True)
class ConditionSheet:
    """A condition of an approval, and whose ballot asked for it."""

    id: int
    deal_id: int
    number: int
    seat: str
    says: str


@dataclass(frozen=True)
class DecisionSheet:
    """How a vote ended. `amount` (minor units) is the most it commits; `expires_on` its last day."""

    id: int
    motion_id: int
    deal_id: int
    round: int
    papers_hash: str
    outcome: Outcome
    amount: int | None
    decided_at: datetime
    expires_on: date | None


@dataclass(frozen=True)
class MotionLine:
    """A motion in a list; `verdict` only once it is counted."""

    id: int
    code: str
    deal_id: int
    matter: Matter
    title: str
    state: MotionState
    closes_at: datetime | None
    verdict: Verdict | None


@dataclass(frozen=True)
class SeatLine:
    """A seat in a motion as everybody on the committee sees it."""

    seat: SeatSheet
    is_declared: bool
    is_recused: bool
    conflicts: tuple[tuple[Source, Conflicted], ...]
    suspension: str = ""

    @property
    def is_suspended(self) -> bool:
        """Whether its holder has left, for the reason that `suspension` tells."""
        return bool(self.suspension)


@dataclass(frozen=True)
class MotionSheet:
    """A motion as one reader sees it: papers only where they may be read, and only the reader's own ballot."""

    line: MotionLine
    proposal: str
    amount: int | None
    currency: str
    round: int
    papers_hash: str | None
    papers: tuple[Paper, ...]
    policy: PolicySheet
    seats: tuple[SeatLine, ...]
    mine: SeatLine | None
    ballot: BallotSheet | None
    opened_at: datetime | None
    closed_at: datetime | None
    decision: DecisionSheet | None
    conditions: tuple[ConditionSheet, ...]
    mandates: tuple[MandateLine, ...]
    minutes_sha256: str | None


@dataclass(frozen=True)
class Waiting:
    """What a motion waits for from one member: "declare", "vote", or "read" when a vote has been cast."""

    motion: MotionLine
    asks: str


def ballot_paper(row: Ballot) -> BallotPaper:
    """A ballot's row as the rules take it."""
    return BallotPaper(row.choice, tuple(row.conditions), row.reason, row.papers_hash)


def ballot_sheet(row: Ballot) -> BallotSheet:
    """A ballot's row as its caster sees it."""
    return BallotSheet(
        row.choice, tuple(row.conditions), row.reason, row.papers_hash, row.commitment, row.cast_at
    )


def line(row: Motion) -> MotionLine:
    """A motion's row in a list."""
    return MotionLine(
        row.key, row.code, row.deal_id, row.matter, row.title, row.state, row.closes_at, row.verdict
    )


def seat_line(one: SeatStanding) -> SeatLine:
    """A seat's standing as everybody sees it."""
    return SeatLine(one.seat, one.is_declared, one.is_recused, one.recusals, one.suspension)


def seat_facts(one: SeatLine | SeatStanding) -> dict[str, object]:
    """What may be told of a seat before the close: who holds it and where it stands, never how it votes."""
    seat = {name: getattr(one.seat, name) for name in ("code", "name", "capacity", "is_chair")}
    where = {name: getattr(one, name) for name in ("is_declared", "is_recused", "is_suspended")}
    return seat | where


def decision_sheet(row: Decision, *, tells_amount: bool = True) -> DecisionSheet:
    """A decision's row with its outcome, and with its amount unless the reader is recused."""
    outcome = Outcome(
        row.verdict, row.eligible, row.needed, row.yes, row.no, row.abstain, row.present, row.quorum
    )
    return DecisionSheet(
        row.key,
        row.motion_id,
        row.deal_id,
        row.round,
        row.papers_hash,
        outcome,
        row.amount if tells_amount else None,
        row.decided_at,
        row.expires_on,
    )
