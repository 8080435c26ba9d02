"""Recused from a deal: gone for a member, a teaser for an enterprise's person, whole for the fund's people."""

from datetime import datetime

import pytest

from kernel.db import Tx, introduce
from kernel.identity.rules import Actor, Role
from pipeline.deals.interests import note_interest
from pipeline.deals.models import Deal
from pipeline.deals.queries import DealUnknown, board, deal, history, table
from pipeline.deals.recusals import keep_out, kept_out, let_in
from pipeline.deals.rules import Stage
from pipeline.deals.sheets import DealSheet
from tests.builders.committee import a_member, speaking
from tests.builders.deals import COMPLETE, Setting, a_deal_at, a_setting
from tests.builders.parties import an_organisation


@pytest.fixture
def setting(tx: Tx, now: datetime) -> Setting:
    return a_setting(tx, now)


@pytest.fixture
def about(tx: Tx, now: datetime, setting: Setting) -> DealSheet:
    return a_deal_at(tx, Stage.COMMITTEE, setting=setting, now=now)


def total(tx: Tx, member: Actor, setting: Setting, now: datetime) -> int | None:
    found = board(tx, actor=member, fund_id=setting.fund_id, now=now)
    return next(one.total for one in found.columns if one.stage is Stage.COMMITTEE)


def test_a_member_of_the_committee_finds_nothing(
    tx: Tx, now: datetime, setting: Setting, about: DealSheet
) -> None:
    member = a_member(tx, Role.COMMITTEE, login="member", now=now)
    assert member.user_id is not None
    with speaking(tx, member):
        assert total(tx, member, setting, now) == COMPLETE.amount
    for _ in range(2):
        keep_out(tx, deal_id=about.id, user_id=member.user_id, now=now)
    with speaking(tx, member):
        with pytest.raises(DealUnknown):
            deal(tx, deal_id=about.id, actor=member)
        assert (total(tx, member, setting, now), kept_out(tx, actor=member)) == (0, {about.id})
        assert table(tx, actor=member, fund_id=setting.fund_id, now=now).items == ()
        tx.expire_all()
        assert tx.get(Deal, about.id) is None
    for _ in range(2):
        let_in(tx, deal_id=about.id, user_id=member.user_id, now=now)
    with speaking(tx, member):
        assert deal(tx, deal_id=about.id, actor=member).amount == COMPLETE.amount


def test_an_enterprises_person_keeps_the_teaser_and_no_more(
    tx: Tx, now: datetime, setting: Setting, about: DealSheet
) -> None:
    steel = an_organisation(tx, "北方钢铁集团").id
    note_interest(
        tx, a_member(tx, Role.MANAGER, login="m", now=now), deal_id=about.id, party_id=steel, now=now
    )
    member = a_member(tx, Role.COMMITTEE, Role.LP_EXPERT, login="both", now=now, party_id=steel)
    assert member.user_id is not None
    keep_out(tx, deal_id=about.id, user_id=member.user_id, now=now)
    introduce(tx, member)
    sheet = deal(tx, deal_id=about.id, actor=member)
    assert (sheet.is_whole, sheet.amount, sheet.score, sheet.conflict_note) == (False, None, None, "")
    assert history(tx, deal_id=about.id, actor=member) == []
    assert total(tx, member, setting, now) == 0
    (card,) = table(tx, actor=member, fund_id=setting.fund_id, now=now).items
    assert (card.amount, card.interested) == (None, ())


def test_whoever_runs_the_fund_sees_it_for_that_work(
    tx: Tx, now: datetime, setting: Setting, about: DealSheet
) -> None:
    both = a_member(tx, Role.COMMITTEE, Role.MANAGER, login="both", now=now)
    keep_out(tx, deal_id=about.id, user_id=both.user_id or 0, now=now)
    with speaking(tx, both):
        assert deal(tx, deal_id=about.id, actor=both).is_whole
        assert kept_out(tx, actor=both) == frozenset()
