"""An interest passes: what moves in the books, what stays, who is paid out, and what comes after."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from fund.capital.carry import accrue_carry
from fund.capital.commitments import HeldOtherwise
from fund.capital.queries import (
    commitments,
    contributions,
    participation,
    recallable,
    unfunded,
    waterfall_flows,
)
from fund.fees.actions import charge
from fund.fees.closes import later_close
from fund.fees.previews import preview_close
from fund.fees.queries import charge_of
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import balances
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
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    MANAGER,
    CapitalFund,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.builders.lived_funds import ON, Q3, M, a_lived_fund, the_holding
from tests.builders.transfers import a_transfer
from tests.scenes import Scene
from valuation.irr import xirr


def by_day(flows: Iterable[tuple[date, int]]) -> dict[date, int]:
    """The flows of each day in one sum."""
    sums: dict[date, int] = {}
    for on, amount in flows:
        sums[on] = sums.get(on, 0) + amount
    return sums


def by_row(tx: Tx, fund: CapitalFund, on: date) -> dict[tuple[Any, ...], int]:
    """The fund by account and holding, whoever holds it."""
    found = balances(tx, fund_id=fund.fund_id, as_of=on, by=("account", "holding"))
    return {(one.account, one.holding_id): one.amount for one in found}


def test_everything_passes_in_proportion_and_the_fund_stays_as_it_was(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": ON}
    queries = (commitments, contributions, recallable, unfunded)
    before = [query(tx, **ask) for query in queries]
    value, whole = navs(tx, **ask), by_row(tx, fund, ON)
    flows = waterfall_flows(tx, **ask)
    own = balances(tx, **ask, accounts=CAPITAL_ACCOUNTS, partner_id=fund["LP01"], by=("account", "holding"))
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
    # Each account parts by itself, so that what is corrected of one of them later moves no other.
    passed = sum(allocate(amount.amount, split)[0] for amount in own)
    assert sheet.capital == passed
    assert abs(passed - allocate(value[one], split)[0]) < len(own)
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


def test_the_seller_is_paid_out_and_the_buyer_steps_into_its_shoes(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
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
    # Nothing is left of what it paid in: there is nothing of which it could have a multiple.
    assert (seller.nav, seller.paid_in, seller.distributed, seller.tvpi) == (0, 0, 0, None)
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


def test_returns_over_time_of_both_are_those_of_each_day(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
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
        # What was paid in follows the interest: the partners sum to the fund, before the transfer and after it.
    for on in (ON - timedelta(days=1), date(2026, 9, 30)):
        whole = performance(tx, fund_id=fund.fund_id, as_of=on)
        each = [performance(tx, fund_id=fund.fund_id, as_of=on, partner_id=key) for key in whole.partner_ids]
        assert sum(one.paid_in for one in each) == whole.paid_in
        assert sum(one.distributed for one in each) == whole.distributed
        assert sum(one.nav for one in each) == whole.nav
    periods = period_returns(tx, fund_id=fund.fund_id, partner_id=fund["LP03"], quarter=Quarter(2026, 4))
    assert [one.code for one in periods] == ["quarter", "inception"]
    assert (
        period_returns(tx, fund_id=fund.fund_id, partner_id=fund["LP03"], quarter=Q3)[0].code == "inception"
    )


def test_the_fee_of_the_quarter_is_split_by_days_and_the_next_is_the_buyers(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
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


def test_what_comes_after_is_shared_by_who_holds_the_interest_and_all_that_must_hold_does(
    scene: Scene,
) -> None:
    tx, fund = scene(a_lived_fund)
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
            said: dict[str, Any] = {"fund_id": fund.fund_id, "newcomers": newcomers, "now": noon(ON)}
            early: list[dict[str, Any]] = [
                {"closed_on": date(2026, 8, 3), "due_on": date(2026, 9, 21)},
                {"closed_on": date(2026, 8, 3), "due_on": ON - timedelta(days=1)},
                {"closed_on": ON, "due_on": date(2026, 9, 21)},
            ]
            for days in early if is_passed else []:
                with pytest.raises(HeldOtherwise, match="TRF-001 changes hands as 2026-08-14 ends"):
                    preview_close(tx, MANAGER, **said | days)
            later_close(tx, MANAGER, **said | close | {"now": noon(date(2026, 9, 1))})
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
