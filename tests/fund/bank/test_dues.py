"""A line of the bank pays a bill that is owed, or brings in what was earned: matched and booked in one act."""

from datetime import date
from typing import Any

import pytest

from fund.bank.actions import accept, accept_exact, release
from fund.bank.match_rules import Clue
from fund.bank.proposals import bills, proposed, to_come
from fund.bank.queries import count_open, line
from fund.bank.rules import BillPart, EarnedPart, LineState, MatchKind, WrongWay
from fund.fees.accrued import accrual
from fund.fees.actions import record_expense
from fund.income.actions import earn
from fund.income.queries import earned_of
from fund.income.rules import AboveEarned, EarnedKind
from fund.ledger.chart import Account
from fund.ledger.queries import total
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.bank import taken
from tests.builders.bank_lines import DAY, DUE, NEXT, money
from tests.builders.capital import ACCOUNTANT, CapitalFund, a_paid_call, committed, investment, noon
from tests.builders.holdings import a_holding, bought
from tests.scenes import Scene

AUDITORS, COMPANY = "乙会计师事务所（特殊普通合伙）", "示例科技有限公司"


def owing_and_owed(tx: Tx) -> CapitalFund:
    """A fund with 1,000 yuan that owes its auditors 50, and is to get 30 of its company and 20 of the city."""
    fund = committed(tx)
    a_paid_call(tx, fund, investment(1000_00), due_on=DUE)
    held = a_holding(tx, fund.fund_id, name_zh=COMPANY, now=noon(DUE))
    bought(tx, held.id, on=DUE, cost=10_00, now=noon(DUE))
    said: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(DAY)}
    record_expense(
        tx,
        ACCOUNTANT,
        reference="EXP-014",
        ilpa_row=41,
        amount=50_00,
        incurred_on=DUE,
        payee="乙会计师事务所",
        is_accrued=True,
        **said,
    )
    for reference, kind, amount, facts in (
        ("DIV-1", EarnedKind.DIVIDEND, 30_00, {"holding_id": held.id}),
        ("CITY-1", EarnedKind.OTHER, 20_00, {"payer": "示例市财政局"}),
    ):
        earn(tx, ACCOUNTANT, reference=reference, kind=kind, amount=amount, earned_on=DUE, **facts, **said)
    return fund


def test_an_exact_line_pays_the_bill_and_one_brings_the_income_and_each_is_freed_again(scene: Scene) -> None:
    tx, fund = scene(owing_and_owed)
    lines = taken(
        tx,
        fund.fund_id,
        money(1000_00, name="x", reference="Z0", on=DUE),
        money(-50_00, name=AUDITORS, memo="审计费", reference="Z1"),
        money(30_00, name=COMPANY, memo="分红", reference="Z2"),
        money(20_00, name="某单位", memo="CITY-1 补助", reference="Z3"),
    )[1:]
    found = {one.line.id: one.exact for one in proposed(tx, ACCOUNTANT, fund_id=fund.fund_id, only=lines)}
    assert [one.due.reference if one and one.due else None for one in found.values()] == [
        "EXP-014",
        "DIV-1",
        "CITY-1",
    ]
    bill = found[lines[0].id]
    assert bill is not None
    assert bill.clues == (Clue.DUE, Clue.LEGAL_FORM)
    told = accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(NEXT))
    assert (told.accepted, told.refused) == (tuple(one.id for one in lines), ())
    assert bills(tx, fund_id=fund.fund_id) == to_come(tx, fund_id=fund.fund_id) == []
    [paid] = accrual(tx, fund_id=fund.fund_id, reference="EXP-014")[1].settled
    assert (paid.amount, paid.settled_on) == (50_00, DAY)
    matches = [line(tx, line_id=one.id).matches[0] for one in lines]
    assert [one.kind for one in matches] == [MatchKind.BILL, MatchKind.EARNED, MatchKind.EARNED]
    assert prove(tx, fund_id=fund.fund_id) == []
    for one in matches:
        release(tx, ACCOUNTANT, match_id=one.id, reason="错", released_on=NEXT, now=noon(NEXT))
    assert [one.left for one in bills(tx, fund_id=fund.fund_id)] == [-50_00]
    assert [one.left for one in to_come(tx, fund_id=fund.fund_id)] == [30_00, 20_00]
    cash = [Account.CASH]
    assert total(tx, fund_id=fund.fund_id, as_of=date.max, accounts=cash) == -990_00
    assert count_open(tx, fund_id=fund.fund_id) == 4
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_part_of_a_bill_is_paid_and_the_line_s_rest_and_the_bill_s_stay_open(scene: Scene) -> None:
    tx, fund = scene(owing_and_owed)
    out, into = taken(
        tx, fund.fund_id, money(-40_00, name=AUDITORS), money(45_00, name="某单位", reference="Z2"), opening=1
    )
    [asked] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id, only=[out])
    assert (asked.exact, asked.proposals[0].clues) == (None, (Clue.PART_DUE, Clue.LEGAL_FORM))
    done = accept(tx, ACCOUNTANT, line_id=out.id, parts=[BillPart("EXP-014", 30_00)], now=noon(NEXT))
    assert (done.state, done.open) == (LineState.PARTLY, -10_00)
    assert accrual(tx, fund_id=fund.fund_id, reference="EXP-014")[1].open == 20_00
    for key, part in ((into.id, BillPart("EXP-014", 1)), (out.id, EarnedPart("DIV-1", 1))):
        with pytest.raises(WrongWay):
            accept(tx, ACCOUNTANT, line_id=key, parts=[part], now=noon(NEXT))
    with pytest.raises(AboveEarned), tx.begin_nested():
        accept(tx, ACCOUNTANT, line_id=into.id, parts=[EarnedPart("DIV-1", 31_00)], now=noon(NEXT))
    both = [EarnedPart("DIV-1", 25_00), EarnedPart("CITY-1", 20_00)]
    assert accept(tx, ACCOUNTANT, line_id=into.id, parts=both, now=noon(NEXT)).open == 0
    assert earned_of(tx, fund_id=fund.fund_id, reference="DIV-1")[1].open == 5_00
