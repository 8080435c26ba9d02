"""The nine columns of a partner are the rows that are proved, and what the adviser received stands under them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from fund.fees.actions import record_expense
from fund.fees.received import over, received
from fund.fees.relief_rules import OffsetKind
from fund.fees.reliefs import decide_relief, propose_offset, undo_relief
from fund.results.ilpa import tables
from fund.results.ilpa_template import Cause, Columns, Note, general_columns, notes, read
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    expense,
    noon,
)
from tests.scenes import Scene

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
MARCH, APRIL, JULY = date(2026, 3, 20), date(2026, 4, 15), date(2026, 7, 10)
MILLION = 1_000_000 * YUAN


def a_fee(tx: Tx, fund: CapitalFund, reference: str, kind: OffsetKind, amount: int, on: date = MARCH) -> None:
    """A fee that the manager was paid, written down and approved."""
    propose_offset(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference=reference,
        kind=kind,
        received=amount,
        received_on=on,
        reason=f"{reference} 收费",
        now=noon(on),
    )
    decide_relief(tx, MANAGER, fund_id=fund.fund_id, reference=reference, is_approved=True, now=noon(on))


@dataclass(frozen=True)
class Template:
    """What a partner's report holds of the template: its own columns, the fund's, the general partner's, the notes."""

    yours: Columns
    fund: Columns
    general: Columns
    notes: tuple[Note, ...]


def of(tx: Tx, fund: CapitalFund, quarter: Quarter, **facts: Any) -> Template:
    ask = {"partner_id": fund["LP01"], "general_id": fund["GP"], "known_at": noon(JULY)} | facts
    books = read(tx, fund_id=fund.fund_id, quarter=quarter, known_at=ask["known_at"])
    yours, whole = (books.columns(key) for key in (ask["partner_id"], None))
    return Template(yours, whole, general_columns(books, ask["general_id"]), notes(tx, books=books))


def test_fees_received_stand_gross_by_kind_and_sum_to_the_fund(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_fee(tx, fund, "O-1", OffsetKind.DIRECTORS, MILLION)
    a_fee(tx, fund, "O-2", OffsetKind.ORGANISATION, MILLION)  # the fund's own costs, received from no company
    a_fee(tx, fund, "O-3", OffsetKind.OTHER, 3, on=APRIL)
    found = of(tx, fund, Q2)
    rows = {period: {row: one[row] for row in (122, 127, 129, 131)} for period, one in found.fund.items()}
    assert rows["qtd"] == {122: 0, 127: 3, 129: 3, 131: 3}
    assert rows["itd"] == rows["ytd"] == {122: MILLION, 127: 3, 129: MILLION + 3, 131: MILLION + 3}
    assert found.yours["itd"][131] == 600_000 * YUAN + 2
    other = of(tx, fund, Q2, partner_id=fund["LP02"]).yours
    assert found.yours["itd"][131] + other["itd"][131] == found.fund["itd"][131]
    assert found.general["itd"][131] == 0
    known = tables(tx, fund_id=fund.fund_id, quarter=Q2, known_at=noon(JULY))
    for columns, key in ((found.yours, fund["LP01"]), (found.fund, None), (found.general, fund["GP"])):
        for period, rows_of in known[key].items():
            assert {row: columns[period][row] for row in rows_of} == rows_of
    assert found.fund["itd"][76] == 2 * MILLION + 3
    undone = {"reason": "误记", "undone_on": JULY, "now": noon(JULY)}
    undo_relief(tx, MANAGER, fund_id=fund.fund_id, reference="O-1", **undone)
    after = over(received(tx, fund_id=fund.fund_id), None, since=None, as_of=JULY)
    assert (after[122], after[127]) == (0, 3)
    assert of(tx, fund, Q1, known_at=noon(MARCH)).fund["itd"][131] == MILLION


def test_others_above_a_twentieth_are_explained_from_the_records(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, expense(MILLION))
    paid = {"fund_id": fund.fund_id, "incurred_on": MARCH, "now": noon(MARCH)}
    record_expense(tx, ACCOUNTANT, reference="E-1", ilpa_row=41, amount=90_000, payee="会计师", **paid)
    record_expense(tx, ACCOUNTANT, reference="E-2", ilpa_row=57, amount=5_000, payee="酒店", **paid)
    assert [one for one in of(tx, fund, Q1).notes if one.row == 57] == [
        Note(57, period, -5_000, 95_000, (Cause("酒店", -5_000),)) for period in ("qtd", "ytd", "itd")
    ]
    assert [one.period for one in of(tx, fund, Q2).notes] == ["ytd", "itd"]
    record_expense(tx, ACCOUNTANT, reference="E-3", ilpa_row=41, amount=5_000, payee="会计师", **paid)
    assert of(tx, fund, Q1).notes == ()
    a_fee(tx, fund, "O-3", OffsetKind.OTHER, 10_000)
    assert [(one.row, one.causes) for one in of(tx, fund, Q1).notes if one.period == "qtd"] == [
        (74, (Cause("O-3 收费", 10_000),)),
        (127, (Cause("O-3 收费", 10_000),)),
    ]


def test_who_has_nothing_in_the_books_has_zeros(scene: Scene) -> None:
    tx, fund = scene(committed)
    found = of(tx, fund, Q1, general_id=None)
    assert set(found.general["itd"].values()) == {0}
    assert set(found.general["itd"]) >= {12, 114, 131}
    assert found.fund["itd"][114] == 100 * MILLION
