"""A call of 30 million and a distribution of 20 million on one day: one notice, one approval, one payment."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.distributions import (
    approve_distribution,
    cancel_distribution,
    draft_distribution,
    pay_distribution,
    undo_distribution,
)
from fund.capital.netted import NettingSheet, joined_in, netting_by_code, nettings
from fund.capital.nettings import (
    approve_netting,
    issue_netting,
    join,
    part_netting,
    settle_netting,
    undo_netting,
)
from fund.capital.payable import InArrears
from fund.capital.queries import call_sheet, distribution_sheet, due_calls, receipts
from fund.capital.receipts import SetOffStands, reverse_receipt
from fund.capital.reminders import record_reminders
from fund.capital.rules import CallHasReceipts, CallState, SamePerson, WrongState
from fund.capital.sharing import DistributionState
from fund.defaults.actions import give_notice
from fund.defaults.rules import DefaultTermsUnknown
from fund.ledger.actions import post
from fund.ledger.cash_items import cash_items
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account, Posting
from fund.nettings.rules import (
    Joined,
    JoinedAlready,
    NettingOpen,
    NettingState,
    NettingToCome,
    NettingUnknown,
)
from fund.results.ilpa import breaks, tables
from fund.results.performance import performance
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_draft,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.fund.withholding.test_actions import rate_on

M = 1_000_000 * YUAN
FIRST, DAY = date(2026, 3, 2), date(2026, 9, 2)
TOLD = DAY - timedelta(days=30)
OTHER = Actor(user_id=9003, name="Second manager", roles=frozenset({Role.MANAGER}))


def with_cash(tx: Tx, *, profit: int = 0, commitments: Mapping[str, int] | None = None) -> CapitalFund:
    """Commitments of 120 and 80 million, 40 million paid in half a year before, and `profit` earned since."""
    fund = committed(tx, commitments or {"LP01": 120 * M, "LP02": 80 * M})
    a_paid_call(tx, fund, investment(40 * M), due_on=FIRST)
    postings = [
        Posting(
            f"INTEREST/{code}",
            TOLD - timedelta(days=1),
            Account.CASH,
            Account.INTEREST_INCOME,
            profit * part // 10,
            "",
            "test:1",
            credit_partner_id=fund[code],
        )
        for code, part in (("LP01", 6), ("LP02", 4))
        if profit
    ]
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=postings, now=noon(TOLD))
    return fund


def a_pair(tx: Tx, fund: CapitalFund, *, called: int = 30 * M, **facts: Any) -> tuple[int, int]:
    call = a_draft(tx, fund, investment(called), due_on=DAY)
    typed = facts or {"return_of_capital": 12 * M, "income": 8 * M}
    row = draft_distribution(
        tx, ACCOUNTANT, fund_id=fund.fund_id, pay_on=DAY, source="sale", now=noon(TOLD), **typed
    )
    return call.id, row.id


def joined(tx: Tx, pair: tuple[int, int]) -> NettingSheet:
    return join(tx, ACCOUNTANT, call_id=pair[0], distribution_id=pair[1], now=noon(TOLD))


def issued(tx: Tx, fund: CapitalFund, **facts: Any) -> NettingSheet:
    sheet = joined(tx, a_pair(tx, fund, **facts))
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    return issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))


def settled(tx: Tx, fund: CapitalFund, **facts: Any) -> NettingSheet:
    return settle_netting(tx, ACCOUNTANT, netting_id=issued(tx, fund, **facts).id, now=noon(DAY))


def stands(tx: Tx, fund: CapitalFund, on: date = date.max) -> dict[tuple[str | None, int | None], int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=on, by=("account", "partner"))
    return {(str(one.account), one.partner_id): one.amount for one in found if one.amount}


def cash(tx: Tx, fund: CapitalFund, on: date = date.max) -> int:
    return -total(tx, fund_id=fund.fund_id, as_of=on, accounts=[Account.CASH])


def test_one_notice_and_only_the_difference_is_money(tx: Tx) -> None:
    fund = with_cash(tx)
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


def test_gross_stands_in_the_rows_of_the_template_and_in_the_returns(tx: Tx) -> None:
    fund = with_cash(tx)
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


def test_who_is_due_more_than_it_owes_is_paid_the_rest(tx: Tx) -> None:
    fund = with_cash(tx)
    done = settled(tx, fund, called=10 * M, income=20 * M)
    assert [(part.to_pay, part.to_get) for part in done.parts[:2]] == [(0, 6 * M), (0, 4 * M)]
    assert cash(tx, fund, DAY) == 40 * M - 10 * M
    payments = {item.partner_id: item.amount for item in cash_items(tx, fund_id=fund.fund_id, since=DAY)}
    assert payments == {fund["LP01"]: -6 * M, fund["LP02"]: -4 * M}, "what the bank shows is the net amount"
    assert prove(tx, fund_id=fund.fund_id) == []


def test_the_call_counts_before_the_distribution_of_its_day(tx: Tx) -> None:
    """Alone, 60 million return 40 million and bear carry on the rest; after 30 million more they are capital."""
    fund = with_cash(tx, profit=20 * M)
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


def test_who_paid_before_the_day_is_set_off_less(tx: Tx) -> None:
    fund = with_cash(tx)
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


def test_who_is_excused_is_paid_the_whole(tx: Tx) -> None:
    fund = with_cash(tx, commitments={"LP01": 120 * M, "LP02": 80 * M, "LP03": 40 * M})
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


def test_arrears_on_another_call_are_not_set_off_in_silence(tx: Tx) -> None:
    fund = with_cash(tx)
    late = a_call(tx, fund, investment(5 * M), due_on=DAY - timedelta(days=5))
    told = issued(tx, fund)
    a_receipt(tx, late, fund["LP02"])
    with pytest.raises(InArrears) as refused:
        settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(DAY))
    assert [one.where for one in refused.value.problems] == ["LP01"]


def test_nobody_is_reminded_of_more_than_the_net_nor_late_before_it_is_settled(tx: Tx) -> None:
    fund = with_cash(tx)
    told, late = issued(tx, fund), DAY + timedelta(days=2)
    noted = record_reminders(tx, ACCOUNTANT, call_id=told.call_id, now=noon(late))
    assert {one.partner_id: one.outstanding for one in noted} == {fund["LP01"]: 6 * M, fund["LP02"]: 4 * M}
    facts = {"call_id": told.call_id, "partner_id": fund["LP01"], "noticed_on": late, "now": noon(late)}
    with pytest.raises(NettingOpen, match="NET-001"):
        give_notice(tx, MANAGER, **facts)
    settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(late))
    with pytest.raises(DefaultTermsUnknown):
        give_notice(tx, MANAGER, **facts)


def test_one_approval_by_somebody_else(tx: Tx) -> None:
    fund = with_cash(tx)
    pair = a_pair(tx, fund)
    sheet = join(tx, MANAGER, call_id=pair[0], distribution_id=pair[1], now=noon(TOLD))
    for who in (ACCOUNTANT, MANAGER):
        with pytest.raises(SamePerson):
            approve_netting(tx, who, netting_id=sheet.id, now=noon(TOLD))
    with pytest.raises(WrongState):
        issue_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    approve_netting(tx, OTHER, netting_id=sheet.id, now=noon(TOLD))
    assert call_sheet(tx, call_id=pair[0]).call.state is CallState.APPROVED
    approved = distribution_sheet(tx, distribution_id=sheet.distribution_id).distribution
    assert approved.approved_name == OTHER.name
    issue_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    with pytest.raises(NettingToCome):
        settle_netting(tx, MANAGER, netting_id=sheet.id, now=noon(DAY - timedelta(days=1)))


def test_neither_of_the_two_goes_on_alone(tx: Tx) -> None:
    fund = with_cash(tx)
    sheet = joined(tx, a_pair(tx, fund))
    pair = sheet.call_id, sheet.distribution_id
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    why, at = {"reason": "no", "now": noon(DAY)}, noon(TOLD)
    alone = [
        lambda: issue_call(tx, MANAGER, call_id=pair[0], now=at),
        lambda: cancel_call(tx, MANAGER, call_id=pair[0], cancelled_on=DAY, **why),
        lambda: pay_distribution(tx, MANAGER, distribution_id=pair[1], now=noon(DAY)),
        lambda: cancel_distribution(tx, MANAGER, distribution_id=pair[1], **why),
    ]
    for act in alone:
        with pytest.raises(Joined, match="NET-001"):
            act()
    with pytest.raises(JoinedAlready):
        joined(tx, pair)
    issue_netting(tx, MANAGER, netting_id=sheet.id, now=at)
    settle_netting(tx, MANAGER, netting_id=sheet.id, now=noon(DAY))
    with pytest.raises(Joined):
        undo_distribution(tx, MANAGER, distribution_id=pair[1], undone_on=DAY, **why)
    kept = [one for one in due_calls(tx, fund_id=fund.fund_id, as_of=DAY) if one.partner_id == fund["LP01"]]
    assert kept[0].outstanding == 6 * M
    with pytest.raises(SetOffStands):
        reverse_receipt(tx, MANAGER, receipt_id=a_set_off(tx, pair[0]), reversed_on=DAY, **why)


def a_set_off(tx: Tx, call_id: int) -> int:
    return next(one.id for one in receipts(tx, call_id=call_id) if one.is_set_off)


def test_parted_they_go_on_by_themselves(tx: Tx) -> None:
    fund = with_cash(tx)
    sheet = joined(tx, a_pair(tx, fund))
    pair = sheet.call_id, sheet.distribution_id
    part_netting(tx, ACCOUNTANT, netting_id=sheet.id, reason="two notices", now=noon(TOLD))
    assert joined_in(tx, call_id=pair[0]) is None
    approve_call(tx, MANAGER, call_id=pair[0], now=noon(TOLD))
    issue_call(tx, MANAGER, call_id=pair[0], now=noon(TOLD))
    approve_distribution(tx, MANAGER, distribution_id=pair[1], now=noon(DAY))
    pay_distribution(tx, MANAGER, distribution_id=pair[1], now=noon(DAY))
    assert cash(tx, fund, DAY) == 20 * M
    with pytest.raises(WrongState):
        part_netting(tx, ACCOUNTANT, netting_id=sheet.id, reason="again", now=noon(DAY))


def test_taken_back_as_a_whole(tx: Tx) -> None:
    fund = with_cash(tx)
    before = stands(tx, fund)
    done = settled(tx, fund, called=10 * M, income=20 * M)
    later = DAY + timedelta(days=3)
    undone = undo_netting(
        tx, MANAGER, netting_id=done.id, reason="wrong day", undone_on=later, now=noon(later)
    )
    assert (undone.state, undone.cancelled_on) == (NettingState.CANCELLED, later)
    assert stands(tx, fund) == before
    assert stands(tx, fund, DAY) != before, "it counted until then"
    assert prove(tx, fund_id=fund.fund_id) == []


def test_money_that_came_in_goes_first_and_what_was_told_can_be_withdrawn(tx: Tx) -> None:
    fund = with_cash(tx)
    before = stands(tx, fund)
    told = issued(tx, fund)
    came = a_receipt(tx, call_sheet(tx, call_id=told.call_id), fund["LP01"], 6 * M, on=TOLD)
    facts = {"netting_id": told.id, "reason": "no deal", "undone_on": DAY, "now": noon(DAY)}
    with tx.begin_nested() as tried:
        with pytest.raises(CallHasReceipts):
            undo_netting(tx, MANAGER, **facts)
        tried.rollback()
    tx.expire_all()
    reverse_receipt(tx, MANAGER, receipt_id=came.id, reason="sent back", reversed_on=DAY, now=noon(DAY))
    undo_netting(tx, MANAGER, **facts)
    assert stands(tx, fund) == before
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_partner_reads_its_own_part_once_it_is_told(tx: Tx) -> None:
    fund = with_cash(tx)
    own = Actor(user_id=1, name="x", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP01"]}))
    sheet = joined(tx, a_pair(tx, fund))
    with pytest.raises(NettingUnknown):
        netting_by_code(tx, fund_id=fund.fund_id, code="NET-001", actor=own)
    assert joined_in(tx, call_id=sheet.call_id, actor=own) is None
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))
    found = netting_by_code(tx, fund_id=fund.fund_id, code="net-001", actor=own)
    assert [part.partner_id for part in found.parts] == [fund["LP01"]]
    assert (found.called, found.to_pay) == (18 * M, 6 * M)
    assert [one.code for one in nettings(tx, fund_id=fund.fund_id, actor=own).items] == ["NET-001"]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    called=st.integers(1, 60 * M),
    capital=st.integers(0, 20 * M),
    income=st.integers(1, 19 * M),
    tax=st.booleans(),
)
def test_netted_comes_to_the_same_as_both_apart(
    tx: Tx, called: int, capital: int, income: int, tax: bool
) -> None:
    """Net is gross call less net distribution of everybody, cash moves by the sum, undone all is as before."""
    outcomes = []
    for netted in (True, False):
        with tx.begin_nested() as played:
            fund = with_cash(tx, profit=10 * M)
            if tax:
                rate_on(tx, fund)
            pair = a_pair(tx, fund, called=called, return_of_capital=capital, income=income)
            before, held = stands(tx, fund), cash(tx, fund)
            outcomes.append(_netted(tx, fund, pair, before, held) if netted else _apart(tx, fund, pair))
            played.rollback()
        tx.expire_all()
    assert outcomes[0] == outcomes[1]


def _netted(tx: Tx, fund: CapitalFund, pair: tuple[int, int], before: object, held: int) -> object:
    sheet = joined(tx, pair)
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))
    done = settle_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(DAY))
    for part in done.parts:
        assert part.net == part.called - (part.distributed - part.withheld) == part.to_pay - part.to_get
    assert cash(tx, fund) == held - done.to_get
    with tx.begin_nested() as tried:
        undo_netting(tx, MANAGER, netting_id=sheet.id, reason="no", undone_on=DAY, now=noon(DAY))
        assert stands(tx, fund) == before
        tried.rollback()
    tx.expire_all()
    for line in due_calls(tx, fund_id=fund.fund_id, as_of=DAY):
        a_receipt(tx, call_sheet(tx, call_id=pair[0]), line.partner_id, line.outstanding)
    assert cash(tx, fund) == held + done.called - done.distributed + done.withheld
    assert prove(tx, fund_id=fund.fund_id) == []
    return _by_code(tx, fund)


def _apart(tx: Tx, fund: CapitalFund, pair: tuple[int, int]) -> object:
    facts = distribution_sheet(tx, distribution_id=pair[1]).distribution
    cancel_distribution(tx, MANAGER, distribution_id=pair[1], reason="after the call", now=noon(TOLD))
    approve_call(tx, MANAGER, call_id=pair[0], now=noon(TOLD))
    call = issue_call(tx, MANAGER, call_id=pair[0], now=noon(TOLD))
    for line in call.lines:
        a_receipt(tx, call, line.partner_id)
    row = draft_distribution(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        pay_on=DAY,
        source="sale",
        return_of_capital=facts.return_of_capital,
        income=facts.income,
        now=noon(DAY),
    )
    approve_distribution(tx, MANAGER, distribution_id=row.id, now=noon(DAY))
    pay_distribution(tx, MANAGER, distribution_id=row.id, now=noon(DAY))
    return _by_code(tx, fund)


def _by_code(tx: Tx, fund: CapitalFund) -> object:
    codes = {key: code for code, key in fund.partners.items()}
    return {(account, codes.get(key or 0)): amount for (account, key), amount in stands(tx, fund).items()}
