"""Calls from the draft on: what they need, who approves, and how they are withdrawn."""

from datetime import date

import pytest

from fund.capital.acts import HoldingNotOfFund
from fund.capital.calls import approve_call, cancel_call, draft_call, issue_call
from fund.capital.distributions import draft_distribution
from fund.capital.due_rules import DueOnHoliday, DuePassed, NoticeTooShort
from fund.capital.queries import (
    call_by_code,
    call_sheet,
    calls,
    commitments,
    contributions,
    participation,
    receipt,
    unfunded,
)
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import (
    AboveRemaining,
    CallHasReceipts,
    CallState,
    CallUnknown,
    ReceiptUnknown,
    SamePerson,
    SharesMoved,
    WrongState,
)
from fund.ledger.queries import trial_balance
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import Actor, Role, RoleMissing
from tests.builders.call_balances import DUE, MILLION, standing
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    a_call,
    a_draft,
    a_paid_call,
    a_receipt,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.holdings import a_holding
from tests.builders.ledger import books
from tests.scenes import Scene


def test_more_than_the_remaining_commitment_is_refused_with_both_figures(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_call(tx, fund, investment(90 * MILLION))
    with pytest.raises(
        AboveRemaining, match=r"LP01: called 12,000,000\.00, remaining commitment 6,000,000\.00"
    ):
        a_draft(tx, fund, expense(20 * MILLION))


def test_the_preparer_does_not_approve_and_states_keep_their_order(scene: Scene) -> None:
    tx, fund = scene(committed)
    draft = a_draft(tx, fund, investment(MILLION))
    at = noon(date(2026, 2, 1))
    with pytest.raises(SamePerson, match="Accountant"):
        approve_call(tx, ACCOUNTANT, call_id=draft.id, now=at)
    with pytest.raises(WrongState, match="CALL-001 is draft; this needs it to be approved"):
        issue_call(tx, MANAGER, call_id=draft.id, now=at)
    with pytest.raises(WrongState):
        a_receipt(tx, draft, fund["LP01"], 1)
    approve_call(tx, MANAGER, call_id=draft.id, now=at)
    with pytest.raises(WrongState):
        approve_call(tx, MANAGER, call_id=draft.id, now=at)


def test_notice_is_given_in_business_days(scene: Scene) -> None:
    tx, fund = scene(committed)
    draft = a_draft(tx, fund, investment(MILLION), due_on=DUE)
    approve_call(tx, MANAGER, call_id=draft.id, now=noon(date(2026, 2, 1)))
    with pytest.raises(NoticeTooShort, match="9 business days"):
        # The spring festival of 2026 takes 15 to 23 February; the 14th and 28th are worked instead.
        issue_call(tx, MANAGER, call_id=draft.id, now=noon(date(2026, 2, 11)))
    issued = issue_call(tx, MANAGER, call_id=draft.id, now=noon(date(2026, 2, 10)))
    assert issued.call.notice_on == date(2026, 2, 10)


def test_a_holiday_is_no_due_date(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(DueOnHoliday, match="2026-02-24"):
        a_draft(tx, fund, investment(MILLION), due_on=date(2026, 2, 18))
    with pytest.raises(DuePassed):
        a_draft(tx, fund, investment(MILLION), due_on=DUE, drafted_on=date.fromordinal(DUE.toordinal() + 1))


def test_a_draft_that_the_shares_have_left_behind_is_not_issued(scene: Scene) -> None:
    tx, fund = scene(committed)
    stale = a_draft(tx, fund, investment(MILLION, excused=frozenset()), due_on=date(2026, 4, 1))
    at = noon(date(2026, 2, 2))
    approve_call(tx, MANAGER, call_id=stale.id, now=at)
    a_call(tx, fund, fee({fund["LP01"]: 30 * MILLION}))
    with pytest.raises(SharesMoved, match="CALL-001"):
        issue_call(tx, MANAGER, call_id=stale.id, now=at)


def test_a_cancelled_call_leaves_no_trace_in_balances_and_frees_the_commitment(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION), expense(MILLION))
    gone = cancel_call(
        tx,
        MANAGER,
        call_id=call.id,
        reason="deal fell through",
        cancelled_on=date(2026, 2, 20),
        now=noon(DUE),
    )
    assert (gone.call.state, gone.call.cancelled_on) == (CallState.CANCELLED, DUE)
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=date(2026, 12, 31)).rows == ()
    assert contributions(tx, fund_id=fund.fund_id, as_of=date.max) == {}
    assert unfunded(tx, fund_id=fund.fund_id, as_of=DUE)[fund["LP01"]] == 60 * MILLION
    with pytest.raises(WrongState):
        cancel_call(tx, MANAGER, call_id=call.id, reason="again", cancelled_on=DUE, now=noon(DUE))


def test_a_call_cancelled_after_its_due_date_counts_until_then(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION))
    later = date(2026, 4, 10)
    cancel_call(tx, MANAGER, call_id=call.id, reason="wrong", cancelled_on=later, now=noon(later))
    assert sum(contributions(tx, fund_id=fund.fund_id, as_of=date(2026, 3, 31)).values()) == 10 * MILLION
    assert contributions(tx, fund_id=fund.fund_id, as_of=later) == {}
    assert standing(tx, fund, Account.CONTRIBUTIONS, date(2026, 3, 31))["LP01"] == 6 * MILLION


def test_a_call_with_receipts_is_not_cancelled_until_they_are_reversed(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION))
    got = a_receipt(tx, call, fund["LP01"], 7 * YUAN)
    with pytest.raises(CallHasReceipts, match=r"7\.00"):
        cancel_call(tx, MANAGER, call_id=call.id, reason="x", cancelled_on=DUE, now=noon(DUE))
    reverse_receipt(tx, ACCOUNTANT, receipt_id=got.id, reason="x", reversed_on=DUE, now=noon(DUE))
    cancel_call(tx, MANAGER, call_id=call.id, reason="x", cancelled_on=DUE, now=noon(DUE))
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=date(2026, 12, 31)).rows == ()


def test_a_draft_is_cancelled_without_a_posting(scene: Scene) -> None:
    tx, fund = scene(committed)
    draft = a_draft(tx, fund, investment(MILLION))
    gone = cancel_call(
        tx, ACCOUNTANT, call_id=draft.id, reason="typed wrong", cancelled_on=date(2026, 2, 1), now=noon(DUE)
    )
    assert (gone.call.cancelled_on, gone.call.cancel_reason) == (date(2026, 2, 1), "typed wrong")
    assert contributions(tx, fund_id=fund.fund_id, as_of=date.max) == {}


def test_participation_is_what_was_paid_for_the_holding(scene: Scene) -> None:
    tx, fund = scene(committed)
    one, two = fund["LP01"], fund["LP02"]
    assert participation(tx, fund_id=fund.fund_id, as_of=DUE) == {one: 60 * MILLION, two: 40 * MILLION}
    seven, eight = (a_holding(tx, fund.fund_id, name_zh=f"公司{number}").id for number in "78")
    a_call(tx, fund, investment(10 * MILLION, holding_id=seven), investment(4 * MILLION))
    assert participation(tx, fund_id=fund.fund_id, as_of=DUE, holding_id=seven) == {
        one: 6 * MILLION,
        two: 4 * MILLION,
    }
    assert participation(tx, fund_id=fund.fund_id, as_of=DUE, holding_id=eight)[one] == 8_400_000 * YUAN
    assert (
        participation(tx, fund_id=fund.fund_id, as_of=date(2026, 3, 1), holding_id=seven)[one] == 60 * MILLION
    )


def test_calls_are_listed_newest_first_and_found_by_code(scene: Scene) -> None:
    tx, fund = scene(committed)
    first = a_paid_call(tx, fund, investment(MILLION))
    second = a_draft(tx, fund, investment(MILLION))
    page = calls(tx, fund_id=fund.fund_id, limit=1)
    assert ([row.id for row in page.items], page.next) == ([second.id], str(second.id))
    assert [row.id for row in calls(tx, fund_id=fund.fund_id, after=page.next).items] == [first.id]
    issued = calls(tx, fund_id=fund.fund_id, state=CallState.ISSUED)
    assert [row.id for row in issued.items] == [first.id]
    assert call_by_code(tx, fund_id=fund.fund_id, code="call-001").id == first.id
    with pytest.raises(CallUnknown):
        call_by_code(tx, fund_id=fund.fund_id, code="CALL-9")
    with pytest.raises(CallUnknown):
        call_sheet(tx, call_id=0)


def test_an_analyst_does_not_call_money(scene: Scene) -> None:
    tx, fund = scene(committed)
    analyst = Actor(user_id=5, name="Analyst", roles=frozenset({Role.ANALYST}))
    with pytest.raises(RoleMissing):
        draft_call(
            tx,
            analyst,
            fund_id=fund.fund_id,
            items=[investment(MILLION)],
            due_on=DUE,
            purpose="",
            now=noon(DUE),
        )


def test_what_is_not_there_is_not_found(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(CallUnknown):
        issue_call(tx, MANAGER, call_id=0, now=noon(DUE))
    with pytest.raises(ReceiptUnknown):
        receipt(tx, receipt_id=0)
    with pytest.raises(ReceiptUnknown):
        reverse_receipt(tx, ACCOUNTANT, receipt_id=0, reason="x", reversed_on=DUE, now=noon(DUE))
    assert commitments(tx, fund_id=fund.fund_id, as_of=DUE, known_at=noon(date(2026, 1, 14))) == {}


def test_a_sheet_sums_its_parts(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION))
    a_receipt(tx, call, fund["LP01"], MILLION)
    sheet = call_sheet(tx, call_id=call.id)
    assert (sheet.received, sheet.outstanding) == (MILLION, 9 * MILLION)


def test_a_draft_counts_what_was_called_before_it(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(50 * MILLION), due_on=date(2026, 3, 2))
    line = a_draft(tx, fund, investment(10 * MILLION), due_on=date(2026, 6, 1)).line(fund["LP01"])
    assert (line.unfunded_before, line.unfunded_after) == (30 * MILLION, 24 * MILLION)


def test_a_call_names_a_holding_of_its_own_fund(tx: Tx) -> None:
    fund, other = committed(tx), books(tx, code="AF2")
    a_paid_call(tx, fund, investment(1 * MILLION))
    mine, theirs = (a_holding(tx, key).id for key in (fund.fund_id, other.fund_id))
    for unknown in (theirs, 10**9):
        with pytest.raises(HoldingNotOfFund, match=f"no holding with the number {unknown}"):
            a_draft(tx, fund, investment(10 * MILLION, holding_id=unknown))
        with pytest.raises(HoldingNotOfFund):
            draft_distribution(
                tx,
                ACCOUNTANT,
                fund_id=fund.fund_id,
                income=0,
                gain=0,
                return_of_capital=1,
                pay_on=DUE,
                source="sale",
                holding_id=unknown,
                now=noon(DUE),
            )
    assert a_draft(tx, fund, investment(10 * MILLION, holding_id=mine)).items[0].holding_id == mine
