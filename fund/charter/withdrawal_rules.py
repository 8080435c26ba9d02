"""Whether a version of what was promised, the charter's terms or a side letter, may be withdrawn: before it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kernel.errors import Conflict, Invalid, NotFound, Problem

# So many acts that stand in the way are named.
MOST_NAMED = 5


def _n(says: str) -> str:
    return says


class VersionUnknown(NotFound):
    code = "promise_version_unknown"
    says = "There is no version {version} here."


class FirstVersion(Conflict):
    code = "promise_first_version"
    says = "The fund was opened under its first terms; they are changed by another version, not withdrawn."


class VersionWithdrawn(Conflict):
    code = "promise_withdrawn"
    says = "Version {version} was withdrawn before."


class VersionInForce(Conflict):
    code = "promise_in_force"
    says = "Version {version} has been in force since {effective_on}; it is changed by another version, not withdrawn."


class VersionFollowed(Conflict):
    code = "promise_followed"
    says = "Version {later} was written after version {version}: withdraw that one first."


class VersionUsed(Conflict):
    code = "promise_used"
    says = (
        "What follows was worked out under version {version}: take it back first, then withdraw the version."
    )


class WithdrawalReasonMissing(Invalid):
    code = "promise_withdrawal_reason_missing"
    says = "Say why the version is withdrawn."


USE = _n("{what}, {on}: {undo}")


@dataclass(frozen=True)
class Withdrawn:
    """Why a version that never held was withdrawn, by whom and when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Use:
    """An act worked out under a version: its name, the day on which it takes effect, and how it is taken back."""

    what: str
    on: date
    undo: str


def check_withdrawal(
    *,
    version: int,
    effective_on: date,
    is_withdrawn: bool,
    latest: int,
    today: date,
    used: Sequence[Use],
    reason: str,
) -> None:
    """Refuse to withdraw a version twice, once it holds, before those written after it, while something worked out
    under it stands, or without a reason. `latest` is the last version that is not withdrawn.
    """
    if is_withdrawn:
        raise VersionWithdrawn(version=version)
    if effective_on <= today:
        raise VersionInForce(version=version, effective_on=effective_on)
    if latest > version:
        raise VersionFollowed(version=version, later=latest)
    if not reason.strip():
        raise WithdrawalReasonMissing()
    if used:
        named = [Problem("", USE, vars(one)) for one in used[:MOST_NAMED]]
        raise VersionUsed(problems=named, version=version)
