"""What a deal may do: its stages, the moves between them, and what each stage asks for.

Stage is not status. The stage says how far a proposed investment has come; the status says whether anybody is
working on it. Passing on a deal keeps its stage, so that the funnel still shows where deals end.

Every forward move has at most one gate. A gate belongs to the room that can prove it (screening, diligence,
committee, closing); that room calls `deals.actions.move` with its own gate after the proof.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from kernel.errors import Problem
from pipeline.channel.rules import ChainPosition


class Stage(StrEnum):
    """How far a deal has come, in this order."""

    REGISTERED = "registered"
    SCREENING = "screening"
    PROJECT_APPROVAL = "project_approval"
    DUE_DILIGENCE = "due_diligence"
    COMMITTEE = "committee"
    CLOSING = "closing"
    HELD = "held"
    EXITED = "exited"


class Status(StrEnum):
    """Whether anybody is working on the deal at its stage."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    PASSED = "passed"


class Origin(StrEnum):
    """Where a deal came from: exactly one for each deal, so that the funnel by origin sums to the total."""

    LABORATORY = "laboratory"
    JOINT_INNOVATION_CENTRE = "joint_innovation_centre"
    RESEARCH_CENTRE = "research_centre"
    ALUMNI_FIRM = "alumni_firm"
    LP_CARVE_OUT = "lp_carve_out"
    LP_REFERRAL = "lp_referral"


class PassReason(StrEnum):
    """Why the fund let a deal go."""

    TECHNOLOGY_IMMATURE = "technology_immature"
    RIGHTS_UNCLEAR = "rights_unclear"
    MARKET_TOO_SMALL = "market_too_small"
    NO_INDUSTRIAL_USER = "no_industrial_user"
    TEAM_INCOMPLETE = "team_incomplete"
    PRICE_TOO_HIGH = "price_too_high"
    TERMS_NOT_AGREED = "terms_not_agreed"
    OUTSIDE_MANDATE = "outside_mandate"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    KNOCKED_OUT = "knocked_out"
    DILIGENCE_FINDING = "diligence_finding"
    COMMITTEE_REJECTED = "committee_rejected"
    FOUNDERS_WITHDREW = "founders_withdrew"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Gate(StrEnum):
    """The room that proves a forward move."""

    SCREENING = "screening"
    DILIGENCE = "diligence"
    COMMITTEE = "committee"
    CLOSING = "closing"
    EXIT = "exit"


class Kind(StrEnum):
    """What an entry in a deal's history says."""

    REGISTERED = "registered"
    MOVED = "moved"
    SENT_BACK = "sent_back"
    UNDONE = "undone"
    PUT_ON_HOLD = "put_on_hold"
    PASSED = "passed"
    REACTIVATED = "reactivated"
    EDITED = "edited"
    INTEREST = "interest"
    CONFLICT = "conflict"


class Age(StrEnum):
    """How a deal's days in its stage stand against the stage's limit."""

    FRESH = "fresh"
    SOON = "soon"
    LATE = "late"


ORDER = tuple(Stage)

UNIVERSITY_ORIGINS = frozenset({Origin.LABORATORY, Origin.JOINT_INNOVATION_CENTRE, Origin.RESEARCH_CENTRE})

GATES: Mapping[Stage, Gate] = MappingProxyType(
    {
        Stage.PROJECT_APPROVAL: Gate.SCREENING,
        Stage.DUE_DILIGENCE: Gate.SCREENING,
        Stage.COMMITTEE: Gate.DILIGENCE,
        Stage.CLOSING: Gate.COMMITTEE,
        Stage.HELD: Gate.CLOSING,
        Stage.EXITED: Gate.EXIT,
    }
)

# Days after which a deal has stayed too long; a company that is held may stay.
LIMIT_DAYS: Mapping[Stage, int] = MappingProxyType(
    {
        Stage.REGISTERED: 14,
        Stage.SCREENING: 30,
        Stage.PROJECT_APPROVAL: 21,
        Stage.DUE_DILIGENCE: 90,
        Stage.COMMITTEE: 21,
        Stage.CLOSING: 45,
    }
)


@dataclass(frozen=True)
class DealFacts:
    """What the rules need to know about a deal.

    `score` is the published total of its screening (0..100); `rights_missing` lists by achievement what still
    keeps the university's right from being booked as equity (empty where there is none).
    """

    code: str
    stage: Stage
    status: Status
    origin: Origin
    technology: str = ""
    sector: str = ""
    next_step: str = ""
    next_step_on: date | None = None
    amount: int | None = None
    pre_money: int | None = None
    instrument: str = ""
    chain_position: ChainPosition | None = None
    development_stage: str = ""
    city: str = ""
    owner_id: int | None = None
    spinout_id: int | None = None
    achievement_id: int | None = None
    trl: int | None = None
    score: Fraction | None = None
    rights_missing: tuple[Problem, ...] = ()

    @property
    def is_from_university(self) -> bool:
        """Whether the deal rests on a right that the university owns or owned."""
        return self.origin in UNIVERSITY_ORIGINS


@dataclass(frozen=True)
class Requirement:
    """One thing that must be there before a deal enters a stage."""

    field: str
    says: str
    university_only: bool = False

    def is_met(self, facts: DealFacts) -> bool:
        """Whether `facts` has it; a zero and a blank text count as missing."""
        if self.university_only and not facts.is_from_university:
            return True
        value = getattr(facts, self.field)
        return bool(value.strip()) if isinstance(value, str) else bool(value)


REQUIRED: Mapping[Stage, tuple[Requirement, ...]] = MappingProxyType(
    {
        Stage.SCREENING: (
            Requirement("technology", "say in one line what the technology is"),
            Requirement("sector", "name the sector"),
            Requirement("next_step", "name the next step"),
            Requirement("next_step_on", "give the next step a date"),
        ),
        Stage.PROJECT_APPROVAL: (
            Requirement("amount", "state the amount that is asked for"),
            Requirement("chain_position", "state the position in the industrial chain"),
            Requirement("score", "conclude a screening round, so that there is a score"),
        ),
        Stage.DUE_DILIGENCE: (
            Requirement("owner_id", "name the person who leads the deal"),
            Requirement("spinout_id", "name the company"),
            Requirement("development_stage", "state the company's stage of development"),
            Requirement("city", "name the city"),
        ),
        Stage.COMMITTEE: (
            Requirement("pre_money", "state the pre-money valuation"),
            Requirement("instrument", "state the instrument"),
            Requirement("achievement_id", "name the achievement behind the deal", university_only=True),
            Requirement("trl", "assess the readiness of every critical element", university_only=True),
        ),
    }
)


def possible_moves(stage: Stage) -> tuple[Stage, ...]:
    """Where a deal may go: one stage on, or back to any earlier stage until the fund's money is in."""
    at = ORDER.index(stage)
    back = () if money_is_in(stage) else ORDER[:at]
    return (*back, *ORDER[at + 1 : at + 2])


def is_forward(source: Stage, target: Stage) -> bool:
    """Whether `target` comes after `source`."""
    return ORDER.index(target) > ORDER.index(source)


def money_is_in(stage: Stage) -> bool:
    """Whether the fund has paid for the deal."""
    return stage in {Stage.HELD, Stage.EXITED}


def missing(facts: DealFacts, target: Stage) -> list[Problem]:
    """Everything that is lacking before the deal may enter `target`, what earlier stages ask for included."""
    upto = ORDER[: ORDER.index(target) + 1]
    wanted = [requirement for stage in upto for requirement in REQUIRED.get(stage, ())]
    problems = [Problem(need.field, need.says) for need in wanted if not need.is_met(facts)]
    if target == Stage.HELD and facts.is_from_university:
        problems += facts.rights_missing
    return problems


def days_in_stage(entered_at: datetime, now: datetime) -> int:
    """Whole days since the deal entered its stage; never below zero."""
    return max((now - entered_at).days, 0)


def age(stage: Stage, days: int, limits: Mapping[Stage, int] = LIMIT_DAYS) -> Age:
    """Late past the stage's limit, soon from four fifths of it, fresh before (always, without a limit)."""
    limit = limits.get(stage)
    if limit is None or days * 5 < limit * 4:
        return Age.FRESH
    return Age.LATE if days > limit else Age.SOON
