"""A second-close list: partners join as one act, refused with the row they stand in."""

from datetime import date

import pytest

from fund.capital.inflows import call_sheet
from fund.capital.queries import closes, commitments
from fund.fees.imports import import_closing
from fund.fees.previews import preview_close
from fund.ledger.queries import balances
from kernel.db import Tx
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import MANAGER, YUAN, CapitalFund, a_paid_call, committed, investment, noon

M = 1_000_000 * YUAN
HEAD = "编号,认缴金额（万元）,认缴日期,均衡款截止日\n"
JOINED, DUE = date(2026, 8, 3), date(2026, 9, 1)


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    found = committed(tx, newcomers=["LP03", "LP04"])
    a_paid_call(tx, found, investment(20 * M))
    return found


def bring(tx: Tx, fund: CapitalFund, rows: str) -> None:
    content = (HEAD + rows).encode()
    import_closing(tx, MANAGER, fund_id=fund.fund_id, filename="k.csv", content=content, now=noon(JOINED))


def test_a_second_close_list_is_one_close_as_its_preview_said(tx: Tx, fund: CapitalFund) -> None:
    newcomers = {fund["LP03"]: 50 * M, fund["LP04"]: 10 * M}
    ask = {"fund_id": fund.fund_id, "closed_on": JOINED, "due_on": DUE, "now": noon(JOINED)}
    before = balances(tx, fund_id=fund.fund_id, as_of=date.max)
    seen = preview_close(tx, MANAGER, newcomers=newcomers, **ask)
    assert balances(tx, fund_id=fund.fund_id, as_of=date.max) == before
    assert [one.number for one in closes(tx, fund_id=fund.fund_id)] == [1]
    bring(tx, fund, "LP03,5000,2026-08-03,2026-09-01\nLP04,1000,2026-08-03,2026-09-01\n")
    _, close = closes(tx, fund_id=fund.fund_id)
    assert close.call_id is not None
    lines = call_sheet(tx, call_id=close.call_id).lines
    figures = [(one.partner_id, one.investment, one.fee, one.interest, one.amount) for one in lines]
    assert figures == [(s.partner_id, s.investment, s.fee, s.interest, s.amount) for s in seen.lines]
    assert seen.paid_in == sum(one.amount for one in lines if one.amount > 0)
    assert seen.paid_in - seen.passed_on == sum(one.fee for one in lines)
    assert seen.shares[fund["LP03"]] == (0, 50 * M)
    assert seen.shares[fund["LP01"]] == (60 * M, 60 * M)
    assert commitments(tx, fund_id=fund.fund_id, as_of=JOINED)[fund["LP04"]] == 10 * M


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("LP03,5000,2026-08-03,\n", "row 2: LP03 joins by a later close"),
        ("LP03,5000,2026-08-03,2026-09-01\nLP04,9,2026-08-03,2026-09-02\n", "LP04 differs from LP03"),
        ("LP03,5000,2026-08-03,2026-08-01\n", "due_on: the newcomers cannot pay"),
        ("LP01,5000,2026-08-03,2026-09-01\n", "LP01 is recorded already with 60,000,000.00"),
    ],
)
def test_a_list_that_cannot_be_is_refused(tx: Tx, fund: CapitalFund, rows: str, says: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        bring(tx, fund, rows)
    assert any(says in str(problem) for problem in refused.value.problems), refused.value.problems
    assert len(closes(tx, fund_id=fund.fund_id)) == 1


def test_while_nothing_is_called_the_list_is_the_first_close(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    bring(tx, fund, "LP03,5000,2026-01-15,\n")
    assert [one.number for one in closes(tx, fund_id=fund.fund_id)] == [1]
