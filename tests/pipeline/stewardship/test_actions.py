"""The exit from a company on a real database: sold out, decided, recorded once."""

from datetime import datetime, timedelta

import pytest

from fund.holdings.actions import sell
from fund.partners.queries import partner
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from pipeline.closing.queries import closings
from pipeline.committee.actions import close_motion
from pipeline.committee.counting import lapse
from pipeline.committee.motion_rules import Matter, MotionState
from pipeline.committee.queries import motion_sheet
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage
from pipeline.stewardship.actions import record_exit
from pipeline.stewardship.queries import exit_of, exits, motions_behind
from pipeline.stewardship.rules import ExitBlocked, ExitInvalid, ExitKind, ExitRecorded, ExitUnknown
from tests.builders.closing import PRICE, Ready, a_closing, an_approved_deal
from tests.builders.committee import a_policy, all_vote, an_open_motion
from tests.builders.parties import an_organisation

DAY = timedelta(days=1)
QUANTITY = 1_000_000


@pytest.fixture
def held(tx: Tx, now: datetime) -> Ready:
    """A deal that the fund has paid, and a policy for exits."""
    ready = an_approved_deal(tx, now=now)
    a_closing(tx, ready, now=now, quantity=QUANTITY)
    a_policy(tx, fund_id=ready.fund.fund_id, matter=Matter.EXIT, now=now)
    return ready


def decided(tx: Tx, held: Ready, now: datetime) -> int:
    """The committee's approval of the exit; its motion."""
    about = deal(tx, deal_id=held.deal_id)
    line = an_open_motion(tx, held.committee, now=now, deal=about, matter=Matter.EXIT, title="Sell it")
    votes = {f"S{number}": "yes" for number in range(1, 6)}
    all_vote(tx, held.committee, line.id, now, **votes)
    close_motion(tx, SYSTEM, motion_id=line.id, now=now + 3 * DAY)
    return line.id


def sold(tx: Tx, held: Ready, now: datetime, quantity: int = QUANTITY) -> None:
    """Some of the holding sold on the day of `now`, for twice its cost."""
    (paid,) = closings(tx, deal_id=held.deal_id)
    proceeds = 2 * PRICE * quantity // QUANTITY
    day = now.date()
    sell(
        tx,
        held.manager,
        holding_id=paid.holding_id,
        sold_on=day,
        quantity=quantity,
        proceeds=proceeds,
        reason="sale",
        now=now,
    )


def test_an_exit_into_a_partners_chain(tx: Tx, now: datetime, held: Ready) -> None:
    motion, then = decided(tx, held, now), now + 4 * DAY
    sold(tx, held, then)
    buyer = partner(tx, partner_id=held.fund.partners["LP01"]).party_id
    assert [one.id for one in motions_behind(tx, actor=SYSTEM, deal_id=held.deal_id)] == [motion]
    told = record_exit(
        tx,
        held.manager,
        deal_id=held.deal_id,
        motion_id=motion,
        kind=ExitKind.SALE_TO_LP,
        exited_on=then.date(),
        counterparty_id=buyer,
        into_partner_chain=True,
        now=then,
    )
    assert (told.invested, told.realised, told.gain) == (PRICE, 2 * PRICE, PRICE)
    assert deal(tx, deal_id=held.deal_id).stage == Stage.EXITED
    assert motion_sheet(tx, actor=SYSTEM, motion_id=motion, now=then).line.state == MotionState.EXECUTED
    assert exits(tx, actor=SYSTEM, fund_id=held.fund.fund_id).items == (told,)
    assert exit_of(tx, actor=SYSTEM, deal_id=held.deal_id) == told
    with pytest.raises(ExitRecorded):
        record_exit(
            tx,
            held.manager,
            deal_id=held.deal_id,
            motion_id=motion,
            kind=ExitKind.IPO,
            exited_on=then.date(),
            now=then,
        )


def test_nothing_is_recorded_while_something_is_held_or_nobody_decided(
    tx: Tx, now: datetime, held: Ready
) -> None:
    motion, then = decided(tx, held, now), now + 4 * DAY
    sold(tx, held, then, quantity=QUANTITY // 2)
    told = {"kind": ExitKind.IPO, "exited_on": then.date(), "now": then}
    with pytest.raises(ExitBlocked, match="still holds"):
        record_exit(tx, held.manager, deal_id=held.deal_id, motion_id=motion, **told)
    sold(tx, held, then + DAY, quantity=QUANTITY // 2)
    told |= {"exited_on": (then + DAY).date(), "now": then + DAY}
    with pytest.raises(ExitBlocked, match="no approval"):
        record_exit(tx, held.manager, deal_id=held.deal_id, motion_id=10**9, **told)
    with pytest.raises(ExitUnknown):
        exit_of(tx, actor=SYSTEM, deal_id=held.deal_id)
    with pytest.raises(RoleMissing):
        record_exit(tx, held.analyst, deal_id=held.deal_id, motion_id=motion, **told)
    stranger = an_organisation(tx, "外部买方").id
    with pytest.raises(ExitInvalid):
        record_exit(
            tx,
            held.manager,
            deal_id=held.deal_id,
            motion_id=motion,
            counterparty_id=stranger,
            into_partner_chain=True,
            **told,
        )


def test_an_exit_in_time_may_be_written_down_after_the_decision_lapsed(
    tx: Tx, now: datetime, held: Ready
) -> None:
    motion, then, later = decided(tx, held, now), now + 4 * DAY, now + 120 * DAY
    sold(tx, held, then)
    assert lapse(tx, SYSTEM, motion_id=motion, now=later) == MotionState.LAPSED
    told = {"kind": ExitKind.IPO, "motion_id": motion, "now": later}
    with pytest.raises(ExitBlocked, match="lapsed"):
        record_exit(tx, held.manager, deal_id=held.deal_id, exited_on=later.date(), **told)
    record_exit(tx, held.manager, deal_id=held.deal_id, exited_on=then.date(), **told)
    assert deal(tx, deal_id=held.deal_id).stage == Stage.EXITED
