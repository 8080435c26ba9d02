"""A fund's valuation policy as data: which techniques at which stage, how old a mark may be, who approves, and which
committee answers each file first.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import TypeAdapter

from fund.holdings.mark_rules import Technique
from kernel.errors import Invalid, NotFound

LONGEST_DAYS = 3660


class PolicyInvalid(Invalid):
    code = "valuation_policy_invalid"
    says = "The valuation policy cannot be: {why}."


class PolicyUnknown(NotFound):
    code = "valuation_policy_unknown"
    says = "The fund has no valuation policy on {on}."


@dataclass(frozen=True)
class Policy:
    """What a fund has laid down for its marks.

    techniques: by stage, as its companies are labelled; a stage that is not named may use all. stale_days: a mark
    older than that is stale. milestone_days: a milestone counts as missed that many days after it was due.
    rounding: how far a mark may be from what its techniques give, as a part of the value. file_from: from that value
    on (minor units) a mark needs a full file; None: only the company of an interested partner does. approvers:
    sign-in names; nobody named: every manager. committee: sign-in names of the members who answer each file before
    its mark can be put in force; nobody named: there is no committee. quorum: which part of the members who are not
    recused must have answered; threshold: which part of them must approve.
    """

    stale_days: int = 100
    milestone_days: int = 30
    rounding: Fraction = Fraction(1, 100)
    file_from: int | None = None
    needs_minute: bool = True
    approvers: tuple[str, ...] = ()
    techniques: dict[str, tuple[Technique, ...]] = field(default_factory=dict)
    committee: tuple[str, ...] = ()
    quorum: Fraction = Fraction(1, 2)
    threshold: Fraction = Fraction(2, 3)

    def allowed(self, stage: str) -> frozenset[Technique]:
        """What may be used for a company at that stage."""
        return frozenset(self.techniques.get(stage, tuple(Technique)))


@dataclass(frozen=True)
class PolicySheet:
    """One version of a fund's policy: from which day it holds, when and by whom it was written down."""

    id: int
    number: int
    effective_on: date
    policy: Policy
    note: str
    recorded_by: str
    recorded_at: datetime


def check_policy(policy: Policy) -> None:
    """Refuse days or amounts that cannot be, and a stage without any technique."""
    for days in (policy.stale_days, policy.milestone_days):
        if not 0 <= days <= LONGEST_DAYS:
            raise PolicyInvalid(why="days lie between 0 and 3660")
    if not 0 <= policy.rounding < 1:
        raise PolicyInvalid(why="rounding is a part of the value, below 100 %")
    if policy.file_from is not None and policy.file_from < 0:
        raise PolicyInvalid(why="the amount from which a file is needed is not negative")
    if not (0 < policy.quorum <= 1 and 0 < policy.threshold <= 1):
        raise PolicyInvalid(why="quorum and majority are parts of the committee, above 0 and up to 100 %")
    if len(set(policy.committee)) != len(policy.committee):
        raise PolicyInvalid(why="a member of the committee is named once")
    for stage, techniques in policy.techniques.items():
        if not stage.strip() or not techniques:
            raise PolicyInvalid(why="a stage has a name and at least one technique")


class FileReason(StrEnum):
    """Why a mark needs a full valuation file."""

    INTERESTED_PARTNER = "interested_partner"
    AMOUNT = "amount"


def why_file_needed(policy: Policy | None, *, value: int, interested: bool) -> FileReason | None:
    """Why a mark needs a full valuation file; None: the quick mark will do."""
    if policy is None:
        return None
    if interested:
        return FileReason.INTERESTED_PARTNER
    if policy.file_from is not None and value >= policy.file_from:
        return FileReason.AMOUNT
    return None


_FORM: TypeAdapter[Policy] = TypeAdapter(Policy)


def plain(policy: Policy) -> dict[str, Any]:
    """The policy as plain JSON."""
    said: dict[str, Any] = _FORM.dump_python(policy, mode="json")
    return said


def read(said: dict[str, Any]) -> Policy:
    """The policy that `plain` wrote down."""
    return _FORM.validate_python(said)
