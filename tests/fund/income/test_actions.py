"""Income that is earned: received in parts, released, taken back; a holding's as the holding is shared; proved."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from fund.bank.proposals import left_of_items
from fund.fees.actions import record_expense
from fund.fees.release_rules import ReleasedSince
from fund.holdings.actions import receive_income
from fund.holdings.queries import cash_flows, holding
from fund.holdings.resting import IncomeRests
from fund.holdings.rules import HoldingUnknown, IncomeBeforePurchase, IncomeKind, NothingHeld
from fund.holdings.undoing import undo_income, undo_purchase
from fund.income.actions import earn, receive_earned, release_earned, undo_earned, undo_income_settlement
from fund.income.queries import EarnedSheet, earned, payers
from fund.income.rules import (
    AboveEarned,
    EarnedGone,
    EarnedInvalid,
    EarnedKind,
    EarnedSettled,
    EarnedTaken,
    EarnedUnknown,
    IncomeReasonMissing,
    IncomeSettlementInvalid,
    IncomeSettlementUnknown,
)
from fund.ledger.actions import lock_period, post, reverse_entries
from fund.ledger.cash import CashShort
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account, PeriodLocked, Posting
from fund.ledger.undone import standing
from fund.results.accounts import navs
from fund.results.ilpa import breaks, tables
from fund.results.proof import prove
from fund.results.statements import statements
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought

DUE, END, CAME, TODAY = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 20), date(2026, 6, 30)
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
M = 1_000_000 * YUAN
BACK: dict[str, Any] = {"reason": "错", "undone_on": TODAY, "now": noon(TODAY)}


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    """Commitments of 60 and 40 million, ten called and paid."""
    found = committed(tx)
    a_paid_call(tx, found, investment(10 * M))
    return found


@pytest.fixture
def held(tx: Tx, fund: CapitalFund) -> int:
    sheet = a_holding(tx, fund.fund_id, now=noon(DUE))
    bought(tx, sheet.id, on=DUE, cost=5 * M, now=noon(DUE))
    return sheet.id


def earns(
    tx: Tx, fund: CapitalFund, reference: str = "I1", amount: int = 100_01, **facts: Any
) -> EarnedSheet:
    said = {"kind": EarnedKind.INTEREST, "earned_on": END, "payer": "中国银行", "now": noon(TODAY)}
    return earn(tx, ACCOUNTANT, fund_id=fund.fund_id, reference=reference, amount=amount, **said | facts)


def receives(tx: Tx, fund: CapitalFund, amount: int, on: date = CAME, reference: str = "I1") -> EarnedSheet:
    facts = {"fund_id": fund.fund_id, "reference": reference, "amount": amount, "now": noon(TODAY)}
    return receive_earned(tx, ACCOUNTANT, received_on=on, **facts)


def releases(tx: Tx, fund: CapitalFund, amount: int, on: date = TODAY, reference: str = "I1") -> EarnedSheet:
    facts = {"fund_id": fund.fund_id, "reference": reference, "amount": amount, "now": noon(TODAY)}
    return release_earned(tx, ACCOUNTANT, released_on=on, reason="不再支付", **facts)


def stands(tx: Tx, fund: CapitalFund, day: date = TODAY) -> dict[tuple[Any, ...], int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=day)
    return {(one.account, one.partner_id, one.holding_id): one.amount for one in found if one.amount}


def test_interest_counts_when_earned_and_comes_in_later(tx: Tx, fund: CapitalFund) -> None:
    earns(tx, fund)
    sheet = receives(tx, fund, 60_00)
    assert (sheet.received, sheet.released, sheet.open, sheet.days_open) == (60_00, 0, 40_01, 91)
    assert releases(tx, fund, 40_01).open == 0
    (was,) = earned(tx, fund_id=fund.fund_id, as_of=date(2026, 4, 19))
    assert was.open == 100_01
    ((item, left),) = [one for one in left_of_items(tx, fund_id=fund.fund_id).values() if one[1] == 60_00]
    assert (payers(tx, fund_id=fund.fund_id)[item.act], left) == ("中国银行", 60_00)
    first, second = (
        statements(tx, fund_id=fund.fund_id, since=quarter.starts_on, as_of=quarter.ends_on)
        for quarter in (Q1, Q2)
    )
    to_come = {row.code: (row.opening, row.closing) for row in (*first.assets, *second.assets)}
    assert to_come[Account.INCOME_RECEIVABLE] == (100_01, 0)
    for found, income, came in ((first, 100_01, 0), (second, -40_01, 60_00)):
        assert sum(line.amount for line in found.income) == income
        assert sum(line.amount for line in found.operating if line.code == "income_received") == came
    assert tables(tx, fund_id=fund.fund_id, quarter=Q1)[None]["qtd"][87] == 100_01
    assert [breaks(tx, fund_id=fund.fund_id, quarter=one) for one in (Q1, Q2)] == [[], []]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_dividend_of_a_holding_is_its_income_when_received(tx: Tx, fund: CapitalFund, held: int) -> None:
    """Received at once it is what the dividend is by itself, in every account and in the gross flows."""
    facts = {"kind": EarnedKind.DIVIDEND, "holding_id": held, "payer": ""}
    ask = {"fund_id": fund.fund_id, "as_of": TODAY}
    found = []
    for is_earned in (True, False):
        with tx.begin_nested() as played:
            if is_earned:
                earns(tx, fund, "D1", 70_01, earned_on=CAME, **facts)
                receives(tx, fund, 70_01, CAME, "D1")
            else:
                receive_income(
                    tx, ACCOUNTANT, holding_id=held, received_on=CAME, amount=70_01, now=noon(TODAY)
                )
            income = holding(tx, holding_id=held, as_of=TODAY).income
            # The one is booked after the other, under another number.
            money = [replace(one, act="") for one in cash_flows(tx, **ask)]
            found.append((stands(tx, fund), navs(tx, **ask), money, income))
            assert prove(tx, fund_id=fund.fund_id) == []
            played.rollback()
    assert found[0] == found[1]


def test_a_holding_has_no_income_before_it_is_bought(tx: Tx, fund: CapitalFund, held: int) -> None:
    eve = date(2026, 3, 1)
    empty = a_holding(tx, fund.fund_id, name_zh="未投公司", code="H02", now=noon(DUE)).id
    for holding_id, on, refusal in ((held, eve, IncomeBeforePurchase), (empty, DUE, NothingHeld)):
        with pytest.raises(refusal, match=str(DUE)):
            earns(tx, fund, "D1", kind=EarnedKind.DIVIDEND, holding_id=holding_id, earned_on=on)
        with pytest.raises(refusal, match=str(DUE)):
            receive_income(tx, ACCOUNTANT, holding_id=holding_id, received_on=on, amount=1, now=noon(TODAY))
    assert earns(tx, fund, "D1", kind=EarnedKind.DIVIDEND, holding_id=held, earned_on=DUE).open == 100_01


def test_the_first_purchase_stands_while_income_rests_on_it(tx: Tx, fund: CapitalFund, held: int) -> None:
    """A later purchase alone would leave the income before it."""
    bought(tx, held, on=CAME, cost=1, quantity=5, now=noon(CAME))
    earns(tx, fund, "D1", kind=EarnedKind.DIVIDEND, holding_id=held, earned_on=END)
    receive_income(tx, ACCOUNTANT, holding_id=held, received_on=DUE, amount=1, now=noon(TODAY))
    facts: dict[str, Any] = {"holding_id": held, "reason": "错", "on": TODAY, "now": noon(TODAY)}
    with pytest.raises(IncomeRests) as refused, tx.begin_nested():
        undo_purchase(tx, MANAGER, number=1, **facts)
    assert [(one.facts["on"], one.facts["undo"]) for one in refused.value.problems] == [
        (END, "take back the income booked as earned"),
        (DUE, "take back the income"),
    ]
    # On the second none rests.
    undo_purchase(tx, MANAGER, number=2, **facts)
    undo_earned(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="D1", **BACK)
    undo_income(tx, MANAGER, number=1, **facts)
    undo_purchase(tx, MANAGER, number=1, **facts)
    assert holding(tx, holding_id=held, as_of=TODAY).cost == 0


def test_a_receipt_that_is_taken_back_on_the_holding_is_to_come_again(
    tx: Tx, fund: CapitalFund, held: int
) -> None:
    earns(tx, fund, "D1", 70_01, kind=EarnedKind.INTEREST, holding_id=held)
    for number in (1, 2):
        receives(tx, fund, 70_01, CAME, "D1")
        if number == 1:
            undo_income(tx, MANAGER, holding_id=held, number=1, reason="错", on=CAME, now=noon(TODAY))
        else:
            undo_income_settlement(tx, MANAGER, fund_id=fund.fund_id, reference="D1", number=2, **BACK)
        (sheet,) = earned(tx, fund_id=fund.fund_id, as_of=TODAY)
        assert sheet.open == 70_01
    assert prove(tx, fund_id=fund.fund_id) == []


def test_in_whatever_order_the_parts_are_written_down(tx: Tx, fund: CapitalFund, held: int) -> None:
    parts: Sequence[Callable[[], object]] = (
        lambda: receives(tx, fund, 60_00),
        lambda: receives(tx, fund, 1, date(2026, 5, 1)),
        lambda: releases(tx, fund, 3),
    )
    for of in (None, held):
        found = []
        for order in permutations(parts):
            with tx.begin_nested() as played:
                earns(tx, fund, holding_id=of)
                for part in order:
                    part()
                found.append([stands(tx, fund, day) for day in (END, CAME, date(2026, 5, 1), TODAY)])
                played.rollback()
        assert all(one == found[0] for one in found)


def test_each_act_taken_back_restores_every_balance(tx: Tx, fund: CapitalFund) -> None:
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "I1"}
    empty = stands(tx, fund)
    earns(tx, fund)
    booked = stands(tx, fund)
    receives(tx, fund, 1)
    came = stands(tx, fund)
    releases(tx, fund, 100_00)
    with pytest.raises(EarnedSettled):
        undo_earned(tx, ACCOUNTANT, **facts, **BACK)
    with pytest.raises(IncomeSettlementUnknown):
        undo_income_settlement(tx, ACCOUNTANT, number=3, **facts, **BACK)
    undo_income_settlement(tx, ACCOUNTANT, number=2, **facts, **BACK)
    assert stands(tx, fund) == came
    undo_income_settlement(tx, ACCOUNTANT, number=1, **facts, **BACK)
    assert stands(tx, fund) == booked
    undo_earned(tx, ACCOUNTANT, **facts, **BACK)
    assert stands(tx, fund) == empty
    with pytest.raises(EarnedGone):
        receives(tx, fund, 1)
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_is_refused_books_nothing(tx: Tx, fund: CapitalFund, held: int) -> None:
    earns(tx, fund)
    before = stands(tx, fund)
    with pytest.raises(EarnedTaken):
        earns(tx, fund)
    for facts in (
        {"kind": EarnedKind.DIVIDEND},
        {"earned_on": date(2026, 7, 1)},
        {"amount": 0},
        {"payer": ""},
    ):
        with pytest.raises(EarnedInvalid):
            earns(tx, fund, "I2", **facts)
    for amount, day, refusal in (
        (100_02, CAME, AboveEarned),
        (0, CAME, IncomeSettlementInvalid),
        (1, date(2026, 3, 30), IncomeSettlementInvalid),
        (1, date(2026, 7, 1), IncomeSettlementInvalid),
    ):
        for act in (receives, releases):
            with pytest.raises(refusal):
                act(tx, fund, amount, day)
    with pytest.raises(IncomeReasonMissing):
        said = {"reference": "I1", "amount": 1, "released_on": CAME, "reason": " ", "now": noon(TODAY)}
        release_earned(tx, ACCOUNTANT, fund_id=fund.fund_id, **said)
    other = committed(tx, code="AF2")
    for wrong, reference in ((fund, "I9"), (other, "I1")):
        with pytest.raises(EarnedUnknown):
            receives(tx, wrong, 1, CAME, reference)
    with pytest.raises(HoldingUnknown):
        earns(tx, other, "I3", holding_id=held)
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(CAME))
    for refused in (lambda: earns(tx, fund, "I4"), lambda: receives(tx, fund, 1, END)):
        with pytest.raises(PeriodLocked):
            refused()
    assert stands(tx, fund) == before


def test_releases_go_by_days_and_receipts_by_none(tx: Tx, fund: CapitalFund) -> None:
    earns(tx, fund)
    releases(tx, fund, 5)
    receives(tx, fund, 1, CAME)
    releases(tx, fund, 7)
    before = stands(tx, fund)
    with pytest.raises(ReleasedSince, match=f"Release 1 of I1 on {TODAY}"):
        releases(tx, fund, 1, CAME)
    facts = {"fund_id": fund.fund_id, "reference": "I1", "reason": "wrong", "now": noon(TODAY)}
    with pytest.raises(ReleasedSince, match="Release 3"):
        undo_income_settlement(tx, ACCOUNTANT, number=1, undone_on=CAME, **facts)
    assert stands(tx, fund) == before


def test_money_that_is_spent_is_not_taken_back(tx: Tx, fund: CapitalFund) -> None:
    earns(tx, fund)
    receives(tx, fund, 100_01)
    spent = {"ilpa_row": 41, "amount": 10 * M + 100_01, "incurred_on": TODAY, "payee": "审计"}
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="E1", now=noon(TODAY), **spent)
    with pytest.raises(CashShort):
        undo_income_settlement(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="I1", number=1, **BACK)


def test_the_proof_finds_what_the_books_do_not_hold(tx: Tx, fund: CapitalFund, held: int) -> None:
    earns(tx, fund)
    entries = standing(tx, fund_id=fund.fund_id, act="earned:I1")
    with tx.begin_nested() as played:
        facts: dict[str, Any] = {"reason": "错", "effective_on": TODAY, "now": noon(TODAY)}
        reverse_entries(tx, SYSTEM, fund_id=fund.fund_id, entries=entries, **facts)
        assert "10001 of it is to come, in the books 0" in str(prove(tx, fund_id=fund.fund_id))
        played.rollback()
    ghost = Posting(
        reference="GHOST",
        effective_on=TODAY,
        debit=Account.INCOME_RECEIVABLE,
        credit=Account.CASH,
        amount=5,
        memo="",
        act="adjustment:1",
    )
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=[ghost], now=noon(TODAY))
    assert "account 1300: it says 0, in the books 5" in str(prove(tx, fund_id=fund.fund_id))
    assert total(tx, fund_id=fund.fund_id, as_of=TODAY, accounts=[Account.INCOME_RECEIVABLE]) == -100_06
    assert IncomeKind.DIVIDEND.value == EarnedKind.DIVIDEND.value
