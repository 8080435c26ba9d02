"""How a valuation committee decides on a file, member by member. Pure.

A member who is recused does not count, neither for the quorum nor for the majority. What counts is the file that holds:
whoever answered an earlier one has not answered this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from fund.parties.conflict_rules import ConflictKind
from kernel.errors import Conflict, Forbidden, Invalid


class Opinion(StrEnum):
    """What a member says to a valuation file."""

    APPROVE = "approve"
    OBJECT = "object"


class CommitteeStanding(StrEnum):
    """Where a file stands with the committee."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    NOBODY = "nobody"


class NotAMember(Forbidden):
    code = "valuation_not_a_member"
    says = "The valuation policy does not name {name} among the members of its committee."


class MemberRecused(Forbidden):
    code = "valuation_member_recused"
    says = "{name} is recused: {why}."


class PreparerRecused(Forbidden):
    code = "valuation_preparer_recused"
    says = "{name} prepared the mark or its file and has no part in the committee's decision on it."


class OpinionGiven(Conflict):
    code = "valuation_opinion_given"
    says = "{name} has answered this file already; a changed file is answered anew."


class OpinionStale(Conflict):
    code = "valuation_opinion_stale"
    says = "The file was changed meanwhile; read file {number} before you answer."


class NoCommittee(Conflict):
    code = "valuation_no_committee"
    says = "The valuation policy of that day has no committee."


class ObjectionUnexplained(Invalid):
    code = "valuation_objection_unexplained"
    says = "Say why you object."


class CommitteeNotAgreed(Conflict):
    code = "valuation_committee_not_agreed"
    says = (
        "The valuation committee has not agreed: {approved} of {eligible} members approve, {needed} are needed;"
        " {answered} have answered, {quorum} must."
    )


@dataclass(frozen=True)
class Outcome:
    """What the answers so far come to; `quorum` and `needed` are numbers of members."""

    standing: CommitteeStanding
    eligible: int
    quorum: int
    needed: int
    approved: int
    objected: int

    @property
    def answered(self) -> int:
        """How many have answered."""
        return self.approved + self.objected


def decide(*, eligible: int, answers: Sequence[Opinion], quorum: Fraction, threshold: Fraction) -> Outcome:
    """Agreed: enough have answered and at least `threshold` of those who may approve. Refused: that is out of reach."""
    approved = sum(one is Opinion.APPROVE for one in answers)
    objected = len(answers) - approved
    present, needed = (max(1, ceil(part * eligible)) for part in (quorum, threshold))
    if not eligible:
        standing = CommitteeStanding.NOBODY
    elif approved >= needed and len(answers) >= present:
        standing = CommitteeStanding.AGREED
    elif eligible - objected < needed:
        standing = CommitteeStanding.REFUSED
    else:
        standing = CommitteeStanding.OPEN
    return Outcome(standing, eligible, present, needed, approved, objected)


def check_may_answer(
    *,
    name: str,
    is_member: bool,
    is_preparer: bool,
    conflicts: Sequence[ConflictKind],
    has_answered: bool,
    read: str,
    sha256: str,
    number: int,
) -> None:
    """Refuse whoever is no member, prepared the file, is recused or has answered, and an answer to another file."""
    if not is_member:
        raise NotAMember(name=name)
    if is_preparer:
        raise PreparerRecused(name=name)
    if conflicts:
        raise MemberRecused(name=name, why=conflicts[0])
    if read != sha256:
        raise OpinionStale(number=number)
    if has_answered:
        raise OpinionGiven(name=name)


def check_reason(opinion: Opinion, *, reason: str) -> None:
    """Refuse an objection without a reason."""
    if opinion is Opinion.OBJECT and not reason.strip():
        raise ObjectionUnexplained()


def check_agreed(outcome: Outcome) -> None:
    """Refuse to put a mark in force on which the committee has not agreed."""
    if outcome.standing is not CommitteeStanding.AGREED:
        raise CommitteeNotAgreed(
            approved=outcome.approved,
            eligible=outcome.eligible,
            needed=outcome.needed,
            answered=outcome.answered,
            quorum=outcome.quorum,
        )
