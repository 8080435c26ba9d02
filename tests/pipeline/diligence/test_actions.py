"""Workstreams, findings and the gate to the committee, on a real database."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import select

from kernel.audit.models import AuditEvent
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from pipeline.deals.models import DealInterest
from pipeline.deals.moves import ReasonMissing
from pipeline.deals.rules import Stage
from pipeline.diligence.actions import (
    DealNotInDiligence,
    ItemUnknown,
    WorkstreamTaken,
    add_item,
    check_item,
    conclude,
    conclude_workstream,
    open_workstream,
    reopen_workstream,
    sign_finding,
)
from pipeline.diligence.queries import (
    FindingUnknown,
    WorkstreamUnknown,
    blocking_of,
    open_findings,
    versions,
    workstream,
    workstreams,
)
from pipeline.diligence.rules import (
    UNSIGNED,
    DiligenceUnfinished,
    FindingState,
    FindingUnchanged,
    Severity,
    Subject,
    WorkstreamLocked,
    WorkstreamUnfinished,
    signature,
)
from tests.builders.committee import a_member, speaking
from tests.builders.deals import Setting, a_deal_at, a_setting
from tests.builders.diligence import a_concluded_workstream, a_finding, a_workstream, finding_text
from tests.builders.parties import an_organisation


@pytest.fixture
def setting(tx: Tx, now: datetime) -> Setting:
    return a_setting(tx, now)


@pytest.fixture
def deal_id(tx: Tx, now: datetime, setting: Setting) -> int:
    return a_deal_at(tx, Stage.DUE_DILIGENCE, setting=setting, now=now).id


def test_a_workstream_opens_with_its_usual_checklist(tx: Tx, now: datetime, deal_id: int) -> None:
    sheet = a_workstream(tx, deal_id=deal_id, now=now, subject=Subject.LEGAL)
    assert sheet.code == f"{sheet.deal_code}-W1"
    assert [(item.number, item.is_mandatory) for item in sheet.items] == [(1, True), (2, True)]
    again = open_workstream(
        tx, SYSTEM, deal_id=deal_id, subject=Subject.TEAM, checklist=[("Meet the team", False)], now=now
    )
    assert [item.says for item in again.items] == ["Meet the team"]


def test_one_party_has_a_subject_once(tx: Tx, now: datetime, deal_id: int) -> None:
    a_workstream(tx, deal_id=deal_id, now=now)
    a_workstream(tx, deal_id=deal_id, now=now, party_id=an_organisation(tx).id)
    with pytest.raises(WorkstreamTaken):
        a_workstream(tx, deal_id=deal_id, now=now)


def test_workstreams_belong_to_deals_in_diligence(tx: Tx, now: datetime, setting: Setting) -> None:
    early = a_deal_at(tx, Stage.SCREENING, setting=setting, now=now, name="早期公司")
    with pytest.raises(DealNotInDiligence, match="screening"):
        a_workstream(tx, deal_id=early.id, now=now)


def test_who_ticked_what_and_when_is_kept(tx: Tx, now: datetime, deal_id: int) -> None:
    sheet = a_workstream(tx, deal_id=deal_id, now=now)
    done = check_item(tx, SYSTEM, workstream_id=sheet.id, number=1, note="Report 7", now=now).items[0]
    assert (done.done_at, done.done_by, done.note) == (now, "system", "Report 7")
    undone = check_item(tx, SYSTEM, workstream_id=sheet.id, number=1, done=False, now=now).items[0]
    assert (undone.done_at, undone.done_by) == (None, "")
    with pytest.raises(ItemUnknown, match="9"):
        check_item(tx, SYSTEM, workstream_id=sheet.id, number=9, now=now)


def test_a_workstream_is_concluded_only_when_done_and_then_locked(
    tx: Tx, now: datetime, deal_id: int
) -> None:
    sheet = a_workstream(tx, deal_id=deal_id, now=now)
    with pytest.raises(WorkstreamUnfinished) as refused:
        conclude_workstream(tx, SYSTEM, workstream_id=sheet.id, conclusion="", now=now)
    assert len(refused.value.problems) == 3
    for number in (1, 2):
        check_item(tx, SYSTEM, workstream_id=sheet.id, number=number, now=now)
    assert conclude_workstream(tx, SYSTEM, workstream_id=sheet.id, conclusion="Sound.", now=now).concluded_at
    with pytest.raises(WorkstreamLocked):
        check_item(tx, SYSTEM, workstream_id=sheet.id, number=1, now=now)
    with pytest.raises(WorkstreamLocked):
        add_item(tx, SYSTEM, workstream_id=sheet.id, says="More", is_mandatory=True, now=now)
    with pytest.raises(WorkstreamLocked):
        a_finding(tx, workstream_id=sheet.id, now=now)


def test_unlocking_needs_a_reason_and_blocks_the_deal_again(tx: Tx, now: datetime, deal_id: int) -> None:
    sheet = a_concluded_workstream(tx, deal_id=deal_id, now=now)
    assert blocking_of(tx, deal_id=deal_id) == []
    with pytest.raises(ReasonMissing):
        reopen_workstream(tx, SYSTEM, workstream_id=sheet.id, reason=" ", now=now)
    reopen_workstream(tx, SYSTEM, workstream_id=sheet.id, reason="A new test report came in.", now=now)
    assert [problem.where for problem in blocking_of(tx, deal_id=deal_id)] == [sheet.code]
    added = add_item(tx, SYSTEM, workstream_id=sheet.id, says="Read it", is_mandatory=True, now=now)
    assert added.items[-1].number == 4


def test_findings_are_signed_in_versions_that_follow_one_another(tx: Tx, now: datetime, deal_id: int) -> None:
    stream = a_workstream(tx, deal_id=deal_id, now=now)
    first = a_finding(tx, workstream_id=stream.id, now=now)
    assert first.code == f"{stream.code}-F1"
    closed = finding_text(state=FindingState.CLOSED, evidence=("ab" * 32,))
    second = sign_finding(tx, SYSTEM, workstream_id=stream.id, finding_id=first.id, text=closed, now=now)
    assert second.signature == signature(first.code, 2, closed, "system", first.signature)
    assert first.signature == signature(first.code, 1, finding_text(), "system", UNSIGNED)
    assert [one.version for one in versions(tx, actor=SYSTEM, finding_id=first.id)] == [1, 2]
    assert workstream(tx, actor=SYSTEM, workstream_id=stream.id).findings == (second,)
    with pytest.raises(FindingUnchanged, match="Version 2"):
        sign_finding(tx, SYSTEM, workstream_id=stream.id, finding_id=first.id, text=closed, now=now)
    assert a_finding(tx, workstream_id=stream.id, now=now).code == f"{stream.code}-F2"


def test_a_finding_of_another_workstream_is_not_found(tx: Tx, now: datetime, deal_id: int) -> None:
    one = a_workstream(tx, deal_id=deal_id, now=now)
    other = a_workstream(tx, deal_id=deal_id, now=now, subject=Subject.LEGAL)
    finding = a_finding(tx, workstream_id=one.id, now=now)
    with pytest.raises(FindingUnknown):
        sign_finding(
            tx, SYSTEM, workstream_id=other.id, finding_id=finding.id, text=finding_text(title="X"), now=now
        )


def test_an_open_critical_finding_blocks_the_committee(tx: Tx, now: datetime, deal_id: int) -> None:
    stream = a_workstream(tx, deal_id=deal_id, now=now)
    critical = a_finding(tx, workstream_id=stream.id, now=now, severity=Severity.CRITICAL)
    for item in stream.items:
        check_item(tx, SYSTEM, workstream_id=stream.id, number=item.number, now=now)
    conclude_workstream(tx, SYSTEM, workstream_id=stream.id, conclusion="One thing is open.", now=now)
    with pytest.raises(DiligenceUnfinished) as refused:
        conclude(tx, SYSTEM, deal_id=deal_id, now=now)
    assert [problem.where for problem in refused.value.problems] == [critical.code]
    assert open_findings(tx, actor=SYSTEM, deal_id=deal_id, severity=Severity.CRITICAL) == [critical]
    assert open_findings(tx, actor=SYSTEM, deal_id=deal_id, severity=Severity.MINOR) == []


def test_a_concluded_diligence_sends_the_deal_to_the_committee(tx: Tx, now: datetime, deal_id: int) -> None:
    with pytest.raises(DiligenceUnfinished, match="open at least one"):
        conclude(tx, SYSTEM, deal_id=deal_id, now=now)
    legal = a_workstream(tx, deal_id=deal_id, now=now, subject=Subject.LEGAL)
    a_finding(tx, workstream_id=legal.id, now=now, severity=Severity.MINOR)
    for item in legal.items:
        check_item(tx, SYSTEM, workstream_id=legal.id, number=item.number, now=now)
    conclude_workstream(tx, SYSTEM, workstream_id=legal.id, conclusion="One small thing.", now=now)
    a_concluded_workstream(tx, deal_id=deal_id, now=now)
    assert conclude(tx, SYSTEM, deal_id=deal_id, now=now).stage == Stage.COMMITTEE


def test_an_enterprise_sees_and_works_its_own_workstream_only(tx: Tx, now: datetime, deal_id: int) -> None:
    mine, other = an_organisation(tx, "北方钢铁集团"), an_organisation(tx, "南方钢铁集团")
    trial = a_workstream(tx, deal_id=deal_id, now=now, subject=Subject.INDUSTRIAL_TRIAL, party_id=mine.id)
    funds = a_workstream(tx, deal_id=deal_id, now=now, subject=Subject.FINANCE)
    a_finding(tx, workstream_id=funds.id, now=now)
    theirs = a_workstream(tx, deal_id=deal_id, now=now, subject=Subject.MARKET, party_id=other.id)
    expert = a_member(tx, Role.LP_EXPERT, login="expert", now=now, party_id=mine.id)
    with speaking(tx, expert):
        seen = workstreams(tx, actor=expert, deal_id=deal_id)
        assert [(sheet.id, sheet.deal_code) for sheet in seen] == [(trial.id, trial.deal_code)]
        check_item(tx, expert, workstream_id=trial.id, number=1, now=now)
        finding = a_finding(tx, workstream_id=trial.id, now=now, actor=expert)
        assert finding.signed_by == "Expert"
        for hidden in (funds.id, theirs.id):
            with pytest.raises(WorkstreamUnknown):
                workstream(tx, actor=expert, workstream_id=hidden)
        # The second wall: plain SQL under the application's role shows no more than that.
        rows = tx.execute(sa.text("SELECT id FROM workstream")).scalars().all()
        assert rows == [trial.id]
        assert tx.execute(sa.text("SELECT count(*) FROM finding_version")).scalar_one() == 1
        assert tx.execute(sa.text("SELECT count(*) FROM checklist_item")).scalar_one() == len(trial.items)
    interest = tx.exec(select(DealInterest).where(DealInterest.party_id == mine.id)).one()
    assert interest.is_co_diligence


def test_roles_decide_who_works_where(tx: Tx, now: datetime, deal_id: int) -> None:
    party = an_organisation(tx)
    trial = a_workstream(tx, deal_id=deal_id, now=now, party_id=party.id)
    reader = a_member(tx, Role.LP_EXPERT, login="reader", now=now)
    analyst = a_member(tx, Role.ANALYST, login="analyst", now=now)
    with speaking(tx, analyst), pytest.raises(RoleMissing, match="lp expert"):
        check_item(tx, analyst, workstream_id=trial.id, number=1, now=now)
    with speaking(tx, reader):
        assert workstreams(tx, actor=reader) == []
        with pytest.raises(RoleMissing):
            open_workstream(tx, reader, deal_id=deal_id, subject=Subject.TEAM, now=now)


def test_every_step_leaves_an_audit_line(tx: Tx, now: datetime, deal_id: int) -> None:
    sheet = a_concluded_workstream(tx, deal_id=deal_id, now=now)
    statement = select(AuditEvent.action).where(AuditEvent.subject == f"workstream:{sheet.id}")
    told = tx.exec(statement.order_by(AuditEvent.number)).all()
    assert told == ["workstream.opened", *["workstream.item_checked"] * 3, "workstream.concluded"]
