"""An interest passes whole or in part: everything in proportion, to the fen, and the fund stays as it was."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund.capital.carry import accrue_carry
from fund.capital.queries import (
    commitments,
    contributions,
    participation,
    recallable,
    unfunded,
    waterfall_flows,
)
from fund.capital.rules import SamePerson, SharesMoved, WrongState
from fund.capital.transfers import cancel_transfer
from fund.charter.life import DayOutsideFund
from fund.fees.actions import charge
from fund.fees.closes import later_close
from fund.fees.queries import charge_of
from fund.fees.transfers import approve_transfer, undo_transfer
from fund.fees.undoing import undo_charge
from fund.holdings.actions import sell
from fund.holdings.queries import holdings
from fund.interests.queries import transfer
from fund.interests.rules import (
    SellerUnsettled,
    TransferInvalid,
    TransferRestedOn,
    TransferState,
    TransferToCome,
    TransferUnknown,
)
from fund.ledger.actions import lock_period
from fund.ledger.chart import Account
from fund.ledger.held import InterestPassedOn
from fund.ledger.queries import balances
from fund.ledger.rules import PeriodLocked
from fund.parties.actions import relate
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.results.ilpa import assertions, tables
from fund.results.queries import (
    capital_account,
    commitment_account,
    nav,
    nav_curve,
    navs,
    performance,
    period_returns,
    progression,
    prove,
)
from kernel.allocation import allocate
from kernel.db import Tx, introduce
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.builders.transfers import a_transfer, a_transfer_draft
from valuation.irr import xirr

M = 1_000_000 * YUAN
ON = date(2026, 8, 14)
Q3 = Quarter(2026, 3)


def a_lived_fund(tx: Tx) -> CapitalFund:
    """Two calls, a holding bought, marked up and sold in part, a recallable distribution, a fee and carry accrued.

    LP03 is a partner without a commitment. Odd amounts, so that nothing splits evenly.
    """
    fund = committed(tx, {"LP01": 60 * M + 7, "LP02": 40 * M, "LP04": 10 * M + 3}, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(30 * M + 11), expense(M + 1), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id, code="H01")
    day = date(2026, 3, 10)
    bought(tx, held.id, on=day, cost=24 * M + 5, now=noon(day))
    for number in (1, 2, 3):
        quarter = Quarter(2026, number)
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(quarter.starts_on))
    a_mark(
        tx,
        held.id,
        on=date(2026, 3, 31),
        value=40 * M + 1,
        reason="milestones met",
        now=noon(date(2026, 4, 1)),
    )
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=date(2026, 5, 12),
        quantity=300_000,
        proceeds=15 * M + 7,
        now=noon(date(2026, 5, 12)),
    )
    a_distribution(
        tx, fund, pay_on=date(2026, 5, 20), return_of_capital=7 * M + 1, gain=4 * M + 3, recallable=True
    )
    accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=date(2026, 6, 30), now=noon(date(2026, 7, 1)))
    return fund


def by_day(flows: Iterable[tuple[date, int]]) -> dict[date, int]:
    """The flows of each day in one sum."""
    sums: dict[date, int] = {}
    for on, amount in flows:
        sums[on] = sums.get(on, 0) + amount
    return sums


def the_holding(tx: Tx, fund: CapitalFund) -> int:
    """The only holding that the fund has."""
    [sheet] = holdings(tx, fund_id=fund.fund_id, as_of=ON)
    return sheet.id


def by_row(tx: Tx, fund: CapitalFund, on: date) -> dict[tuple[Any, ...], int]:
    """The fund by account and holding, whoever holds it."""
    found = balances(tx, fund_id=fund.fund_id, as_of=on, by=("account", "holding"))
    return {(one.account, one.holding_id): one.amount for one in found}


def test_everything_passes_in_proportion_and_the_fund_stays_as_it_was(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": ON}
    queries = (commitments, contributions, recallable, unfunded)
    before = [query(tx, **ask) for query in queries]
    value, whole = navs(tx, **ask), by_row(tx, fund, ON)
    flows = waterfall_flows(tx, **ask)
    part = 20 * M + 1
    sheet = a_transfer(tx, fund, commitment=part, on=ON, price=25 * M)
    split = [part, 60 * M + 7 - part]
    one, three = fund["LP01"], fund["LP03"]
    for was, query in zip(before, queries, strict=True):
        now = query(tx, **ask)
        passed = allocate(was[one], split)[0]
        if query is unfunded:
            passed = was[one] - now[one]
            assert abs(passed - allocate(was[one], split)[0]) <= 1
        assert now == {**was, one: was[one] - passed, three: passed}
    after = navs(tx, **ask)
    passed = allocate(value[one], split)[0]
    assert sheet.capital == passed
    assert (after[one], after[three]) == (value[one] - passed, passed)
    assert sum(after.values()) == sum(value.values())
    assert by_row(tx, fund, ON) == whole
    layers = waterfall_flows(tx, **ask)
    for flow in flows[one]:
        both = [
            other.amount
            for key in (one, three)
            for other in layers[key]
            if (other.on, other.contribution) == (flow.on, flow.contribution)
        ]
        assert sum(both) == flow.amount
        assert abs(both[1] - allocate(flow.amount, split)[0]) <= 1
    assert prove(tx, fund_id=fund.fund_id) == []


def test_the_seller_is_paid_out_and_the_buyer_steps_into_its_shoes(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    one, three = fund["LP01"], fund["LP03"]
    eve, as_of = ON - timedelta(days=1), date(2026, 9, 30)
    ask: dict[str, Any] = {"fund_id": fund.fund_id}
    before = {key: performance(tx, as_of=eve, partner_id=key, **ask) for key in (one, None)}
    sheet = a_transfer(tx, fund, commitment=60 * M + 7, on=ON)
    assert sheet.capital is not None
    seller, buyer = (performance(tx, as_of=as_of, partner_id=key, **ask) for key in (one, three))
    money = [flow for flow in before[one].flows if flow.kind != "value"]
    assert [(f.on, f.amount) for f in seller.flows] == [
        *[(f.on, f.amount) for f in money],
        (ON, sheet.capital),
    ]
    assert seller.net_irr == xirr([f.on for f in seller.flows], [f.amount for f in seller.flows])
    assert (seller.nav, seller.distributed) == (0, before[one].distributed + sheet.capital)
    kept = [(f.on, f.amount) for f in buyer.flows if f.kind != "value"]
    assert by_day(kept) == by_day((f.on, f.amount) for f in money)
    assert (buyer.paid_in, buyer.distributed) == (before[one].paid_in, before[one].distributed)
    assert buyer.nav == nav(tx, partner_id=three, as_of=as_of, **ask)
    whole = performance(tx, as_of=as_of, **ask)
    assert (whole.paid_in, whole.distributed) == (before[None].paid_in, before[None].distributed)
    assert {flow.kind for flow in whole.flows} == {"contribution", "distribution", "value"}
    assert performance(tx, as_of=eve, partner_id=one, **ask) == before[one]
    assert performance(tx, as_of=eve, partner_id=three, **ask).flows == ()
    known = performance(tx, as_of=as_of, partner_id=one, known_at=noon(eve), **ask)
    assert (known.distributed, known.nav > 0) == (before[one].distributed, True)


def test_returns_over_time_of_both_are_those_of_each_day(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    sheet = a_transfer(tx, fund, commitment=30 * M, on=ON)
    assert sheet.capital is not None
    through = Quarter(2026, 4)
    for code in ("LP01", "LP03"):
        key = fund[code]
        stages = progression(tx, fund_id=fund.fund_id, partner_id=key, through=through)
        points = {
            point.quarter: point
            for point in nav_curve(tx, fund_id=fund.fund_id, partner_id=key, through=through)
        }
        for stage in stages:
            one = performance(tx, fund_id=fund.fund_id, partner_id=key, as_of=stage.quarter.ends_on)
            assert (stage.paid_in, stage.distributed, stage.nav) == (one.paid_in, one.distributed, one.nav)
            assert stage.net_irr.status is one.net_irr.status
            point = points[stage.quarter]
            assert (point.paid_in, point.distributed, point.nav) == (one.paid_in, one.distributed, one.nav)
    periods = period_returns(tx, fund_id=fund.fund_id, partner_id=fund["LP03"], quarter=Quarter(2026, 4))
    assert [one.code for one in periods] == ["quarter", "inception"]
    assert (
        period_returns(tx, fund_id=fund.fund_id, partner_id=fund["LP03"], quarter=Q3)[0].code == "inception"
    )


def test_the_fee_of_the_quarter_is_split_by_days_and_the_next_is_the_buyers(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    a_transfer(tx, fund, commitment=60 * M + 7, on=ON)
    charged = charge_of(tx, fund_id=fund.fund_id, quarter=Q3)
    by_partner: dict[int, int] = {}
    for line in charged.lines:
        by_partner[line.partner_id] = by_partner.get(line.partner_id, 0) + line.amount
    # 2 % of 60,000,000.07 a year: 300,000.00 a quarter of 92 days, of which 44 are the seller's and 48 the buyer's.
    assert (by_partner[fund["LP01"]], by_partner[fund["LP03"]]) == (14_347_826, 15_652_174)
    for code in ("LP01", "LP03"):
        rows = balances(
            tx,
            fund_id=fund.fund_id,
            since=Q3.starts_on,
            as_of=Q3.ends_on,
            accounts=[Account.MANAGEMENT_FEE],
            partner_id=fund[code],
        )
        assert -sum(row.amount for row in rows) == by_partner[fund[code]]
    following = charge(
        tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 4), now=noon(date(2026, 10, 1))
    )
    assert {line.partner_id for line in following.lines} == {fund["LP02"], fund["LP03"], fund["LP04"]}
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_comes_after_is_shared_by_who_holds_the_interest_and_all_that_must_hold_does(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    a_transfer(tx, fund, seller="LP03", buyer="LP02", commitment=5 * M + 1, on=date(2026, 8, 20))
    call = a_paid_call(tx, fund, investment(6 * M + 5), due_on=date(2026, 9, 21))
    assert fund["LP03"] in {line.partner_id for line in call.lines}
    held = the_holding(tx, fund)
    parts = participation(tx, fund_id=fund.fund_id, as_of=ON, holding_id=held)
    a_mark(tx, held, on=date(2026, 9, 30), value=50 * M, reason="milestones met", now=noon(date(2026, 9, 30)))
    accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=date(2026, 9, 30), now=noon(date(2026, 10, 1)))
    a_distribution(tx, fund, pay_on=date(2026, 10, 20), gain=2 * M + 1)
    assert parts[fund["LP03"]] > 0
    for quarter in (Q3, Quarter(2026, 4)):
        for one in assertions(tx, fund_id=fund.fund_id, quarter=quarter):
            assert one.holds, (quarter, one)
    rows = tables(tx, fund_id=fund.fund_id, quarter=Q3)
    assert sum(rows[key]["qtd"][17] for key in rows if key is not None) == 0
    assert rows[None]["qtd"][17] == rows[None]["itd"][113] == 0
    assert rows[fund["LP03"]]["qtd"][17] > 0
    assert rows[fund["LP03"]]["qtd"][112] == 0
    for key in (fund["LP01"], fund["LP03"], None):
        account = commitment_account(tx, fund_id=fund.fund_id, partner_id=key, quarter=Q3)
        for period in ("qtd", "ytd", "itd"):
            amounts = [getattr(row.amounts, period) for row in account.rows]
            assert sum(amounts[:-1]) == amounts[-1]
        assert account.row("released").qtd == account.row("released").itd == 0
    bought_in = capital_account(tx, fund_id=fund.fund_id, partner_id=fund["LP03"], quarter=Q3)
    assert bought_in.row("transfers").qtd > 0
    assert prove(tx, fund_id=fund.fund_id) == []


def test_taken_back_all_is_as_it_was_and_what_was_known_stays(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    later = ON + timedelta(days=6)
    was = {
        (b.account, b.partner_id, b.holding_id): b.amount
        for b in balances(tx, fund_id=fund.fund_id, as_of=later)
    }
    left = unfunded(tx, fund_id=fund.fund_id, as_of=later)
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    passed = unfunded(tx, fund_id=fund.fund_id, as_of=ON)
    undone = undo_transfer(
        tx, MANAGER, transfer_id=sheet.id, reason="consent withdrawn", undone_on=later, now=noon(later)
    )
    assert (undone.state, undone.cancelled_on, undone.is_undone) == (TransferState.CANCELLED, later, True)
    now = {
        (b.account, b.partner_id, b.holding_id): b.amount
        for b in balances(tx, fund_id=fund.fund_id, as_of=later)
    }
    assert now == was
    assert unfunded(tx, fund_id=fund.fund_id, as_of=later) == left
    assert unfunded(tx, fund_id=fund.fund_id, as_of=ON) == passed
    stages = progression(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], through=Q3)
    one, three = (
        performance(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=Q3.ends_on)
        for code in ("LP01", "LP03")
    )
    assert (stages[-1].paid_in, stages[-1].distributed) == (one.paid_in, one.distributed)
    assert (stages[-1].nav, three.flows) == (one.nav, ())
    with pytest.raises(WrongState):
        undo_transfer(tx, MANAGER, transfer_id=sheet.id, reason="again", undone_on=later, now=noon(later))
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_the_seller_had_before_is_not_moved_any_more_and_a_transfer_rested_on_stands(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    held = the_holding(tx, fund)
    back: dict[str, Any] = {"reason": "wrong", "now": noon(date(2026, 8, 31))}
    with pytest.raises(InterestPassedOn, match="TRF-001"):
        undo_charge(
            tx, MANAGER, fund_id=fund.fund_id, quarter=Quarter(2026, 2), undone_on=date(2026, 8, 31), **back
        )
    with pytest.raises(InterestPassedOn, match="TRF-001"):
        a_mark(
            tx, held, on=date(2026, 8, 1), value=30 * M, reason="milestones met", now=noon(date(2026, 8, 31))
        )
    a_mark(tx, held, on=date(2026, 8, 31), value=31 * M, reason="milestones met", now=noon(date(2026, 8, 31)))
    with pytest.raises(TransferRestedOn, match="H01"):
        undo_transfer(tx, MANAGER, transfer_id=sheet.id, undone_on=date(2026, 8, 31), **back)
    with pytest.raises(TransferRestedOn, match="H01"):
        a_transfer(tx, fund, seller="LP02", commitment=M, on=date(2026, 8, 30), approved_on=date(2026, 8, 31))


def test_who_may_and_what_must_be_settled_first(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    draft = a_transfer_draft(tx, fund, commitment=25 * M, on=ON)
    with pytest.raises(SamePerson):
        approve_transfer(tx, ACCOUNTANT, transfer_id=draft.id, now=noon(ON))
    with pytest.raises(TransferToCome):
        approve_transfer(tx, MANAGER, transfer_id=draft.id, now=noon(ON - timedelta(days=1)))
    a_transfer(tx, fund, commitment=M, on=ON)
    with pytest.raises(SharesMoved):
        approve_transfer(tx, MANAGER, transfer_id=draft.id, now=noon(ON))
    gone = cancel_transfer(tx, ACCOUNTANT, transfer_id=draft.id, reason="priced anew", now=noon(ON))
    assert (gone.state, gone.is_undone) == (TransferState.CANCELLED, False)
    a_call(tx, fund, investment(M), due_on=date(2026, 9, 21))
    with pytest.raises(SellerUnsettled, match="2026-09-21"):
        a_transfer(tx, fund, commitment=M, on=date(2026, 8, 24), approved_on=date(2026, 8, 24))
    for number in (1, 2, 3):
        lock_period(
            tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, number), now=noon(date(2026, 10, 9))
        )
    with pytest.raises(PeriodLocked):
        a_transfer_draft(tx, fund, commitment=M, on=date(2026, 9, 30), drafted_on=date(2026, 10, 9))


def test_a_draft_lies_within_the_life_of_the_fund(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    with pytest.raises(DayOutsideFund) as refused:
        a_transfer_draft(tx, fund, commitment=M, on=date.max, drafted_on=ON)
    assert [one.where for one in refused.value.problems] == ["effective_on", "consented_on"]


def test_every_fault_of_a_draft_is_named(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    with pytest.raises(TransferInvalid) as refused:
        a_transfer_draft(tx, fund, commitment=70 * M, price=-1, on=ON, reason=" ", consent="")
    assert [one.where for one in refused.value.problems] == ["commitment", "price", "reason", "consent"]
    parties = [partner(tx, partner_id=fund[code]).party_id for code in ("LP01", "LP03")]
    relate(
        tx,
        SYSTEM,
        from_party_id=parties[0],
        to_party_id=parties[1],
        kind=RelationKind.GROUP_PARENT,
        since_on=date(2020, 1, 1),
        now=noon(ON),
    )
    with pytest.raises(TransferInvalid, match="cannot be transferred") as related:
        a_transfer_draft(tx, fund, commitment=M, on=ON)
    assert [one.where for one in related.value.problems] == ["related_note"]
    assert a_transfer_draft(
        tx, fund, commitment=M, on=ON, related_note="parent; at net asset value"
    ).are_related


def test_each_side_reads_its_own_and_no_other_partner_anything(tx: Tx) -> None:
    fund = a_lived_fund(tx)
    sheet = a_transfer(tx, fund, commitment=25 * M + 3, on=ON)
    whole = {
        code: nav(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=ON) for code in ("LP01", "LP03")
    }
    paid = contributions(tx, fund_id=fund.fund_id, as_of=ON)
    for code in ("LP01", "LP03"):
        reader = Actor(7, code, frozenset({Role.LP_USER}), partner_ids=frozenset({fund[code]}))
        introduce(tx, reader)
        assert nav(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=ON) == whole[code]
        assert contributions(tx, fund_id=fund.fund_id, as_of=ON) == {fund[code]: paid[fund[code]]}
        assert transfer(tx, transfer_id=sheet.id, actor=reader).id == sheet.id
        one = performance(tx, fund_id=fund.fund_id, partner_id=fund[code], as_of=ON)
        assert one.paid_in > 0
    stranger = Actor(7, "LP02", frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP02"]}))
    introduce(tx, stranger)
    for rows in ("interest_transfer", "interest_line"):
        assert tx.execute(sa.text(f"SELECT count(*) FROM {rows}")).scalar_one() == 0
    with pytest.raises(TransferUnknown):
        transfer(tx, transfer_id=sheet.id, actor=stranger)
    entries = sa.text("SELECT count(*) FROM ledger_entry WHERE act = :act")
    assert tx.execute(entries, {"act": f"transfer:{sheet.id}"}).scalar_one() == 0


def test_a_later_close_settles_with_whoever_holds_the_interest(tx: Tx) -> None:
    """What the newcomer pays and gets is the same with and without the transfer; seller and buyer share the rest."""
    found = []
    for is_passed in (False, True):
        with tx.begin_nested() as whole:
            promised = {"LP01": 60 * M + 7, "LP02": 40 * M}
            fund = committed(tx, promised, newcomers=["LP03", "LP05"])
            a_paid_call(tx, fund, investment(30 * M + 11), expense(M + 1), due_on=date(2026, 3, 2))
            held, day = a_holding(tx, fund.fund_id, code="H01"), date(2026, 3, 10)
            bought(tx, held.id, on=day, cost=24 * M + 5, now=noon(day))
            a_mark(tx, held.id, on=day, value=40 * M + 1, reason="milestones met", now=noon(day))
            if is_passed:
                a_transfer(tx, fund, commitment=20 * M + 1, on=ON)
            close: dict[str, Any] = {"closed_on": date(2026, 9, 1), "due_on": date(2026, 9, 21)}
            newcomers = {fund["LP05"]: 25 * M}
            later_close(
                tx, MANAGER, fund_id=fund.fund_id, newcomers=newcomers, now=noon(date(2026, 9, 1)), **close
            )
            assert prove(tx, fund_id=fund.fund_id) == []
            ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": date(2026, 9, 30)}
            codes = {key: code for code, key in fund.partners.items()}
            found.append(
                [
                    {codes[key]: amount for key, amount in query(tx, **ask).items()}
                    for query in (navs, contributions, unfunded)
                ]
            )
            whole.rollback()
    for without, passed in zip(*found, strict=True):
        for code in ("LP02", "LP05"):
            assert abs(without[code] - passed[code]) <= 1
        assert abs(without["LP01"] - passed["LP01"] - passed["LP03"]) <= 3
