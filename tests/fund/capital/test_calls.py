from datetime import date

import pytest

from fund.capital.acts import HoldingNotOfFund
from fund.capital.calls import approve_call, cancel_call, draft_call, issue_call
from fund.capital.distributions import draft_distribution
from fund.capital.queries import (
    call_by_code,
    call_sheet,
    calls,
    calls_due,
    commitments,
    contributions,
    due_calls,
    participation,
    receipt,
    unfunded,
)
from fund.capital.receipts import NotCalled, ReceiptReversed, ReceivedOutOfTime, receive, reverse_receipt
from fund.capital.rules import (
    AboveRemaining,
    BankReferenceTaken,
    CallHasReceipts,
    CallState,
    CallUnknown,
    DueOnHoliday,
    NoticeTooShort,
    ReasonMissing,
    ReceiptAboveOutstanding,
    ReceiptUnknown,
    SamePerson,
    SharesMoved,
    WrongState,
)
from fund.ledger.queries import balances, entry, trial_balance
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import Actor, Role, RoleMissing
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
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.holdings import a_holding
from tests.builders.ledger import books

DUE = date(2026, 3, 2)
MILLION = 1_000_000 * YUAN


def standing(tx: Tx, fund: CapitalFund, account: Account, as_of: date = DUE) -> dict[str, int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=as_of, accounts=[account], by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[b.partner_id] if b.partner_id else "": b.amount for b in found}


def test_an_issued_call_is_owed_and_contributed_from_its_due_date(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(
        tx, fund, investment(18 * MILLION), expense(1 * MILLION), fee({fund["LP01"]: 600_000 * YUAN})
    )
    assert (call.call.code, call.call.state, call.call.amount) == (
        "CALL-001",
        CallState.ISSUED,
        1_960_000_000,
    )
    line = call.line(fund["LP01"])
    assert (line.investment, line.expense, line.fee) == (1_080_000_000, 60_000_000, 60_000_000)
    assert (line.unfunded_before, line.unfunded_after) == (6_000_000_000, 4_800_000_000)
    assert standing(tx, fund, Account.CONTRIBUTIONS) == {"LP01": 1_200_000_000, "LP02": 760_000_000}
    assert standing(tx, fund, Account.CONTRIBUTIONS, date(2026, 3, 1)) == {}
    assert entry(tx, fund_id=fund.fund_id, reference="CALL-001/LP01/fee").amount == 60_000_000


def test_receipts_in_parts_and_late_clear_what_is_owed(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    a_receipt(tx, call, fund["LP01"])
    a_receipt(tx, call, fund["LP02"], 1 * MILLION)
    late = date(2026, 3, 20)
    assert [
        (d.partner_id, d.outstanding, d.days_late) for d in due_calls(tx, fund_id=fund.fund_id, as_of=late)
    ] == [(fund["LP02"], 3 * MILLION, 18)]
    assert calls_due(tx, until=late) == [call.id]
    a_receipt(tx, call, fund["LP02"], 3 * MILLION, on=late)
    line = call_sheet(tx, call_id=call.id).line(fund["LP02"])
    assert (line.received, line.outstanding, line.received_on) == (4 * MILLION, 0, late)
    assert calls_due(tx, until=late) == []
    assert standing(tx, fund, Account.CONTRIBUTIONS_RECEIVABLE, late) == {}
    assert standing(tx, fund, Account.CASH, late) == {"": -10 * MILLION}


def test_a_receipt_above_what_is_owed_or_booked_before_is_refused(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    with pytest.raises(ReceiptAboveOutstanding, match=r"LP01 still owes 6,000,000\.00"):
        a_receipt(tx, call, fund["LP01"], 6 * MILLION + 1)
    a_receipt(tx, call, fund["LP01"], 1 * MILLION, bank_reference="ICBC-1")
    with pytest.raises(BankReferenceTaken, match="ICBC-1"):
        a_receipt(tx, call, fund["LP02"], 1 * MILLION, bank_reference=" ICBC-1 ")


def test_a_receipt_of_a_stranger_or_out_of_time_is_refused(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    for partner, on, refused in (
        ("GP", DUE, NotCalled),
        ("LP01", date(2026, 1, 1), ReceivedOutOfTime),
        ("LP01", date(2026, 3, 3), ReceivedOutOfTime),
    ):
        with pytest.raises(refused):
            receive(
                tx,
                ACCOUNTANT,
                call_id=call.id,
                partner_id=fund[partner],
                amount=1,
                received_on=on,
                bank_reference="B",
                now=noon(DUE),
            )


def test_a_reversed_receipt_is_owed_again_and_its_reference_is_free(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    wrong = a_receipt(tx, call, fund["LP01"], 4 * MILLION, bank_reference="ICBC-7")
    undone = reverse_receipt(
        tx, ACCOUNTANT, receipt_id=wrong.id, reason="was LP02's", reversed_on=DUE, now=noon(DUE)
    )
    assert (undone.reversed_on, undone.reverse_reason) == (DUE, "was LP02's")
    assert call_sheet(tx, call_id=call.id).line(fund["LP01"]).outstanding == 6 * MILLION
    right = a_receipt(tx, call, fund["LP02"], 4 * MILLION, bank_reference="ICBC-7")
    assert right.reference == "CALL-001/LP02/receipt-1"
    assert standing(tx, fund, Account.CONTRIBUTIONS_RECEIVABLE) == {"LP01": -6 * MILLION}
    with pytest.raises(ReceiptReversed):
        reverse_receipt(tx, ACCOUNTANT, receipt_id=wrong.id, reason="again", reversed_on=DUE, now=noon(DUE))
    with pytest.raises(ReasonMissing):
        reverse_receipt(tx, ACCOUNTANT, receipt_id=right.id, reason="", reversed_on=DUE, now=noon(DUE))


def test_what_is_owed_on_a_day_is_what_had_come_in_by_then(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    later, corrected = date(2026, 4, 2), date(2026, 5, 6)
    a_receipt(tx, call, fund["LP01"])
    late = a_receipt(tx, call, fund["LP02"], on=later)
    reverse_receipt(
        tx, ACCOUNTANT, receipt_id=late.id, reason="bounced", reversed_on=corrected, now=noon(corrected)
    )

    def owed(on: date, known: date) -> list[tuple[int, int]]:
        found = due_calls(tx, fund_id=fund.fund_id, as_of=on, known_at=noon(known))
        return [(line.partner_id, line.outstanding) for line in found]

    one, two = (fund["LP01"], 6 * MILLION), (fund["LP02"], 4 * MILLION)
    assert owed(DUE, date(2026, 3, 1)) == [one, two]
    assert owed(DUE, corrected) == [two]
    assert owed(later, corrected) == []
    assert owed(corrected, later) == []
    assert owed(corrected, corrected) == [two]
    sheet = call_sheet(tx, call_id=call.id, as_of=later)
    assert (sheet.received, sheet.line(fund["LP02"]).received_on) == (10 * MILLION, later)
    assert call_sheet(tx, call_id=call.id).received == 6 * MILLION


def test_a_call_is_owed_until_the_day_of_its_withdrawal_and_until_that_was_known(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    on, told = date(2026, 4, 2), date(2026, 4, 9)
    cancel_call(tx, ACCOUNTANT, call_id=call.id, reason="deal off", cancelled_on=on, now=noon(told))
    facts = {"fund_id": fund.fund_id}
    assert len(due_calls(tx, as_of=date(2026, 4, 1), **facts)) == 2
    assert due_calls(tx, as_of=on, **facts) == []
    assert len(due_calls(tx, as_of=on, known_at=noon(on), **facts)) == 2
    assert unfunded(tx, as_of=on, **facts)[fund["LP01"]] == 60 * MILLION
    assert unfunded(tx, as_of=on, known_at=noon(on), **facts)[fund["LP01"]] == 54 * MILLION
    assert unfunded(tx, as_of=on, known_at=noon(date(2026, 1, 20)), **facts)[fund["LP01"]] == 60 * MILLION


def test_more_than_the_remaining_commitment_is_refused_with_both_figures(tx: Tx) -> None:
    fund = committed(tx)
    a_call(tx, fund, investment(90 * MILLION))
    with pytest.raises(
        AboveRemaining, match=r"LP01: called 12,000,000\.00, remaining commitment 6,000,000\.00"
    ):
        a_draft(tx, fund, expense(20 * MILLION))


def test_the_preparer_does_not_approve_and_states_keep_their_order(tx: Tx) -> None:
    fund = committed(tx)
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


def test_notice_is_given_in_business_days(tx: Tx) -> None:
    fund = committed(tx)
    draft = a_draft(tx, fund, investment(MILLION), due_on=DUE)
    approve_call(tx, MANAGER, call_id=draft.id, now=noon(date(2026, 2, 1)))
    with pytest.raises(NoticeTooShort, match="9 business days"):
        # The spring festival of 2026 takes 15 to 23 February; the 14th and 28th are worked instead.
        issue_call(tx, MANAGER, call_id=draft.id, now=noon(date(2026, 2, 11)))
    issued = issue_call(tx, MANAGER, call_id=draft.id, now=noon(date(2026, 2, 10)))
    assert issued.call.notice_on == date(2026, 2, 10)


def test_a_holiday_is_no_due_date(tx: Tx) -> None:
    fund = committed(tx)
    with pytest.raises(DueOnHoliday, match="2026-02-24"):
        a_draft(tx, fund, investment(MILLION), due_on=date(2026, 2, 18))


def test_a_draft_that_the_shares_have_left_behind_is_not_issued(tx: Tx) -> None:
    fund = committed(tx)
    stale = a_draft(tx, fund, investment(MILLION, excused=frozenset()), due_on=date(2026, 4, 1))
    at = noon(date(2026, 2, 2))
    approve_call(tx, MANAGER, call_id=stale.id, now=at)
    a_call(tx, fund, fee({fund["LP01"]: 30 * MILLION}))
    with pytest.raises(SharesMoved, match="CALL-001"):
        issue_call(tx, MANAGER, call_id=stale.id, now=at)


def test_a_cancelled_call_leaves_no_trace_in_balances_and_frees_the_commitment(tx: Tx) -> None:
    fund = committed(tx)
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


def test_a_call_cancelled_after_its_due_date_counts_until_then(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    later = date(2026, 4, 10)
    cancel_call(tx, MANAGER, call_id=call.id, reason="wrong", cancelled_on=later, now=noon(later))
    assert sum(contributions(tx, fund_id=fund.fund_id, as_of=date(2026, 3, 31)).values()) == 10 * MILLION
    assert contributions(tx, fund_id=fund.fund_id, as_of=later) == {}
    assert standing(tx, fund, Account.CONTRIBUTIONS, date(2026, 3, 31))["LP01"] == 6 * MILLION


def test_a_call_with_receipts_is_not_cancelled_until_they_are_reversed(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    got = a_receipt(tx, call, fund["LP01"], 7 * YUAN)
    with pytest.raises(CallHasReceipts, match=r"7\.00"):
        cancel_call(tx, MANAGER, call_id=call.id, reason="x", cancelled_on=DUE, now=noon(DUE))
    reverse_receipt(tx, ACCOUNTANT, receipt_id=got.id, reason="x", reversed_on=DUE, now=noon(DUE))
    cancel_call(tx, MANAGER, call_id=call.id, reason="x", cancelled_on=DUE, now=noon(DUE))
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=date(2026, 12, 31)).rows == ()


def test_a_draft_is_cancelled_without_a_posting(tx: Tx) -> None:
    fund = committed(tx)
    draft = a_draft(tx, fund, investment(MILLION))
    gone = cancel_call(
        tx, ACCOUNTANT, call_id=draft.id, reason="typed wrong", cancelled_on=date(2026, 2, 1), now=noon(DUE)
    )
    assert (gone.call.cancelled_on, gone.call.cancel_reason) == (date(2026, 2, 1), "typed wrong")
    assert contributions(tx, fund_id=fund.fund_id, as_of=date.max) == {}


def test_participation_is_what_was_paid_for_the_holding(tx: Tx) -> None:
    fund = committed(tx)
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


def test_calls_are_listed_newest_first_and_found_by_code(tx: Tx) -> None:
    fund = committed(tx)
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


def test_an_analyst_does_not_call_money(tx: Tx) -> None:
    fund = committed(tx)
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


def test_what_is_not_there_is_not_found(tx: Tx) -> None:
    fund = committed(tx)
    with pytest.raises(CallUnknown):
        issue_call(tx, MANAGER, call_id=0, now=noon(DUE))
    with pytest.raises(ReceiptUnknown):
        receipt(tx, receipt_id=0)
    with pytest.raises(ReceiptUnknown):
        reverse_receipt(tx, ACCOUNTANT, receipt_id=0, reason="x", reversed_on=DUE, now=noon(DUE))
    assert commitments(tx, fund_id=fund.fund_id, as_of=DUE, known_at=noon(date(2026, 1, 14))) == {}


def test_a_sheet_sums_its_parts(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * MILLION))
    a_receipt(tx, call, fund["LP01"], MILLION)
    sheet = call_sheet(tx, call_id=call.id)
    assert (sheet.received, sheet.outstanding) == (MILLION, 9 * MILLION)


def test_a_draft_counts_what_was_called_before_it(tx: Tx) -> None:
    fund = committed(tx)
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
