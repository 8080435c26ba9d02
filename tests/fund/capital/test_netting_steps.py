"""Who may do what with a netting and in which order; parted, taken back, and the same as both apart."""

from datetime import timedelta

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
from fund.capital.netted import joined_in, netting_by_code, nettings
from fund.capital.nettings import (
    approve_netting,
    issue_netting,
    join,
    part_netting,
    settle_netting,
    undo_netting,
)
from fund.capital.queries import call_sheet, distribution_sheet, due_calls, receipts
from fund.capital.receipts import SetOffStands, reverse_receipt
from fund.capital.rules import CallHasReceipts, CallState, SamePerson, WrongState
from fund.nettings.rules import (
    Joined,
    JoinedAlready,
    NettingState,
    NettingToCome,
    NettingUnknown,
)
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_receipt,
    noon,
)
from tests.builders.nettings import (
    DAY,
    OTHER,
    TOLD,
    M,
    a_pair,
    cash,
    issued,
    joined,
    settled,
    stands,
    with_cash,
)
from tests.fund.withholding.test_actions import rate_on
from tests.scenes import Scene


def a_set_off(tx: Tx, call_id: int) -> int:
    return next(one.id for one in receipts(tx, call_id=call_id) if one.is_set_off)


def test_one_approval_by_somebody_else(scene: Scene) -> None:
    tx, fund = scene(with_cash)
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


def test_neither_of_the_two_goes_on_alone(scene: Scene) -> None:
    tx, fund = scene(with_cash)
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


def test_parted_they_go_on_by_themselves(scene: Scene) -> None:
    tx, fund = scene(with_cash)
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


def test_taken_back_as_a_whole(scene: Scene) -> None:
    tx, fund = scene(with_cash)
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


def test_money_that_came_in_goes_first_and_what_was_told_can_be_withdrawn(scene: Scene) -> None:
    tx, fund = scene(with_cash)
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


def test_a_partner_reads_its_own_part_once_it_is_told(scene: Scene) -> None:
    tx, fund = scene(with_cash)
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
