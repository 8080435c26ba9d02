"""Accepting a line books a receipt once and for all; whatever frees it frees it on both sides."""

from datetime import date
from typing import Any

import pytest

from fund.bank.actions import accept, accept_exact, release, set_aside
from fund.bank.match_rules import Clue
from fund.bank.proposals import proposed
from fund.bank.queries import count_open, line, lines, open_lines
from fund.bank.rules import AsideReasonMissing, InterestPart, LineSettled, LineState, MatchKind, SeveralPayers
from fund.capital.inflows import call_sheet, fund_receipts
from fund.capital.receipts import reverse_receipt
from fund.defaults.queries import default
from fund.defaults.rules import DefaultState
from fund.fees.actions import record_expense
from fund.ledger.actions import reverse
from fund.ledger.balances import total
from fund.ledger.chart import Account
from fund.ledger.undo_rules import HasOwnUndo
from fund.results.proof import prove
from kernel.db import Tx
from kernel.errors import Conflict
from tests.builders.bank import taken
from tests.builders.bank_lines import DAY, DUE, NEXT, called, cash, money, receipt_parts
from tests.builders.capital import ACCOUNTANT, a_call, a_receipt, committed, investment, noon
from tests.builders.defaults import noticed, promised
from tests.scenes import Scene


def test_an_accepted_line_is_a_receipt_and_reversing_that_frees_it(scene: Scene) -> None:
    tx, (fund, call, _) = scene(called)
    [found] = taken(tx, fund.fund_id, money(600_00))
    [asked] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id)
    assert asked.exact is not None
    assert (asked.exact.partner_id, asked.exact.clues[0]) == (fund["LP01"], Clue.ONE_CALL)
    parts = receipt_parts(fund, (call, 600_00))
    done = accept(tx, ACCOUNTANT, line_id=found.id, parts=parts, now=noon(NEXT))
    assert (done.state, done.open) == (LineState.MATCHED, 0)
    [receipt] = fund_receipts(tx, fund_id=fund.fund_id)
    assert (receipt.amount, receipt.received_on, receipt.bank_reference) == (600_00, DAY, "Z1")
    assert count_open(tx, fund_id=fund.fund_id) == 0
    with pytest.raises(LineSettled):
        accept(tx, ACCOUNTANT, line_id=found.id, parts=parts, now=noon(NEXT))
    reverse_receipt(
        tx, ACCOUNTANT, receipt_id=receipt.id, reason="wrong call", reversed_on=NEXT, now=noon(NEXT)
    )
    assert line(tx, line_id=found.id).state is LineState.OPEN
    again = accept(tx, ACCOUNTANT, line_id=found.id, parts=parts, now=noon(NEXT))
    assert [one.stands for one in again.matches] == [False, True]
    assert cash(tx, fund) == 600_00
    assert prove(tx, fund_id=fund.fund_id) == []


def test_one_line_over_several_calls_and_what_is_left_stays_open(scene: Scene) -> None:
    tx, (fund, one, two) = scene(called)
    [found] = taken(tx, fund.fund_id, money(700_00))
    [asked] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id)
    assert (asked.exact, asked.proposals[0].clues[0], asked.proposals[0].covers) == (
        None,
        Clue.BEYOND,
        660_00,
    )
    parts = receipt_parts(fund, (one, 600_00), (two, 60_00))
    done = accept(tx, ACCOUNTANT, line_id=found.id, parts=parts, now=noon(NEXT))
    assert (done.state, done.open) == (LineState.PARTLY, 40_00)
    assert [one.bank_reference for one in fund_receipts(tx, fund_id=fund.fund_id)] == ["Z1", "Z1/2"]
    with pytest.raises(Conflict):
        accept(tx, ACCOUNTANT, line_id=found.id, parts=receipt_parts(fund, (two, 1)), now=noon(NEXT))
    rest = set_aside(
        tx, ACCOUNTANT, line_id=found.id, kind=MatchKind.RETURNED, reason="paid too much", now=noon(NEXT)
    )
    assert (rest.state, rest.matches[-1].item) == (LineState.MATCHED, None)
    assert [one.id for one in lines(tx, fund_id=fund.fund_id, state=LineState.MATCHED).items] == [found.id]


def test_exact_ones_are_accepted_together_and_the_others_stay(scene: Scene) -> None:
    tx, (fund, one, _) = scene(called)
    taken(
        tx,
        fund.fund_id,
        money(600_00, reference="Z1"),
        money(400_00, name="合伙企业LP02", memo="CALL-001", reference="Z2"),
        money(60_00, name="某人", reference="Z3"),
    )
    told = accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(NEXT))
    assert (len(told.accepted), told.refused) == (2, ())
    assert call_sheet(tx, call_id=one.id).outstanding == 0
    [left] = open_lines(tx, fund_id=fund.fund_id)
    assert left.reference == "Z3"


def test_who_was_paid_makes_an_expense_exact(scene: Scene) -> None:
    """The same amount was paid to two firms, on another day than the bank says."""
    tx, (fund, call, _) = scene(called)
    a_receipt(tx, call, fund["LP01"], 600_00, on=DAY, bank_reference="Z1")
    paid: dict[str, Any] = {
        "fund_id": fund.fund_id,
        "ilpa_row": 41,
        "amount": 50_00,
        "incurred_on": DAY,
        "now": noon(DAY),
    }
    for reference, payee in (("E1", "甲会计师事务所"), ("E2", "乙会计师事务所")):
        record_expense(tx, ACCOUNTANT, reference=reference, payee=payee, **paid)
    [found] = taken(tx, fund.fund_id, money(-50_00, name="乙会计师事务所（特殊普通合伙）", on=NEXT))
    [asked] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id, only=[found])
    assert asked.exact is not None
    assert asked.exact.item == "expense:E2"


def test_an_exact_one_that_is_refused_is_told_and_stays(scene: Scene) -> None:
    """Money that came in before the notice cannot be on the call."""
    tx, (fund, _, _) = scene(called)
    [early] = taken(tx, fund.fund_id, money(600_00, on=date(2026, 1, 20)), on=DAY)
    told = accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(NEXT))
    assert told.accepted == ()
    assert [(key, why.code) for key, why in told.refused] == [(early.id, "received_out_of_time")]
    assert line(tx, line_id=early.id).matches == ()


def test_interest_and_fees_of_the_bank_are_booked_and_taken_back(scene: Scene) -> None:
    tx, (fund, call, _) = scene(called)
    a_receipt(tx, call, fund["LP01"], 600_00, on=DUE, bank_reference="Z0")
    interest, fee = taken(
        tx, fund.fund_id, money(1_01, "", "结息", ""), money(-5_00, "某银行", "手续费", ""), opening=600_00
    )
    at = {"reason": "quarter's interest", "now": noon(NEXT)}
    with pytest.raises(AsideReasonMissing):
        set_aside(tx, ACCOUNTANT, line_id=fee.id, kind=MatchKind.FEE, reason=" ", now=noon(NEXT))
    booked = set_aside(tx, ACCOUNTANT, line_id=interest.id, kind=MatchKind.INTEREST, **at)
    assert booked.matches[0].item == f"bank:{interest.id}.1"
    paid = set_aside(tx, ACCOUNTANT, line_id=fee.id, kind=MatchKind.FEE, **at)
    assert paid.matches[0].item == f"expense:BANKFEE-{fee.id}.1"
    assert total(tx, fund_id=fund.fund_id, as_of=DAY, accounts=[Account.INTEREST_INCOME]) == 1_01
    assert total(tx, fund_id=fund.fund_id, as_of=DAY, accounts=[Account.BANK_FEES]) == -5_00
    with pytest.raises(HasOwnUndo):
        reverse(
            tx,
            ACCOUNTANT,
            fund_id=fund.fund_id,
            reference=f"BANKINT-{interest.id}.1/LP01",
            reason="x",
            effective_on=NEXT,
            now=noon(NEXT),
        )
    for sheet in (booked, paid):
        match = sheet.matches[0]
        freed = release(tx, ACCOUNTANT, match_id=match.id, reason="no", released_on=NEXT, now=noon(NEXT))
        assert freed.state is LineState.OPEN
    assert cash(tx, fund) == 600_00
    assert set_aside(tx, ACCOUNTANT, line_id=interest.id, kind=MatchKind.INTEREST, **at).open == 0
    assert prove(tx, fund_id=fund.fund_id) == []


def test_principal_and_interest_of_a_default_in_one_line_cure_it(tx: Tx) -> None:
    """At 10 % a year 365,000 yuan cost 100 a day; twenty days after the due date 2,000."""
    fund = committed(tx, {"LP01": 60_000_000_00, "LP02": 40_000_000_00})
    promised(tx, fund.fund_id)
    call = a_call(tx, fund, investment(608_333_33), due_on=DUE)
    a_receipt(tx, call, fund["LP02"])
    owed = call.line(fund["LP01"]).outstanding
    given = noticed(tx, fund, call.id)
    on = date(2026, 3, 22)
    [found] = taken(tx, fund.fund_id, money(owed + 2_000_00, on=on), opening=call.line(fund["LP02"]).amount)
    [asked] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id)
    assert asked.exact is not None
    assert [(part.default_id, amount) for part, amount in asked.exact.calls] == [
        (None, owed),
        (given.id, 2_000_00),
    ]
    wrong = [InterestPart(given.id, fund["LP02"], 1_00)]
    with pytest.raises(SeveralPayers), tx.begin_nested():
        accept(tx, ACCOUNTANT, line_id=found.id, parts=wrong, now=noon(on))
    assert accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(on)).accepted == (found.id,)
    assert default(tx, default_id=given.id, as_of=on).state is DefaultState.CURED
    assert prove(tx, fund_id=fund.fund_id) == []
    receipt, interest = line(tx, line_id=found.id).matches
    assert interest.item == f"default:{given.id}.1"
    for match in (interest, receipt):
        release(tx, ACCOUNTANT, match_id=match.id, reason="returned", released_on=on, now=noon(on))
    assert line(tx, line_id=found.id).state is LineState.OPEN
    assert default(tx, default_id=given.id, as_of=on).to_cure == owed + 2_000_00
