"""Due diligence: when a workstream is done, what stands against a deal, and who may read which document.

Pure. A finding is never changed: each signature makes a further version of it, and the newest one counts.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from kernel.audit.rules import canonical
from kernel.errors import Conflict, Invalid, Problem


class Subject(StrEnum):
    """What a workstream looks into."""

    TECHNOLOGY = "technology"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    MARKET = "market"
    LEGAL = "legal"
    FINANCE = "finance"
    TEAM = "team"
    INDUSTRIAL_TRIAL = "industrial_trial"


class WorkstreamState(StrEnum):
    """Whether a workstream is still being worked on; a concluded one is locked."""

    OPEN = "open"
    CONCLUDED = "concluded"


class Severity(StrEnum):
    """How much a finding weighs; an open critical one blocks the committee."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class FindingState(StrEnum):
    """Whether a finding still stands."""

    OPEN = "open"
    CLOSED = "closed"


class DocumentState(StrEnum):
    """Whether a document is in the data room for others; an outside party's upload waits for acceptance."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Effect(StrEnum):
    """What a grant does."""

    ALLOW = "allow"
    DENY = "deny"


class Access(StrEnum):
    """How an attempt to read a document ended, and why."""

    GRANTED = "granted"
    DENIED = "denied"
    NOT_GRANTED = "not_granted"
    NOT_ACCEPTED = "not_accepted"


# What a finding's first version follows.
UNSIGNED = "0" * 64

# What any investment has to be looked at for; a trial at a plant is asked for deal by deal.
CHECKLISTS: Mapping[Subject, tuple[tuple[str, bool], ...]] = MappingProxyType(
    {
        Subject.TECHNOLOGY: (
            ("Readiness level of every critical element confirmed with evidence", True),
            ("Key experiments repeated or witnessed", True),
            ("Substitutes compared", False),
        ),
        Subject.INTELLECTUAL_PROPERTY: (
            ("Ownership and inventors' shares verified", True),
            ("Freedom to operate searched", True),
            ("Licences and encumbrances listed", False),
        ),
        Subject.MARKET: (
            ("Market capacity estimated from two sources", True),
            ("Customers interviewed", False),
        ),
        Subject.LEGAL: (
            ("Incorporation and cap table verified", True),
            ("Disputes searched", True),
        ),
        Subject.FINANCE: (
            ("Accounts reviewed", True),
            ("Use of funds and runway checked", True),
        ),
        Subject.TEAM: (
            ("Founders' full-time commitment confirmed", True),
            ("References taken", False),
        ),
        Subject.INDUSTRIAL_TRIAL: (
            ("Trial protocol agreed", True),
            ("Trial report signed by the plant", True),
        ),
    }
)


class WorkstreamLocked(Conflict):
    code = "workstream_locked"
    says = "The workstream {workstream} is concluded and locked."


class WorkstreamUnfinished(Conflict):
    code = "workstream_unfinished"
    says = "The workstream {workstream} cannot be concluded yet:"


class DiligenceUnfinished(Conflict):
    code = "diligence_unfinished"
    says = "The diligence of {deal} cannot be concluded yet:"


class FindingInvalid(Invalid):
    code = "finding_invalid"
    says = "A finding says what was found, who owns it and what would close it:"


class FindingUnchanged(Conflict):
    code = "finding_unchanged"
    says = "Version {version} of finding {finding} says the same already."


class ClosingNeedsEvidence(Invalid):
    code = "finding_closing_needs_evidence"
    says = "A major or critical finding is closed with evidence: name at least one document."


@dataclass(frozen=True)
class FindingText:
    """What one version of a finding says; `evidence` are SHA-256s of documents."""

    title: str
    statement: str
    severity: Severity
    state: FindingState
    owner: str
    closes_by: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemFacts:
    """One checklist item: what is to be done, whether it must be, whether it was."""

    says: str
    is_mandatory: bool
    is_done: bool


@dataclass(frozen=True)
class WorkstreamFacts:
    """What the gate needs to know of one workstream."""

    code: str
    subject: Subject
    is_concluded: bool
    open_critical: tuple[str, ...] = ()


def unfinished(items: Sequence[ItemFacts], conclusion: str) -> list[Problem]:
    """Everything that keeps a workstream from being concluded: open mandatory items, no conclusion written."""
    problems = [Problem(item.says, "is mandatory and not done") for item in items if is_missing(item)]
    if not conclusion.strip():
        problems.append(Problem("conclusion", "say in a sentence what the work has shown"))
    return problems


def is_missing(item: ItemFacts) -> bool:
    """Whether a mandatory item is not done."""
    return item.is_mandatory and not item.is_done


def blocking(workstreams: Sequence[WorkstreamFacts]) -> list[Problem]:
    """Everything that keeps a deal from the committee.

    No workstream at all, a workstream that is not concluded, a critical finding that is still open.
    """
    if not workstreams:
        return [Problem("workstreams", "there is no workstream; open at least one")]
    problems = [Problem(one.code, "is not concluded") for one in workstreams if not one.is_concluded]
    for one in workstreams:
        problems += [Problem(finding, "is critical and still open") for finding in one.open_critical]
    return problems


def check_finding(text: FindingText) -> None:
    """Refuse a version that leaves out what was found, who owns it or what would close it."""
    told = {
        "title": text.title,
        "statement": text.statement,
        "owner": text.owner,
        "closes_by": text.closes_by,
    }
    problems = [Problem(where, "is missing") for where, value in told.items() if not value.strip()]
    if problems:
        raise FindingInvalid(problems=problems)
    weighs = text.severity != Severity.MINOR
    if text.state == FindingState.CLOSED and weighs and not text.evidence:
        raise ClosingNeedsEvidence


def is_open_critical(text: FindingText) -> bool:
    """Whether this version blocks the committee."""
    return text.severity == Severity.CRITICAL and text.state == FindingState.OPEN


def signature(finding: str, version: int, text: FindingText, signed_by: str, previous: str) -> str:
    """The fingerprint of a signed version: SHA-256 over what it says, who signed and the version before it."""
    body = {
        "finding": finding,
        "version": version,
        "title": text.title,
        "statement": text.statement,
        "severity": text.severity,
        "state": text.state,
        "owner": text.owner,
        "closes_by": text.closes_by,
        "evidence": list(text.evidence),
        "signed_by": signed_by,
        "previous": previous,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def access(
    effects: Collection[Effect], *, is_staff: bool, is_own: bool, is_own_folder: bool, state: DocumentState
) -> Access:
    """Whether somebody may read a document.

    A denial beats every grant, whatever the reader's position. Otherwise the fund's own people and whoever put
    the document in may read it in any state; other readers only once it is accepted, and only in their own
    workstream's folder or with a grant.
    """
    if Effect.DENY in effects:
        return Access.DENIED
    if is_staff or is_own:
        return Access.GRANTED
    if not is_own_folder and Effect.ALLOW not in effects:
        return Access.NOT_GRANTED
    return Access.GRANTED if state == DocumentState.ACCEPTED else Access.NOT_ACCEPTED
