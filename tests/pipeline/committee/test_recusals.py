"""Conflicts found in the graph of parties, and the two people it takes to withdraw a recusal."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.actions import end_relation
from fund.parties.conflict_rules import Conflicted, ConflictKind
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from pipeline.committee.actions import cast_ballot, close_motion, declare, open_motion
from pipeline.committee.ballot_rules import Recused
from pipeline.committee.minutes import minutes
from pipeline.committee.models import Recusal
from pipeline.committee.motion_rules import SecondPersonNeeded, Source
from pipeline.committee.queries import motion_sheet, waiting
from pipeline.committee.recusals import (
    RecusalUnknown,
    ask_withdrawal,
    confirm_withdrawal,
    look_for_conflicts,
)
from pipeline.committee.rules import Verdict
from pipeline.deals.moves import ReasonMissing
from pipeline.deals.queries import deal
from pipeline.spinouts.queries import spinout
from tests.builders.committee import (
    Committee,
    a_committee,
    a_deal_before,
    a_member,
    a_motion,
    an_open_motion,
    declare_nil,
    hash_of,
    speaking,
    vote,
)
from tests.builders.parties import a_person, a_relation, an_organisation

DAY = timedelta(days=1)
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
def steel(tx: Tx) -> int:
    return an_organisation(tx, "北方钢铁集团").id


@pytest.fixture
def committee(tx: Tx, now: datetime, steel: int) -> Committee:
    return a_committee(tx, now=now, parties={"S3": steel})


def company_of(tx: Tx, committee: Committee, now: datetime) -> tuple[int, int]:
    """A deal before the committee and its company as a party."""
    about = a_deal_before(tx, committee, now=now)
    assert about.spinout_id is not None
    return about.id, spinout(tx, spinout_id=about.spinout_id).party_id


def recused(tx: Tx, motion_id: int, now: datetime) -> list[str]:
    sheet = motion_sheet(tx, actor=SYSTEM, motion_id=motion_id, now=now)
    return [line.seat.code for line in sheet.seats if line.is_recused]


def relate(tx: Tx, source: int, kind: RelationKind, target: int) -> int:
    from_party, to_party = (party(tx, party_id=one) for one in (source, target))
    return a_relation(tx, from_party, kind, to_party, now=NOW).id


def test_a_daughter_that_is_a_customer_recuses_the_groups_seat(
    tx: Tx, now: datetime, committee: Committee, steel: int
) -> None:
    deal_id, company = company_of(tx, committee, now)
    daughter = an_organisation(tx, "北方特钢").id
    relate(tx, steel, RelationKind.GROUP_PARENT, daughter)
    relate(tx, daughter, RelationKind.CUSTOMER, company)
    line = a_motion(tx, committee, now=now, deal=deal(tx, deal_id=deal_id))
    assert recused(tx, line.id, now) == ["S3"]
    declare_nil(tx, committee, motion_id=line.id, now=now, besides=["S3"])
    open_motion(tx, SYSTEM, motion_id=line.id, now=now)
    row = tx.exec(select(Recusal)).one()
    assert (row.kind, row.source) == (ConflictKind.CUSTOMER, Source.GRAPH)
    assert row.statement == "北方特钢 is the customer of 北科氢能材料有限公司"


def test_a_relation_recorded_during_the_vote_recuses_at_once(
    tx: Tx, now: datetime, committee: Committee, steel: int
) -> None:
    deal_id, company = company_of(tx, committee, now)
    line = an_open_motion(tx, committee, now=now, deal=deal(tx, deal_id=deal_id))
    papers = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=now).papers_hash
    assert papers is not None
    for code in ("S1", "S2", "S3", "S4", "S5"):
        vote(
            tx, committee.members[code], line.id, "yes" if code != "S3" else "no", papers_hash=papers, now=now
        )
    relate(tx, steel, RelationKind.COMPETITOR, company)
    member = committee.members["S3"]
    with speaking(tx, member):
        assert waiting(tx, actor=member, now=now) == []
        with pytest.raises(Recused):
            cast_ballot(tx, member, motion_id=line.id, choice="yes", reason="x", papers_hash=papers, now=now)
    assert recused(tx, line.id, now) == ["S3"]
    outcome = close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY).outcome
    assert (outcome.state, outcome.eligible, outcome.no) == (Verdict.APPROVED, 6, 0)


def test_a_relation_that_came_to_light_in_a_vote_stays_when_it_is_ended(
    tx: Tx, now: datetime, committee: Committee, steel: int
) -> None:
    deal_id, company = company_of(tx, committee, now)
    line = an_open_motion(tx, committee, now=now, deal=deal(tx, deal_id=deal_id))
    key = relate(tx, steel, RelationKind.COMPETITOR, company)
    row = tx.exec(select(Recusal)).one()
    assert (row.motion_id, row.kind, row.source) == (line.id, ConflictKind.COMPETITOR, Source.GRAPH)
    yesterday = (now - DAY).date()
    end_relation(tx, SYSTEM, relation_id=key, until_on=yesterday, reason="Ended.", now=now)
    assert recused(tx, line.id, now) == ["S3"]
    member = committee.members["S3"]
    papers = hash_of(tx, line.id, now)
    with speaking(tx, member), pytest.raises(Recused):
        cast_ballot(tx, member, motion_id=line.id, choice="yes", papers_hash=papers, now=now)
    sheet = motion_sheet(tx, actor=member, motion_id=line.id, now=now)
    assert (sheet.proposal, sheet.amount, sheet.papers) == ("", None, ())
    close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY)
    for code in ("S1", "S3"):
        with pytest.raises(Recused) if code == "S3" else nullcontext():
            minutes(tx, actor=committee.members[code], motion_id=line.id)


def test_an_ended_relation_does_not_recuse(tx: Tx, now: datetime, committee: Committee, steel: int) -> None:
    deal_id, company = company_of(tx, committee, now)
    key = relate(tx, steel, RelationKind.CUSTOMER, company)
    end_relation(tx, SYSTEM, relation_id=key, until_on=date(2025, 12, 31), reason="sold", now=now)
    line = a_motion(tx, committee, now=now, deal=deal(tx, deal_id=deal_id))
    assert recused(tx, line.id, now) == []


def test_a_member_who_is_an_officer_of_the_university(tx: Tx, now: datetime) -> None:
    person, school = a_person(tx, "王校长").id, an_organisation(tx, "北方科技大学").id
    relate(tx, person, RelationKind.OFFICER, school)
    committee = a_committee(tx, now=now, people={"S4": person})
    deal_id, company = company_of(tx, committee, now)
    relate(tx, school, RelationKind.UNIVERSITY, company)
    line = a_motion(tx, committee, now=now, deal=deal(tx, deal_id=deal_id))
    sheet = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=now)
    [found] = [seat for seat in sheet.seats if seat.is_recused]
    assert (found.seat.code, [one.kind for _, one in found.conflicts]) == (
        "S4",
        [ConflictKind.UNIVERSITY_OFFICER],
    )


class TestWithdrawing:
    @pytest.fixture
    def recusal(self, tx: Tx, now: datetime, committee: Committee) -> tuple[int, int]:
        """The motion and S3's recusal in it."""
        line = a_motion(tx, committee, now=now)
        told = Conflicted(ConflictKind.CUSTOMER, "We buy their alloy.")
        with speaking(tx, committee.members["S3"]) as member:
            declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[told], now=now)
        row = tx.exec(select(Recusal)).one()
        return line.id, row.key

    def test_it_takes_two(
        self, tx: Tx, now: datetime, committee: Committee, recusal: tuple[int, int]
    ) -> None:
        motion_id, key = recusal
        holder, chair = committee.members["S3"], committee.members["S1"]
        with speaking(tx, chair), pytest.raises(SecondPersonNeeded):
            confirm_withdrawal(tx, chair, recusal_id=key, now=now)
        with speaking(tx, holder):
            with pytest.raises(ReasonMissing):
                ask_withdrawal(tx, holder, recusal_id=key, reason=" ", now=now)
            ask_withdrawal(tx, holder, recusal_id=key, reason="The contract ended in June.", now=now)
            with pytest.raises(RoleMissing):
                confirm_withdrawal(tx, holder, recusal_id=key, now=now)
        with speaking(tx, chair):
            confirm_withdrawal(tx, chair, recusal_id=key, now=now)
            with pytest.raises(RecusalUnknown):
                confirm_withdrawal(tx, chair, recusal_id=key, now=now)
        assert recused(tx, motion_id, now) == []

    def test_nobody_confirms_what_he_asked_for(
        self, tx: Tx, now: datetime, committee: Committee, recusal: tuple[int, int]
    ) -> None:
        _, key = recusal
        ask_withdrawal(tx, committee.manager, recusal_id=key, reason="Ended.", now=now)
        with pytest.raises(SecondPersonNeeded):
            confirm_withdrawal(tx, committee.manager, recusal_id=key, now=now)
        with pytest.raises(SecondPersonNeeded):
            confirm_withdrawal(tx, SYSTEM, recusal_id=key, now=now)
        other = a_member(tx, Role.MANAGER, login="other-manager", now=now)
        confirm_withdrawal(tx, other, recusal_id=key, now=now)

    def test_another_member_may_not_ask(
        self, tx: Tx, now: datetime, committee: Committee, recusal: tuple[int, int]
    ) -> None:
        with speaking(tx, committee.members["S5"]) as member, pytest.raises(RoleMissing):
            ask_withdrawal(tx, member, recusal_id=recusal[1], reason="He is fine.", now=now)

    def test_the_database_knows_that_it_takes_two(self, tx: Tx, recusal: tuple[int, int]) -> None:
        with pytest.raises(sa.exc.IntegrityError, match="withdrawn_by_two"):
            tx.execute(
                sa.update(Recusal)
                .where(col(Recusal.id) == recusal[1])
                .values(withdrawal_asked_by_id=7, withdrawn_by_id=7, withdrawn_at=sa.func.now())
            )


def test_a_graph_recusal_once_withdrawn_stays_withdrawn(
    tx: Tx, now: datetime, committee: Committee, steel: int
) -> None:
    deal_id, company = company_of(tx, committee, now)
    line = a_motion(tx, committee, now=now, deal=deal(tx, deal_id=deal_id))
    relate(tx, steel, RelationKind.CUSTOMER, company)
    with speaking(tx, committee.members["S2"]) as member, pytest.raises(RoleMissing):
        look_for_conflicts(tx, member, motion_id=line.id, now=now)
    found = look_for_conflicts(tx, committee.manager, motion_id=line.id, now=now)
    assert [one.seat.code for one in found if one.is_recused] == ["S3"]
    row = tx.exec(select(Recusal)).one()
    ask_withdrawal(tx, committee.manager, recusal_id=row.key, reason="Samples worth 200 yuan.", now=now)
    with speaking(tx, committee.members["S1"]) as chair:
        confirm_withdrawal(tx, chair, recusal_id=row.key, now=now)
    assert recused(tx, line.id, now) == []
    look_for_conflicts(tx, committee.manager, motion_id=line.id, now=now)
    assert len(tx.exec(select(Recusal)).all()) == 1
