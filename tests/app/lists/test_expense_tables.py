"""Expenses out as a workbook and in again: as workbook and as CSV, nothing twice, and what is wrong where."""

from datetime import date
from fractions import Fraction

import pytest

from app.languages import Language
from app.lists.expense_tables import expense_book
from app.lists.kinds import KindUnclear, ListKind, kinds_of
from app.lists.tables import Reader
from fund.charter.queries import fund
from fund.fees.accruals import pay_expense, release_expense
from fund.fees.accrued import accruals
from fund.fees.actions import record_expense
from fund.fees.expense_imports import import_expenses
from fund.fees.expense_layouts import EXPENSES
from fund.fees.queries import ExpenseSheet, every_expense
from fund.fees.undoing import undo_expense
from fund.ledger.queries import head
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.files import open_file
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.results import Played, a_played_fund, at
from tests.scenes import Scene

TODAY, PAID = date(2026, 1, 5), date(2025, 6, 30)
HEADS = "费用编号,支付日期,费用类别,金额,收款方,用途\n"
BARE = "日期,类别,金额,收款方,用途\n2025-06-30,审计费,100,某会计师事务所,年报审计\n"


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def bring(
    tx: Tx, played: Played, content: bytes | str, name: str = "费用.csv", *, dry_run: bool = False
) -> Imported:
    given = content.encode() if isinstance(content, str) else content
    assert [kind.name for kind in kinds_of(open_file(name, given))] == [ListKind.EXPENSES]
    facts = {"fund_id": played.fund_id, "filename": name, "content": given, "now": at(TODAY)}
    done, *_ = import_expenses(tx, SYSTEM, dry_run=dry_run, **facts)
    return done


def booked(tx: Tx, played: Played) -> list[ExpenseSheet]:
    return every_expense(tx, fund_id=played.fund_id)


def taken_out(tx: Tx, played: Played, language: Language = Language.ZH) -> bytes:
    reader = Reader(tx, SYSTEM, fund(tx, fund_id=played.fund_id), language, at(TODAY))
    return expense_book(reader)


def refused(tx: Tx, played: Played, content: str) -> list[str]:
    before = head(tx, fund_id=played.fund_id)
    with pytest.raises(SheetRefused) as found:
        bring(tx, played, content)
    assert head(tx, fund_id=played.fund_id) == before
    return [str(one) for one in found.value.problems]


def test_every_way_to_write_a_category_and_every_encoding(tx: Tx, played: Played) -> None:
    """By name in either language, by the row, by the account, by row and name; a sheet of an office in GB18030."""
    rows = (
        "E1,2025-06-30,审计费,1,甲,年报\nE2,2025-06-30,Audit,2,甲,\nE3,2025年6月30日,41,3,甲,\nE4,20250630,5041,4,甲,\n"
        "E5,2025-06-30,第 41 行,5,甲,\nE6,2025-06-30,41 审计费,6,甲,\nE7,2025-06-30,律师费,7,甲,\n"
        "E8,2025-06-30,ILPA row 45,8,甲,\n"
    )
    tried = bring(tx, played, (HEADS + rows).encode("gb18030"), dry_run=True)
    assert (tried.rows, tried.dry_run, booked(tx, played)) == (8, True, [])
    bring(tx, played, (HEADS + rows).encode("gb18030"))
    found = booked(tx, played)
    assert [(one.reference, one.ilpa_row, one.amount) for one in found] == [
        (f"E{number}", {7: 39, 8: 45}.get(number, 41), number * 100) for number in range(1, 9)
    ]
    assert {one.incurred_on for one in found} == {PAID}
    assert (found[0].payee, found[0].memo) == ("甲", "年报")


@pytest.mark.parametrize("language", Language)
def test_what_goes_out_comes_in_again_and_books_nothing(tx: Tx, played: Played, language: Language) -> None:
    """With others' share, a reference and a memo as typed on a page, and one that was taken back."""
    facts = {"fund_id": played.fund_id, "incurred_on": PAID, "now": at(TODAY)}
    odd = {"reference": " 发票 7/a", "memo": "第一季度：\r\n尽调  报告\u00a0一"}
    record_expense(tx, SYSTEM, ilpa_row=52, amount=33_33, payee="丙 事务所 ", **odd, **facts)
    shared = {"share": Fraction(1, 3), "others": "共同投资人", "concerning": "D26-001 某项目"}
    record_expense(tx, SYSTEM, reference="X2", ilpa_row=53, amount=1_000_00, payee="乙", **shared, **facts)
    record_expense(tx, SYSTEM, reference="X3", ilpa_row=41, amount=5_00, payee="=1+1", **facts)
    undo_expense(
        tx, SYSTEM, fund_id=played.fund_id, reference="X3", reason="twice", undone_on=TODAY, now=at(TODAY)
    )
    before, kept = head(tx, fund_id=played.fund_id), booked(tx, played)
    done = bring(tx, played, taken_out(tx, played, language), "expenses.xlsx")
    assert done.rows == 3
    assert "3 of its expenses were booked or taken back before" in str(done.notices[-1])
    assert (head(tx, fund_id=played.fund_id), booked(tx, played)) == (before, kept)


def test_an_empty_day_of_payment_is_owed_and_goes_out_and_in_alike(tx: Tx, played: Played) -> None:
    """Both days in the sheet; one paid in parts and released in part stands in a sheet beside it."""
    both = "费用编号,发生日期,支付日期,费用类别,金额,收款方\n"
    rows = "A1,2025-06-30,,41,100,甲\nA2,2025-06-30,2025-07-31,41,200,甲\n"
    rows += "A3,,2025-07-01,45,3,乙\nA4,2025-06-30,,41,9,甲\n"
    bring(tx, played, both + rows)
    found = {one.expense.reference: one for one in accruals(tx, fund_id=played.fund_id, as_of=TODAY)}
    assert {key: (one.open, one.paid_on) for key, one in found.items()} == {
        "A1": (100_00, None),
        "A2": (0, date(2025, 7, 31)),
        "A4": (9_00, None),
    }
    facts = {"fund_id": played.fund_id, "reference": "A1", "now": at(TODAY)}
    pay_expense(tx, SYSTEM, amount=30_00, paid_on=TODAY, **facts)
    release_expense(tx, SYSTEM, amount=20_00, released_on=TODAY, reason="较低", **facts)
    before, kept = head(tx, fund_id=played.fund_id), accruals(tx, fund_id=played.fund_id)
    for language in Language:
        book = taken_out(tx, played, language)
        assert bring(tx, played, book, "expenses.xlsx").rows == 4
        assert (head(tx, fund_id=played.fund_id), accruals(tx, fund_id=played.fund_id)) == (before, kept)
    # The list with which it began says nothing new; one with the day of payment pays.
    assert "4 of its expenses were booked" in str(bring(tx, played, both + rows).notices[-1])
    told = bring(tx, played, both + rows.replace("A4,2025-06-30,", "A4,2025-06-30,2025-08-01"))
    assert "1 of its expenses were owed and are paid by it" in " ".join(map(str, told.notices))
    for wrong in (
        "A2,2025-06-30,2025-08-01,41,200,甲\n",
        "A1,2025-06-30,2025-08-01,41,100,甲\n",
        "A5,,,41,1,甲\n",
    ):
        assert len(refused(tx, played, both + wrong)) == 1
    other = a_played_fund(tx, code="AF7")
    bring(tx, other, book, "expenses.xlsx")
    assert [
        (one.expense.reference, one.paid, one.released, one.open)
        for one in accruals(tx, fund_id=other.fund_id)
    ] == [("A1", 30_00, 20_00, 50_00), ("A2", 200_00, 0, 0), ("A4", 0, 0, 9_00)]


def test_what_goes_out_of_one_fund_is_booked_alike_in_another(tx: Tx, played: Played) -> None:
    """What was taken back there is not booked here."""
    head_ = HEADS.replace("用途", "用途,涉及项目,他方承担比例,承担方,撤销日期")
    bring(
        tx,
        played,
        head_
        + "S1,2025-06-30,53,1000.00,乙,法律尽调,D26-001,33.3333%,共同投资人,\n"
        + "S2,2025-06-30,41,5,丙,,,,,2025-07-01\n",
    )
    (one,) = booked(tx, played)
    assert (one.recoverable, one.others, one.concerning) == (333_33, "共同投资人", "D26-001")


def test_costs_are_no_bank_statement(tx: Tx, played: Played) -> None:
    """They were booked as 100.00 received. Without a reference the sheet is known again all the same."""
    done = bring(tx, played, BARE)
    assert "1 rows without a reference were given one" in str(done.notices[-1])
    (one,) = booked(tx, played)
    assert (one.ilpa_row, one.amount, one.payee, one.memo) == (41, 100_00, "某会计师事务所", "年报审计")
    assert one.reference.startswith("E20250630-41-")
    again = bring(tx, played, BARE)
    assert "1 of its expenses were booked" in str(again.notices[-1])
    assert booked(tx, played) == [one]
    with pytest.raises(KindUnclear, match="as a list of expenses: there is no column “收款方”"):
        kinds_of(open_file("x.csv", "日期,类别,金额,用途\n2025-06-30,审计费,100,年报\n".encode()))
    for lines in ("日期,类别,金额,余额\n", "日期,类别,收入,支出\n"):
        assert [kind.name for kind in kinds_of(open_file("x.csv", lines.encode()))] == [ListKind.BANK_LINES]


def test_one_faulty_row_keeps_all_out_and_is_told(tx: Tx, played: Played) -> None:
    told = refused(
        tx, played, HEADS + "F1,2025-06-30,审计费,1,甲,\nF2,2025-02-30,奖金,-3,,\nF1,2025-06-30,41,1,甲,\n"
    )
    assert [one.split(": ")[0].split(", ")[1:] for one in told] == [
        ["row 3", "支付日期"],
        ["row 3", "费用类别"],
        ["row 3", "金额"],
        ["row 3", "收款方"],
        ["row 4"],
    ]
    assert "“奖金” is no category of expenses; expected one of 36 基金行政与核算费、" in told[1]
    assert "认缴融资" not in told[1]
    told = refused(
        tx,
        played,
        HEADS + "G1,2025-06-30,41,0,甲,\nG2,2027-01-01,41,1,甲,\nFEE-1,2025-06-30,41,1,甲,\n"
        "G3,2025-06-30,41,999999999999,甲,\nG4,2025-06-30,41,1,甲,\n",
    )
    assert [one.split(", ")[1].split(":")[0] for one in told] == ["row 2", "row 3", "row 4", "row 5"]
    assert "expected an amount above zero" in told[0]


def test_what_is_booked_is_never_changed_by_a_sheet(tx: Tx, played: Played) -> None:
    bring(tx, played, HEADS + "H1,2025-06-30,41,1,甲,年报\nH2,2025-06-30,41,2,甲,\n")
    back = {"reason": "twice", "undone_on": TODAY, "now": at(TODAY)}
    undo_expense(tx, SYSTEM, fund_id=played.fund_id, reference="H2", **back)
    head_ = HEADS.replace("用途", "用途,他方承担比例,撤销日期")
    told = refused(
        tx,
        played,
        head_
        + "H1,2025-06-29,45,1.5,乙,半年报,50%,\nH2,2025-06-30,41,2,甲,,,\nH1,2025-06-30,41,1,甲,,,2026-01-05\n",
    )
    assert [one.split(": ")[0].split(", ")[-1] for one in told] == [
        *("发生日期", "费用类别", "金额", "收款方", "用途", "他方承担比例", "row 3", "row 4")
    ]
    assert told[2].endswith("H1 is booked already with 1.00; an import changes nothing that is booked")
    assert "H2 was taken back on 2026-01-05" in told[6]
    assert "H1 stands in the books" in told[7]
    assert "H1 has the same day" in refused(tx, played, BARE.replace("100,某会计师事务所", "1,甲"))[0]
    assert bring(tx, played, HEADS + "H1,2025-06-30,41,1,甲,\n").rows == 1
    assert len(booked(tx, played)) == 2


def test_costs_of_borrowing_are_understood_and_not_offered() -> None:
    reader = next(column.reader for column in EXPENSES.columns if column.field == "category")
    assert {int(word[:2]) for word in reader.offered} == set(range(36, 58)) - set(range(46, 50))
