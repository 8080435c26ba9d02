"""What is approved and not paid counts against limits and mandates: once, and until it is paid or given up."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from fund.charter.rules import Basis, Dimension
from fund.mandates.actions import add_clause
from fund.mandates.queries import answers
from fund.mandates.rules import Bound, ClauseTerms, Measure
from fund.results.exposure import exposure
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from pipeline.closing.preparation import Plan, plan_tranches
from pipeline.closing.promised import beside, beside_motion, promised
from pipeline.closing.queries import exposure_check, preview
from pipeline.closing.rules import LimitExceeded, left_to_pay
from pipeline.deals.actions import hold, pass_on
from pipeline.deals.rules import PassReason
from tests.builders.capital import YUAN
from tests.builders.closing import PRICE, Ready, a_closing, an_approved_deal, another_approved_deal
from tests.scenes import Scene

M = 1_000_000 * YUAN
# 25 % in one sector, 15 % in one company; 140m promised: 35m in the sector, 21m in the company.
HELD = {"LP01": 100 * M, "LP02": 40 * M}
LAST = date(2026, 12, 29)


@pytest.fixture
def staged(scene: Scene, now: datetime) -> tuple[Tx, Ready]:
    return scene(an_approved_deal, now=now, commitments=HELD, cash=50 * M)


@pytest.fixture
def ready(staged: tuple[Tx, Ready]) -> Ready:
    return staged[1]


def test_what_is_left_of_an_approval() -> None:
    of = {"expires_on": LAST, "planned": {}, "closed": {}, "on": LAST}
    assert left_to_pay(20, **of) == 20
    assert left_to_pay(20, **of | {"closed": {1: 15}}) == 5
    assert left_to_pay(20, **of | {"closed": {1: 25}}) == 0
    late = of | {"on": LAST + timedelta(days=1)}
    assert left_to_pay(20, **late) == 0
    # What was begun in time may be finished, and binds until then.
    assert left_to_pay(20, **late | {"closed": {1: 15}}) == 5
    planned = {1: 8, 2: 7}
    assert left_to_pay(20, **of | {"planned": planned}) == 15
    assert left_to_pay(20, **late | {"planned": planned}) == 0
    assert left_to_pay(20, **late | {"planned": planned, "closed": {1: 8}}) == 7


def test_an_unpaid_tranche_counts_when_another_deal_is_asked(tx: Tx, now: datetime, ready: Ready) -> None:
    """20m approved, 10m closed; another deal of 20m in the sector would be 40m of 140m against 35m."""
    fund_id, on = ready.fund.fund_id, now.date()
    plan_tranches(tx, ready.manager, deal_id=ready.deal_id, plans=[Plan(10 * M), Plan(10 * M)], now=now)
    before = exposure(tx, fund_id=fund_id, as_of=on, promised=promised(tx, fund_id=fund_id, on=on))
    assert (before.cost, before.promised) == (0, 20 * M)
    a_closing(tx, ready, now=now, amount=10 * M)
    other = another_approved_deal(tx, ready, now=now)
    found = exposure(tx, fund_id=fund_id, as_of=on, promised=promised(tx, fund_id=fund_id, on=on))
    assert (found.cost, found.promised) == (10 * M, 30 * M)
    [sector] = [one for one in found.checks if one.limit.dimension is Dimension.SECTOR]
    assert (sector.amount, sector.unpaid, sector.passed) == (40 * M, 30 * M, False)
    _, checks = exposure_check(tx, about=other.deal, amount=PRICE, on=on)
    [with_it] = [one for one in checks if one.limit.dimension is Dimension.SECTOR]
    assert (with_it.before * 140, with_it.amount, with_it.unpaid) == (20, 40 * M, 10 * M)
    with pytest.raises(LimitExceeded, match=r"to 28\.57 % against a limit of 25 %"):
        a_closing(tx, other, now=now)
    # The deal that was begun is not stopped by the one approved after it, and counts its own once.
    seen = preview(tx, actor=ready.manager, deal_id=ready.deal_id, amount=10 * M, on=on, tranche=2)
    assert (seen.breaches, max(one.amount for one in seen.limits)) == ((), 20 * M)
    a_closing(tx, ready, now=now, amount=10 * M, tranche=2)
    assert [one.amount for one in promised(tx, fund_id=fund_id, on=on)] == [20 * M]


def test_planned_tranches_of_the_deal_itself_count_with_its_payment(
    tx: Tx, now: datetime, ready: Ready
) -> None:
    plan_tranches(tx, ready.manager, deal_id=ready.deal_id, plans=[Plan(15 * M), Plan(5 * M)], now=now)
    _, checks = exposure_check(tx, about=ready.deal, amount=15 * M, on=now.date())
    assert {(one.amount, one.unpaid) for one in checks} == {(20 * M, 5 * M)}


def test_mandates_count_it_too(tx: Tx, now: datetime, ready: Ready) -> None:
    """At most 60 % in the largest company: nothing is held, one approval is all there is, a second one halves it."""
    fund_id, on = ready.fund.fund_id, now.date()
    terms = ClauseTerms(Measure.LARGEST, Bound.AT_MOST, Fraction(6, 10), Basis.COST, Dimension.COMPANY)
    facts = {"partner_id": ready.fund["LP01"], "terms": terms, "effective_on": on, "now": now}
    add_clause(tx, SYSTEM, **facts)
    [nothing] = answers(tx, fund_id=fund_id, as_of=on)
    [one] = answers(tx, fund_id=fund_id, as_of=on, promised=promised(tx, fund_id=fund_id, on=on))
    another_approved_deal(tx, ready, now=now)
    [two] = answers(tx, fund_id=fund_id, as_of=on, promised=promised(tx, fund_id=fund_id, on=on))
    assert (nothing.figure.amount, one.figure.amount) == (0, PRICE)
    assert [found.kept for found in (nothing, one, two)] == [True, False, True]
    # The deal in question is not counted beside itself.
    seen = preview(tx, actor=ready.manager, deal_id=ready.deal_id, amount=PRICE, on=on)
    assert [line.after for line in seen.mandates] == [1]


def test_the_later_of_two_approvals_waits_and_what_lapsed_or_was_given_up_counts_no_more(
    tx: Tx, now: datetime, ready: Ready
) -> None:
    fund_id = ready.fund.fund_id
    other = another_approved_deal(tx, ready, now=now)
    assert beside(tx, about=ready.deal, on=LAST).others == ()
    assert [one.amount for one in beside(tx, about=other.deal, on=LAST).others] == [PRICE]
    assert [one.amount for one in beside_motion(tx, motion_id=ready.motion_id, on=LAST)] == [PRICE]
    assert beside_motion(tx, motion_id=10**9, on=LAST) == ()
    assert promised(tx, fund_id=fund_id, on=LAST + timedelta(days=1)) == ()
    assert promised(tx, fund_id=fund_id, on=now.date() - timedelta(days=1)) == ()
    hold(tx, SYSTEM, deal_id=other.deal_id, reason="A dispute.", now=now)
    assert len(promised(tx, fund_id=fund_id, on=LAST)) == 2
    pass_on(tx, SYSTEM, deal_id=other.deal_id, kind=PassReason.OTHER, reason="Given up.", now=now)
    assert len(promised(tx, fund_id=fund_id, on=LAST)) == 1
