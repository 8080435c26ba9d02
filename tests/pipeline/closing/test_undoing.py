"""Purchases without a closing, and purchases taken back with the closing that made them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from fund.capital.acts import cash
from fund.capital.inflows import call_sheet
from fund.capital.rules import CallState
from fund.holdings.queries import holding, holdings
from fund.holdings.rules import TradeUnknown
from fund.ledger.cash import CashShort
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import RoleMissing
from pipeline.closing.direct import Purchase, buy_directly
from pipeline.closing.preparation import approve_exception, ask_exception
from pipeline.closing.queries import closings
from pipeline.closing.rules import DirectLimitExceeded, DirectReasonMissing
from pipeline.closing.undoing import undo_purchase
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage
from tests.builders.capital import YUAN
from tests.builders.closing import PRICE, Ready, a_closing, an_approved_deal
from tests.builders.committee import a_member
from tests.scenes import Scene

M = 1_000_000 * YUAN
MORE = Purchase(date(2026, 10, 8), Fraction(1000), M)


@pytest.fixture
def staged(scene: Scene, now: datetime) -> tuple[Tx, Ready]:
    return scene(an_approved_deal, now=now)


@pytest.fixture
def ready(staged: tuple[Tx, Ready]) -> Ready:
    return staged[1]


def test_a_direct_purchase_is_a_managers_with_a_reason_within_cash(
    tx: Tx, now: datetime, ready: Ready
) -> None:
    key, later = a_closing(tx, ready, now=now).holding_id, now + timedelta(days=10)
    ask = {"holding_id": key, "reason": "pre-emption", "now": later}
    with pytest.raises(RoleMissing):
        buy_directly(tx, ready.analyst, purchase=MORE, **ask)
    with pytest.raises(DirectReasonMissing):
        buy_directly(tx, ready.manager, purchase=MORE, **(ask | {"reason": " "}))
    with pytest.raises(CashShort, match=r"only 10,000,000\.00 is in the bank"):
        buy_directly(tx, ready.manager, purchase=replace(MORE, cost=10 * M + 1), **ask)
    sheet = buy_directly(tx, ready.manager, purchase=MORE, **ask)
    assert sheet.cost == PRICE + M
    gift = replace(MORE, cost=0, quantity=Fraction(1))
    assert buy_directly(tx, ready.manager, purchase=gift, **ask).cost == PRICE + M
    assert prove(tx, fund_id=ready.fund.fund_id) == []


def test_a_direct_purchase_keeps_the_limits_or_an_approved_exception(scene: Scene, now: datetime) -> None:
    tx, ready = scene(an_approved_deal, now=now, commitments={"LP01": 100 * M, "LP02": 34 * M})
    key, later = a_closing(tx, ready, now=now).holding_id, now + timedelta(days=10)
    ask = {"holding_id": key, "purchase": MORE, "reason": "pre-emption", "now": later}
    with pytest.raises(DirectLimitExceeded) as refused:
        buy_directly(tx, ready.manager, **ask)
    assert refused.value.problems
    leave = ask_exception(
        tx, ready.analyst, deal_id=ready.deal_id, amount=M, on=MORE.on, reason="needed", now=later
    )
    approve_exception(tx, ready.manager, exception_id=leave.id, now=later)
    assert buy_directly(tx, ready.manager, **ask).cost == PRICE + M


def test_a_closing_is_taken_back_and_made_again(tx: Tx, now: datetime, ready: Ready) -> None:
    day, fund_id = now.date(), ready.fund.fund_id
    before = balances(tx, fund_id=fund_id, as_of=date.max)
    closed = a_closing(tx, ready, now=now)
    why = {"holding_id": closed.holding_id, "reason": "the wrong company", "on": day, "now": now}
    with pytest.raises(RoleMissing):
        undo_purchase(tx, ready.analyst, number=1, **why)
    with pytest.raises(TradeUnknown):
        undo_purchase(tx, ready.manager, number=2, **why)
    undo_purchase(tx, ready.manager, number=1, **why)
    assert balances(tx, fund_id=fund_id, as_of=date.max) == before
    assert (closings(tx, deal_id=ready.deal_id), holdings(tx, fund_id=fund_id, as_of=day)) == ([], [])
    back = deal(tx, deal_id=ready.deal_id)
    assert (back.stage, back.entered_stage_at) == (Stage.CLOSING, ready.deal.entered_stage_at)
    again = a_closing(tx, ready, now=now)
    assert deal(tx, deal_id=ready.deal_id).stage is Stage.HELD
    assert (again.tranche, again.id != closed.id) == (1, True)
    assert prove(tx, fund_id=fund_id) == []


def test_what_a_closing_left_payable_and_its_call_go_with_it(scene: Scene, now: datetime) -> None:
    tx, ready = scene(an_approved_deal, now=now, cash=5 * M)
    day, fund_id = now.date(), ready.fund.fund_id
    before = balances(tx, fund_id=fund_id, as_of=date.max)
    closed = a_closing(tx, ready, now=now)
    assert (closed.payable, closed.call_id is not None) == (PRICE - 5 * M, True)
    why = {"reason": "the wrong company", "on": day, "now": now}
    undo_purchase(tx, ready.manager, holding_id=closed.holding_id, number=1, **why)
    assert balances(tx, fund_id=fund_id, as_of=date.max) == before
    assert call_sheet(tx, call_id=closed.call_id or 0).call.state is CallState.CANCELLED
    assert cash(tx, fund_id=fund_id, on=day) == 5 * M
    again = a_closing(tx, ready, now=now)
    assert again.payable == closed.payable
    undo_purchase(tx, ready.manager, holding_id=again.holding_id, number=2, **why)
    assert balances(tx, fund_id=fund_id, as_of=date.max) == before
    assert prove(tx, fund_id=fund_id) == []


def test_a_direct_purchase_is_taken_back_by_itself(tx: Tx, now: datetime, ready: Ready) -> None:
    closed, later = a_closing(tx, ready, now=now), now + timedelta(days=10)
    second = a_member(tx, *ready.manager.roles, login="second-manager", now=now)
    buy_directly(tx, second, holding_id=closed.holding_id, purchase=MORE, reason="rights", now=later)
    why = {"reason": "not exercised", "on": MORE.on, "now": later}
    undo_purchase(tx, second, holding_id=closed.holding_id, number=2, **why)
    assert holding(tx, holding_id=closed.holding_id, as_of=MORE.on).cost == PRICE
    assert [one.id for one in closings(tx, deal_id=ready.deal_id)] == [closed.id]
