"""A committee and its motions, for tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from kernel.blobs.actions import put
from kernel.db import Tx, introduce
from kernel.identity.actions import grant
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.committee.actions import cast_ballot, declare, open_motion
from pipeline.committee.drafting import draft_motion, lock_papers
from pipeline.committee.motion_rules import Capacity, Matter, Paper
from pipeline.committee.queries import motion_sheet
from pipeline.committee.rules import Choice, Policy
from pipeline.committee.seating import seat, set_policy
from pipeline.committee.sheets import BallotSheet, MotionLine
from pipeline.deals.rules import Stage
from pipeline.deals.sheets import DealSheet
from tests.builders.deals import Setting, a_deal_at, a_setting
from tests.builders.diligence import a_concluded_workstream

FROM = date(2024, 1, 1)
SEATED = datetime(2024, 1, 1, 1, 0, tzinfo=UTC)

TWO_THIRDS = Policy(
    threshold=Fraction(2, 3), basis="eligible", quorum=Fraction(1, 2), quorum_floor=3, floor=5
)


@dataclass(frozen=True)
class Committee:
    """A fund's committee: S1 (the chair) and so on by code, and a manager who holds no seat."""

    setting: Setting
    members: dict[str, Actor]
    seats: dict[str, int]
    manager: Actor


@contextmanager
def speaking(tx: Tx, actor: Actor) -> Iterator[Actor]:
    """Let the database take `actor` for whoever acts in this transaction, then the system again."""
    introduce(tx, actor)
    try:
        yield actor
    finally:
        introduce(tx, SYSTEM)


def a_policy(tx: Tx, *, fund_id: int, now: datetime, policy: Policy = TWO_THIRDS, **changes: Any) -> int:
    """A policy for new deals: three days to vote, ninety to carry out an approval."""
    given: dict[str, Any] = {
        "matter": Matter.NEW_DEAL,
        "window_hours": 72,
        "expiry_days": 90,
        "effective_on": FROM,
    }
    return set_policy(tx, SYSTEM, fund_id=fund_id, policy=policy, now=now, **(given | changes)).id


def a_member(tx: Tx, *roles: Role, login: str, now: datetime, party_id: int | None = None) -> Actor:
    """Somebody with `roles` who cannot sign in: hashing a password for every seat would take long."""
    row = User(login=login, name=login.title(), password_hash="!", party_id=party_id, recorded_at=now)
    tx.add(row)
    tx.flush()
    for role in roles:
        grant(tx, SYSTEM, user_id=row.key, role=role, now=now)
    return actor_of(tx, user=row)


def a_committee(
    tx: Tx,
    *,
    now: datetime,
    seats: int = 7,
    capacities: dict[str, Capacity] | None = None,
    parties: dict[str, int] | None = None,
    people: dict[str, int] | None = None,
    fund_code: str = "AF1",
    setting: Setting | None = None,
    **policy: Any,
) -> Committee:
    """A fund (that of `setting`, or a new one) with `seats` members, S1 in the chair, and its policy."""
    setting = setting or a_setting(tx, now, fund_code=fund_code)
    members, keys = {}, {}
    for number in range(1, seats + 1):
        code = f"S{number}"
        party_id = (parties or {}).get(code)
        member = a_member(
            tx, Role.COMMITTEE, login=f"member-{fund_code.lower()}-{number}", now=now, party_id=party_id
        )
        assert member.user_id is not None
        keys[code] = seat(
            tx,
            SYSTEM,
            fund_id=setting.fund_id,
            code=code,
            user_id=member.user_id,
            capacity=(capacities or {}).get(code, Capacity.FUND),
            party_id=party_id,
            person_id=(people or {}).get(code),
            is_chair=number == 1,
            from_on=FROM,
            now=SEATED,
        )
        members[code] = member
    a_policy(tx, fund_id=setting.fund_id, now=now, **policy)
    manager = a_member(tx, Role.MANAGER, login=f"manager-{fund_code.lower()}", now=now)
    return Committee(setting, members, keys, manager)


def a_deal_before(
    tx: Tx, committee: Committee, *, now: datetime, name: str = "北科氢能材料有限公司"
) -> DealSheet:
    """A deal at the committee with its diligence done."""
    deal = a_deal_at(tx, Stage.COMMITTEE, setting=committee.setting, now=now, name=name)
    a_concluded_workstream(tx, deal_id=deal.id, now=now)
    return deal


def a_paper(tx: Tx, *, now: datetime, title: str = "Investment memo", content: bytes = b"memo") -> Paper:
    """A paper whose bytes are kept."""
    return Paper(title, put(tx, content=content, media_type="application/pdf", now=now))


def a_motion(
    tx: Tx, committee: Committee, *, now: datetime, deal: DealSheet | None = None, **changes: Any
) -> MotionLine:
    """A motion to invest with its papers locked."""
    about = deal or a_deal_before(tx, committee, now=now)
    given: dict[str, Any] = {"matter": Matter.NEW_DEAL, "title": f"Invest in {about.name}"}
    line = draft_motion(tx, SYSTEM, deal_id=about.id, now=now, **(given | changes))
    return lock_papers(tx, SYSTEM, motion_id=line.id, papers=[a_paper(tx, now=now)], now=now)


def declare_nil(
    tx: Tx, committee: Committee, *, motion_id: int, now: datetime, besides: Sequence[str] = ()
) -> None:
    """Every seat but `besides` declares that it has no conflict."""
    for code, member in committee.members.items():
        if code not in besides:
            with speaking(tx, member):
                declare(tx, member, motion_id=motion_id, is_nil=True, now=now)


def an_open_motion(
    tx: Tx, committee: Committee, *, now: datetime, closes_at: datetime | None = None, **changes: Any
) -> MotionLine:
    """A motion that every seat may vote on now."""
    line = a_motion(tx, committee, now=now, **changes)
    declare_nil(tx, committee, motion_id=line.id, now=now)
    return open_motion(tx, SYSTEM, motion_id=line.id, closes_at=closes_at, now=now)


def vote(
    tx: Tx,
    member: Actor,
    motion_id: int,
    choice: Choice | str,
    *,
    papers_hash: str,
    now: datetime,
    **changes: Any,
) -> BallotSheet:
    """One member casts a ballot."""
    with speaking(tx, member):
        return cast_ballot(
            tx, member, motion_id=motion_id, choice=choice, papers_hash=papers_hash, now=now, **changes
        )


def hash_of(tx: Tx, motion_id: int, now: datetime) -> str:
    """The fingerprint of a motion's papers."""
    found = motion_sheet(tx, actor=SYSTEM, motion_id=motion_id, now=now).papers_hash
    assert found is not None
    return found


def all_vote(tx: Tx, committee: Committee, motion_id: int, now: datetime, **choices: str) -> None:
    """Members vote as said; a veto has its reason and a yes with conditions its condition."""
    papers = hash_of(tx, motion_id, now)
    for code, choice in choices.items():
        extra = {"reason": "The appraisal is missing."} if choice == "veto" else {}
        asked = ["Insure the pilot line."] if choice == "conditions" else []
        vote(
            tx,
            committee.members[code],
            motion_id,
            choice,
            papers_hash=papers,
            now=now,
            conditions=asked,
            **extra,
        )
