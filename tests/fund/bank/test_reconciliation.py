"""Bank and books on a day: every fen between them is explained by a line or a payment."""

from datetime import date

from fund.bank.actions import accept, accept_exact, set_aside
from fund.bank.reconciliation import DifferenceKind, reconcile
from fund.bank.rules import BookedPart, MatchKind
from kernel.db import Tx
from tests.builders.bank import taken
from tests.builders.capital import ACCOUNTANT, a_call, a_receipt, committed, investment, noon
from tests.scenes import Scene

DUE, DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


def test_without_a_statement_there_is_nothing_to_hold_the_books_against(tx: Tx) -> None:
    found = reconcile(tx, fund_id=committed(tx).fund_id, as_of=DAY)
    assert (found.bank, found.books, found.difference, found.differences) == (None, 0, 0, ())


def test_every_difference_is_named_until_there_is_none(scene: Scene) -> None:
    """Booked by hand before the statements begin: 400. Then 600 at the bank on the 3rd, and 5 of which nobody knows."""
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(1000_00))
    a_receipt(tx, call, fund["LP02"], 400_00, on=DUE, bank_reference="A1")
    one, five = taken(
        tx,
        fund.fund_id,
        (DAY, 600_00, "合伙企业LP01", "", "Z1"),
        (NEXT, 5_00, "某人", "不明", "Z2"),
        opening=400_00,
    )
    before = reconcile(tx, fund_id=fund.fund_id, as_of=NEXT)
    assert (before.bank, before.is_stated, before.books, before.difference) == (1005_00, True, 400_00, 605_00)
    assert [(d.kind, d.amount, d.line_id) for d in before.differences] == [
        (DifferenceKind.UNMATCHED, 600_00, one.id),
        (DifferenceKind.UNMATCHED, 5_00, five.id),
    ]
    accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(NEXT))
    agreed = reconcile(tx, fund_id=fund.fund_id, as_of=DAY)
    assert (agreed.difference, agreed.differences) == (0, ())
    set_aside(tx, ACCOUNTANT, line_id=five.id, kind=MatchKind.RETURNED, reason="unknown", now=noon(NEXT))
    aside = reconcile(tx, fund_id=fund.fund_id, as_of=NEXT)
    assert [(d.kind, d.amount) for d in aside.differences] == [(DifferenceKind.ASIDE, 5_00)]
    # On the day on which the money went back the two cancel out.
    back = date(2026, 3, 5)
    [sent] = taken(tx, fund.fund_id, (back, -5_00, "某人", "退款", "Z3"), opening=1005_00, filename="b.csv")
    set_aside(tx, ACCOUNTANT, line_id=sent.id, kind=MatchKind.RETURNED, reason="sent back", now=noon(back))
    assert reconcile(tx, fund_id=fund.fund_id, as_of=back).difference == 0


def test_an_opening_a_gap_and_a_payment_on_another_day(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(1000_00))
    # The bank began with 7 that the books do not know, and its second file begins 3 further on.
    [first] = taken(tx, fund.fund_id, (DAY, 400_00, "合伙企业LP02", "", "Z1"), opening=7_00)
    taken(tx, fund.fund_id, (NEXT, 1_00, "", "结息", ""), opening=410_00, filename="b.csv")
    receipt = a_receipt(tx, call, fund["LP02"], 400_00, on=NEXT, bank_reference="Z1")
    item = f"receipt:{receipt.id}/{fund['LP02']}"
    accept(tx, ACCOUNTANT, line_id=first.id, parts=[BookedPart(item, 400_00)], now=noon(NEXT))
    early = reconcile(tx, fund_id=fund.fund_id, as_of=DAY)
    assert [(d.kind, d.amount) for d in early.differences] == [
        (DifferenceKind.OPENING, 7_00),
        (DifferenceKind.LATER, 400_00),
    ]
    late = reconcile(tx, fund_id=fund.fund_id, as_of=NEXT)
    assert [(d.kind, d.amount) for d in late.differences] == [
        (DifferenceKind.OPENING, 7_00),
        (DifferenceKind.GAP, 3_00),
        (DifferenceKind.UNMATCHED, 1_00),
    ]
    for found in (early, late):
        assert sum(d.amount for d in found.differences) == found.difference
    a_receipt(tx, call, fund["LP01"], 10_00, on=NEXT, bank_reference="Z9")
    unseen = reconcile(tx, fund_id=fund.fund_id, as_of=NEXT)
    assert (unseen.differences[-1].kind, unseen.differences[-1].amount) == (
        DifferenceKind.NOT_AT_BANK,
        -10_00,
    )
