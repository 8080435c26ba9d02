"""The life of a motion: its states, papers, declarations and deadlines.

Pure, like `rules.py`. Nothing in this room ever says how many ballots there are before the motion is closed.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from fund.parties.conflict_rules import Conflicted
from kernel.errors import Conflict, Forbidden, Invalid, Words
from kernel.instants import day_in_beijing


class MotionState(StrEnum):
    """How far a motion has come, in this order. The verdict of a counted motion stands in its decision."""

    DRAFT = "draft"
    PAPERS_LOCKED = "papers_locked"
    DECLARATIONS = "declarations"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    MINUTED = "minuted"
    EXECUTED = "executed"
    LAPSED = "lapsed"


UNSEALED = frozenset(
    {
        MotionState.CLOSED,
        MotionState.COUNTED,
        MotionState.MINUTED,
        MotionState.EXECUTED,
        MotionState.LAPSED,
    }
)
BEFORE_OPENING = frozenset({MotionState.DRAFT, MotionState.PAPERS_LOCKED, MotionState.DECLARATIONS})
DECLARABLE = frozenset({MotionState.PAPERS_LOCKED, MotionState.DECLARATIONS, MotionState.OPEN})


class Matter(StrEnum):
    """What kind of decision is asked for; each has its own policy."""

    NEW_DEAL = "new_deal"
    FOLLOW_ON = "follow_on"
    RELATED_PARTY = "related_party"
    EXIT = "exit"
    VALUATION = "valuation"
    WRITE_OFF = "write_off"


# Matters that commit the fund's money to a deal that is before the committee.
INVESTMENTS = frozenset({Matter.NEW_DEAL, Matter.FOLLOW_ON, Matter.RELATED_PARTY})
# Matters of which an approval is carried out by a later act, and lapses without one.
CARRIED_OUT = INVESTMENTS | {Matter.EXIT, Matter.WRITE_OFF}


# A vote may be held open longer than its policy's window, but not without end: a motion that never closes keeps
# its ballots sealed and its deal waiting for ever.
LONGEST_BEYOND = timedelta(days=500)


class Capacity(StrEnum):
    """In what capacity somebody sits on the committee; an observer has no vote."""

    FUND = "fund"
    LP = "lp"
    EXPERT = "expert"
    OBSERVER = "observer"


class Source(StrEnum):
    """How a conflict became known."""

    DECLARED = "declared"
    GRAPH = "graph"


class MotionNotReady(Conflict):
    code = "motion_not_ready"
    says = "Motion {motion} is {state}; to {act} it must be {wanted}."


class DeclarationMissing(Conflict):
    code = "declaration_missing"
    says = "Every seat declares its conflicts, or that it has none, first; still missing: {seats}."


class DeclarationInvalid(Invalid):
    code = "declaration_invalid"
    says = "A declaration either says that there is no conflict or names at least one, each with a sentence."


class WindowTooShort(Invalid):
    code = "window_too_short"
    says = "Voting stays open for at least {hours} hours under this policy; {closes_at} is too early."


class WindowTooLong(Invalid):
    code = "window_too_long"
    says = "Voting ends {latest} at the latest under this policy; {closes_at} is too late."


class PapersMissing(Invalid):
    code = "papers_missing"
    says = "A motion needs at least one paper, each with a title and named once."


class PapersUnchanged(Conflict):
    code = "papers_unchanged"
    says = "These are the papers that motion {motion} has already."


class SecondPersonNeeded(Forbidden):
    code = "second_person_needed"
    says = "{act} needs a second person who neither asked for it nor gains by it."


@dataclass(frozen=True)
class Paper:
    """One paper: its title and the SHA-256 of what it holds."""

    title: str
    sha256: str


def papers_hash(hashes: Sequence[str]) -> str:
    """One fingerprint for a list of papers: SHA-256 over their SHA-256s in order, one a line."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def check_papers(papers: Sequence[Paper]) -> None:
    """Refuse an empty list, a blank title and a paper named twice."""
    hashes = {paper.sha256 for paper in papers}
    if not papers or len(hashes) != len(papers) or not all(paper.title.strip() for paper in papers):
        raise PapersMissing


def check_state(motion: str, state: MotionState, wanted: Collection[MotionState], act: str) -> None:
    """Refuse `act` (an infinitive) unless the motion is in one of the wanted states."""
    if state not in wanted:
        names = Words(one for one in MotionState if one in wanted)
        raise MotionNotReady(motion=motion, state=state, act=act, wanted=names)


def check_declaration(is_nil: bool, conflicts: Sequence[Conflicted]) -> None:
    """Refuse a declaration that says nothing, or both that there is a conflict and that there is none."""
    told = all(conflict.statement.strip() for conflict in conflicts)
    if is_nil == bool(conflicts) or not told:
        raise DeclarationInvalid


def deadline(opened_at: datetime, window_hours: int, asked: datetime | None) -> datetime:
    """When voting ends: after the policy's window, or later when asked, within `LONGEST_BEYOND` of that.

    Refused: an earlier wish (WindowTooShort) and a later one (WindowTooLong).
    """
    earliest = opened_at + timedelta(hours=window_hours)
    latest = earliest + LONGEST_BEYOND
    if asked is not None and asked < earliest:
        raise WindowTooShort(hours=window_hours, closes_at=asked.isoformat())
    if asked is not None and asked > latest:
        raise WindowTooLong(latest=latest.isoformat(), closes_at=asked.isoformat())
    return asked or earliest


def expires_on(decided_at: datetime, expiry_days: int) -> date:
    """The last day on which an approval may still be carried out."""
    return day_in_beijing(decided_at) + timedelta(days=expiry_days)


def has_lapsed(expires: date | None, on: date) -> bool:
    """Whether an approval is too old on `on`; it still holds on its last day."""
    return expires is not None and on > expires
