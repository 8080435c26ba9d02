"""The shapes of motions, ballots and decisions in requests and answers."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.mandate_lines import MandateLineOut
from app.api.schemas import (
    Body,
    FractionField,
    MoneyField,
    MoneyIn,
    Out,
    example,
)
from fund.parties.conflict_rules import ConflictKind
from pipeline.committee.motion_rules import Matter, MotionState
from pipeline.committee.rules import Basis, Choice, Verdict

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]


class MotionLineOut(Out):
    """A motion in a list; `verdict` only once it is counted."""

    id: int
    code: str
    deal_id: int
    matter: Matter
    title: str
    state: MotionState
    closes_at: datetime | None
    verdict: Verdict | None


class PaperOut(Out):
    """A paper, named by what it holds."""

    title: str
    sha256: str


class SeatOut(Out):
    """A seat and where it stands in this motion; how it votes is nobody's business before the close."""

    code: str
    name: str
    capacity: str
    is_chair: bool
    is_declared: bool
    is_recused: bool
    is_suspended: bool


class OutcomeOut(Out):
    """The count: how many were eligible, needed and cast."""

    state: Verdict
    eligible: int
    present: int
    quorum: int
    needed: int
    yes: int
    no: int
    abstain: int


class DecisionOut(Out):
    """How the vote ended; `amount` is the most it commits and `expires_on` its last day."""

    papers_hash: str
    outcome: OutcomeOut
    decided_at: datetime
    expires_on: date | None


class BallotOut(Out):
    """One's own ballot. `commitment` is what the audit trail holds of it while it is sealed."""

    choice: Choice
    conditions: list[str]
    reason: str
    papers_hash: str
    commitment: str
    cast_at: datetime


class ConditionOut(Out):
    """A condition of an approval; money flows only once it is satisfied."""

    id: int
    number: int
    seat: str
    says: str


class PolicyOut(Out):
    """The rule of the count in force for this motion; the threshold is an exact fraction."""

    version: int
    effective_on: date
    threshold: FractionField
    basis: Basis
    quorum: FractionField
    quorum_floor: int
    floor: int


class MotionOut(MotionLineOut):
    """A motion as the actor may see it: papers where they may be read, and only one's own ballot."""

    proposal: str
    amount: MoneyField | None
    round: int
    papers_hash: str | None
    papers: list[PaperOut]
    policy: PolicyOut
    seats: list[SeatOut]
    ballot: BallotOut | None
    opened_at: datetime | None
    closed_at: datetime | None
    decision: DecisionOut | None
    conditions: list[ConditionOut]
    mandates: Annotated[
        list[MandateLineOut], Field(description="What partners' mandates said when the papers were locked")
    ]


class MotionIn(Body):
    """A motion on a deal; `amount` is the most an approval commits (the deal's when left out)."""

    deal: Annotated[str, Field(max_length=16, examples=["D26-012"])]
    matter: Matter = Matter.NEW_DEAL
    title: Annotated[str, Field(min_length=1, max_length=200)]
    proposal: Annotated[str, Field(max_length=4000)] = ""
    amount: MoneyIn | None = None


class PaperIn(Body):
    """A paper already uploaded, named by what it holds."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    sha256: Hash


class PapersIn(Body):
    """The papers in their order."""

    model_config = example(
        papers=[
            {
                "title": "投资建议书",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }
        ]
    )

    papers: Annotated[list[PaperIn], Field(min_length=1, max_length=100)]


class OtherPapersIn(PapersIn):
    """Other papers in the place of the locked ones, and why; a vote that is open begins again."""

    model_config = example(
        papers=[
            {
                "title": "投资建议书（修订）",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }
        ],
        reason="财务预测更正",
    )

    reason: Annotated[str, Field(min_length=1, max_length=400)]


class OpenIn(Body):
    """When voting ends; the policy's window when left out."""

    model_config = example(closes_at="2026-10-12T09:00:00Z")

    closes_at: AwareDatetime | None = None


class CloseIn(Body):
    """`early` closes before the deadline, where the policy allows it."""

    model_config = example(early=False)

    early: bool = False


class ConflictIn(Body):
    """What the member, or the member's organisation, is to the company."""

    kind: ConflictKind
    statement: Annotated[str, Field(min_length=1, max_length=1000)]


class DeclarationIn(Body):
    """One's conflicts of interest; an empty list declares that there is none."""

    model_config = example(conflicts=[{"kind": "customer", "statement": "本单位为其客户"}])

    conflicts: Annotated[list[ConflictIn], Field(max_length=20)] = []


class StandingOut(Out):
    """Where one's seat stands after declaring."""

    is_declared: bool
    is_recused: bool


class SuspensionIn(Body):
    """The seat, by its code, and why it votes no more."""

    model_config = example(seat="LP2", reason="委员已离任，席位自次日起空缺")

    seat: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class BallotIn(Body):
    """A ballot on the papers with `papers_hash`. A change before the close needs a reason."""

    choice: Annotated[Choice, Field(examples=["yes"])]
    papers_hash: Hash
    conditions: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(max_length=20)
    ] = []
    reason: Annotated[str | None, Field(max_length=2000)] = None
