"""A later close taken back as one act: everything is as it was, and nothing that rests on it is left hanging."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.call_days import CallSettled
from fund.capital.calls import cancel_call
from fund.capital.commitment_sheets import CloseSheet
from fund.capital.gone_closes import TakenBackLate
from fund.capital.inflows import call_sheet
from fund.capital.passing_on import pay_equalisation, undo_equalisation
from fund.capital.queries import (
    closes,
    commitment_sheets,
    commitments,
    contributions,
    participation,
    unfunded,
)
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import CallHasReceipts, CallState
from fund.capital.taking_back import (
    CloseRestedOn,
    CloseUnknown,
    EqualisationPaid,
    FirstCloseStands,
    LaterCloseStands,
)
from fund.fees.actions import charge, record_expense
from fund.fees.closes import join, later_close, undo_close
from fund.fees.queries import charge_of
from fund.fees.undoing import undo_charge, undo_expense
from fund.ledger.queries import balances, head, recorded_after
from fund.ledger.rules import ReasonMissing
from fund.ledger.undo_rules import AlreadyUndone, ReversalToCome
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_paid_call,
    a_receipt,
    committed,
    expense,
    fee,
    investment,
    noon,
)

MILLION = 1_000_000 * YUAN
CLOSED, DUE, LATE = date(2026, 5, 11), date(2026, 6, 1), date(2026, 6, 8)
DAYS = [
    CLOSED - timedelta(days=1),
    CLOSED,
    date(2026, 5, 31),
    DUE,
    LATE,
    date(2026, 7, 1),
    date(2026, 12, 31),
]
Q1, Q2, Q3 = (Quarter(2026, number) for number in (1, 2, 3))


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    found = committed(tx, newcomers=["LP03", "LP04"])
    for quarter in (Q1, Q2):
        charge(tx, SYSTEM, fund_id=found.fund_id, quarter=quarter, now=noon(date(2026, 1, 20)))
    charged = fee({found["LP01"]: 25_333_333, found["LP02"]: 16_888_889})
    a_paid_call(tx, found, investment(10 * MILLION), expense(MILLION), charged)
    facts: dict[str, Any] = {"ilpa_row": 41, "amount": 300_000_01, "incurred_on": date(2026, 3, 9)}
    record_expense(
        tx,
        ACCOUNTANT,
        fund_id=found.fund_id,
        reference="E1",
        payee="审计",
        now=noon(date(2026, 3, 9)),
        **facts,
    )
    return found


def stands(tx: Tx, fund: CapitalFund, on: date = date(2026, 12, 31)) -> dict[object, int]:
    """What stands at the end of a day in the books and beside them."""
    asked: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": on}
    found: dict[object, int] = {
        (one.account, one.partner_id, one.holding_id): one.amount
        for one in balances(tx, **asked, by=("account", "partner", "holding"))
        if one.amount
    }
    for query in (commitments, contributions, unfunded, participation):
        found |= {(query.__name__, key): amount for key, amount in query(tx, **asked).items()}
    return found


def closed(
    tx: Tx, fund: CapitalFund, code: str = "LP03", amount: int = 50 * MILLION, **days: date
) -> CloseSheet:
    when: dict[str, Any] = {"closed_on": CLOSED, "due_on": DUE} | days
    newcomers, now = {fund[code]: amount}, noon(when["closed_on"])
    return later_close(tx, MANAGER, fund_id=fund.fund_id, newcomers=newcomers, now=now, **when)


def taken_back(
    tx: Tx, fund: CapitalFund, number: int = 2, on: date = CLOSED, today: date = LATE
) -> CloseSheet:
    facts: dict[str, Any] = {"reason": "amount mistyped", "undone_on": on, "now": noon(today)}
    return undo_close(tx, MANAGER, fund_id=fund.fund_id, number=number, **facts)


@pytest.mark.parametrize("on", [date(2026, 4, 1), CLOSED])
def test_every_balance_is_what_it_would_be_without_the_close_from_its_day_on(
    tx: Tx, fund: CapitalFund, on: date
) -> None:
    before = [stands(tx, fund, day) for day in DAYS]
    charged = charge_of(tx, fund_id=fund.fund_id, quarter=Q1)
    call_id = closed(tx, fund).call_id
    assert call_id is not None
    assert [stands(tx, fund, day) for day in DAYS[1:]] != before[1:]
    sheet = taken_back(tx, fund, on=on)
    assert sheet.undone_on == CLOSED
    assert [stands(tx, fund, day) for day in DAYS] == before
    assert charge_of(tx, fund_id=fund.fund_id, quarter=Q1) == charged
    found = call_sheet(tx, call_id=call_id).call
    assert (found.state, found.cancelled_on) == (CallState.CANCELLED, CLOSED)
    assert [one.undone_on for one in commitment_sheets(tx, fund_id=fund.fund_id)] == [None, None, CLOSED]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_each_entry_goes_back_on_its_own_day(tx: Tx, fund: CapitalFund) -> None:
    spent: dict[str, Any] = {
        "ilpa_row": 41,
        "amount": 1_00,
        "incurred_on": date(2026, 5, 20),
        "payee": "审计",
    }
    facts: dict[str, Any] = {"reference": "E2", "now": noon(date(2026, 5, 20))}
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, **spent, **facts)
    closed(tx, fund)
    known, _ = head(tx, fund_id=fund.fund_id)
    taken_back(tx, fund)
    gone = recorded_after(tx, fund_id=fund.fund_id, number=known)
    days = {one.reference.rpartition("/reversal")[0]: one.effective_on for one in gone}
    assert days["CLOSE-2/LP03/5041/on-2026-05-20"] == date(2026, 5, 20)
    assert days["CLOSE-2/LP03/5041"] == DUE
    assert {on for reference, on in days.items() if "FEE" in reference} == {DUE}


def test_a_later_day_is_refused_with_the_day_to_give(tx: Tx, fund: CapitalFund) -> None:
    closed(tx, fund)
    with pytest.raises(TakenBackLate) as refused:
        taken_back(tx, fund, on=DUE)
    [problem] = refused.value.problems
    assert problem.where == "on"
    assert str(refused.value).startswith(
        "Close 2 is taken back as if it had never been: as of 2026-05-11, its first day that is not settled, "
        "and not from 2026-06-01 on."
    )


def test_the_partner_joins_again_as_if_it_had_never_joined_before(tx: Tx, fund: CapitalFund) -> None:
    closed(tx, fund, amount=40 * MILLION)
    taken_back(tx, fund)
    closed(tx, fund)
    once = stands(tx, fund)
    assert commitments(tx, fund_id=fund.fund_id, as_of=CLOSED)[fund["LP03"]] == 50 * MILLION
    assert prove(tx, fund_id=fund.fund_id) == []
    lines = charge_of(tx, fund_id=fund.fund_id, quarter=Q1).lines
    assert [one.commitment for one in lines if one.partner_id == fund["LP03"]] == [50 * MILLION]
    taken_back(tx, fund, number=3)
    closed(tx, fund)
    assert stands(tx, fund) == once
    assert [one.undone_on is None for one in closes(tx, fund_id=fund.fund_id)] == [True, False, False, True]


def test_another_close_may_come_before_one_that_never_counted(tx: Tx, fund: CapitalFund) -> None:
    closed(tx, fund, closed_on=LATE, due_on=date(2026, 7, 6))
    taken_back(tx, fund, on=LATE, today=CLOSED)
    closed(tx, fund, "LP04")
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_rests_on_it_is_named_and_taken_back_first(tx: Tx, fund: CapitalFund) -> None:
    before = stands(tx, fund)
    call_id = closed(tx, fund).call_id
    assert call_id is not None
    why: dict[str, Any] = {"reason": "wrong", "undone_on": LATE, "now": noon(LATE)}
    money = a_receipt(tx, call_sheet(tx, call_id=call_id), fund["LP03"], on=DUE)
    pay_equalisation(tx, ACCOUNTANT, call_id=call_id, paid_on=DUE, now=noon(DUE))
    facts: dict[str, Any] = {"fund_id": fund.fund_id, "now": noon(LATE)}
    charge(tx, SYSTEM, quarter=Q3, **facts)
    spent: dict[str, Any] = {"ilpa_row": 41, "amount": 1_00, "incurred_on": LATE, "payee": "审计"}
    record_expense(tx, ACCOUNTANT, reference="E2", **spent, **facts)
    with pytest.raises(EqualisationPaid, match="CALL-002 was paid on"):
        taken_back(tx, fund)
    undo_equalisation(tx, ACCOUNTANT, call_id=call_id, **why)
    with pytest.raises(CallHasReceipts):
        taken_back(tx, fund)
    reverse_receipt(tx, ACCOUNTANT, receipt_id=money.id, reason="returned", reversed_on=LATE, now=noon(LATE))
    with pytest.raises(CloseRestedOn, match="FEE-2026Q3/LP03, booked as of 2026-07-01, counts LP03 in"):
        taken_back(tx, fund)
    on_its_day = why | {"undone_on": date(2026, 7, 1)}
    undo_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Q3, **on_its_day)
    with pytest.raises(CloseRestedOn, match="E2/LP03"):
        taken_back(tx, fund)
    undo_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reference="E2", **why)
    taken_back(tx, fund)
    assert stands(tx, fund) == before
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_call_issued_since_and_a_later_close_are_named(tx: Tx, fund: CapitalFund) -> None:
    closed(tx, fund)
    due_on = date(2026, 7, 6)
    issued = a_call(tx, fund, investment(MILLION), due_on=due_on)
    with pytest.raises(CloseRestedOn, match="CALL-003/LP03/investment"):
        taken_back(tx, fund)
    cancel_call(
        tx, ACCOUNTANT, call_id=issued.id, reason="no", cancelled_on=due_on, now=noon(date(2026, 6, 9))
    )
    closed(tx, fund, "LP04", closed_on=LATE, due_on=date(2026, 7, 7))
    with pytest.raises(LaterCloseStands, match="Close 3 was settled on top of close 2"):
        taken_back(tx, fund)
    taken_back(tx, fund, number=3, on=LATE)
    taken_back(tx, fund)
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_cannot_be_taken_back(tx: Tx, fund: CapitalFund) -> None:
    call_id = closed(tx, fund).call_id
    assert call_id is not None
    facts: dict[str, Any] = {"reason": "no", "now": noon(LATE)}
    with pytest.raises(CallSettled, match="taken back with the close only"):
        cancel_call(tx, MANAGER, call_id=call_id, cancelled_on=LATE, **facts)
    for number, refusal in ((1, FirstCloseStands), (9, CloseUnknown)):
        with pytest.raises(refusal):
            taken_back(tx, fund, number)
    with pytest.raises(ReversalToCome):
        taken_back(tx, fund, on=LATE, today=DUE)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "number": 2, "undone_on": CLOSED, "now": noon(LATE)}
    with pytest.raises(RoleMissing):
        undo_close(tx, ACCOUNTANT, reason="no", **ask)
    with pytest.raises(ReasonMissing):
        undo_close(tx, MANAGER, reason=" ", **ask)
    taken_back(tx, fund)
    with pytest.raises(AlreadyUndone):
        taken_back(tx, fund)


def test_a_close_that_settled_nothing_is_taken_back_and_the_first_is_joined(tx: Tx) -> None:
    bare = committed(tx, newcomers=["LP03"], fee_rate=Fraction(0))
    assert closed(tx, bare).call_id is None
    assert taken_back(tx, bare).undone_on == CLOSED
    facts: dict[str, Any] = {"amount": MILLION, "closed_on": LATE, "now": noon(LATE)}
    sheet = join(tx, MANAGER, fund_id=bare.fund_id, partner_id=bare["LP03"], **facts)
    assert (sheet.close_number, sheet.amount) == (1, MILLION)
