"""A statement taken in by mistake is withdrawn: it counts nowhere any more, and can be taken in again."""

from datetime import date

import pytest

from fund.bank.actions import accept, release, set_aside
from fund.bank.imports import import_statement
from fund.bank.models import BankLine
from fund.bank.proposals import left_of_items, proposed
from fund.bank.queries import count_open, line, lines, lines_until, statement, statements
from fund.bank.reconciliation import reconcile
from fund.bank.rules import BookedPart, LineState, MatchKind, NothingNew, ReceiptPart, StatementKnown
from fund.bank.statements import withdraw_statement
from fund.bank.withdrawal_rules import (
    LineWithdrawn,
    StatementMatched,
    StatementUnknown,
    StatementWithdrawn,
)
from fund.fees.actions import record_expense
from fund.results.bank_proof import prove_bank
from fund.results.proof import prove
from kernel.db import Tx
from kernel.errors import Forbidden
from kernel.identity.rules import Actor, Role
from tests.builders.bank import Moved, taken, written
from tests.builders.capital import ACCOUNTANT, a_call, committed, investment, noon
from tests.scenes import Scene

DUE, DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
MOVED: list[Moved] = [(DAY, 600_00, "合伙企业LP01", "", "Z1"), (NEXT, 5_00, "某人", "不明", "Z2")]


def withdraw(tx: Tx, statement_id: int, on: date = NEXT) -> None:
    facts = {"reason": "another fund's", "withdrawn_on": on, "now": noon(on)}
    withdraw_statement(tx, ACCOUNTANT, statement_id=statement_id, **facts)


def test_a_line_that_stands_in_the_books_is_freed_first(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(1000_00))
    paid, other = taken(tx, fund.fund_id, *MOVED)
    part = ReceiptPart(call.id, fund["LP01"], 600_00)
    [match] = accept(tx, ACCOUNTANT, line_id=paid.id, parts=[part], now=noon(NEXT)).matches
    set_aside(tx, ACCOUNTANT, line_id=other.id, kind=MatchKind.RETURNED, reason="?", now=noon(NEXT))
    with pytest.raises(StatementMatched) as found:
        withdraw(tx, paid.statement_id)
    assert [str(one) for one in found.value.problems] == ["2026-03-03 600.00 合伙企业LP01"]
    release(tx, ACCOUNTANT, match_id=match.id, reason="another fund's", released_on=DAY, now=noon(NEXT))
    withdraw(tx, paid.statement_id)
    # The history stays, and nothing can be made of it any more.
    gone = statement(tx, statement_id=paid.statement_id)
    assert (gone.withdrawn_on, gone.withdrawn_because, gone.withdrawn_by) == (
        NEXT,
        "another fund's",
        ACCOUNTANT.name,
    )
    seen = line(tx, line_id=other.id)
    assert (seen.state, seen.open, [one.stands for one in seen.matches]) == (LineState.WITHDRAWN, 0, [False])
    assert len(lines(tx, fund_id=fund.fund_id, state=LineState.WITHDRAWN).items) == 2
    with pytest.raises(LineWithdrawn):
        accept(tx, ACCOUNTANT, line_id=paid.id, parts=[part], now=noon(NEXT))
    with pytest.raises(StatementWithdrawn):
        withdraw(tx, paid.statement_id)
    # The very same file again: its first line is booked under the bank's own reference as before.
    [again, _] = taken(tx, fund.fund_id, *MOVED)
    accept(tx, ACCOUNTANT, line_id=again.id, parts=[part], now=noon(NEXT))
    assert count_open(tx, fund_id=fund.fund_id) == 1
    assert [one.withdrawn_on for one in statements(tx, fund_id=fund.fund_id)] == [None, NEXT]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_is_withdrawn_leaves_worklist_reconciliation_and_proposals(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_call(tx, fund, investment(1000_00))
    first, _ = taken(tx, fund.fund_id, *MOVED)
    withdraw(tx, first.statement_id)
    assert (count_open(tx, fund_id=fund.fund_id), lines_until(tx, fund_id=fund.fund_id, as_of=NEXT)) == (
        0,
        [],
    )
    assert proposed(tx, ACCOUNTANT, fund_id=fund.fund_id) == []
    assert reconcile(tx, fund_id=fund.fund_id, as_of=NEXT).bank is None
    # An account of which only a withdrawn statement tells is not known: the next one names it.
    facts = {"fund_id": fund.fund_id, "filename": "b.csv", "now": noon(NEXT)}
    taken_in = import_statement(tx, ACCOUNTANT, content=written(MOVED), account="second", **facts)
    assert (taken_in.account, taken_in.lines) == ("second", 2)
    with pytest.raises(StatementKnown):
        import_statement(tx, ACCOUNTANT, content=written(MOVED), is_new_account=True, **facts)


def test_a_payment_matched_with_a_withdrawn_line_would_be_free_again(scene: Scene) -> None:
    """A match with an expense booked by hand counts for the payment only as long as the line does."""
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(1000_00))
    came, went = taken(
        tx, fund.fund_id, (DAY, 600_00, "合伙企业LP01", "", "Z1"), (NEXT, -5_00, "律所", "", "Z2")
    )
    part = ReceiptPart(call.id, fund["LP01"], 600_00)
    accept(tx, ACCOUNTANT, line_id=came.id, parts=[part], now=noon(NEXT))
    facts = {"reference": "E1", "ilpa_row": 40, "amount": 5_00, "incurred_on": NEXT, "payee": "律所"}
    record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, memo="", now=noon(NEXT), **facts)
    [match] = accept(
        tx, ACCOUNTANT, line_id=went.id, parts=[BookedPart("expense:E1", 5_00)], now=noon(NEXT)
    ).matches
    with pytest.raises(StatementMatched) as found:
        withdraw(tx, went.statement_id)
    assert found.value.facts["count"] == 2
    release(tx, ACCOUNTANT, match_id=match.id, reason="?", released_on=NEXT, now=noon(NEXT))
    assert left_of_items(tx, fund_id=fund.fund_id)["expense:E1"][1] == -5_00


def test_lines_that_a_later_file_knew_come_back_with_it(scene: Scene) -> None:
    """The second file showed a line of the first, so it may be taken in again once the first is withdrawn; the bank's
    balance is right although the lines of the day now stand in two files."""
    tx, fund = scene(committed)
    early = taken(tx, fund.fund_id, (DAY, 600_00, "甲", "", "Z1"))[0]
    both: list[Moved] = [(DAY, 600_00, "甲", "", "Z1"), (DAY, -250_00, "乙", "", "Z2")]
    taken(tx, fund.fund_id, *both, filename="b.csv")
    again = {"fund_id": fund.fund_id, "content": written(both), "now": noon(NEXT)}
    with pytest.raises(StatementKnown):
        import_statement(tx, ACCOUNTANT, filename="b.csv", **again)
    withdraw(tx, early.statement_id)
    sheet = import_statement(tx, ACCOUNTANT, filename="b.csv", **again)
    assert (sheet.lines, sheet.known) == (1, 1)
    found = reconcile(tx, fund_id=fund.fund_id, as_of=DAY)
    assert (found.bank, found.is_stated, found.difference) == (350_00, True, 350_00)
    assert sum(one.amount for one in found.differences) == 350_00
    withdraw(tx, sheet.id)
    with pytest.raises(NothingNew):
        import_statement(
            tx, ACCOUNTANT, filename="c.csv", **again | {"content": written(both[1:], opening=600_00)}
        )


def test_the_same_line_in_two_statements_that_count_breaks_the_proof(scene: Scene) -> None:
    tx, fund = scene(committed)
    first, second = taken(tx, fund.fund_id, *MOVED)
    row = tx.get_one(BankLine, first.id)
    copied = {name: value for name, value in row.model_dump().items() if name != "id"}
    tx.add(BankLine(**copied | {"position": 9, "turn": 2}))
    tx.flush()
    [found] = prove_bank(tx, fund_id=fund.fund_id)
    assert "second statement" in found.what
    assert second.statement_id == first.statement_id


def test_who_may_not_withdraw_and_what_there_is_not(tx: Tx) -> None:
    first, _ = taken(tx, committed(tx).fund_id, *MOVED)
    analyst = Actor(21, "Analyst", frozenset({Role.ANALYST}))
    facts = {"reason": "x", "withdrawn_on": NEXT, "now": noon(NEXT)}
    with pytest.raises(Forbidden):
        withdraw_statement(tx, analyst, statement_id=first.statement_id, **facts)
    with pytest.raises(StatementUnknown):
        withdraw_statement(tx, ACCOUNTANT, statement_id=first.statement_id + 99, **facts)
    with pytest.raises(StatementUnknown):
        statement(tx, statement_id=first.statement_id + 99)
