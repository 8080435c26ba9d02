"""How the committee decides: the policy, the count, and who may cast which ballot.

The count is exact. A threshold is a fraction (2/3, never 0.667) and "at least t of n" means ceil(t x n) votes,
so a threshold of 1/2 is met by a tie; a fund that wants more than half says so with a larger fraction.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Literal, TypeVar

from kernel.errors import Forbidden, Invalid

S = TypeVar("S", bound=Hashable)


class Basis(StrEnum):
    """What the threshold is a fraction of."""

    ELIGIBLE = "eligible"
    PRESENT = "present"
    CAST = "cast"


class Choice(StrEnum):
    """What a ballot says. `conditions` is a yes with conditions; `veto` is also a no."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    CONDITIONS = "conditions"
    VETO = "veto"


class Verdict(StrEnum):
    """How a vote ends."""

    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    REJECTED = "rejected"
    INQUORATE = "inquorate"
    VETOED = "vetoed"
    ESCALATED = "escalated"


APPROVALS = frozenset({Verdict.APPROVED, Verdict.APPROVED_WITH_CONDITIONS})


class PolicyInvalid(Invalid):
    code = "policy_invalid"
    says = "The voting policy cannot stand: {why}."


class BallotUnknown(Invalid):
    code = "ballot_unknown"
    says = "A ballot says yes, no, abstain, conditions or veto, not {choice}."


class NotSeated(Forbidden):
    code = "not_seated"
    says = "{seat} holds no voting seat for this motion."


class VetoWithoutRight(Forbidden):
    code = "veto_without_right"
    says = "Seat {seat} has no right of veto under this policy; vote no instead."


@dataclass(frozen=True)
class Policy:
    """The rules one vote runs under.

    `threshold` in (0, 1] of `basis`; `quorum` in [0, 1] of the eligible seats, never fewer than
    `quorum_floor`; fewer than `floor` eligible seats cannot decide at all; `mandatory` seats must be present;
    `veto` seats may veto; with basis 'cast', at least `minimum_cast` yes and no votes. Whatever the numbers say,
    nobody never decides: see `decide`. Refused: anything else (PolicyInvalid).
    """

    threshold: Fraction
    basis: Basis | Literal["eligible", "present", "cast"]
    quorum: Fraction
    quorum_floor: int
    floor: int
    mandatory: frozenset[Hashable] = frozenset()
    veto: frozenset[Hashable] = frozenset()
    minimum_cast: int = 0

    def __post_init__(self) -> None:
        if not all(isinstance(share, Fraction | int) for share in (self.threshold, self.quorum)):
            raise PolicyInvalid(why="threshold and quorum are exact fractions such as 2/3, not decimals")
        if not 0 < self.threshold <= 1:
            raise PolicyInvalid(why="the threshold lies above 0 and is at most 1")
        if not 0 <= self.quorum <= 1:
            raise PolicyInvalid(why="the quorum lies between 0 and 1")
        if self.basis not in list(Basis):
            raise PolicyInvalid(why="the basis is eligible, present or cast")
        if min(self.quorum_floor, self.floor, self.minimum_cast) < 0:
            raise PolicyInvalid(why="a number of seats or votes is never negative")


@dataclass(frozen=True)
class Outcome:
    """A counted vote: seats and votes are numbers; `no` includes vetoes, `yes` includes conditional votes."""

    state: Verdict
    eligible: int
    needed: int
    yes: int
    no: int
    abstain: int
    present: int
    quorum: int

    @property
    def approves(self) -> bool:
        """Whether the matter may go ahead, be it under conditions."""
        return self.state in APPROVALS


def decide(
    policy: Policy, seats: Collection[S], recused: Collection[S], ballots: Mapping[S, Choice | str]
) -> Outcome:
    """Count `ballots` (one per seat) under `policy`.

    `seats` are the active voting seats. Ballots of recused seats do not exist. The tests come in this order:
    too few eligible (nobody always is) or a mandatory seat recused -> escalated; too few present (nobody always
    is) or a mandatory seat absent -> inquorate; a veto -> vetoed; then the threshold, of one yes at least.
    Refused before counting: an unknown ballot (BallotUnknown), a ballot without a seat (NotSeated), a veto
    without that right (VetoWithoutRight).
    """
    away = frozenset(recused)
    eligible = frozenset(seats) - away
    valid = {seat: read_choice(ballot) for seat, ballot in ballots.items() if seat not in away}
    _refuse_uncountable(policy, eligible, valid)
    votes = Counter(valid.values())
    yes = votes[Choice.YES] + votes[Choice.CONDITIONS]
    no = votes[Choice.NO] + votes[Choice.VETO]
    return Outcome(
        state=_verdict(policy, eligible, away, valid),
        eligible=len(eligible),
        needed=_needed(policy, len(eligible), len(valid), yes + no),
        yes=yes,
        no=no,
        abstain=votes[Choice.ABSTAIN],
        present=len(valid),
        quorum=quorum_of(policy, len(eligible)),
    )


def quorum_of(policy: Policy, eligible: int) -> int:
    """How many of `eligible` seats must be present: max(quorum_floor, ceil(quorum x eligible))."""
    return max(policy.quorum_floor, ceil(policy.quorum * eligible))


def read_choice(ballot: Choice | str) -> Choice:
    """What a ballot says; refused when it says anything else (BallotUnknown)."""
    if ballot not in list(Choice):
        raise BallotUnknown(choice=ballot)
    return Choice(ballot)


def _refuse_uncountable(policy: Policy, eligible: frozenset[S], ballots: Mapping[S, Choice]) -> None:
    for seat, choice in ballots.items():
        if seat not in eligible:
            raise NotSeated(seat=seat)
        if choice is Choice.VETO and seat not in policy.veto:
            raise VetoWithoutRight(seat=seat)


def _verdict(
    policy: Policy, eligible: frozenset[S], recused: frozenset[S], ballots: Mapping[S, Choice]
) -> Verdict:
    if len(eligible) < max(policy.floor, 1) or policy.mandatory & recused:
        return Verdict.ESCALATED
    if len(ballots) < max(quorum_of(policy, len(eligible)), 1) or policy.mandatory - ballots.keys():
        return Verdict.INQUORATE
    if Choice.VETO in ballots.values():
        return Verdict.VETOED
    if not _carried(policy, len(eligible), Counter(ballots.values())):
        return Verdict.REJECTED
    conditional = Choice.CONDITIONS in ballots.values()
    return Verdict.APPROVED_WITH_CONDITIONS if conditional else Verdict.APPROVED


def _carried(policy: Policy, eligible: int, votes: Counter[Choice]) -> bool:
    yes = votes[Choice.YES] + votes[Choice.CONDITIONS]
    cast = yes + votes[Choice.NO]
    if policy.basis == Basis.CAST and cast < _least_cast(policy):
        return False
    return yes >= _needed(policy, eligible, votes.total(), cast)


def _least_cast(policy: Policy) -> int:
    return max(policy.minimum_cast, 1)


def _needed(policy: Policy, eligible: int, present: int, cast: int) -> int:
    """How many yes votes carry the motion, never none; of votes cast, at least the minimum that must be cast."""
    if policy.basis == Basis.ELIGIBLE:
        return max(1, ceil(policy.threshold * eligible))
    if policy.basis == Basis.PRESENT:
        return max(1, ceil(policy.threshold * present))
    return ceil(policy.threshold * max(cast, _least_cast(policy)))
