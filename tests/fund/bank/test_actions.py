"""Accepting a line books a receipt once and for all; whatever frees it frees it on both sides."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.bank.actions import accept, accept_exact, release, set_aside
from fund.bank.match_rules import Clue
from fund.bank.proposals import proposed
from fund.bank.queries import count_open, line, lines, open_lines
from fund.bank.rules import (
    AboveItem,
    AsideReasonMissing,
    BookedPart,
    InterestPart,
    ItemUnknown,
    LineSettled,
    LineState,
    LineUnknown,
    MatchKind,
    MatchUnknown,
    ReceiptPart,
    SeveralPayers,
)
from fund.bank.sheets import LineSheet
from fund.capital.inflows import call_sheet, fund_receipts
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import BankReferenceTaken, ReceiptAboveOutstanding
from fund.capital.sheets import CallSheet
from fund.defaults.queries import default
from fund.defaults.rules import DefaultState
from fund.fees.actions import record_expense
from fund.ledger.actions import reverse
from fund.ledger.balances import total
from fund.ledger.cash_items import cash_items
from fund.ledger.chart import Account
from fund.ledger.undo_rules import HasOwnUndo, ReversalToCome, UndoneBeforeItself
from fund.results.proof import prove
from kernel.db import Database, Tx
from kernel.errors import Conflict, Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.bank import Moved, taken
from tests.builders.capital import (
    ACCOUNTANT,
    CapitalFund,
    a_call,
    a_receipt,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.defaults import noticed, promised

DUE, DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
NAME = "合伙企业LP01"


def called(tx: Tx) -> tuple[CapitalFund, CallSheet, CallSheet]:
    """A fund with two issued calls: 600 and 400 yuan of the first, 60 and 40 of the second."""
    fund = committed(tx)
    return fund, a_call(tx, fund, investment(1000_00)), a_call(tx, fund, expense(100_00))


def money(amount: int, name: str = NAME, memo: str = "", reference: str = "Z1", on: date = DAY) -> Moved:
    return (on, amount, name, memo, reference)


def cash(tx: Tx, fund: CapitalFund) -> int:
    return -total(tx, fund_id=fund.fund_id, as_of=date.max, accounts=[Account.CASH])


def receipt_parts(fund: CapitalFund, *parts: tuple[CallSheet, int]) -> list[ReceiptPart]:
    return [ReceiptPart(call.id, fund["LP01"], amount) for call, amount in parts]


def test_an_accepted_line_is_a_receipt_and_reversing_that_frees_it(tx: Tx) -> None:
    fund, call, _ = called(tx)
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


def test_one_line_over_several_calls_and_what_is_left_stays_open(tx: Tx) -> None:
    fund, one, two = called(tx)
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


def test_what_was_booked_by_hand_is_matched_and_never_booked_again(tx: Tx) -> None:
    fund, call, _ = called(tx)
    receipt = a_receipt(tx, call, fund["LP01"], 600_00, on=DAY, bank_reference="Z1")
    [found] = taken(tx, fund.fund_id, money(600_00))
    with pytest.raises((BankReferenceTaken, ReceiptAboveOutstanding)):
        accept(tx, ACCOUNTANT, line_id=found.id, parts=receipt_parts(fund, (call, 600_00)), now=noon(NEXT))
    [asked] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id)
    assert asked.exact is not None
    assert asked.exact.item == f"receipt:{receipt.id}/{fund['LP01']}"
    assert asked.exact.clues == (Clue.ITEM, Clue.SAME_NAME, Clue.REFERENCE, Clue.SAME_DAY)
    told = accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(NEXT))
    assert (told.accepted, told.refused) == ((found.id,), ())
    assert cash(tx, fund) == 600_00
    [match] = line(tx, line_id=found.id).matches
    freed = release(
        tx, ACCOUNTANT, match_id=match.id, reason="another line", released_on=NEXT, now=noon(NEXT)
    )
    assert (freed.state, freed.matches[0].released_because) == (LineState.OPEN, "another line")
    # What was booked by itself stays in the books.
    assert cash(tx, fund) == 600_00
    with pytest.raises(MatchUnknown):
        release(tx, ACCOUNTANT, match_id=match.id, reason="again", released_on=NEXT, now=noon(NEXT))


def test_exact_ones_are_accepted_together_and_the_others_stay(tx: Tx) -> None:
    fund, one, _ = called(tx)
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


def test_who_was_paid_makes_an_expense_exact(tx: Tx) -> None:
    """The same amount was paid to two firms, on another day than the bank says."""
    fund, call, _ = called(tx)
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


def test_an_exact_one_that_is_refused_is_told_and_stays(tx: Tx) -> None:
    """Money that came in before the notice cannot be on the call."""
    fund, _, _ = called(tx)
    [early] = taken(tx, fund.fund_id, money(600_00, on=date(2026, 1, 20)), on=DAY)
    told = accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(NEXT))
    assert told.accepted == ()
    assert [(key, why.code) for key, why in told.refused] == [(early.id, "received_out_of_time")]
    assert line(tx, line_id=early.id).matches == ()


def test_interest_and_fees_of_the_bank_are_booked_and_taken_back(tx: Tx) -> None:
    fund, call, _ = called(tx)
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


def test_releasing_a_receipt_reverses_it(tx: Tx) -> None:
    fund, call, _ = called(tx)
    [found] = taken(tx, fund.fund_id, money(600_00))
    done = accept(tx, ACCOUNTANT, line_id=found.id, parts=receipt_parts(fund, (call, 600_00)), now=noon(NEXT))
    with pytest.raises(AsideReasonMissing):
        release(tx, ACCOUNTANT, match_id=done.matches[0].id, reason="", released_on=NEXT, now=noon(NEXT))
    for day, refused in ((date(2026, 3, 2), UndoneBeforeItself), (date(9999, 12, 31), ReversalToCome)):
        with pytest.raises(refused):
            release(tx, ACCOUNTANT, match_id=done.matches[0].id, reason="x", released_on=day, now=noon(NEXT))
    freed = release(
        tx, ACCOUNTANT, match_id=done.matches[0].id, reason="not ours", released_on=NEXT, now=noon(NEXT)
    )
    assert (freed.state, cash(tx, fund)) == (LineState.OPEN, 0)
    with pytest.raises(MatchUnknown):
        release(tx, ACCOUNTANT, match_id=10**9, reason="x", released_on=NEXT, now=noon(NEXT))


def test_a_part_that_was_freed_is_booked_again_beside_the_others(tx: Tx) -> None:
    fund, one, two = called(tx)
    [found] = taken(tx, fund.fund_id, money(660_00))
    both = receipt_parts(fund, (one, 600_00), (two, 60_00))
    done = accept(tx, ACCOUNTANT, line_id=found.id, parts=both, now=noon(NEXT))
    for place, again in ((0, both[0]), (1, both[1])):
        free = {"match_id": done.matches[place].id, "reason": "not ours", "released_on": NEXT}
        release(tx, ACCOUNTANT, now=noon(NEXT), **free)
        done = accept(tx, ACCOUNTANT, line_id=found.id, parts=[again], now=noon(NEXT))
        assert done.state is LineState.MATCHED
    stands = [one for one in fund_receipts(tx, fund_id=fund.fund_id) if one.reversed_on is None]
    assert sorted((one.amount, one.bank_reference) for one in stands) == [(60_00, "Z1/2"), (600_00, "Z1")]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_payments_that_went_out_are_matched_no_further_than_they_go(tx: Tx) -> None:
    fund, call, _ = called(tx)
    a_receipt(tx, call, fund["LP01"], 600_00, on=DUE, bank_reference="Z0")
    record_expense(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference="E1",
        ilpa_row=41,
        amount=100_00,
        incurred_on=DAY,
        payee="京华会计师事务所",
        now=noon(DAY),
    )
    [receipt] = fund_receipts(tx, fund_id=fund.fund_id)
    # Shared between two partners, it is one payment; each partner's receipt is one by itself.
    assert [(one.key, one.amount) for one in cash_items(tx, fund_id=fund.fund_id)] == [
        (f"receipt:{receipt.id}/{fund['LP01']}", 600_00),
        ("expense:E1", -100_00),
    ]
    half, rest = taken(tx, fund.fund_id, money(-60_00, "", "", "P1"), money(-41_00, "", "", "P2"), opening=1)
    accept(tx, ACCOUNTANT, line_id=half.id, parts=[BookedPart("expense:E1", 60_00)], now=noon(NEXT))
    with pytest.raises(AboveItem):
        accept(tx, ACCOUNTANT, line_id=rest.id, parts=[BookedPart("expense:E1", 41_00)], now=noon(NEXT))
    part = accept(tx, ACCOUNTANT, line_id=rest.id, parts=[BookedPart("expense:E1", 40_00)], now=noon(NEXT))
    assert part.open == -1_00
    with pytest.raises(ItemUnknown):
        accept(tx, ACCOUNTANT, line_id=rest.id, parts=[BookedPart("expense:E9", 1)], now=noon(NEXT))
    with pytest.raises(LineUnknown):
        accept(tx, ACCOUNTANT, line_id=10**9, parts=[BookedPart("expense:E1", 1)], now=noon(NEXT))


def test_only_those_who_keep_the_books_match(tx: Tx) -> None:
    fund, _, _ = called(tx)
    [found] = taken(tx, fund.fund_id, money(600_00))
    auditor = Actor(31, "Auditor", frozenset({Role.AUDITOR}))
    at = {"now": noon(NEXT)}
    for act in (
        lambda: accept(tx, auditor, line_id=found.id, parts=[], **at),
        lambda: accept_exact(tx, auditor, fund_id=fund.fund_id, **at),
        lambda: set_aside(tx, auditor, line_id=found.id, kind=MatchKind.OTHER, reason="x", **at),
        lambda: release(tx, auditor, match_id=1, reason="x", released_on=DAY, **at),
        lambda: proposed(tx, auditor, fund_id=fund.fund_id),
    ):
        with pytest.raises(Forbidden):
            act()


def test_two_acceptances_at_once_end_as_one(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund, call, _ = called(tx)
        [found] = taken(tx, fund.fund_id, money(600_00))

    def attempt(_: int) -> str:
        try:
            with database.transaction(SYSTEM) as tx:
                parts = receipt_parts(fund, (call, 600_00))
                accept(tx, SYSTEM, line_id=found.id, parts=parts, now=noon(NEXT))
        except Conflict as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["bank_line_settled"] * 3 + ["done"]
    with database.transaction(SYSTEM) as tx:
        assert len(fund_receipts(tx, fund_id=fund.fund_id)) == 1
        assert cash(tx, fund) == 600_00


steps = st.lists(
    st.tuples(
        st.sampled_from(["accept", "exact", "aside", "release", "reverse"]),
        st.integers(0, 5),
        st.integers(1, 700_00),
    ),
    max_size=8,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 700_00), min_size=1, max_size=4), steps)
def test_matched_receipts_are_what_the_bank_says(
    tx: Tx, amounts: Sequence[int], acts: Sequence[tuple[str, int, int]]
) -> None:
    """Whatever is done in whatever order: what stands of a line never exceeds it, and every receipt of a line that
    stands is in the books once.
    """
    with tx.begin_nested() as played:
        fund, one, two = called(tx)
        moved = [money(amount, reference=f"Z{place}") for place, amount in enumerate(amounts)]
        found = taken(tx, fund.fund_id, *moved)
        for kind, place, amount in acts:
            _attempt(tx, fund, (one, two), found[place % len(found)], kind, amount)
        sheets = [line(tx, line_id=sheet.id) for sheet in found]
        stand = [match for sheet in sheets for match in sheet.matches if match.stands]
        assert all(0 <= sheet.matched <= sheet.amount for sheet in sheets)
        received = {f"receipt:{r.id}/{r.partner_id}": r.amount for r in _standing(tx, fund)}
        assert {m.item: m.amount for m in stand if m.kind is MatchKind.RECEIPT} == received
        assert cash(tx, fund) == sum(received.values())
        played.rollback()
    tx.expire_all()


def _standing(tx: Tx, fund: CapitalFund) -> list[object]:
    return [one for one in fund_receipts(tx, fund_id=fund.fund_id) if one.reversed_on is None]


def _attempt(
    tx: Tx, fund: CapitalFund, calls: tuple[CallSheet, CallSheet], sheet: LineSheet, kind: str, amount: int
) -> None:
    at = {"now": noon(NEXT)}
    stands = [one for one in line(tx, line_id=sheet.id).matches if one.stands]
    try:
        with tx.begin_nested():
            if kind == "accept":
                parts = receipt_parts(fund, (calls[amount % 2], amount))
                accept(tx, ACCOUNTANT, line_id=sheet.id, parts=parts, **at)
            elif kind == "exact":
                accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, **at)
            elif kind == "aside":
                set_aside(tx, ACCOUNTANT, line_id=sheet.id, kind=MatchKind.TRANSFER, reason="x", **at)
            elif kind == "release" and stands:
                release(tx, ACCOUNTANT, match_id=stands[0].id, reason="x", released_on=NEXT, **at)
            elif kind == "reverse":
                for receipt in _standing(tx, fund)[:1]:
                    reverse_receipt(tx, ACCOUNTANT, receipt_id=receipt.id, reason="x", reversed_on=NEXT, **at)
    except Conflict:
        pass


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
