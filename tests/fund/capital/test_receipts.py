"""Money that comes in for a call: in parts, late, too much, out of time, reversed, and what is owed on a day."""

from datetime import date

import pytest

from fund.capital.calls import cancel_call
from fund.capital.queries import call_sheet, calls_due, due_calls, unfunded
from fund.capital.receipts import NotCalled, ReceiptReversed, ReceivedOutOfTime, receive, reverse_receipt
from fund.capital.rules import BankReferenceTaken, CallState, ReasonMissing, ReceiptAboveOutstanding
from fund.ledger.queries import entry
from fund.ledger.rules import Account
from tests.builders.call_balances import DUE, MILLION, standing
from tests.builders.capital import (
    ACCOUNTANT,
    YUAN,
    a_call,
    a_receipt,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.scenes import Scene


def test_an_issued_call_is_owed_and_contributed_from_its_due_date(scene: Scene) -> None:
    tx, fund = scene(committed)
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


def test_receipts_in_parts_and_late_clear_what_is_owed(scene: Scene) -> None:
    tx, fund = scene(committed)
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


def test_a_receipt_above_what_is_owed_or_booked_before_is_refused(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION))
    with pytest.raises(ReceiptAboveOutstanding, match=r"LP01 still owes 6,000,000\.00"):
        a_receipt(tx, call, fund["LP01"], 6 * MILLION + 1)
    a_receipt(tx, call, fund["LP01"], 1 * MILLION, bank_reference="ICBC-1")
    with pytest.raises(BankReferenceTaken, match="ICBC-1"):
        a_receipt(tx, call, fund["LP02"], 1 * MILLION, bank_reference=" ICBC-1 ")


def test_a_receipt_of_a_stranger_or_out_of_time_is_refused(scene: Scene) -> None:
    tx, fund = scene(committed)
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


def test_a_reversed_receipt_is_owed_again_and_its_reference_is_free(scene: Scene) -> None:
    tx, fund = scene(committed)
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


def test_what_is_owed_on_a_day_is_what_had_come_in_by_then(scene: Scene) -> None:
    tx, fund = scene(committed)
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


def test_a_call_is_owed_until_the_day_of_its_withdrawal_and_until_that_was_known(scene: Scene) -> None:
    tx, fund = scene(committed)
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
