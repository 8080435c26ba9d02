"""Policies and seats are dated, so that old votes stay as they were."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from pipeline.committee.actions import close_motion
from pipeline.committee.counting import ApprovalHolds, NotApproved, execute, lapse, send_to_closing
from pipeline.committee.jobs import lapse_now
from pipeline.committee.minutes import minutes
from pipeline.committee.models import CommitteeSeat
from pipeline.committee.motion_rules import Capacity, Matter, MotionNotReady
from pipeline.committee.proof import prove
from pipeline.committee.queries import approval, decided_policy, lapsed, last_approval, motion_sheet
from pipeline.committee.rules import NotSeated
from pipeline.committee.seating import (
    ChairTaken,
    ChairWithoutVote,
    HolderUnfit,
    NobodyDecides,
    SeatEndsBeforeItBegins,
    SeatNotBackdated,
    SeatTaken,
    SeatUnknown,
    TermsOfPolicyInvalid,
    seat,
    unseat,
)
from pipeline.committee.standing import PolicyUnknown, policy_in_force, seats
from pipeline.deals.actions import hold, reactivate
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage
from tests.builders.committee import (
    FROM,
    TWO_THIRDS,
    Committee,
    a_committee,
    a_member,
    a_policy,
    an_open_motion,
    hash_of,
    speaking,
    vote,
)
from tests.builders.parties import an_organisation

DAY = timedelta(days=1)


@pytest.fixture
def committee(tx: Tx, now: datetime) -> Committee:
    return a_committee(tx, now=now)


def test_the_latest_policy_to_have_taken_effect_is_in_force(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    fund_id = committee.setting.fund_id
    half = replace(TWO_THIRDS, threshold=Fraction(1, 2))
    a_policy(tx, fund_id=fund_id, now=now, policy=half, effective_on=date(2026, 10, 1))
    a_policy(tx, fund_id=fund_id, now=now, policy=TWO_THIRDS, effective_on=date(2025, 1, 1))

    def in_force(day: date) -> tuple[int, Fraction]:
        found = policy_in_force(tx, fund_id=fund_id, matter=Matter.NEW_DEAL, on=day)
        return found.version, found.policy.threshold

    assert in_force(date(2024, 6, 1)) == (1, Fraction(2, 3))
    assert in_force(date(2026, 9, 30)) == (3, Fraction(2, 3))
    assert in_force(date(2026, 10, 1)) == (2, Fraction(1, 2))
    with pytest.raises(PolicyUnknown):
        in_force(FROM - DAY)


def test_only_a_manager_sets_policies_with_times(tx: Tx, now: datetime, committee: Committee) -> None:
    for changes in ({"window_hours": 0}, {"expiry_days": 0}, {"window_hours": 10**6}, {"expiry_days": 10**6}):
        with pytest.raises(TermsOfPolicyInvalid):
            a_policy(tx, fund_id=committee.setting.fund_id, now=now, **changes)
    with pytest.raises(RoleMissing):
        unseat(tx, committee.members["S1"], seat_id=committee.seats["S1"], until_on=FROM, now=now)


def test_a_seat_is_held_by_one_and_one_holds_one_seat(tx: Tx, now: datetime, committee: Committee) -> None:
    steel = an_organisation(tx, "北方钢铁集团")
    fund_id = committee.setting.fund_id
    newcomer = a_member(tx, Role.COMMITTEE, login="newcomer", now=now)
    assert newcomer.user_id is not None
    then = datetime(2026, 6, 30, 8, 0, tzinfo=UTC)
    facts = {"fund_id": fund_id, "capacity": Capacity.LP, "party_id": steel.id, "now": then}
    with pytest.raises(SeatTaken):
        seat(tx, SYSTEM, code="s7", user_id=newcomer.user_id, from_on=date(2026, 7, 1), **facts)
    unseat(tx, SYSTEM, seat_id=committee.seats["S7"], until_on=date(2026, 6, 30), now=then)
    seat(tx, SYSTEM, code="s7", user_id=newcomer.user_id, from_on=date(2026, 7, 1), **facts)
    with pytest.raises(SeatTaken):
        seat(tx, SYSTEM, code="S8", user_id=newcomer.user_id, from_on=date(2026, 8, 1), **facts)

    with pytest.raises(SeatTaken):
        unseat(tx, SYSTEM, seat_id=committee.seats["S7"], until_on=date(2026, 7, 1), now=then)

    def holder(day: date) -> list[tuple[str, str]]:
        return [(one.name, one.party_name) for one in seats(tx, fund_id=fund_id, on=day) if one.code == "S7"]

    assert holder(date(2026, 6, 30)) == [("Member-Af1-7", "")]
    assert holder(date(2026, 7, 1)) == [("Newcomer", "北方钢铁集团")]


def test_a_seat_ends_after_it_began(tx: Tx, now: datetime, committee: Committee) -> None:
    with pytest.raises(SeatEndsBeforeItBegins):
        unseat(tx, SYSTEM, seat_id=committee.seats["S7"], until_on=FROM - DAY, now=now)
    with pytest.raises(SeatUnknown):
        unseat(tx, SYSTEM, seat_id=10**9, until_on=FROM, now=now)


def test_a_running_vote_keeps_the_seats_it_was_opened_with(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    """Whoever is seated or unseated after the opening, whatever the rows of seats then say."""
    line = an_open_motion(tx, committee, now=now)
    papers = hash_of(tx, line.id, now)
    for code in ("S4", "S5"):
        unseat(tx, SYSTEM, seat_id=committee.seats[code], until_on=now.date(), now=now)
    friend = a_member(tx, Role.COMMITTEE, login="friend", now=now)
    facts: dict[str, Any] = {"fund_id": committee.setting.fund_id, "capacity": Capacity.FUND, "now": now}
    seat(tx, SYSTEM, code="F1", user_id=friend.user_id or 0, from_on=now.date(), **facts)
    # Even rows rewritten behind the actions' back.
    tx.execute(sa.update(CommitteeSeat).where(col(CommitteeSeat.code) == "S4").values(until_on=FROM))
    tx.execute(sa.update(CommitteeSeat).where(col(CommitteeSeat.code) == "F1").values(from_on=FROM))
    later = now + 2 * DAY
    with pytest.raises(NotSeated):
        vote(tx, friend, line.id, "yes", papers_hash=papers, now=later)
    for code in ("S1", "S2", "S4", "S5"):
        vote(tx, committee.members[code], line.id, "no", papers_hash=papers, now=later)
    outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY).outcome
    assert (outcome.eligible, outcome.no, outcome.state) == (7, 4, "rejected")
    told = minutes(tx, actor=SYSTEM, motion_id=line.id)
    assert [one.seat.code for one in told.attendance] == [f"S{number}" for number in range(1, 8)]
    assert prove(tx) == []


def test_who_sat_and_decided_is_not_changed_afterwards(tx: Tx, now: datetime, committee: Committee) -> None:
    fund_id, yesterday = committee.setting.fund_id, (now - DAY).date()
    friend = a_member(tx, Role.COMMITTEE, login="friend", now=now)
    facts: dict[str, Any] = {
        "fund_id": fund_id,
        "code": "F1",
        "user_id": friend.user_id,
        "capacity": Capacity.FUND,
    }
    with pytest.raises(SeatNotBackdated):
        seat(tx, SYSTEM, **facts, from_on=yesterday, now=now)
    with pytest.raises(SeatNotBackdated):
        unseat(tx, SYSTEM, seat_id=committee.seats["S7"], until_on=yesterday, now=now)
    unseat(tx, SYSTEM, seat_id=committee.seats["S7"], until_on=now.date(), now=now)
    with pytest.raises(SeatNotBackdated):
        unseat(tx, SYSTEM, seat_id=committee.seats["S7"], until_on=(now + 9 * DAY).date(), now=now + DAY)
    seat(tx, SYSTEM, **facts, from_on=now.date(), now=now)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.MANAGER])
def test_a_seat_needs_the_role_that_no_auditor_can_hold(
    tx: Tx, now: datetime, committee: Committee, role: Role
) -> None:
    other = a_member(tx, role, login="other", now=now)
    facts: dict[str, Any] = {"fund_id": committee.setting.fund_id, "code": "S9", "capacity": Capacity.FUND}
    for user_id in (other.user_id, 10**9):
        with pytest.raises(HolderUnfit):
            seat(tx, SYSTEM, **facts, user_id=user_id, from_on=now.date(), now=now)


def test_there_is_one_chair_and_it_votes(tx: Tx, now: datetime, committee: Committee) -> None:
    other = a_member(tx, Role.COMMITTEE, login="other", now=now)
    facts: dict[str, Any] = {
        "fund_id": committee.setting.fund_id,
        "code": "S9",
        "user_id": other.user_id,
        "is_chair": True,
        "now": now,
    }
    with pytest.raises(ChairTaken, match="S1"):
        seat(tx, SYSTEM, **facts, capacity=Capacity.FUND, from_on=now.date())
    unseat(tx, SYSTEM, seat_id=committee.seats["S1"], until_on=now.date(), now=now)
    with pytest.raises(ChairWithoutVote):
        seat(tx, SYSTEM, **facts, capacity=Capacity.OBSERVER, from_on=(now + DAY).date())
    seat(tx, SYSTEM, **facts, capacity=Capacity.FUND, from_on=(now + DAY).date())


def test_a_chair_who_lost_the_role_runs_nothing(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    former = replace(committee.members["S1"], roles=frozenset({Role.AUDITOR}))
    with speaking(tx, former), pytest.raises(RoleMissing):
        close_motion(tx, former, motion_id=line.id, now=now + 3 * DAY)


@pytest.mark.parametrize("changes", [{"floor": 0}, {"quorum_floor": 0}])
def test_no_policy_lets_nobody_decide(
    tx: Tx, now: datetime, committee: Committee, changes: dict[str, int]
) -> None:
    with pytest.raises(NobodyDecides):
        a_policy(tx, fund_id=committee.setting.fund_id, now=now, policy=replace(TWO_THIRDS, **changes))


def approved(tx: Tx, now: datetime, committee: Committee, *, rests: bool = False) -> tuple[int, int]:
    """An approved motion and its deal; with `rests` the deal was on hold at the close."""
    line = an_open_motion(tx, committee, now=now)
    papers = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=now).papers_hash
    assert papers is not None
    for code in ("S1", "S2", "S3", "S4", "S5"):
        vote(tx, committee.members[code], line.id, "yes", papers_hash=papers, now=now)
    if rests:
        hold(tx, SYSTEM, deal_id=line.deal_id, reason="The founder is ill.", now=now)
    close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY)
    return line.id, line.deal_id


def test_an_approval_holds_for_its_days_and_then_lapses(tx: Tx, now: datetime, committee: Committee) -> None:
    motion_id, deal_id = approved(tx, now, committee)
    last = (now + 93 * DAY).date()
    held = approval(tx, deal_id=deal_id, as_of=last)
    assert held is not None
    assert held == last_approval(tx, deal_id=deal_id)
    assert held.expires_on == last
    assert approval(tx, deal_id=deal_id, as_of=last + DAY) is None
    with pytest.raises(ApprovalHolds, match=str(last)):
        lapse(tx, SYSTEM, motion_id=motion_id, now=now + 93 * DAY)
    lapse(tx, SYSTEM, motion_id=motion_id, now=now + 94 * DAY)
    with pytest.raises(MotionNotReady, match="lapsed"):
        execute(tx, SYSTEM, motion_id=motion_id, now=now + 94 * DAY)
    assert decided_policy(tx, motion_id=motion_id).version == 1


def test_a_rejection_never_lapses(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY)
    with pytest.raises(NotApproved):
        lapse(tx, SYSTEM, motion_id=line.id, now=now + 900 * DAY)
    assert last_approval(tx, deal_id=line.deal_id) is None


def test_carried_out_is_carried_out(tx: Tx, now: datetime, committee: Committee) -> None:
    motion_id, _ = approved(tx, now, committee)
    for _ in range(2):
        execute(tx, SYSTEM, motion_id=motion_id, now=now + 4 * DAY)
    assert motion_sheet(tx, actor=SYSTEM, motion_id=motion_id, now=now).line.state == "executed"


def test_a_deal_that_rested_goes_on_later(tx: Tx, now: datetime, committee: Committee) -> None:
    _, deal_id = approved(tx, now, committee, rests=True)
    assert deal(tx, deal_id=deal_id).stage == Stage.COMMITTEE
    reactivate(tx, SYSTEM, deal_id=deal_id, reason="Well again.", now=now)
    with pytest.raises(NotApproved):
        send_to_closing(tx, SYSTEM, deal_id=deal_id, now=now + 100 * DAY)
    send_to_closing(tx, SYSTEM, deal_id=deal_id, now=now + 5 * DAY)
    assert deal(tx, deal_id=deal_id).stage == Stage.CLOSING
    with speaking(tx, committee.members["S2"]) as member, pytest.raises(RoleMissing):
        send_to_closing(tx, member, deal_id=deal_id, now=now)


def test_what_the_timer_marks_as_lapsed(tx: Tx, now: datetime, committee: Committee) -> None:
    motion_id, _ = approved(tx, now, committee)
    last = (now + 93 * DAY).date()
    assert lapsed(tx, on=last) == []
    assert lapsed(tx, on=last + DAY) == [motion_id]
    at = (now + 94 * DAY).isoformat()
    assert [lapse_now(tx, motion_id, at) for _ in range(2)] == ["lapsed", "lapsed"]
    assert lapsed(tx, on=last + DAY) == []


def test_what_was_carried_out_never_lapses(tx: Tx, now: datetime, committee: Committee) -> None:
    motion_id, _ = approved(tx, now, committee)
    execute(tx, SYSTEM, motion_id=motion_id, now=now + 4 * DAY)
    assert lapsed(tx, on=(now + 200 * DAY).date()) == []
    assert lapse_now(tx, motion_id, (now + 200 * DAY).isoformat()) == "executed"
