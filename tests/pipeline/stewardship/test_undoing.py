"""A sale taken back takes the exit along that rested on it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from fund.holdings.queries import holding
from fund.ledger.undo_rules import AlreadyUndone
from kernel.audit.models import AuditEvent
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from pipeline.closing.queries import closings
from pipeline.closing.undoing import undo_purchase
from pipeline.deals.actions import take_back
from pipeline.deals.moves import NothingToUndo
from pipeline.deals.queries import deal, history, stays_of
from pipeline.deals.rules import Gate, Kind, Stage
from pipeline.stewardship.actions import record_exit
from pipeline.stewardship.models import DealExit
from pipeline.stewardship.queries import exit_of, exits
from pipeline.stewardship.rules import ExitKind, ExitUnknown
from pipeline.stewardship.undoing import undo_disposal
from tests.builders.closing import PRICE, Ready
from tests.pipeline.stewardship.test_actions import DAY, decided, held, sold

__all__ = ["held"]


@pytest.fixture
def left(tx: Tx, now: datetime, held: Ready) -> Ready:
    """Sold four days later, and the exit recorded."""
    motion, then = decided(tx, held, now), now + 4 * DAY
    sold(tx, held, then)
    told = {"motion_id": motion, "kind": ExitKind.IPO, "exited_on": then.date(), "now": then}
    record_exit(tx, held.manager, deal_id=held.deal_id, **told)
    return held


def test_the_deal_goes_back_and_the_trail_says_so(tx: Tx, now: datetime, left: Ready) -> None:
    (paid,) = closings(tx, deal_id=left.deal_id)
    then = now + 5 * DAY
    why = {"holding_id": paid.holding_id, "number": 1, "reason": "The buyer did not pay.", "now": then}
    with pytest.raises(RoleMissing):
        undo_disposal(tx, left.analyst, on=then.date(), **why)
    assert undo_disposal(tx, left.manager, on=then.date(), **why).cost == PRICE
    about = deal(tx, deal_id=left.deal_id)
    assert about.stage is Stage.HELD
    told = history(tx, deal_id=left.deal_id)
    assert (told[-1].kind, told[-1].gate, told[-1].reason) == (
        Kind.UNDONE,
        Gate.EXIT,
        "The buyer did not pay.",
    )
    stay = stays_of(told, now=then)[-1]
    assert (stay.stage, stay.left_at, stay.entered_at) == (Stage.HELD, None, about.entered_stage_at)
    assert exits(tx, actor=SYSTEM, fund_id=left.fund.fund_id).items == ()
    with pytest.raises(ExitUnknown):
        exit_of(tx, actor=SYSTEM, deal_id=left.deal_id)
    trail = select(AuditEvent).where(AuditEvent.action == "deal.exit_undone")
    assert [one.detail["exit"] for one in tx.exec(trail)] == [tx.exec(select(DealExit.id)).one()]
    with pytest.raises(AlreadyUndone):
        undo_disposal(tx, left.manager, on=then.date(), **why)


def test_the_same_decision_carries_the_exit_when_it_is_made_again(tx: Tx, now: datetime, left: Ready) -> None:
    (paid,) = closings(tx, deal_id=left.deal_id)
    motion, then = exit_of(tx, actor=SYSTEM, deal_id=left.deal_id).motion_id, now + 5 * DAY
    why = {"holding_id": paid.holding_id, "reason": "Booked twice.", "on": then.date(), "now": then}
    undo_disposal(tx, left.manager, number=1, **why)
    sold(tx, left, then + DAY)
    told = {"motion_id": motion, "kind": ExitKind.IPO, "exited_on": (then + DAY).date(), "now": then + DAY}
    record_exit(tx, left.manager, deal_id=left.deal_id, **told)
    assert deal(tx, deal_id=left.deal_id).stage is Stage.EXITED


def test_sale_and_purchase_taken_back_lead_back_to_closing(tx: Tx, now: datetime, left: Ready) -> None:
    (paid,) = closings(tx, deal_id=left.deal_id)
    then = now + 5 * DAY
    why = {"holding_id": paid.holding_id, "number": 1, "reason": "Void.", "on": then.date(), "now": then}
    undo_disposal(tx, left.manager, **why)
    undo_purchase(tx, left.manager, **why)
    assert deal(tx, deal_id=left.deal_id).stage is Stage.CLOSING
    assert holding(tx, holding_id=paid.holding_id, as_of=then.date()).cost == 0
    with pytest.raises(NothingToUndo):
        take_back(tx, SYSTEM, deal_id=left.deal_id, gate=Gate.EXIT, reason="again", now=then)


def test_a_sale_without_an_exit_leaves_the_deal_where_it_is(tx: Tx, now: datetime, held: Ready) -> None:
    sold(tx, held, now + DAY)
    (paid,) = closings(tx, deal_id=held.deal_id)
    before, then = deal(tx, deal_id=held.deal_id), now + timedelta(days=2)
    why = {"holding_id": paid.holding_id, "number": 1, "reason": "Void.", "on": then.date(), "now": then}
    undo_disposal(tx, held.manager, **why)
    assert deal(tx, deal_id=held.deal_id) == before
