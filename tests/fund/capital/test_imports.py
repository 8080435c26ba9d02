"""Importing commitments, calls and bank receipts: the bad input that managers bring, each told by its row."""

from datetime import date, datetime

import pytest

from fund.capital.call_imports import import_calls
from fund.capital.imports import import_receipts
from fund.capital.inflows import call_by_code
from fund.capital.queries import commitments
from fund.capital.rules import CallState
from fund.fees.imports import import_commitments
from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, a_call, committed, expense, investment, noon
from tests.scenes import Scene

M = 1_000_000 * YUAN
CALL_HEAD = "缴款编号,通知日,缴款截止日,款项类别,金额（万元）,用途\n"
BANK_HEAD = "交易日期,对方户名,贷方金额,缴款编号,银行流水号\n"
EARLY = noon(date(2026, 2, 1))
LATER = noon(date(2026, 3, 20))


def told(refused: Refusal) -> list[str]:
    return [str(problem) for problem in refused.problems]


def calls(tx: Tx, fund: CapitalFund, rows: str, now: datetime = EARLY, *, dry_run: bool = False) -> None:
    content = (CALL_HEAD + rows).encode("gb18030")
    import_calls(
        tx, ACCOUNTANT, fund_id=fund.fund_id, filename="c.csv", content=content, dry_run=dry_run, now=now
    )


def receipts(tx: Tx, fund: CapitalFund, rows: str, *, dry_run: bool = False) -> None:
    content = (BANK_HEAD + rows).encode()
    import_receipts(
        tx, ACCOUNTANT, fund_id=fund.fund_id, filename="b.csv", content=content, dry_run=dry_run, now=LATER
    )


def test_commitments_in_wan_yuan(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    text = '编号,认缴金额（万元）,认缴日期\nLP03,"１，２３４．５",2026-1-15\n'
    import_commitments(
        tx, SYSTEM, fund_id=fund.fund_id, filename="k.csv", content=text.encode(), now=noon(date(2026, 1, 16))
    )
    assert commitments(tx, fund_id=fund.fund_id, as_of=date(2026, 2, 1))[fund["LP03"]] == 12_345_000 * YUAN


def test_an_unknown_partner_cannot_commit(scene: Scene) -> None:
    tx, fund = scene(committed)
    text = "Partner code,Commitment,Committed on\nLP77,1000,2026-01-15\n"
    with pytest.raises(SheetRefused, match=r"k\.csv, row 2: There is no such partner"):
        import_commitments(
            tx, SYSTEM, fund_id=fund.fund_id, filename="k.csv", content=text.encode(), now=EARLY
        )


def test_the_rows_of_a_call_become_one_draft_with_the_fee_shared_among_those_who_bear_it(tx: Tx) -> None:
    fund = committed(tx, {"LP01": 60 * M, "LP02": 39 * M, "GP": 1 * M})
    calls(
        tx,
        fund,
        "CALL-001,2026-2-1,2026-03-02,投资款,1000,首笔投资\n"
        "CALL-001,2026-2-1,2026-03-02,管理费,33,一季度管理费\n"
        "CALL-001,2026-2-1,2026-03-02,合伙费用,10,开办费\n",
    )
    sheet = call_by_code(tx, fund_id=fund.fund_id, code="CALL-001")
    assert (sheet.call.state, sheet.call.amount) == (CallState.DRAFT, 10_430_000 * YUAN)
    assert sheet.call.purpose == "首笔投资 · 一季度管理费 · 开办费"
    fees = {line.partner_id: line.fee for line in sheet.lines}
    assert fees == {fund["LP01"]: 200_000 * YUAN, fund["LP02"]: 130_000 * YUAN, fund["GP"]: 0}


def test_calls_that_cannot_be_are_told_by_the_row_they_begin_in(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(SheetRefused) as refused:
        calls(
            tx,
            fund,
            "CALL-001,,2026-03-01,投资款,1000,周日到期\n"
            "CALL-007,,2026-03-02,投资款,1000,错号\n"
            "CALL-002,,2026-03-02,投资款,1000,甲\nCALL-002,,2026-03-03,管理费,1,乙\n"
            "CALL-003,,2026-03-02,投资款,99999,过多\n",
        )
    assert [line.split(": ", 1)[0] for line in told(refused.value)[:3]] == [
        "c.csv, row 2",
        "c.csv, row 3",
        "c.csv, row 4",
    ]
    assert "2026-03-01 is not a business day" in told(refused.value)[0]
    assert told(refused.value)[1].endswith("The next call of this fund is CALL-001, not CALL-007.")
    assert told(refused.value)[2].endswith("The rows of CALL-002 do not agree on its notice and due date.")
    assert "remaining commitment" in told(refused.value)[3]
    with pytest.raises(Refusal):
        call_by_code(tx, fund_id=fund.fund_id, code="CALL-001")


def test_a_dry_run_drafts_nothing(scene: Scene) -> None:
    tx, fund = scene(committed)
    calls(tx, fund, "CALL-001,,2026-03-02,投资款,1000,试\n", dry_run=True)
    with pytest.raises(Refusal):
        call_by_code(tx, fund_id=fund.fund_id, code="CALL-001")


def test_receipts_are_booked_by_the_payers_name_or_code(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_call(tx, fund, investment(10 * M), expense(1 * M))
    receipts(
        tx,
        fund,
        '2026-03-02,合伙企业LP01,"６，６００，０００．００",CALL-001,B1\n20260303,lp02,440万元,call-001,B2\n',
    )
    sheet = call_by_code(tx, fund_id=fund.fund_id, code="CALL-001")
    assert [line.outstanding for line in sheet.lines] == [0, 0]


def test_a_receipt_too_large_twice_or_by_a_stranger_books_nothing(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_call(tx, fund, investment(10 * M))
    rows = (
        "2026-03-02,合伙企业LP01,6000000.01,CALL-001,B1\n"
        "2026-03-02,路人公司,100,CALL-001,B2\n"
        "2026-03-02,合伙企业LP02,100,CALL-009,B3\n"
        "2026-03-02,合伙企业LP02,100,CALL-001,B4\n"
    )
    with pytest.raises(SheetRefused) as refused:
        receipts(tx, fund, rows)
    first, second, third = told(refused.value)
    assert "LP01 still owes 6,000,000.00 on CALL-001; a receipt of 6,000,000.01 is too much" in first
    assert second == "b.csv, row 3: No partner of this fund is called “路人公司”."
    assert third.startswith("b.csv, row 4: There is no such call")
    sheet = call_by_code(tx, fund_id=fund.fund_id, code="CALL-001")
    assert sum(line.received for line in sheet.lines) == 0
    with pytest.raises(SheetRefused, match=r"row 3: the same 银行流水号 .*as in row 2"):
        receipts(tx, fund, "2026-03-02,LP01,1,CALL-001,B1\n2026-03-02,LP02,1,CALL-001,B1\n")
