"""From papers to a decision, on a real database."""

import json
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlmodel import col

from fund.parties.conflict_rules import Conflicted, ConflictKind
from kernel.blobs.queries import BlobMissing, get
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role
from pipeline.committee.actions import DiligenceBlocks, close_motion, declare, open_motion
from pipeline.committee.counting import execute
from pipeline.committee.drafting import (
    CompanyChanged,
    CompanyMissing,
    DealNotBeforeCommittee,
    MotionPending,
    draft_motion,
    lock_papers,
)
from pipeline.committee.minutes import adopt_minutes
from pipeline.committee.models import Motion
from pipeline.committee.motion_rules import (
    Matter,
    MotionNotReady,
    MotionState,
    Paper,
    PapersMissing,
    WindowTooShort,
)
from pipeline.committee.queries import (
    NotDecided,
    PaperUnknown,
    conditions,
    decided_policy,
    decision,
    motion_sheet,
    motions,
    papers_for,
    read_paper,
    waiting,
)
from pipeline.committee.rules import Policy, Verdict
from pipeline.committee.standing import MotionUnknown, PolicyUnknown
from pipeline.deals.actions import hold, reactivate
from pipeline.deals.models import Deal
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage
from pipeline.diligence.actions import reopen_workstream
from pipeline.diligence.queries import workstreams
from tests.builders.committee import (
    TWO_THIRDS,
    Committee,
    a_committee,
    a_deal_before,
    a_member,
    a_motion,
    a_paper,
    a_policy,
    all_vote,
    an_open_motion,
    declare_nil,
    hash_of,
    speaking,
    vote,
)
from tests.builders.deals import a_deal_at

HOUR = timedelta(hours=1)
CUSTOMER = Conflicted(ConflictKind.CUSTOMER, "Our plant buys their alloy.")


@pytest.fixture
def committee(tx: Tx, now: datetime) -> Committee:
    return a_committee(tx, now=now)


def test_a_motion_goes_from_draft_to_an_approval_that_moves_the_deal(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    line = an_open_motion(tx, committee, now=now)
    assert (line.code, line.state, line.closes_at) == ("M26-001", MotionState.OPEN, now + 72 * HOUR)
    all_vote(tx, committee, line.id, now + HOUR, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes", S6="no")
    decided = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
    outcome = decided.outcome
    assert (outcome.state, outcome.yes, outcome.no, outcome.needed) == (Verdict.APPROVED, 5, 1, 5)
    assert decided.expires_on == (now + 72 * HOUR).date() + timedelta(days=90)
    assert deal(tx, deal_id=line.deal_id).stage == Stage.CLOSING
    assert decided.amount == deal(tx, deal_id=line.deal_id).amount
    assert motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=now).line.verdict == Verdict.APPROVED


def test_a_rejection_leaves_the_deal_where_it_is(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    all_vote(tx, committee, line.id, now, S1="yes", S2="no", S3="abstain", S4="no")
    decided = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
    assert (decided.outcome.state, decided.amount, decided.expires_on) == (Verdict.REJECTED, None, None)
    assert deal(tx, deal_id=line.deal_id).stage == Stage.COMMITTEE


def test_conditions_become_conditions_of_the_closing(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="conditions", S4="yes", S5="conditions")
    decided = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
    assert decided.outcome.state == Verdict.APPROVED_WITH_CONDITIONS
    asked = conditions(tx, deal_id=line.deal_id)
    assert [(one.number, one.seat, one.says) for one in asked] == [
        (1, "S3", "Insure the pilot line."),
        (2, "S5", "Insure the pilot line."),
    ]
    assert conditions(tx, motion_id=line.id) == asked


def test_nobody_voting_is_inquorate(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    assert close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome.state == Verdict.INQUORATE


def test_drafting_needs_a_deal_before_the_committee_and_no_motion_under_way(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    early = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=committee.setting, now=now, name="早期公司")
    with pytest.raises(DealNotBeforeCommittee, match="due diligence"):
        draft_motion(tx, SYSTEM, deal_id=early.id, matter=Matter.NEW_DEAL, title="Invest", now=now)
    about = a_deal_before(tx, committee, now=now)
    a_motion(tx, committee, now=now, deal=about)
    with pytest.raises(MotionPending, match="M26-001"):
        a_motion(tx, committee, now=now, deal=about)
    other = draft_motion(tx, SYSTEM, deal_id=early.id, matter=Matter.VALUATION, title="Mark", now=now)
    assert other.code == "M26-002"


def test_papers_are_kept_bytes_each_named_once(tx: Tx, now: datetime, committee: Committee) -> None:
    about = a_deal_before(tx, committee, now=now)
    line = draft_motion(tx, SYSTEM, deal_id=about.id, matter=Matter.NEW_DEAL, title="Invest", now=now)
    with pytest.raises(PapersMissing):
        lock_papers(tx, SYSTEM, motion_id=line.id, papers=[], now=now)
    with pytest.raises(BlobMissing):
        lock_papers(tx, SYSTEM, motion_id=line.id, papers=[Paper("Memo", "0" * 64)], now=now)
    lock_papers(tx, SYSTEM, motion_id=line.id, papers=[a_paper(tx, now=now)], now=now)
    with pytest.raises(MotionNotReady, match="papers locked"):
        lock_papers(tx, SYSTEM, motion_id=line.id, papers=[a_paper(tx, now=now)], now=now)


def test_a_draft_is_for_the_fund_and_a_stranger_knows_of_no_motion(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    about = a_deal_before(tx, committee, now=now)
    line = draft_motion(tx, SYSTEM, deal_id=about.id, matter=Matter.NEW_DEAL, title="Invest", now=now)
    member = committee.members["S2"]
    with speaking(tx, member):
        assert motions(tx, actor=member).items == ()
        with pytest.raises(MotionUnknown):
            motion_sheet(tx, actor=member, motion_id=line.id, now=now)
    lock_papers(tx, SYSTEM, motion_id=line.id, papers=[a_paper(tx, now=now)], now=now)
    with speaking(tx, member):
        assert [one.id for one in motions(tx, actor=member, deal_id=about.id).items] == [line.id]
    with speaking(tx, a_member(tx, Role.LP_EXPERT, login="expert", now=now)) as expert:
        assert motions(tx, actor=expert, state=MotionState.PAPERS_LOCKED).items == ()


def test_opening_asks_the_diligence_again(tx: Tx, now: datetime, committee: Committee) -> None:
    about = a_deal_before(tx, committee, now=now)
    line = a_motion(tx, committee, now=now, deal=about)
    declare_nil(tx, committee, motion_id=line.id, now=now)
    stream = workstreams(tx, actor=SYSTEM, deal_id=about.id)[0]
    reopen_workstream(tx, SYSTEM, workstream_id=stream.id, reason="A new report.", now=now)
    with pytest.raises(DiligenceBlocks, match=stream.code):
        open_motion(tx, SYSTEM, motion_id=line.id, now=now)


def test_opening_asks_the_deals_status_again(tx: Tx, now: datetime, committee: Committee) -> None:
    line = a_motion(tx, committee, now=now)
    declare_nil(tx, committee, motion_id=line.id, now=now)
    hold(tx, SYSTEM, deal_id=line.deal_id, reason="The founder is ill.", now=now)
    with pytest.raises(DealNotBeforeCommittee, match="on hold"):
        open_motion(tx, SYSTEM, motion_id=line.id, now=now)


def test_a_vote_counts_though_the_deal_rests_meanwhile(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes")
    hold(tx, SYSTEM, deal_id=line.deal_id, reason="The founder is ill.", now=now)
    assert close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome.approves
    reactivate(tx, SYSTEM, deal_id=line.deal_id, reason="Well again.", now=now)
    assert deal(tx, deal_id=line.deal_id).stage == Stage.COMMITTEE


def test_the_window_is_at_least_the_policys(tx: Tx, now: datetime, committee: Committee) -> None:
    line = a_motion(tx, committee, now=now)
    declare_nil(tx, committee, motion_id=line.id, now=now)
    with pytest.raises(WindowTooShort):
        open_motion(tx, SYSTEM, motion_id=line.id, closes_at=now + HOUR, now=now)
    later = open_motion(tx, SYSTEM, motion_id=line.id, closes_at=now + 100 * HOUR, now=now)
    assert later.closes_at == now + 100 * HOUR


def test_without_a_policy_for_the_matter_nothing_is_opened(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    about = a_deal_before(tx, committee, now=now)
    with pytest.raises(PolicyUnknown, match="write off"):
        a_motion(tx, committee, now=now, deal=about, matter=Matter.WRITE_OFF)


def test_a_motion_runs_under_the_policy_of_its_opening(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    lax = Policy(threshold=Fraction(1, 7), basis="eligible", quorum=Fraction(0), quorum_floor=1, floor=1)
    a_policy(tx, fund_id=committee.setting.fund_id, now=now, policy=lax)
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes")
    outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome
    assert (outcome.state, outcome.needed) == (Verdict.REJECTED, 5)


def test_other_matters_than_investing_leave_the_deal_alone(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    a_policy(tx, fund_id=committee.setting.fund_id, now=now, matter=Matter.VALUATION)
    held = a_deal_at(tx, Stage.HELD, setting=committee.setting, now=now)
    line = an_open_motion(tx, committee, now=now, deal=held, matter=Matter.VALUATION)
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes")
    assert close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR).outcome.approves
    assert deal(tx, deal_id=held.id).stage == Stage.HELD


def test_a_paper_is_read_by_those_who_may(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    member = committee.members["S2"]
    [paper] = papers_for(tx, actor=SYSTEM, motion_id=line.id, now=now)
    other = a_paper(tx, now=now, content=b"other")
    with speaking(tx, member):
        blob = read_paper(tx, actor=member, motion_id=line.id, sha256=paper.sha256, now=now)
        assert blob.content == b"memo"
        with pytest.raises(PaperUnknown):
            read_paper(tx, actor=member, motion_id=line.id, sha256=other.sha256, now=now)


def test_nothing_is_decided_before_the_close(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    for asked in (decision, decided_policy):
        with pytest.raises(NotDecided):
            asked(tx, motion_id=line.id)


def test_a_second_motion_marks_the_same_conflict_once(tx: Tx, now: datetime, committee: Committee) -> None:
    about = a_deal_before(tx, committee, now=now)
    for _ in range(2):
        line = a_motion(tx, committee, now=now, deal=about)
        for code in ("S3", "S4"):
            with speaking(tx, committee.members[code]) as member:
                declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[CUSTOMER], now=now)
        declare_nil(tx, committee, motion_id=line.id, now=now, besides=["S3", "S4"])
        open_motion(tx, SYSTEM, motion_id=line.id, now=now)
        close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
    assert deal(tx, deal_id=about.id).conflict_note == "S3: customer; S4: customer"


def test_minutes_of_what_was_carried_out_already(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    with speaking(tx, committee.members["S6"]) as member:
        declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[CUSTOMER], now=now)
    all_vote(tx, committee, line.id, now, S1="yes", S2="yes", S3="yes", S4="yes", S5="yes")
    close_motion(tx, SYSTEM, motion_id=line.id, now=now + 72 * HOUR)
    execute(tx, SYSTEM, motion_id=line.id, now=now + 73 * HOUR)
    kept = adopt_minutes(tx, SYSTEM, motion_id=line.id, now=now + 74 * HOUR)
    told = json.loads(get(tx, sha256=kept).content)
    assert told["decision"]["outcome"]["state"] == "approved"
    assert told["policy"]["threshold"] == "2/3"
    [away] = [one for one in told["attendance"] if one["is_recused"]]
    assert (away["seat"]["code"], away["recusals"]) == (
        "S6",
        [["customer", "declared", "Our plant buys their alloy."]],
    )
    assert motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=now).line.state == MotionState.EXECUTED


def test_what_waits_for_whom(tx: Tx, now: datetime, committee: Committee) -> None:
    line = a_motion(tx, committee, now=now)
    member = committee.members["S2"]

    def asked() -> list[str]:
        with speaking(tx, member):
            return [one.asks for one in waiting(tx, actor=member, now=now)]

    assert asked() == ["declare"]
    declare_nil(tx, committee, motion_id=line.id, now=now)
    assert asked() == []
    open_motion(tx, SYSTEM, motion_id=line.id, now=now)
    assert asked() == ["vote"]
    vote(tx, member, line.id, "yes", papers_hash=hash_of(tx, line.id, now), now=now)
    assert asked() == ["read"]
    with speaking(tx, member):
        declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[CUSTOMER], now=now)
    assert asked() == []
    assert waiting(tx, actor=SYSTEM, now=now) == []
    assert TWO_THIRDS.floor == 5


def test_a_motion_keeps_the_company_it_was_drafted_for(tx: Tx, now: datetime, committee: Committee) -> None:
    """Taking the company off the deal while the motion is drafted would switch the search for conflicts off."""
    about = a_deal_before(tx, committee, now=now)
    company = sa.update(Deal).where(col(Deal.id) == about.id)
    tx.execute(company.values(spinout_id=None))
    with pytest.raises(CompanyMissing):
        draft_motion(tx, SYSTEM, deal_id=about.id, matter=Matter.NEW_DEAL, title="Invest", now=now)
    tx.execute(company.values(spinout_id=about.spinout_id))
    line = a_motion(tx, committee, now=now, deal=about)
    declare_nil(tx, committee, motion_id=line.id, now=now)
    tx.execute(company.values(spinout_id=None))
    with pytest.raises(CompanyChanged, match=line.code):
        open_motion(tx, SYSTEM, motion_id=line.id, now=now)
    with pytest.raises(sa.exc.IntegrityError, match="only goes on"):
        tx.execute(sa.update(Motion).values(company_id=None))
