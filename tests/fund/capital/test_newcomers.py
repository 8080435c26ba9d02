"""What is booked of the time before a later close: shared with its newcomers, whatever was written down first."""

from datetime import date, timedelta
from typing import Any

import pytest

from fund.capital.call_days import DueBeforeClose
from fund.capital.calls import load_call
from fund.capital.inflows import call_sheet
from fund.capital.newcomers import PricedByClose
from fund.capital.passing_on import pay_equalisation
from fund.capital.premiums import CloseBasis
from fund.fees.actions import record_expense
from fund.fees.closes import later_close, undo_close
from fund.fees.undoing import undo_expense
from fund.holdings.actions import sell
from fund.income.actions import earn, undo_earned
from fund.income.rules import EarnedKind
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.entry_imports import import_entries
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
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
from tests.builders.transfers import a_transfer
from tests.scenes import Scene

M = 1_000_000 * YUAN
CALLED, BOUGHT, BEFORE = date(2026, 3, 2), date(2026, 3, 9), date(2026, 5, 20)
CLOSED, WITHIN, DUE, PAID = date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 29), date(2026, 7, 1)
LATER, LAST = date(2026, 7, 10), date(2026, 8, 14)
AFTER = {on: on + timedelta(days=1) for on in (BEFORE, WITHIN)}
DAYS = (*AFTER.values(), BEFORE, CLOSED, WITHIN, DUE, PAID, LATER, LAST)

Standing = dict[tuple[Any, ...], int]


def a_fund_with_a_holding(tx: Tx) -> tuple[CapitalFund, int]:
    """LP01 60m and 7 fen, LP02 40m; 10m called, of which 8m bought a holding; LP03 and LP04 may come."""
    fund = committed(tx, {"LP01": 60 * M + 7, "LP02": 40 * M}, newcomers=["LP03", "LP04"], close_at_nav=True)
    a_paid_call(tx, fund, investment(8 * M + 1), expense(2 * M), due_on=CALLED)
    held = a_holding(tx, fund.fund_id)
    bought(tx, held.id, on=BOUGHT, cost=8 * M, now=noon(BOUGHT))
    return fund, held.id


def close(tx: Tx, fund: CapitalFund, basis: CloseBasis = CloseBasis.COST) -> int:
    """LP03 joins with 50m."""
    made = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * M},
        closed_on=CLOSED,
        due_on=DUE,
        basis=basis,
        now=noon(CLOSED),
    )
    assert made.call_id is not None
    return made.call_id


def pay(tx: Tx, fund: CapitalFund, call_id: int) -> None:
    a_receipt(tx, call_sheet(tx, call_id=call_id), fund["LP03"], on=DUE)
    pay_equalisation(tx, ACCOUNTANT, call_id=call_id, paid_on=PAID, now=noon(PAID))


def income(tx: Tx, fund: CapitalFund, held: int, on: date, now: date) -> None:
    facts: dict[str, Any] = {
        "kind": EarnedKind.OTHER,
        "amount": 100_000_01,
        "payer": "city",
        "now": noon(now),
    }
    earn(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="SUBSIDY", earned_on=on, **facts)


def cost(tx: Tx, fund: CapitalFund, held: int, on: date, now: date) -> None:
    facts: dict[str, Any] = {"ilpa_row": 41, "amount": 77_000_03, "payee": "auditors", "now": noon(now)}
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="AUDIT", incurred_on=on, **facts)


def mark(tx: Tx, fund: CapitalFund, held: int, on: date, now: date) -> None:
    a_mark(tx, held, on=on, value=11 * M + 5, reason="milestones met", now=noon(now))


def its_past(tx: Tx, fund: CapitalFund, held: int, on: date, now: date) -> None:
    """Income, an expense and a mark of one day, a sale of the next."""
    for act in (income, cost, mark):
        act(tx, fund, held, on, now)
    facts: dict[str, Any] = {"quantity": 300_000, "proceeds": 4 * M + 1, "now": noon(max(now, AFTER[on]))}
    sell(tx, SYSTEM, holding_id=held, sold_on=AFTER[on], **facts)


def standing(tx: Tx, fund: CapitalFund) -> Standing:
    """What stands on every account, by partner and holding, on the days that matter."""
    return {
        (on, one.account, one.partner_id, one.holding_id): one.amount
        for on in DAYS
        for one in balances(tx, fund_id=fund.fund_id, as_of=on)
    }


@pytest.mark.parametrize("on", [BEFORE, WITHIN])
def test_whether_the_close_or_its_past_is_written_down_first_changes_no_answer(
    scene: Scene, on: date
) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    found: dict[str, Standing] = {}
    for turn, now in (("before the close", on), ("before it is paid", DUE), ("afterwards", LATER)):
        with tx.begin_nested() as whole:
            if turn == "before the close":
                its_past(tx, fund, held, on, now)
            call_id = close(tx, fund)
            if turn == "before it is paid":
                its_past(tx, fund, held, on, now)
            pay(tx, fund, call_id)
            if turn == "afterwards":
                its_past(tx, fund, held, on, now)
            found[turn] = standing(tx, fund)
            whole.rollback()
    assert found["before it is paid"] == found["before the close"]
    assert found["afterwards"] == found["before the close"]


def of(tx: Tx, fund: CapitalFund, *accounts: Account, on: date = LAST) -> dict[str, int]:
    """What each partner has on some accounts on a day, a credit above nil."""
    rows = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=accounts, by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[one.partner_id]: one.amount for one in rows if one.partner_id is not None}


def test_income_found_after_the_close_was_paid_is_a_third_the_newcomer_s(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    pay(tx, fund, close(tx, fund))
    stood = standing(tx, fund)
    income(tx, fund, held, BEFORE, LATER)
    shares = of(tx, fund, Account.OTHER_INCOME)
    assert shares == {"LP01": 4_000_000, "LP02": 2_666_667, "LP03": 3_333_334}
    # On its own day it is still of those who were there.
    assert of(tx, fund, Account.OTHER_INCOME, on=BEFORE) == {"LP01": 6_000_001, "LP02": 4_000_000}
    undo_earned(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference="SUBSIDY",
        reason="twice",
        undone_on=LAST,
        now=noon(LAST),
    )
    assert of(tx, fund, Account.OTHER_INCOME) == {}
    assert {key: amount for key, amount in standing(tx, fund).items() if key[0] == LAST} == {
        key: amount for key, amount in stood.items() if key[0] == LAST
    }
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_is_undone_of_before_the_close_is_undone_for_the_newcomer_too(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    cost(tx, fund, held, BEFORE, BEFORE)
    pay(tx, fund, close(tx, fund))
    facts: dict[str, Any] = {"reference": "AUDIT", "reason": "twice", "undone_on": LATER, "now": noon(LATER)}
    undo_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, **facts)
    assert of(tx, fund, Account.AUDIT) == {}
    assert set(of(tx, fund, Account.AUDIT, on=PAID)) == {"LP01", "LP02", "LP03"}


def test_what_reaches_a_newcomer_late_passes_on_with_the_interests_that_passed_since(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    pay(tx, fund, close(tx, fund))
    a_transfer(tx, fund, seller="LP03", buyer="LP04", commitment=50 * M, on=LATER)
    stood = of(tx, fund, Account.TRANSFERS)
    income(tx, fund, held, BEFORE, LAST)
    accounts = [one for one in CAPITAL_ACCOUNTS if one is not Account.CARRY_ACCRUED]
    assert of(tx, fund, *accounts).get("LP03", 0) == 0
    assert of(tx, fund, Account.TRANSFERS)["LP04"] - stood["LP04"] == 3_333_334
    facts: dict[str, Any] = {"reference": "SUBSIDY", "reason": "twice", "undone_on": LAST, "now": noon(LAST)}
    undo_earned(tx, ACCOUNTANT, fund_id=fund.fund_id, **facts)
    assert of(tx, fund, *accounts).get("LP03", 0) == 0
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_mark_of_before_is_led_back_to_the_later_one_for_everybody(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    pay(tx, fund, close(tx, fund))
    a_mark(tx, held, on=PAID, value=14 * M, reason="milestones met", now=noon(LATER))
    stood = of(tx, fund, Account.UNREALISED_GAIN)
    mark(tx, fund, held, BEFORE, LATER)
    assert of(tx, fund, Account.UNREALISED_GAIN, on=DUE)["LP03"] == 1_000_000 * YUAN + 2
    assert of(tx, fund, Account.UNREALISED_GAIN) == stood


def test_what_a_close_by_net_asset_value_has_priced_is_not_gained_afterwards(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    a_mark(tx, held, on=date(2026, 3, 31), value=10 * M, reason="milestones met", now=noon(date(2026, 4, 1)))
    pay(tx, fund, close(tx, fund, CloseBasis.NAV))
    for act in (income, mark):
        with pytest.raises(PricedByClose) as refused, tx.begin_nested():
            act(tx, fund, held, BEFORE, LATER)
        assert [str(one.facts["undo"]) for one in refused.value.problems] == [
            "take back the payment of the equalisation",
            "take back the later close",
        ]
    # An expense is borne at cost, and what is gained after the day of the close is everybody's.
    cost(tx, fund, held, BEFORE, LATER)
    income(tx, fund, held, WITHIN, LATER)
    assert of(tx, fund, Account.AUDIT)["LP03"] == -2_566_668
    assert of(tx, fund, Account.OTHER_INCOME)["LP03"] == 3_333_334


def test_a_call_from_before_the_close_is_refused_for_its_newcomers_would_pay_no_share_of_it(
    scene: Scene,
) -> None:
    tx, (fund, _) = scene(a_fund_with_a_holding)
    close(tx, fund)
    with pytest.raises(DueBeforeClose, match="Close 2 on 2026-06-08") as refused:
        load_call(
            tx,
            MANAGER,
            fund_id=fund.fund_id,
            items=[investment(M)],
            notice_on=date(2026, 4, 1),
            due_on=BEFORE,
            purpose="second drawdown",
            now=noon(DUE),
        )
    assert refused.value.problems[0].where == "due_on"


def test_entries_of_a_close_are_passed_over_where_its_past_was_written_down_after_it(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    close(tx, fund)
    cost(tx, fund, held, BEFORE, DUE)
    head = "凭证编号,生效日期,借方科目,贷方科目,金额,借方合伙人,贷方合伙人,摘要,业务"
    row = "CLOSE-2/LP03/5041,2026-06-29,5041,3900,25666.68,LP03,,第 2 次交割,close:2"
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "filename": "entries.csv", "now": noon(DUE)}
    (done,) = import_entries(tx, ACCOUNTANT, content=f"{head}\n{row}\n".encode(), **facts)
    assert "CLOSE-2/LP03/5041" in str(done.known)
    with pytest.raises(SheetRefused):
        import_entries(
            tx, ACCOUNTANT, content=f"{head}\n{row.replace('CLOSE-2', 'CLOSE-3')}\n".encode(), **facts
        )


def test_a_close_goes_back_with_what_reached_its_newcomers_since(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_with_a_holding)
    close(tx, fund)
    income(tx, fund, held, BEFORE, DUE)
    facts: dict[str, Any] = {"reason": "not admitted", "undone_on": CLOSED, "now": noon(DUE)}
    undo_close(tx, MANAGER, fund_id=fund.fund_id, number=2, **facts)
    assert of(tx, fund, Account.OTHER_INCOME) == {"LP01": 6_000_001, "LP02": 4_000_000}
    assert prove(tx, fund_id=fund.fund_id) == []
