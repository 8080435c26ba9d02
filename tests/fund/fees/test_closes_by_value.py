"""Later closes by net asset value: what is paid for gains, and that all else is as at cost."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.capital.by_day import waterfall_flows
from fund.capital.carry import accrue_carry
from fund.capital.inflows import call_sheet
from fund.capital.passing_on import pay_equalisation
from fund.capital.positions import commitments, contributions, unfunded
from fund.capital.premiums import CloseBasis, CloseNotByValue, MarksTooOld
from fund.capital.sheets import CallSheet
from fund.fees.closes import later_close, undo_close
from fund.fees.previews import preview_close
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    a_receipt,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
CALLED, MARKED = date(2026, 3, 2), date(2026, 6, 30)
CLOSED, DUE, PAID = date(2026, 10, 12), date(2026, 11, 2), date(2026, 11, 4)
FREE: dict[str, Any] = {"fee_rate": 0, "close_at_nav": True}


def held_at(tx: Tx, value: int, newcomers: Sequence[str] = ("LP03",), **terms: Any) -> CapitalFund:
    """LP01 60m and LP02 40m have paid 18m for a holding and 1m for expenses; it is marked at `value`."""
    fund = committed(tx, newcomers=newcomers, **FREE | terms)
    held = a_holding(tx, fund.fund_id)
    a_paid_call(tx, fund, investment(18 * MILLION, holding_id=held.id), expense(MILLION), due_on=CALLED)
    bought(tx, held.id, on=date(2026, 3, 9), cost=18 * MILLION)
    a_mark(tx, held.id, on=MARKED, value=value, now=noon(date(2026, 7, 20)))
    return fund


def asked(fund: CapitalFund, basis: CloseBasis, **changes: Any) -> dict[str, Any]:
    facts = {"newcomers": {fund["LP03"]: 50 * MILLION}, "closed_on": CLOSED, "due_on": DUE, "basis": basis}
    return {"fund_id": fund.fund_id, "now": noon(CLOSED), **facts, **changes}


def closed(tx: Tx, fund: CapitalFund, basis: CloseBasis) -> CallSheet:
    close = later_close(tx, MANAGER, **asked(fund, basis))
    assert close.call_id is not None
    assert close.basis is basis
    return call_sheet(tx, call_id=close.call_id)


def settled(tx: Tx, fund: CapitalFund, call: CallSheet) -> None:
    a_receipt(tx, call, fund["LP03"], on=DUE)
    pay_equalisation(tx, ACCOUNTANT, call_id=call.id, paid_on=PAID, now=noon(PAID))


def capital(tx: Tx, fund: CapitalFund, on: date = PAID) -> dict[str, int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=CAPITAL_ACCOUNTS, by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[one.partner_id]: one.amount for one in found if one.partner_id and one.amount}


def rows(call: CallSheet, fund: CapitalFund, name: str) -> dict[str, int]:
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[line.partner_id]: getattr(line, name) for line in call.lines}


def test_newcomers_pay_for_the_gains_that_come_to_them_and_no_interest(scene: Scene) -> None:
    """Gains of 30m in a fund without carry."""
    tx, fund = scene(held_at, 48 * MILLION, carry=0, catch_up=0)
    call = closed(tx, fund, CloseBasis.NAV)
    assert rows(call, fund, "premium") == {"LP01": -6 * MILLION, "LP02": -4 * MILLION, "LP03": 10 * MILLION}
    assert not any(rows(call, fund, "interest").values())
    assert rows(call, fund, "within") == {"LP01": -380_000_000, "LP02": -253_333_333, "LP03": 633_333_333}
    assert call.line(fund["LP03"]).unfunded_after == 50 * MILLION - 633_333_333
    settled(tx, fund, call)
    # A third of 1m of expenses that were called and not spent, of the holding's 48m.
    assert capital(tx, fund)["LP03"] == 633_333_333 + 10 * MILLION
    assert prove(tx, fund_id=fund.fund_id) == []


def test_the_carry_accrued_on_the_gains_is_taken_off(scene: Scene) -> None:
    tx, fund = scene(held_at, 48 * MILLION)
    accrued = accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=CLOSED, now=noon(CLOSED))
    carry = sum(one.target for one in accrued)
    premium = rows(closed(tx, fund, CloseBasis.NAV), fund, "premium")
    # Gains of 30m, caught up in full: the general partner has a fifth.
    assert carry == 6 * MILLION
    assert premium == {"LP01": -480 * MILLION // 100, "LP02": -320 * MILLION // 100, "LP03": 8 * MILLION}


def test_below_cost_newcomers_pay_so_much_less_and_the_books_close(scene: Scene) -> None:
    tx, fund = scene(held_at, 12 * MILLION)
    call = closed(tx, fund, CloseBasis.NAV)
    assert rows(call, fund, "premium") == {"LP01": 120_000_000, "LP02": 80_000_000, "LP03": -200_000_000}
    assert call.line(fund["LP03"]).amount == 633_333_333 - 200_000_000
    assert prove(tx, fund_id=fund.fund_id) == []
    settled(tx, fund, call)
    assert prove(tx, fund_id=fund.fund_id) == []
    for account in (Account.CONTRIBUTIONS_RECEIVABLE, Account.EQUALISATION_PAYABLE):
        assert not any(
            one.amount for one in balances(tx, fund_id=fund.fund_id, as_of=PAID, accounts=[account])
        )


def test_a_close_by_value_is_taken_back_as_a_whole(scene: Scene) -> None:
    tx, fund = scene(held_at, 48 * MILLION)
    before = capital(tx, fund)
    closed(tx, fund, CloseBasis.NAV)
    undo_close(
        tx, MANAGER, fund_id=fund.fund_id, number=2, reason="not signed", undone_on=CLOSED, now=noon(CLOSED)
    )
    assert capital(tx, fund) == before
    assert prove(tx, fund_id=fund.fund_id) == []


def test_it_is_refused_where_the_charter_has_it_not_and_at_old_values(scene: Scene) -> None:
    tx, fund = scene(held_at, 48 * MILLION, close_at_nav=False)
    with pytest.raises(CloseNotByValue):
        preview_close(tx, MANAGER, **asked(fund, CloseBasis.NAV))


def test_values_older_than_four_months_are_no_price(scene: Scene) -> None:
    tx, fund = scene(held_at, 48 * MILLION)
    late = {"closed_on": date(2026, 10, 29), "now": noon(date(2026, 10, 29))}
    with pytest.raises(MarksTooOld) as refused:
        preview_close(tx, MANAGER, **asked(fund, CloseBasis.NAV, **late))
    [problem] = refused.value.problems
    assert problem.facts["age"] == 121
    seen = preview_close(tx, MANAGER, **asked(fund, CloseBasis.COST, **late))
    assert seen.basis is CloseBasis.COST


def test_what_cost_nothing_has_a_price_once_it_is_marked(scene: Scene) -> None:
    tx, fund = scene(held_at, 48 * MILLION)
    free = a_holding(tx, fund.fund_id, name_zh="赠与公司", code="H02")
    bought(tx, free.id, on=date(2026, 8, 3), cost=0)
    with pytest.raises(MarksTooOld) as refused:
        preview_close(tx, MANAGER, **asked(fund, CloseBasis.NAV))
    assert [one.says for one in refused.value.problems] == ["it cost nothing and was never valued"]
    a_mark(tx, free.id, on=date(2026, 8, 4), value=0, reason="no business yet", now=noon(date(2026, 8, 5)))
    assert preview_close(tx, MANAGER, **asked(fund, CloseBasis.NAV)).basis is CloseBasis.NAV


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.integers(0, 90 * MILLION),
    joins=st.tuples(st.integers(1, 80 * MILLION), st.integers(1, 80 * MILLION)),
    spent=st.integers(1, MILLION),
    fee=st.sampled_from([Fraction(0), Fraction(2, 100)]),
)
def test_both_bases_differ_in_who_pays_whom_alone(
    tx: Tx, value: int, joins: tuple[int, int], spent: int, fee: Fraction
) -> None:
    """One history of two later closes on both: the same paid-in, unfunded, waterfall and capital of every partner."""
    found = {}
    for basis in CloseBasis:
        with tx.begin_nested() as tried:
            fund = held_at(tx, value, fee_rate=fee, newcomers=["LP03", "LP04"])
            for code, amount, days in (("LP03", joins[0], 0), ("LP04", joins[1], 14)):
                _join(tx, fund, basis, code, amount, days)
            a_paid_call(tx, fund, investment(spent), due_on=date(2026, 12, 1))
            found[basis] = _stands(tx, fund)
            assert prove(tx, fund_id=fund.fund_id) == []
            tried.rollback()
        tx.expire_all()
    assert found[CloseBasis.COST] == found[CloseBasis.NAV]


def _join(tx: Tx, fund: CapitalFund, basis: CloseBasis, code: str, amount: int, days: int) -> None:
    closed_on, due_on, paid_on = (day + timedelta(days=days) for day in (CLOSED, DUE, PAID))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund[code]: amount},
        closed_on=closed_on,
        due_on=due_on,
        basis=basis,
        now=noon(closed_on),
    )
    assert close.call_id is not None
    call = call_sheet(tx, call_id=close.call_id)
    assert sum(line.outside for line in call.lines) == 0
    for line in call.lines:
        if line.outstanding > 0:
            a_receipt(tx, call, line.partner_id, on=due_on)
    pay_equalisation(tx, ACCOUNTANT, call_id=call.id, paid_on=paid_on, now=noon(paid_on))


def _stands(tx: Tx, fund: CapitalFund) -> Any:
    """What each partner has by its code: paid in, unfunded, committed, its waterfall, its capital; sums as the fund."""
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": date(2026, 12, 1)}
    codes = {key: code for code, key in fund.partners.items()}
    amounts = [reading(tx, **facts) for reading in (contributions, unfunded, commitments)]
    flows = waterfall_flows(tx, **facts)
    whole = balances(tx, **facts, accounts=CAPITAL_ACCOUNTS, by=())
    own = capital(tx, fund, date(2026, 12, 1))
    assert sum(own.values()) == sum(one.amount for one in whole)
    return (
        [{codes[key]: amount for key, amount in of.items()} for of in amounts],
        {codes[key]: sorted(one, key=str) for key, one in flows.items()},
        own,
    )
