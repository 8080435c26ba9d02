"""Ballots: cast, changed, void, counted and opened by the audit trail."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlmodel import select

from fund.parties.conflict_rules import Conflicted, ConflictKind
from kernel.audit.models import AuditEvent
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from pipeline.committee.actions import cast_ballot, close_motion
from pipeline.committee.ballot_rules import (
    ConditionsMissing,
    ObserverCannotVote,
    StalePapers,
    VotingClosed,
    VotingNotOpen,
    VotingStillOpen,
    commitment,
)
from pipeline.committee.drafting import (
    replace_papers,
)
from pipeline.committee.models import Ballot
from pipeline.committee.motion_rules import Capacity, MotionState, PapersUnchanged
from pipeline.committee.queries import (
    decision,
    motion_sheet,
    waiting,
)
from pipeline.committee.rules import BallotUnknown, NotSeated, Policy, Verdict, VetoWithoutRight
from pipeline.deals.moves import ReasonMissing
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage
from tests.builders.committee import (
    Committee,
    a_committee,
    a_member,
    a_motion,
    a_paper,
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


class TestCasting:
    def test_the_same_ballot_again_changes_nothing(self, tx: Tx, now: datetime, committee: Committee) -> None:
        line = an_open_motion(tx, committee, now=now)
        member, papers = committee.members["S2"], hash_of(tx, line.id, now)
        first = vote(tx, member, line.id, "yes", papers_hash=papers, now=now)
        again = vote(tx, member, line.id, "yes", papers_hash=papers, now=now + HOUR)
        assert again == first
        with speaking(tx, member):
            assert len(tx.exec(select(Ballot)).all()) == 1

    def test_a_change_is_appended_with_a_reason_and_the_last_counts(
        self, tx: Tx, now: datetime, committee: Committee
    ) -> None:
        line = an_open_motion(tx, committee, now=now)
        member, papers = committee.members["S2"], hash_of(tx, line.id, now)
        all_vote(tx, committee, line.id, now, S1="yes", S3="yes", S4="yes", S5="yes", S2="no")
        with pytest.raises(ReasonMissing):
            vote(tx, member, line.id, "yes", papers_hash=papers, now=now)
        vote(tx, member, line.id, "yes", papers_hash=papers, now=now, reason="The test report convinced me.")
        outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome
        assert (outcome.state, outcome.yes, outcome.no) == (Verdict.APPROVED, 5, 0)
        assert len(tx.exec(select(Ballot)).all()) == 6

    def test_what_is_refused(self, tx: Tx, now: datetime, committee: Committee) -> None:
        line = an_open_motion(tx, committee, now=now)
        papers = hash_of(tx, line.id, now)
        member = committee.members["S2"]
        outsider = a_member(tx, Role.COMMITTEE, login="outsider", now=now)
        with pytest.raises(NotSeated, match="Outsider"):
            vote(tx, outsider, line.id, "yes", papers_hash=papers, now=now)
        with pytest.raises(RoleMissing):
            vote(tx, committee.manager, line.id, "yes", papers_hash=papers, now=now)
        with pytest.raises(NotSeated):
            cast_ballot(tx, SYSTEM, motion_id=line.id, choice="yes", papers_hash=papers, now=now)
        with pytest.raises(StalePapers):
            vote(tx, member, line.id, "yes", papers_hash="0" * 64, now=now)
        with pytest.raises(VetoWithoutRight):
            vote(tx, member, line.id, "veto", papers_hash=papers, now=now, reason="No.")
        with pytest.raises(ConditionsMissing):
            vote(tx, member, line.id, "conditions", papers_hash=papers, now=now)
        with pytest.raises(BallotUnknown):
            vote(tx, member, line.id, "perhaps", papers_hash=papers, now=now)
        with pytest.raises(VotingClosed):
            vote(tx, member, line.id, "yes", papers_hash=papers, now=now + 72 * HOUR)

    def test_nobody_votes_before_opening(self, tx: Tx, now: datetime, committee: Committee) -> None:
        line = a_motion(tx, committee, now=now)
        declare_nil(tx, committee, motion_id=line.id, now=now)
        with pytest.raises(VotingNotOpen):
            vote(tx, committee.members["S2"], line.id, "yes", papers_hash=hash_of(tx, line.id, now), now=now)

    def test_an_observer_reads_and_does_not_vote(self, tx: Tx, now: datetime) -> None:
        committee = a_committee(tx, now=now, seats=6, capacities={"S6": Capacity.OBSERVER})
        line = an_open_motion(tx, committee, now=now)
        observer = committee.members["S6"]
        with pytest.raises(ObserverCannotVote):
            vote(tx, observer, line.id, "yes", papers_hash=hash_of(tx, line.id, now), now=now)
        with speaking(tx, observer):
            assert motion_sheet(tx, actor=observer, motion_id=line.id, now=now).papers
            assert waiting(tx, actor=observer, now=now) == []
        outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome
        assert outcome.eligible == 5

    def test_a_veto_by_right_stops_the_motion(self, tx: Tx, now: datetime) -> None:
        veto = Policy(Fraction(2, 3), "eligible", Fraction(1, 2), 3, 5, veto=frozenset({"S1"}))
        committee = a_committee(tx, now=now, policy=veto)
        line = an_open_motion(tx, committee, now=now)
        all_vote(tx, committee, line.id, now, S1="veto", S2="yes", S3="yes", S4="yes", S5="yes", S6="yes")
        outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome
        assert (outcome.state, outcome.no) == (Verdict.VETOED, 1)


class TestPapersChangedWhileOpen:
    def test_ballots_are_void_and_a_new_round_begins(
        self, tx: Tx, now: datetime, committee: Committee
    ) -> None:
        line = an_open_motion(tx, committee, now=now)
        old = hash_of(tx, line.id, now)
        all_vote(tx, committee, line.id, now, S1="no", S2="no", S3="no", S4="no", S5="no")
        other = a_paper(tx, now=now, content=b"memo, corrected")
        moved = replace_papers(
            tx, SYSTEM, motion_id=line.id, papers=[other], reason="A wrong figure.", now=now + HOUR
        )
        assert moved.closes_at == now + 73 * HOUR
        with pytest.raises(StalePapers):
            vote(tx, committee.members["S1"], line.id, "yes", papers_hash=old, now=now + HOUR)
        all_vote(tx, committee, line.id, now + HOUR, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes")
        decided = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 73 * HOUR)
        assert (decided.round, decided.outcome.yes, decided.outcome.no) == (2, 5, 0)

    def test_it_needs_other_papers_and_a_reason(self, tx: Tx, now: datetime, committee: Committee) -> None:
        line = a_motion(tx, committee, now=now)
        same = a_paper(tx, now=now)
        other = a_paper(tx, now=now, content=b"other")
        with pytest.raises(PapersUnchanged):
            replace_papers(tx, SYSTEM, motion_id=line.id, papers=[same], reason="x", now=now)
        with pytest.raises(ReasonMissing):
            replace_papers(tx, SYSTEM, motion_id=line.id, papers=[other], reason=" ", now=now)
        replaced = replace_papers(tx, SYSTEM, motion_id=line.id, papers=[other], reason="x", now=now)
        assert (replaced.state, replaced.closes_at) == (MotionState.PAPERS_LOCKED, None)


class TestClosing:
    def test_only_at_the_deadline_and_only_once(self, tx: Tx, now: datetime, committee: Committee) -> None:
        line = an_open_motion(tx, committee, now=now)
        for early in (False, True):
            with pytest.raises(VotingStillOpen):
                close_motion(tx, SYSTEM, motion_id=line.id, early=early, now=now + 71 * HOUR)
        first = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
        again = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 80 * HOUR)
        assert again == first == decision(tx, motion_id=line.id)
        closed = tx.exec(select(AuditEvent).where(AuditEvent.action == "motion.closed")).all()
        assert len(closed) == 1

    def test_early_where_the_policy_allows_it(self, tx: Tx, now: datetime) -> None:
        committee = a_committee(tx, now=now, early_close=True)
        line = an_open_motion(tx, committee, now=now)
        with pytest.raises(VotingStillOpen):
            close_motion(tx, SYSTEM, motion_id=line.id, now=now + HOUR)
        all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes")
        assert close_motion(tx, SYSTEM, motion_id=line.id, early=True, now=now + HOUR).outcome.approves

    def test_the_chair_may_and_another_member_may_not(
        self, tx: Tx, now: datetime, committee: Committee
    ) -> None:
        line = an_open_motion(tx, committee, now=now)
        all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes")
        with speaking(tx, committee.members["S2"]) as member, pytest.raises(RoleMissing):
            close_motion(tx, member, motion_id=line.id, now=now + 72 * HOUR)
        with speaking(tx, committee.members["S1"]) as chair:
            assert close_motion(tx, chair, motion_id=line.id, now=now + 72 * HOUR).outcome.approves
        assert deal(tx, deal_id=line.deal_id).stage == Stage.CLOSING

    def test_the_trail_opens_every_commitment(self, tx: Tx, now: datetime, committee: Committee) -> None:
        line = an_open_motion(tx, committee, now=now)
        all_vote(tx, committee, line.id, now, S1="yes", S2="no")
        close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
        [closed] = tx.exec(select(AuditEvent).where(AuditEvent.action == "motion.closed")).all()
        votes = closed.detail["votes"]
        assert isinstance(votes, list)
        assert [(one["seat"], one["choice"], one["counted"]) for one in votes] == [
            ("S1", "yes", True),
            ("S2", "no", True),
        ]
        for one in votes:
            opened = commitment(motion=line.code, seat=one["seat"], choice=one["choice"], nonce=one["nonce"])
            assert opened == one["commitment"]
