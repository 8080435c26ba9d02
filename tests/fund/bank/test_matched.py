"""What is matched holds together: booked by hand, paid out, at once, and after any steps what the bank says."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.bank.actions import accept, accept_exact, release, set_aside
from fund.bank.match_rules import Clue
from fund.bank.proposals import proposed
from fund.bank.queries import line
from fund.bank.rules import (
    AboveItem,
    AsideReasonMissing,
    BookedPart,
    ItemUnknown,
    LineState,
    LineUnknown,
    MatchKind,
    MatchUnknown,
)
from fund.bank.sheets import LineSheet
from fund.capital.inflows import fund_receipts
from fund.capital.receipts import reverse_receipt
from fund.capital.rules import BankReferenceTaken, ReceiptAboveOutstanding
from fund.capital.sheets import CallSheet
from fund.fees.actions import record_expense
from fund.ledger.cash_items import cash_items
from fund.ledger.undo_rules import ReversalToCome, UndoneBeforeItself
from fund.results.proof import prove
from kernel.db import Database, Tx
from kernel.errors import Conflict, Forbidden
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.bank import taken
from tests.builders.bank_lines import DAY, DUE, NEXT, called, cash, money, receipt_parts
from tests.builders.capital import ACCOUNTANT, CapitalFund, a_receipt, noon
from tests.scenes import Scene


def test_what_was_booked_by_hand_is_matched_and_never_booked_again(scene: Scene) -> None:
    tx, (fund, call, _) = scene(called)
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


def test_releasing_a_receipt_reverses_it(scene: Scene) -> None:
    tx, (fund, call, _) = scene(called)
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


def test_a_part_that_was_freed_is_booked_again_beside_the_others(scene: Scene) -> None:
    tx, (fund, one, two) = scene(called)
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


def test_payments_that_went_out_are_matched_no_further_than_they_go(scene: Scene) -> None:
    tx, (fund, call, _) = scene(called)
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


def test_only_those_who_keep_the_books_match(scene: Scene) -> None:
    tx, (fund, _, _) = scene(called)
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


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
