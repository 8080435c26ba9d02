"""From an approval to a holding, ledger entries and a call, in one transaction."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from fund.capital.acts import cash, lock_capital
from fund.capital.calls import approve_call, issue_call
from fund.capital.inflows import call_sheet
from fund.capital.rules import CallState
from fund.holdings.queries import holdings
from fund.ledger.queries import flows, total
from fund.ledger.rules import Account
from fund.results.proof import prove
from fund.results.statement_rules import BOUGHT
from fund.results.statements import line_entries, statements
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from pipeline.closing.actions import settle
from pipeline.closing.preparation import (
    Plan,
    plan_tranches,
)
from pipeline.closing.queries import CompanyMissing, closings, preview, tranches
from pipeline.closing.rules import (
    CashMissing,
    ClosingBlocked,
    ClosingUnknown,
    LimitExceeded,
    TranchePaid,
    TranchesFixed,
)
from pipeline.closing.sheets import ClosingSheet
from pipeline.committee.counting import NotApproved, send_to_closing
from pipeline.committee.queries import motion_sheet
from pipeline.deals.actions import edit, hold, move
from pipeline.deals.edits import DealFixed
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, a_receipt
from tests.builders.closing import (
    PRICE,
    Ready,
    a_closing,
    a_funded_committee,
    an_approved_deal,
    another_approved_deal,
)
from tests.builders.committee import a_deal_before, a_paper
from tests.builders.deals import a_deal_at
from tests.builders.spinouts import a_spinout
from tests.builders.waiting import until_waiting
from tests.scenes import Scene

M = 1_000_000 * YUAN
SMALL = {"LP01": 60_000_000 * YUAN, "LP02": 40_000_000 * YUAN}


@pytest.fixture
def staged(scene: Scene, now: datetime) -> tuple[Tx, Ready]:
    return scene(an_approved_deal, now=now)


@pytest.fixture
def ready(staged: tuple[Tx, Ready]) -> Ready:
    return staged[1]


def payable(tx: Tx, ready: Ready) -> int:
    return total(tx, fund_id=ready.fund.fund_id, as_of=date.max, accounts=[Account.ACCOUNTS_PAYABLE])


def test_a_closing_opens_the_holding_books_it_and_makes_the_deal_held(
    tx: Tx, now: datetime, ready: Ready
) -> None:
    closed = a_closing(tx, ready, now=now, ownership=Fraction(1, 10))
    assert (closed.amount, closed.payable, closed.call_id, closed.tranche) == (PRICE, 0, None, 1)
    [held] = holdings(tx, fund_id=ready.fund.fund_id, as_of=now.date())
    assert (held.id, held.code, held.cost, held.deal_code) == (
        closed.holding_id,
        "H01",
        PRICE,
        ready.deal.code,
    )
    assert (held.sector, held.city, held.ownership) == ("hydrogen", "北京", Fraction(1, 10))
    [entry] = flows(tx, fund_id=ready.fund.fund_id, accounts=[Account.INVESTMENTS_AT_COST], as_of=now.date())
    assert (entry.debit, entry.credit, entry.amount) == (Account.INVESTMENTS_AT_COST, Account.CASH, PRICE)
    assert deal(tx, deal_id=ready.deal_id).stage == Stage.HELD
    assert motion_sheet(tx, actor=SYSTEM, motion_id=ready.motion_id, now=now).line.state == "executed"
    assert cash(tx, fund_id=ready.fund.fund_id, on=now.date()) == 10_000_000 * YUAN
    assert prove(tx, fund_id=ready.fund.fund_id) == []


def test_the_same_tranche_again_gives_what_was_closed(tx: Tx, now: datetime, ready: Ready) -> None:
    first = a_closing(tx, ready, now=now)
    assert a_closing(tx, ready, now=now + timedelta(days=1)) == first
    assert closings(tx, deal_id=ready.deal_id) == [first]
    with pytest.raises(TranchePaid, match=r"20,000,000\.00"):
        a_closing(tx, ready, now=now, amount=PRICE - 1)


def test_only_a_manager_closes(tx: Tx, now: datetime, ready: Ready) -> None:
    with pytest.raises(RoleMissing):
        a_closing(tx, replace(ready, manager=ready.analyst), now=now)


def test_two_closings_at_once_end_as_one(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        ready = an_approved_deal(tx, now=now)
    start = threading.Barrier(2)
    closed = []

    def run() -> None:
        start.wait()
        with database.transaction(ready.manager) as tx:
            closed.append(a_closing(tx, ready, now=now))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert closed[0] == closed[1]
    with database.transaction(SYSTEM) as tx:
        [held] = holdings(tx, fund_id=ready.fund.fund_id, as_of=now.date())
        assert held.cost == PRICE


@pytest.mark.parametrize("enough", [True, False], ids=["the sector's limit", "the cash"])
def test_two_deals_closed_at_once_do_not_both_find_room(
    database: Database, now: datetime, enough: bool
) -> None:
    """20m each: 25 % of 140m has room for one of them, and so have 30m of cash."""
    held = {"LP01": 100_000_000 * YUAN, "LP02": (400_000_000 if not enough else 40_000_000) * YUAN}
    with database.transaction(SYSTEM) as tx:
        first = an_approved_deal(tx, now=now, commitments=held, cash=(50 if enough else 30) * M)
        second = another_approved_deal(tx, first, now=now)
    closed: list[ClosingSheet] = []
    refused: list[str] = []

    def run(ready: Ready) -> None:
        try:
            with database.transaction(ready.manager) as tx:
                closed.append(a_closing(tx, ready, now=now))
        except LimitExceeded as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=run, args=[one]) for one in (first, second)]
    with database.transaction(SYSTEM) as tx:
        lock_capital(tx, fund_id=first.fund.fund_id)
        for thread in threads:
            thread.start()
        until_waiting(tx, 2)
    for thread in threads:
        thread.join()
    if enough:
        assert (len(closed), refused) == (1, ["limit_exceeded"])
    else:
        assert sorted(one.payable for one in closed) == [0, 10 * M]


def test_a_deal_without_a_company_has_no_preview(tx: Tx, now: datetime, ready: Ready) -> None:
    other = a_deal_at(
        tx, Stage.SCREENING, setting=ready.committee.setting, now=now, name="无名", spinout_id=None
    )
    with pytest.raises(CompanyMissing, match=other.code):
        preview(tx, actor=ready.manager, deal_id=other.id, amount=PRICE, on=now.date())


class TestWhatBlocks:
    def test_a_deal_without_an_approval(self, tx: Tx, now: datetime) -> None:
        fund, committee = a_funded_committee(tx, now=now)
        about = a_deal_before(tx, committee, now=now)
        unready = Ready(about, 0, fund, committee, committee.manager, committee.manager)
        with pytest.raises(ClosingBlocked, match="no approval"):
            a_closing(tx, unready, now=now)
        with pytest.raises(NotApproved):
            plan_tranches(tx, SYSTEM, deal_id=about.id, plans=[Plan(1)], now=now)

    def test_a_lapsed_approval(self, tx: Tx, now: datetime, ready: Ready) -> None:
        late = now + timedelta(days=91)
        with pytest.raises(ClosingBlocked, match="lapsed on 2026-12-29"):
            a_closing(tx, ready, now=late)
        assert a_closing(tx, ready, now=now + timedelta(days=90)).closed_on == date(2026, 12, 29)

    def test_more_than_was_approved(self, tx: Tx, now: datetime, ready: Ready) -> None:
        with pytest.raises(ClosingBlocked, match="left of the approval"):
            a_closing(tx, ready, now=now, amount=PRICE + 1)

    def test_a_deal_on_hold(self, tx: Tx, now: datetime, ready: Ready) -> None:
        hold(tx, SYSTEM, deal_id=ready.deal_id, reason="A dispute.", now=now)
        with pytest.raises(ClosingBlocked, match="not active"):
            a_closing(tx, ready, now=now)

    def test_papers_that_are_not_those_voted_on(
        self, database: Database, now: datetime, owner_url: sa.URL
    ) -> None:
        with database.transaction(SYSTEM) as tx:
            ready = an_approved_deal(tx, now=now)
            other = a_paper(tx, now=now, content=b"another memo").sha256
        owner = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
        with owner.begin() as connection:
            connection.execute(sa.text("SET session_replication_role = replica"))
            connection.execute(sa.text("UPDATE motion_paper SET sha256 = :other"), {"other": other})
        with (
            database.transaction(SYSTEM) as tx,
            pytest.raises(ClosingBlocked, match="not those that were voted on"),
        ):
            a_closing(tx, ready, now=now)

    def test_a_blocked_closing_leaves_nothing_behind(self, tx: Tx, now: datetime) -> None:
        ready = an_approved_deal(tx, now=now, conditions=1)
        with pytest.raises(ClosingBlocked):
            a_closing(tx, ready, now=now)
        assert holdings(tx, fund_id=ready.fund.fund_id, as_of=now.date()) == []
        assert deal(tx, deal_id=ready.deal_id).stage == Stage.CLOSING


class TestShortOfCash:
    @pytest.fixture
    def staged(self, scene: Scene, now: datetime) -> tuple[Tx, Ready]:
        return scene(an_approved_deal, now=now, cash=8_000_000 * YUAN)

    @pytest.fixture
    def ready(self, staged: tuple[Tx, Ready]) -> Ready:
        return staged[1]

    def test_the_rest_is_payable_and_called(self, tx: Tx, now: datetime, ready: Ready) -> None:
        closed = a_closing(tx, ready, now=now)
        missing = 12_000_000 * YUAN
        assert closed.payable == missing
        assert closed.call_id is not None
        call = call_sheet(tx, call_id=closed.call_id)
        assert (call.call.state, call.call.amount) == (CallState.DRAFT, missing)
        assert sum(line.amount for line in call.lines) == missing
        assert payable(tx, ready) == missing
        assert cash(tx, fund_id=ready.fund.fund_id, on=now.date()) == 0
        assert deal(tx, deal_id=ready.deal_id).stage == Stage.HELD
        assert prove(tx, fund_id=ready.fund.fund_id) == []

    def test_it_is_settled_once_the_money_is_in(self, tx: Tx, now: datetime, ready: Ready) -> None:
        due_on = date(2026, 10, 30)
        closed = a_closing(tx, ready, now=now, call_due_on=due_on)
        with pytest.raises(CashMissing, match=r"12,000,000\.00 is still to be paid"):
            settle(tx, ready.manager, deal_id=ready.deal_id, on=now.date(), now=now)
        assert closed.call_id is not None
        self.pay(tx, closed.call_id, now)
        later = now + timedelta(days=31)
        settled = settle(tx, ACCOUNTANT, deal_id=ready.deal_id, on=later.date(), now=later)
        assert settled.settled_on == later.date()
        assert settle(tx, ACCOUNTANT, deal_id=ready.deal_id, on=later.date(), now=later) == settled
        assert payable(tx, ready) == 0
        assert cash(tx, fund_id=ready.fund.fund_id, on=later.date()) == 0
        assert self.bought(tx, ready, now.date(), now.date()) == {BOUGHT: -8_000_000 * YUAN}
        assert self.bought(tx, ready, due_on, later.date()) == {BOUGHT: -12_000_000 * YUAN}
        assert prove(tx, fund_id=ready.fund.fund_id) == []

    @staticmethod
    def bought(tx: Tx, ready: Ready, since: date, as_of: date) -> dict[str, int]:
        """What went out for the business, by line, each the sum of its entries: what is owed is no expense."""
        about: dict[str, Any] = {"fund_id": ready.fund.fund_id, "since": since, "as_of": as_of}
        lines = statements(tx, **about).operating
        assert [line_entries(tx, line=one.code, **about).amount for one in lines] == [
            one.amount for one in lines
        ]
        return {one.code: one.amount for one in lines}

    @staticmethod
    def pay(tx: Tx, call_id: int, now: datetime) -> None:
        approve_call(tx, MANAGER, call_id=call_id, now=now)
        call = issue_call(tx, ACCOUNTANT, call_id=call_id, now=now)
        for line in call.lines:
            a_receipt(tx, call, line.partner_id)

    def test_what_is_owed_for_one_deal_does_not_pay_for_another(
        self, tx: Tx, now: datetime, ready: Ready
    ) -> None:
        closed = a_closing(tx, ready, now=now, call_due_on=date(2026, 10, 30))
        assert closed.call_id is not None
        self.pay(tx, closed.call_id, now)
        other = a_deal_at(
            tx, Stage.DUE_DILIGENCE, setting=ready.committee.setting, now=now, name="另一家公司"
        )
        seen = preview(tx, actor=ready.manager, deal_id=other.id, amount=PRICE, on=date(2026, 10, 31))
        assert (seen.cash, seen.shortfall, seen.approved) == (0, PRICE, None)

    def test_a_tranche_that_was_not_closed_cannot_be_settled(
        self, tx: Tx, now: datetime, ready: Ready
    ) -> None:
        with pytest.raises(ClosingUnknown, match="Tranche 1"):
            settle(tx, ready.manager, deal_id=ready.deal_id, on=now.date(), now=now)


class TestTranches:
    def test_they_are_paid_as_planned_into_one_holding(self, tx: Tx, now: datetime, ready: Ready) -> None:
        plans = [
            Plan(12_000_000 * YUAN, "Signing"),
            Plan(8_000_000 * YUAN, "First furnace run", date(2027, 3, 31)),
        ]
        plan_tranches(tx, ready.manager, deal_id=ready.deal_id, plans=plans, now=now)
        with pytest.raises(TranchesFixed):
            plan_tranches(tx, ready.manager, deal_id=ready.deal_id, plans=plans, now=now)
        with pytest.raises(ClosingBlocked, match=r"planned as 12,000,000\.00"):
            a_closing(tx, ready, now=now, amount=8_000_000 * YUAN)
        first = a_closing(tx, ready, now=now, amount=12_000_000 * YUAN)
        much_later = now + timedelta(days=200)
        second = a_closing(tx, ready, now=much_later, amount=8_000_000 * YUAN, tranche=2)
        assert second.holding_id == first.holding_id
        [held] = holdings(tx, fund_id=ready.fund.fund_id, as_of=much_later.date())
        assert held.cost == PRICE
        assert [sheet.closed_on for sheet in tranches(tx, deal_id=ready.deal_id)] == [
            now.date(),
            much_later.date(),
        ]
        with pytest.raises(ClosingBlocked, match="left of the approval"):
            a_closing(tx, ready, now=much_later, amount=1, tranche=3)


def test_money_goes_to_the_company_that_was_voted_on_and_to_no_other(
    tx: Tx, now: datetime, ready: Ready
) -> None:
    other = a_spinout(tx, now=now, name_zh="另一家公司").id
    about = deal(tx, deal_id=ready.deal_id)
    later = now + timedelta(hours=1)
    changed = {"changes": {"spinout_id": other}, "now": later}
    with pytest.raises(DealFixed, match="spinout_id"):
        edit(tx, ready.manager, deal_id=about.id, version=about.version, **changed)
    back = move(tx, ready.manager, deal_id=about.id, to=Stage.COMMITTEE, reason="another company", now=later)
    edit(tx, ready.manager, deal_id=about.id, version=back.version, **changed)
    with pytest.raises(NotApproved):
        send_to_closing(tx, ready.manager, deal_id=about.id, now=now + timedelta(days=1))
    move(tx, ready.manager, deal_id=about.id, to=Stage.CLOSING, gate=Gate.COMMITTEE, now=now)
    with pytest.raises(ClosingBlocked, match="is not the one that the committee voted on"):
        a_closing(tx, ready, now=now)
