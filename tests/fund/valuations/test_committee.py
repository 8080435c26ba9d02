"""A file goes through its committee, member by member, before its mark can be put in force."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlmodel import select

from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import HoldingSheet, mark
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from fund.valuations.actions import approve, hand_in, prepare
from fund.valuations.asked import files_to_answer, undecided
from fund.valuations.committee import (
    CommitteeSheet,
    MarkDecided,
    committee_on,
    give_opinion,
)
from fund.valuations.committee_rules import (
    CommitteeNotAgreed,
    CommitteeStanding,
    MemberRecused,
    NoCommittee,
    NotAMember,
    Opinion,
    OpinionGiven,
    OpinionStale,
    PreparerRecused,
)
from fund.valuations.models import ValuationOpinion
from fund.valuations.policy import PolicyInvalid
from fund.valuations.queries import FileSheet, file_of
from fund.valuations.records import ApproverUnknown, MemberCannotRead, set_policy
from fund.valuations.rules import FileUnknown
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from tests.builders.holdings import held, the_analyst, the_manager
from tests.builders.ledger import Books
from tests.builders.parties import a_relation, an_organisation
from tests.builders.people import an_actor
from tests.builders.valuations import MILLION, POLICY, a_file

Q1 = date(2025, 3, 31)
NAMES = ("wu.yan", "zhao.ke", "qian.mu")
YES, NO = Opinion.APPROVE, Opinion.OBJECT


def seated(tx: Tx, now: datetime, **party: int) -> dict[str, Actor]:
    """Three members; `party` gives one of them an organisation."""
    return {
        login: an_actor(tx, Role.COMMITTEE, login=login, now=now, party_id=party.get(login.replace(".", "_")))
        for login in NAMES
    }


def a_committee(tx: Tx, fund: Books, now: datetime, **facts: object) -> None:
    policy = replace(POLICY, committee=NAMES, needs_minute=True, **facts)
    day = date(2025, 1, 1)
    given = {"fund_id": fund.fund_id, "effective_on": day, "note": "committee", "now": now}
    set_policy(tx, the_manager(tx), policy=policy, **given)


def filed(tx: Tx, sheet: HoldingSheet, now: datetime, value: int = 24 * MILLION) -> FileSheet:
    return prepare(
        tx, the_analyst(tx), holding_id=sheet.id, marked_on=Q1, value=value, file=a_file(value), now=now
    )


def say(tx: Tx, who: Actor, file: FileSheet, opinion: Opinion, now: datetime) -> CommitteeSheet:
    return give_opinion(
        tx,
        who,
        mark_id=file.mark_id,
        file_sha256=file.sha256,
        opinion=opinion,
        reason="" if opinion is YES else "the pilot line is late",
        now=now,
    )


def test_the_mark_waits_for_its_committee(tx: Tx, fund: Books, now: datetime) -> None:
    members = seated(tx, now)
    a_committee(tx, fund, now)
    file = filed(tx, held(tx, fund.fund_id), now)
    wu, zhao, qian = members.values()
    [asked] = files_to_answer(tx, fund_id=fund.fund_id, on=Q1, actor=wu)
    assert asked.mark.id == file.mark_id
    assert say(tx, wu, file, NO, now).outcome.standing is CommitteeStanding.OPEN
    assert files_to_answer(tx, fund_id=fund.fund_id, on=Q1, actor=wu) == []
    say(tx, zhao, file, YES, now)
    with pytest.raises(CommitteeNotAgreed, match="1 of 3 members approve, 2 are needed"):
        approve(tx, the_manager(tx), mark_id=file.mark_id, minute="VC-1", now=now)
    assert mark(tx, mark_id=file.mark_id).state is MarkState.DRAFT
    asked_of = {"fund_id": fund.fund_id, "on": Q1, "actor": the_manager(tx)}
    assert undecided(tx, **asked_of) == {file.mark_id}
    assert say(tx, qian, file, YES, now).outcome.standing is CommitteeStanding.AGREED
    assert undecided(tx, **asked_of) == frozenset()
    # The resolution is the minute that the policy asks for.
    approved = approve(tx, the_manager(tx), mark_id=file.mark_id, now=now)
    assert approved.state is MarkState.APPROVED
    found = committee_on(tx, mark_id=file.mark_id, on=Q1)
    assert found is not None
    assert found.resolution is not None
    assert [one.opinion for one in found.resolution.members] == [NO, YES, YES]
    assert found.resolution.members[0].reason == "the pilot line is late"
    # What the policy says later changes nothing of what was resolved.
    set_policy(
        tx,
        the_manager(tx),
        fund_id=fund.fund_id,
        policy=POLICY,
        effective_on=date(2025, 1, 2),
        note="none any more",
        now=now,
    )
    assert committee_on(tx, mark_id=file.mark_id, on=Q1) == replace(found, policy_id=found.policy_id + 1)


def test_a_changed_file_is_answered_anew(tx: Tx, fund: Books, now: datetime) -> None:
    wu, zhao, _ = seated(tx, now).values()
    a_committee(tx, fund, now)
    file = filed(tx, held(tx, fund.fund_id), now)
    for one in (wu, zhao):
        say(tx, one, file, YES, now)
    changed = a_file(24 * MILLION, assisted_by="a language model")
    hand_in(tx, the_analyst(tx), mark_id=file.mark_id, file=changed, now=now)
    found = committee_on(tx, mark_id=file.mark_id, on=Q1)
    assert found is not None
    assert (found.voided, found.outcome.approved) == (2, 0)
    with pytest.raises(CommitteeNotAgreed):
        approve(tx, the_manager(tx), mark_id=file.mark_id, minute="VC-1", now=now)
    with pytest.raises(OpinionStale):
        say(tx, wu, file, YES, now)
    again = file_of(tx, mark_id=file.mark_id)
    for one in (wu, zhao):
        say(tx, one, again, YES, now)
    assert approve(tx, the_manager(tx), mark_id=file.mark_id, now=now).state is MarkState.APPROVED


def test_who_is_interested_is_recused_and_counts_no_more(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    steel = an_organisation(tx, name_zh="北方钢铁集团", name_en="North Steel")
    members = seated(tx, now, wu_yan=steel.id)
    a_committee(tx, fund, now)
    file = filed(tx, sheet, now)
    wu, zhao, qian = members.values()
    say(tx, wu, file, YES, now)
    a_relation(tx, steel, RelationKind.CUSTOMER, party(tx, party_id=sheet.party_id))
    found = committee_on(tx, mark_id=file.mark_id, on=Q1)
    assert found is not None
    own = found.of(wu.user_id)
    assert own is not None
    # What was said before the interest was known does not count any more.
    assert (own.is_recused, own.opinion) == (True, None)
    assert (found.outcome.eligible, found.outcome.needed) == (2, 2)
    with pytest.raises(MemberRecused, match="customer"):
        say(tx, wu, file, YES, now)
    assert files_to_answer(tx, fund_id=fund.fund_id, on=Q1, actor=wu) == []
    for one in (zhao, qian):
        say(tx, one, file, YES, now)
    approve(tx, the_manager(tx), mark_id=file.mark_id, now=now)


def test_who_may_not_answer(tx: Tx, fund: Books, now: datetime) -> None:
    wu, zhao, qian = seated(tx, now).values()
    sheet = held(tx, fund.fund_id)
    file = filed(tx, sheet, now)
    with pytest.raises(NoCommittee):
        say(tx, the_manager(tx), file, YES, now)
    # Until a policy names it, a member of another committee knows of no draft.
    with pytest.raises(FileUnknown):
        say(tx, wu, file, YES, now)
    a_committee(tx, fund, now)
    say(tx, wu, file, YES, now)
    with pytest.raises(OpinionGiven):
        say(tx, wu, file, NO, now)
    with pytest.raises(NotAMember):
        say(tx, the_manager(tx), file, YES, now)
    analyst = the_analyst(tx)
    login = tx.execute(
        sa.text("SELECT login FROM app_user WHERE id = :id"), {"id": analyst.user_id}
    ).scalar_one()
    set_policy(
        tx,
        the_manager(tx),
        fund_id=fund.fund_id,
        policy=replace(POLICY, committee=(*NAMES, login)),
        effective_on=date(2025, 1, 2),
        note="the analyst sits too",
        now=now,
    )
    with pytest.raises(PreparerRecused):
        say(tx, analyst, file, YES, now)
    say(tx, zhao, file, YES, now)
    approve(tx, the_manager(tx), mark_id=file.mark_id, now=now)
    with pytest.raises(MarkDecided):
        say(tx, qian, file, YES, now)
    rows = tx.exec(select(ValuationOpinion)).all()
    assert {row.name for row in rows} == {"Wu.Yan", "Zhao.Ke"}


def test_a_committee_that_cannot_be_is_refused(tx: Tx, fund: Books, now: datetime) -> None:
    with pytest.raises(ApproverUnknown, match=r"wu\.yan"):
        a_committee(tx, fund, now)
    seated(tx, now)
    for facts in ({"quorum": Fraction(0)}, {"threshold": Fraction(3, 2)}):
        with pytest.raises(PolicyInvalid):
            a_committee(tx, fund, now, **facts)
    an_actor(tx, Role.AUDITOR, login="auditor.x", now=now)
    given = {
        "fund_id": fund.fund_id,
        "effective_on": date(2025, 1, 1),
        "note": "committee",
        "now": now,
    }
    with pytest.raises(MemberCannotRead):
        set_policy(tx, the_manager(tx), policy=replace(POLICY, committee=("auditor.x",)), **given)
    with pytest.raises(PolicyInvalid):
        set_policy(tx, the_manager(tx), policy=replace(POLICY, committee=("wu.yan",) * 2), **given)
