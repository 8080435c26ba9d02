"""A call of 30 million and a distribution of 20 million on one day: one notice, and only the difference is money."""

from datetime import timedelta

import pytest

from fund.capital.distributions import (
    draft_distribution,
)
from fund.capital.nettings import (
    approve_netting,
    issue_netting,
    settle_netting,
)
from fund.capital.payable import InArrears
from fund.capital.queries import call_sheet, distribution_sheet, due_calls
from fund.capital.reminders import record_reminders
from fund.capital.sharing import DistributionState
from fund.defaults.actions import give_notice
from fund.defaults.rules import DefaultTermsUnknown
from fund.ledger.cash_items import cash_items
from fund.nettings.rules import (
    NettingOpen,
    NettingState,
)
from fund.results.ilpa import breaks, tables
from fund.results.performance import performance
from fund.results.proof import prove
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    a_call,
    a_draft,
    a_receipt,
    investment,
    noon,
)
from tests.builders.nettings import DAY, TOLD, M, a_pair, cash, issued, joined, settled, with_cash
from tests.fund.withholding.test_actions import rate_on
from tests.scenes import Scene


def test_one_notice_and_only_the_difference_is_money(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    rate_on(tx, fund)
    told = issued(tx, fund)
    one, two = told.parts[:2]
    assert (one.called, one.distributed, one.withheld, one.net) == (
        18 * M,
        12 * M,
        960_000 * YUAN,
        696_000_000,
    )
    assert (two.called, two.distributed, two.net) == (12 * M, 8 * M, 4 * M)
    assert (told.state, told.called, told.distributed) == (NettingState.ISSUED, 30 * M, 20 * M)
    # What is to be paid is told net from the first day; the books know the call gross.
    owed = {line.partner_id: line for line in due_calls(tx, fund_id=fund.fund_id, as_of=DAY)}
    assert (owed[fund["LP01"]].outstanding, owed[fund["LP01"]].to_pay) == (18 * M, 696_000_000)
    before = cash(tx, fund, DAY)
    done = settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(DAY))
    assert done.state is NettingState.SETTLED
    assert cash(tx, fund, DAY) == before, "everybody pays on balance: no money goes out"
    owed = {line.partner_id: line for line in due_calls(tx, fund_id=fund.fund_id, as_of=DAY)}
    assert [owed[fund[code]].to_pay for code in ("LP01", "LP02")] == [696_000_000, 4 * M]
    # As known the day before, nothing was set off yet, and the same was to be paid.
    known = due_calls(tx, fund_id=fund.fund_id, as_of=DAY, known_at=noon(DAY - timedelta(days=1)))
    assert [(one.outstanding, one.to_pay) for one in known[:2]] == [(18 * M, 696_000_000), (12 * M, 4 * M)]
    paid = distribution_sheet(tx, distribution_id=done.distribution_id).line(fund["LP01"])
    assert (paid.net, paid.withheld, paid.set_off, paid.paid) == (12 * M, 960_000 * YUAN, 1_104_000_000, 0)
    assert prove(tx, fund_id=fund.fund_id) == []
    sheet = call_sheet(tx, call_id=done.call_id)
    for code in ("LP01", "LP02"):
        a_receipt(tx, sheet, fund[code])
    assert cash(tx, fund, DAY) == before + told.to_pay
    assert due_calls(tx, fund_id=fund.fund_id, as_of=DAY) == []
    assert prove(tx, fund_id=fund.fund_id) == []


def test_gross_stands_in_the_rows_of_the_template_and_in_the_returns(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    settled(tx, fund)
    quarter = Quarter.parse("2026Q3")
    rows = tables(tx, fund_id=fund.fund_id, quarter=quarter)[fund["LP01"]]["qtd"]
    assert (rows[13], rows[14]) == (18 * M, -12 * M)
    found = performance(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], as_of=DAY)
    assert sorted(flow.amount for flow in found.flows if flow.on == DAY and flow.kind != "value") == [
        -18 * M,
        4_800_000 * YUAN,
        7_200_000 * YUAN,
    ]
    assert (found.paid_in, found.distributed) == (42 * M, 12 * M)
    assert breaks(tx, fund_id=fund.fund_id, quarter=quarter) == []


def test_who_is_due_more_than_it_owes_is_paid_the_rest(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    done = settled(tx, fund, called=10 * M, income=20 * M)
    assert [(part.to_pay, part.to_get) for part in done.parts[:2]] == [(0, 6 * M), (0, 4 * M)]
    assert cash(tx, fund, DAY) == 40 * M - 10 * M
    payments = {item.partner_id: item.amount for item in cash_items(tx, fund_id=fund.fund_id, since=DAY)}
    assert payments == {fund["LP01"]: -6 * M, fund["LP02"]: -4 * M}, "what the bank shows is the net amount"
    assert prove(tx, fund_id=fund.fund_id) == []


def test_the_call_counts_before_the_distribution_of_its_day(scene: Scene) -> None:
    """Alone, 60 million return 40 million and bear carry on the rest; after 30 million more they are capital."""
    tx, fund = scene(with_cash, profit=20 * M)
    call_id, first = a_pair(tx, fund, return_of_capital=40 * M, income=20 * M)
    assert distribution_sheet(tx, distribution_id=first).line(fund["LP01"]).carry > 0
    sheet = joined(tx, (call_id, first))
    assert sheet.distribution == "DIST-002"
    assert distribution_sheet(tx, distribution_id=sheet.distribution_id).line(fund["LP01"]).carry == 0
    old = distribution_sheet(tx, distribution_id=first).distribution
    assert (old.state, old.cancel_reason) == (
        DistributionState.CANCELLED,
        "与 CALL-002 合并后重新测算为 DIST-002 / Worked out anew as DIST-002, with CALL-002 counted first",
    )
    assert call_sheet(tx, call_id=call_id).call.notice_on is None
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))
    settle_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(DAY))
    assert prove(tx, fund_id=fund.fund_id) == []


def test_who_paid_before_the_day_is_set_off_less(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    told = issued(tx, fund)
    sheet = call_sheet(tx, call_id=told.call_id)
    a_receipt(tx, sheet, fund["LP01"], on=DAY - timedelta(days=1))
    settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(DAY))
    found = distribution_sheet(tx, distribution_id=told.distribution_id)
    assert [(found.line(fund[code]).set_off, found.line(fund[code]).paid) for code in ("LP01", "LP02")] == [
        (0, 12 * M),
        (8 * M, 0),
    ]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_who_is_excused_is_paid_the_whole(scene: Scene) -> None:
    tx, fund = scene(with_cash, commitments={"LP01": 120 * M, "LP02": 80 * M, "LP03": 40 * M})
    call = a_draft(tx, fund, investment(10 * M, excused=frozenset({fund["LP03"]})), due_on=DAY)
    row = draft_distribution(
        tx, ACCOUNTANT, fund_id=fund.fund_id, pay_on=DAY, source="interest", income=12 * M, now=noon(TOLD)
    )
    sheet = joined(tx, (call.id, row.id))
    # 26 : 17.33 : 6.67 by what each has paid, the call of the day counted.
    assert [part.net for part in sheet.parts[:3]] == [-240_000 * YUAN, -160_000 * YUAN, -1_600_000 * YUAN]
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))
    settle_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(DAY))
    assert due_calls(tx, fund_id=fund.fund_id, as_of=DAY) == []
    assert cash(tx, fund, DAY) == 40 * M - 2 * M
    assert prove(tx, fund_id=fund.fund_id) == []


def test_arrears_on_another_call_are_not_set_off_in_silence(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    late = a_call(tx, fund, investment(5 * M), due_on=DAY - timedelta(days=5))
    told = issued(tx, fund)
    a_receipt(tx, late, fund["LP02"])
    with pytest.raises(InArrears) as refused:
        settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(DAY))
    assert [one.where for one in refused.value.problems] == ["LP01"]


def test_nobody_is_reminded_of_more_than_the_net_nor_late_before_it_is_settled(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    told, late = issued(tx, fund), DAY + timedelta(days=2)
    noted = record_reminders(tx, ACCOUNTANT, call_id=told.call_id, now=noon(late))
    assert {one.partner_id: one.outstanding for one in noted} == {fund["LP01"]: 6 * M, fund["LP02"]: 4 * M}
    facts = {"call_id": told.call_id, "partner_id": fund["LP01"], "noticed_on": late, "now": noon(late)}
    with pytest.raises(NettingOpen, match="NET-001"):
        give_notice(tx, MANAGER, **facts)
    settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(late))
    with pytest.raises(DefaultTermsUnknown):
        give_notice(tx, MANAGER, **facts)
