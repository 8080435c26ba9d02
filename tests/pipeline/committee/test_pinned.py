"""What the committee saw is what is bought: facts of the deal are pinned with the papers."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from pipeline.closing.queries import preview
from pipeline.committee.actions import close_motion, open_motion
from pipeline.committee.counting import send_to_closing
from pipeline.committee.drafting import FactsChanged, replace_papers
from pipeline.committee.models import Motion
from pipeline.deals.actions import edit, move
from pipeline.deals.edits import DealFixed
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage
from tests.builders.committee import (
    Committee,
    a_committee,
    a_deal_before,
    a_motion,
    a_paper,
    all_vote,
    an_open_motion,
    declare_nil,
)

DAY = timedelta(days=1)
YES = {f"S{number}": "yes" for number in range(1, 6)}


@pytest.fixture
def committee(tx: Tx, now: datetime) -> Committee:
    return a_committee(tx, now=now)


def change(tx: Tx, deal_id: int, now: datetime, **changes: object) -> None:
    version = deal(tx, deal_id=deal_id).version
    edit(tx, SYSTEM, deal_id=deal_id, version=version, changes=changes, now=now)


@pytest.mark.parametrize("changes", [{"sector": "storage"}, {"amount": 1}, {"city": "包头"}])
def test_a_vote_on_a_changed_deal_is_opened_only_on_new_papers(
    tx: Tx, now: datetime, committee: Committee, changes: dict[str, object]
) -> None:
    about = a_deal_before(tx, committee, now=now)
    line = a_motion(tx, committee, now=now, deal=about)
    declare_nil(tx, committee, motion_id=line.id, now=now)
    change(tx, about.id, now, next_step="Vote", **changes)
    with pytest.raises(FactsChanged, match=next(iter(changes))):
        open_motion(tx, SYSTEM, motion_id=line.id, now=now)
    other = a_paper(tx, now=now, content=b"another memo")
    replace_papers(tx, SYSTEM, motion_id=line.id, papers=[other], reason="The deal changed.", now=now)
    assert open_motion(tx, SYSTEM, motion_id=line.id, now=now).state == "open"


def test_a_deal_changed_during_the_vote_does_not_go_to_closing(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    line = an_open_motion(tx, committee, now=now)
    all_vote(tx, committee, line.id, now, **YES)
    before = deal(tx, deal_id=line.deal_id).sector
    change(tx, line.deal_id, now, sector="storage")
    then = now + 3 * DAY
    assert close_motion(tx, SYSTEM, motion_id=line.id, now=then).outcome.approves
    assert deal(tx, deal_id=line.deal_id).stage is Stage.COMMITTEE
    with pytest.raises(FactsChanged, match="sector"):
        send_to_closing(tx, SYSTEM, deal_id=line.deal_id, now=then)
    change(tx, line.deal_id, then, sector=before)
    send_to_closing(tx, SYSTEM, deal_id=line.deal_id, now=then)
    with pytest.raises(DealFixed):
        change(tx, line.deal_id, then, city="包头")


def test_a_deal_that_got_to_closing_otherwise_is_not_paid(
    tx: Tx, now: datetime, committee: Committee
) -> None:
    line = an_open_motion(tx, committee, now=now)
    all_vote(tx, committee, line.id, now, **YES)
    change(tx, line.deal_id, now, chain_position="upstream")
    close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY)
    move(tx, SYSTEM, deal_id=line.deal_id, to=Stage.CLOSING, gate=Gate.COMMITTEE, now=now + 3 * DAY)
    told = preview(tx, actor=SYSTEM, deal_id=line.deal_id, amount=1, on=now.date())
    assert "deal: is not what the committee voted on: chain_position" in [str(one) for one in told.problems]


def test_what_is_pinned_in_an_open_vote_stays(tx: Tx, now: datetime, committee: Committee) -> None:
    line = an_open_motion(tx, committee, now=now)
    with pytest.raises(sa.exc.DBAPIError, match="only goes on"), tx.begin_nested():
        tx.execute(sa.update(Motion).where(Motion.id == line.id).values(pinned={}))
