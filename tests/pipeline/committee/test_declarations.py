"""Declarations and papers: nobody reads before declaring, and a declared conflict recuses at once."""

from datetime import datetime, timedelta

import pytest

from fund.parties.conflict_rules import Conflicted, ConflictKind
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role
from pipeline.committee.actions import cast_ballot, close_motion, declare, open_motion
from pipeline.committee.ballot_rules import (
    NotDeclared,
    Recused,
)
from pipeline.committee.motion_rules import DeclarationInvalid, DeclarationMissing, MotionState
from pipeline.committee.queries import (
    motion_sheet,
    motions,
    papers_for,
)
from pipeline.committee.rules import NotSeated, Verdict
from pipeline.deals.queries import deal
from tests.builders.committee import (
    Committee,
    a_committee,
    a_member,
    a_motion,
    all_vote,
    an_open_motion,
    declare_nil,
    hash_of,
    speaking,
    vote,
)

HOUR = timedelta(hours=1)
CUSTOMER = Conflicted(ConflictKind.CUSTOMER, "Our plant buys their alloy.")


@pytest.fixture
def committee(tx: Tx, now: datetime) -> Committee:
    return a_committee(tx, now=now)


def test_every_seat_declares_before_its_papers_and_before_opening(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    line = a_motion(tx, committee, now=now)
    member = committee.members["S2"]
    with speaking(tx, member), pytest.raises(NotDeclared):
        papers_for(tx, actor=member, motion_id=line.id, now=now)
    with pytest.raises(DeclarationInvalid), speaking(tx, member):
        declare(tx, member, motion_id=line.id, is_nil=False, now=now)
    declare_nil(tx, committee, motion_id=line.id, now=now, besides=["S6", "S7"])
    with speaking(tx, member):
        assert len(papers_for(tx, actor=member, motion_id=line.id, now=now)) == 1
        assert motions(tx, actor=member).items[0].state == MotionState.DECLARATIONS
    with pytest.raises(DeclarationMissing, match="S6, S7"):
        open_motion(tx, SYSTEM, motion_id=line.id, now=now)


def test_papers_are_not_for_members_without_a_seat(tx: Tx, now: datetime, committee: Committee) -> None:
    line = a_motion(tx, committee, now=now)
    former = a_member(tx, Role.COMMITTEE, login="former", now=now)
    with speaking(tx, former):
        with pytest.raises(NotSeated):
            papers_for(tx, actor=former, motion_id=line.id, now=now)
        with pytest.raises(NotSeated):
            declare(tx, former, motion_id=line.id, is_nil=True, now=now)
    assert len(papers_for(tx, actor=SYSTEM, motion_id=line.id, now=now)) == 1


def test_a_declared_conflict_recuses_at_once(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    member = committee.members["S3"]
    papers = hash_of(tx, line.id, now)
    vote(tx, member, line.id, "no", papers_hash=papers, now=now)
    with speaking(tx, member):
        mine = declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[CUSTOMER], now=now)
        assert mine.is_recused
        with pytest.raises(Recused):
            papers_for(tx, actor=member, motion_id=line.id, now=now)
        with pytest.raises(Recused):
            cast_ballot(tx, member, motion_id=line.id, choice="yes", reason="x", papers_hash=papers, now=now)
        assert motion_sheet(tx, actor=member, motion_id=line.id, now=now).papers == ()
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S4="yes", S5="yes")
    outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome
    assert (outcome.state, outcome.eligible, outcome.needed, outcome.no) == (Verdict.APPROVED, 6, 4, 0)
    assert deal(tx, deal_id=line.deal_id).conflict_note == "S3: customer"


def test_a_conflict_that_is_not_listed_is_noted_only(tx: Tx, now: datetime, committee: Committee) -> None:
    line = a_motion(tx, committee, now=now)
    told = Conflicted(ConflictKind.OTHER, "The founder was my student.")
    with speaking(tx, committee.members["S3"]) as member:
        assert not declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[told], now=now).is_recused


def test_three_recusals_of_seven_escalate(tx: Tx, now: datetime, committee: Committee) -> None:
    line = a_motion(tx, committee, now=now)
    for code in ("S5", "S6", "S7"):
        with speaking(tx, committee.members[code]) as member:
            declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[CUSTOMER], now=now)
    declare_nil(tx, committee, motion_id=line.id, now=now, besides=["S5", "S6", "S7"])
    open_motion(tx, SYSTEM, motion_id=line.id, now=now)
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes")
    outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome
    assert (outcome.state, outcome.yes) == (Verdict.ESCALATED, 4)
