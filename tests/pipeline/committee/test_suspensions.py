"""A holder leaves while a vote is open: the seat is suspended, its earlier ballot stands."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from fund.capital.restricting import lift, suspend_partner
from kernel.audit.models import AuditEvent
from kernel.db import Tx
from kernel.identity.actions import end_grant
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from pipeline.committee.actions import close_motion
from pipeline.committee.ballot_rules import Suspended
from pipeline.committee.drafting import replace_papers
from pipeline.committee.minutes import as_json, minutes
from pipeline.committee.models import Ballot, CommitteeSeat, MotionSuspension
from pipeline.committee.motion_rules import MotionNotReady
from pipeline.committee.proof import prove
from pipeline.committee.queries import motion_sheet, papers_for, waiting
from pipeline.committee.recusals import require_manager_or_chair
from pipeline.committee.rules import Verdict
from pipeline.committee.seating import unseat
from pipeline.committee.standing import motion_row
from pipeline.committee.suspensions import (
    SeatNotInVote,
    SeatStillHeld,
    SeatSuspended,
    suspend,
    suspendable,
)
from pipeline.deals.moves import ReasonMissing
from pipeline.deals.sheets import DealSheet
from tests.builders.committee import (
    TWO_THIRDS,
    Committee,
    a_committee,
    a_deal_before,
    a_motion,
    a_paper,
    a_policy,
    all_vote,
    an_open_motion,
    hash_of,
    speaking,
    vote,
)
from tests.builders.partners import a_partner

DAY = timedelta(days=1)
WHY = "Left the committee."


@pytest.fixture
def committee(tx: Tx, now: datetime) -> Committee:
    return a_committee(tx, now=now)


def a_vote_that_some_left(tx: Tx, committee: Committee, now: datetime, *left: str) -> int:
    """A vote whose seats `left` were held until today for the last time."""
    line = an_open_motion(tx, committee, now=now)
    for code in left:
        unseat(tx, SYSTEM, seat_id=committee.seats[code], until_on=now.date(), now=now)
    return line.id


def test_a_suspended_seat_neither_votes_nor_reads_and_is_not_eligible(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    motion_id, then = a_vote_that_some_left(tx, committee, now, "S7"), now + DAY
    assert [seat.code for seat in suspendable(tx, actor=SYSTEM, motion_id=motion_id, now=then)] == ["S7"]
    with speaking(tx, committee.members["S1"]) as chair:
        assert suspend(tx, chair, motion_id=motion_id, seat="S7", reason=f" {WHY} ", now=then).is_suspended
    member, papers = committee.members["S7"], hash_of(tx, motion_id, then)
    with pytest.raises(Suspended):
        vote(tx, member, motion_id, "no", papers_hash=papers, now=then)
    with speaking(tx, member), pytest.raises(Suspended):
        papers_for(tx, actor=member, motion_id=motion_id, now=then)
    with speaking(tx, member):
        sheet = motion_sheet(tx, actor=member, motion_id=motion_id, now=then)
        assert (sheet.papers, waiting(tx, actor=member, now=then)) == ((), [])
        assert sheet.mine is not None
        assert sheet.mine.suspension == WHY
    all_vote(tx, committee, motion_id, then, S1="yes", S2="yes", S3="yes", S4="yes")
    outcome = close_motion(tx, SYSTEM, motion_id=motion_id, now=now + 3 * DAY).outcome
    assert (outcome.eligible, outcome.needed, outcome.state) == (6, 4, Verdict.APPROVED)
    told = {
        one.seat.code: one.suspension for one in minutes(tx, actor=SYSTEM, motion_id=motion_id).attendance
    }
    assert {seat: reason for seat, reason in told.items() if reason} == {"S7": WHY}
    event = tx.exec(select(AuditEvent).where(AuditEvent.action == "committee.suspended")).one()
    assert (event.detail["seat"], event.detail["reason"]) == ("S7", WHY)
    assert prove(tx) == []


def test_a_ballot_cast_before_stands_and_its_seat_is_counted(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    motion_id, then = a_vote_that_some_left(tx, committee, now, "S6", "S7"), now + DAY
    all_vote(tx, committee, motion_id, now, S6="no", S1="yes", S2="yes", S3="yes", S4="yes")
    for code in ("S6", "S7"):
        suspend(tx, SYSTEM, motion_id=motion_id, seat=code, reason=WHY, now=then)
    outcome = close_motion(tx, SYSTEM, motion_id=motion_id, now=now + 3 * DAY).outcome
    assert (outcome.eligible, outcome.yes, outcome.no, outcome.state) == (6, 4, 1, Verdict.APPROVED)
    event = tx.exec(select(AuditEvent).where(AuditEvent.action == "motion.closed")).one()
    assert event.detail["suspended"] == ["S7"]
    assert prove(tx) == []


def test_other_papers_void_that_ballot_and_the_seat_is_out(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    motion_id, then = a_vote_that_some_left(tx, committee, now, "S7"), now + DAY
    all_vote(tx, committee, motion_id, now, S7="no")
    suspend(tx, SYSTEM, motion_id=motion_id, seat="S7", reason=WHY, now=then)
    other = a_paper(tx, now=then, content=b"another memo")
    replace_papers(tx, SYSTEM, motion_id=motion_id, papers=[other], reason="A slip.", now=then)
    all_vote(tx, committee, motion_id, then, S1="yes", S2="yes", S3="yes", S4="yes")
    outcome = close_motion(tx, SYSTEM, motion_id=motion_id, now=then + 3 * DAY).outcome
    assert (outcome.eligible, outcome.no) == (6, 0)


@pytest.mark.parametrize("policy", [{"floor": 7}, {"mandatory": frozenset({"S7"})}])
def test_below_the_floor_or_without_a_mandatory_seat_nobody_decides(
    tx: Tx, now: datetime, committee: Committee, policy: dict[str, object]
) -> None:
    a_policy(tx, fund_id=committee.setting.fund_id, now=now, policy=replace(TWO_THIRDS, **policy))
    motion_id, then = a_vote_that_some_left(tx, committee, now, "S7"), now + DAY
    suspend(tx, SYSTEM, motion_id=motion_id, seat="S7", reason=WHY, now=then)
    all_vote(tx, committee, motion_id, then, **{f"S{number}": "yes" for number in range(1, 7)})
    outcome = close_motion(tx, SYSTEM, motion_id=motion_id, now=now + 3 * DAY).outcome
    assert outcome.state == Verdict.ESCALATED


def test_who_may_suspend_which_seat_when(tx: Tx, now: datetime, committee: Committee) -> None:
    motion_id, then = a_vote_that_some_left(tx, committee, now, "S6", "S7"), now + DAY
    with pytest.raises(SeatStillHeld):
        suspend(tx, SYSTEM, motion_id=motion_id, seat="S7", reason=WHY, now=now)
    with pytest.raises(SeatStillHeld):
        suspend(tx, SYSTEM, motion_id=motion_id, seat="S5", reason=WHY, now=then)
    with pytest.raises(SeatNotInVote):
        suspend(tx, SYSTEM, motion_id=motion_id, seat="S9", reason=WHY, now=then)
    with pytest.raises(ReasonMissing):
        suspend(tx, SYSTEM, motion_id=motion_id, seat="S7", reason=" ", now=then)
    with speaking(tx, committee.members["S2"]) as member, pytest.raises(RoleMissing):
        suspend(tx, member, motion_id=motion_id, seat="S7", reason=WHY, now=then)
    suspend(tx, committee.manager, motion_id=motion_id, seat="S7", reason=WHY, now=then)
    with pytest.raises(SeatSuspended):
        suspend(tx, SYSTEM, motion_id=motion_id, seat="S7", reason=WHY, now=then)
    close_motion(tx, SYSTEM, motion_id=motion_id, now=now + 3 * DAY)
    with pytest.raises(MotionNotReady):
        suspend(tx, SYSTEM, motion_id=motion_id, seat="S6", reason=WHY, now=now + 3 * DAY)
    assert suspendable(tx, actor=SYSTEM, motion_id=motion_id, now=then) == []


def test_a_holder_without_the_role_has_left_and_a_suspended_chair_runs_nothing(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    motion_id, chair = an_open_motion(tx, committee, now=now).id, committee.members["S1"]
    with speaking(tx, chair):
        require_manager_or_chair(tx, chair, motion=motion_row(tx, chair, motion_id=motion_id), now=now)
    end_grant(tx, SYSTEM, user_id=chair.user_id or 0, role=Role.COMMITTEE, now=now)
    suspend(tx, SYSTEM, motion_id=motion_id, seat="S1", reason=WHY, now=now)
    with speaking(tx, chair), pytest.raises(RoleMissing):
        require_manager_or_chair(tx, chair, motion=motion_row(tx, chair, motion_id=motion_id), now=now)


def test_the_database_refuses_a_suspended_seats_ballot_and_a_suspension_before_the_vote(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    motion_id, then = a_vote_that_some_left(tx, committee, now, "S7"), now + DAY
    suspend(tx, SYSTEM, motion_id=motion_id, seat="S7", reason=WHY, now=then)
    member = committee.members["S7"]
    ballot = Ballot(
        motion_id=motion_id,
        round=1,
        seat_id=committee.seats["S7"],
        voter_id=member.user_id or 0,
        choice="no",
        conditions=[],
        reason="",
        papers_hash=hash_of(tx, motion_id, then),
        nonce="n",
        commitment="c",
        cast_at=then,
    )
    with speaking(tx, member), pytest.raises(sa.exc.DBAPIError, match="one's own seat"), tx.begin_nested():
        tx.add(ballot)
        tx.flush()
    early = MotionSuspension(
        motion_id=a_motion(tx, committee, now=now, deal=another(tx, committee, now)).id,
        seat_id=committee.seats["S7"],
        reason=WHY,
        suspended_by="x",
        recorded_at=datetime(2026, 9, 30, tzinfo=UTC),
    )
    with pytest.raises(sa.exc.DBAPIError, match="open vote only"), tx.begin_nested():
        tx.add(early)
        tx.flush()


def another(tx: Tx, committee: Committee, now: datetime) -> DealSheet:
    """A second deal before the committee."""
    return a_deal_before(tx, committee, now=now, name="京西储能有限公司")


def test_minutes_without_a_suspension_read_as_they_always_did(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    motion_id = an_open_motion(tx, committee, now=now).id
    close_motion(tx, SYSTEM, motion_id=motion_id, now=now + 3 * DAY)
    kept = json.loads(as_json(minutes(tx, actor=SYSTEM, motion_id=motion_id)))
    assert not any("suspension" in one for one in kept["attendance"])


def test_the_people_of_a_suspended_partner_do_not_vote(tx: Tx, now: datetime, committee: Committee) -> None:
    seat = tx.get_one(CommitteeSeat, committee.seats["S7"])
    lp = a_partner(tx, seat.fund_id, "LP77")
    seat.party_id = lp.party_id
    tx.flush()
    before = an_open_motion(tx, committee, now=now)
    facts: dict[str, Any] = {"fund_id": seat.fund_id, "partner_id": lp.id, "effective_on": now.date()}
    row = suspend_partner(tx, SYSTEM, **facts, reason="违约", now=now)
    # A vote that is open already keeps its seats until this one is suspended in it; a new one has none for it.
    assert [one.code for one in suspendable(tx, actor=SYSTEM, motion_id=before.id, now=now)] == ["S7"]
    other = a_deal_before(tx, committee, now=now, name="另一家企业")
    later = a_motion(tx, committee, now=now, deal=other)
    assert "S7" not in {
        one.seat.code for one in motion_sheet(tx, actor=SYSTEM, motion_id=later.id, now=now).seats
    }
    lift(
        tx,
        SYSTEM,
        fund_id=seat.fund_id,
        act=f"suspension:{row.key}",
        effective_on=now.date(),
        reason="补救",
        now=now,
    )
    assert suspendable(tx, actor=SYSTEM, motion_id=before.id, now=now) == []
