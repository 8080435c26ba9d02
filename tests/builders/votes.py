"""A motion on which six of seven have voted, in a committed database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kernel.db import Database
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.committee.actions import cast_ballot, close_motion, open_motion
from pipeline.committee.queries import motion_sheet
from pipeline.committee.rules import Verdict
from tests.builders.committee import Committee, a_committee, a_member, a_motion, declare_nil

DAY = timedelta(days=1)
OPENED = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Vote:
    """An open vote in a committed database: S1 yes, S2 with conditions, S3 no, S4 and S5 yes, S6 yes; S7 silent."""

    database: Database
    committee: Committee
    others: dict[str, Actor]
    motion_id: int
    papers: str


def voting(database: Database) -> tuple[Committee, dict[str, Actor], int, str]:
    """A committee, its people, and a motion that is open."""
    with database.transaction(SYSTEM) as tx:
        committee = a_committee(tx, now=OPENED)
        roles = (Role.AUDITOR, Role.ADMINISTRATOR, Role.ANALYST, Role.ACCOUNTANT, Role.LP_EXPERT)
        others = {role.value: a_member(tx, role, login=f"the-{role}", now=OPENED) for role in roles}
        line = a_motion(tx, committee, now=OPENED)
        declare_nil(tx, committee, motion_id=line.id, now=OPENED)
        open_motion(tx, SYSTEM, motion_id=line.id, now=OPENED)
        papers = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=OPENED).papers_hash
    assert papers is not None
    found = Vote(database, committee, others, line.id, papers)
    choices = {"S1": "yes", "S2": "conditions", "S3": "no", "S4": "yes", "S5": "yes", "S6": "yes"}
    for code, choice in choices.items():
        cast(found, code, choice, OPENED)
    return committee, others, line.id, papers


def cast(vote: Vote, code: str, choice: str, now: datetime, reason: str = "") -> None:
    """The ballot of one seat."""
    member = vote.committee.members[code]
    asked = ["Insure the pilot line."] if choice == "conditions" else []
    with vote.database.transaction(member) as tx:
        cast_ballot(
            tx,
            member,
            motion_id=vote.motion_id,
            choice=choice,
            conditions=asked,
            reason=reason,
            papers_hash=vote.papers,
            now=now,
        )


def close(vote: Vote, now: datetime) -> Verdict:
    """The verdict, three days later."""
    with vote.database.transaction(SYSTEM) as tx:
        return close_motion(tx, SYSTEM, motion_id=vote.motion_id, now=now + 3 * DAY).outcome.state
