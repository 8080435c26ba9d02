"""Taken out and brought in again: the same books in an empty fund, and nothing new in the fund it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.languages import Language
from app.lists import fund_tables, round_tables
from app.lists.expense_tables import expense_book
from app.lists.kinds import Given, ListKind, bring_in, kinds_of
from app.lists.looking import look
from app.lists.tables import Reader
from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.inflows import receipts
from fund.capital.receipts import reverse_receipt
from fund.charter.queries import fund as fund_sheet
from fund.fees.actions import record_expense
from fund.ledger.actions import open_chart
from fund.ledger.queries import head, trial_balance
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.files import open_file
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_draft,
    a_receipt,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.charter import a_fund

M = 1_000_000 * YUAN
TODAY = date(2026, 6, 30)
NOW = noon(TODAY)
JOURNAL = (
    "凭证编号,生效日期,借方科目,贷方科目,金额,借方合伙人,贷方合伙人,摘要\n"
    "AJE-1,2026-06-30,5039,5041 审计费,100,LP01,LP01,重分类\n"
    "AJE-2,2026-06-30,银行存款,4300,12.34,,LP02,结息\n"
    "AJE-3,2026-06-30,5039,3900,5,LP01,,LP01 与 LP02 之间\n"
    "AJE-4,2026-06-30,3900,5039,5,,LP02,LP01 与 LP02 之间\n"
)


@dataclass(frozen=True)
class Out:
    """What can be taken out of a fund, in the order in which it comes in."""

    tx: Tx
    fund_id: int
    language: Language = Language.ZH

    def books(self) -> dict[ListKind, bytes]:
        reader = Reader(self.tx, SYSTEM, fund_sheet(self.tx, fund_id=self.fund_id), self.language, NOW)
        makers: dict[ListKind, Callable[[], bytes]] = {
            ListKind.PARTNERS: lambda: fund_tables.partner_book(reader, on=TODAY),
            ListKind.COMMITMENTS: lambda: round_tables.commitment_book(reader),
            ListKind.CALLS: lambda: fund_tables.call_book(reader, state=None),
            ListKind.RECEIPTS: lambda: round_tables.receipt_book(reader),
            ListKind.EXPENSES: lambda: expense_book(reader),
            ListKind.ENTRIES: lambda: round_tables.entry_book(
                reader, account=None, act=None, partner_id=None
            ),
        }
        return {kind: make() for kind, make in makers.items()}


def bring(
    tx: Tx, fund_id: int, kind: ListKind, content: bytes, *, now: datetime = NOW
) -> tuple[Imported, ...]:
    name = f"{kind}.xlsx" if content.startswith(b"PK") else f"{kind}.csv"
    kinds = kinds_of(open_file(name, content))
    assert kinds[0].name is kind
    return bring_in(tx, SYSTEM, kinds=kinds, given=Given(name, content), fund_id=fund_id, now=now)


@pytest.fixture
def played(tx: Tx) -> CapitalFund:
    """Two calls, one with an excuse and a fee; one withdrawn between them; one draft; a receipt booked twice over."""
    fund = committed(tx)
    first = a_call(tx, fund, investment(10 * M), expense(1 * M))
    wrong = a_receipt(tx, first, fund["LP01"], 1 * M, bank_reference="B0")
    reverse_receipt(tx, ACCOUNTANT, receipt_id=wrong.id, reason="误记", reversed_on=TODAY, now=NOW)
    for line in receipts_due(tx, first.id, fund):
        a_receipt(tx, first, line, bank_reference=f"B{line}")
    gone = a_draft(tx, fund, investment(2 * M), due_on=date(2026, 5, 8))
    cancel_call(tx, MANAGER, call_id=gone.id, reason="不需要", cancelled_on=TODAY, now=NOW)
    amounts = {fund["LP01"]: 3 * YUAN, fund["LP02"]: 2 * YUAN}
    draft = a_draft(tx, fund, investment(5 * M), fee(amounts), due_on=date(2026, 5, 29))
    at = noon(date(2026, 4, 29))
    approve_call(tx, MANAGER, call_id=draft.id, now=at)
    issue_call(tx, ACCOUNTANT, call_id=draft.id, now=at)
    a_draft(tx, fund, investment(1 * M), due_on=date(2026, 7, 31), drafted_on=TODAY)
    facts = {"fund_id": fund.fund_id, "incurred_on": date(2026, 3, 31), "payee": "某会计师事务所"}
    record_expense(tx, ACCOUNTANT, reference="E1", ilpa_row=41, amount=999_99, now=NOW, **facts)
    bring(tx, fund.fund_id, ListKind.ENTRIES, JOURNAL.encode())
    return fund


def receipts_due(tx: Tx, call_id: int, fund: CapitalFund) -> list[int]:
    assert len(receipts(tx, call_id=call_id)) == 1
    return [fund["LP01"], fund["LP02"]]


@pytest.mark.parametrize("language", Language)
def test_what_goes_out_makes_the_same_books_in_an_empty_fund(
    tx: Tx, played: CapitalFund, language: Language
) -> None:
    days = {
        "first_close_on": date(2026, 1, 15),
        "final_close_on": date(2027, 1, 15),
        "commitment_period_ends_on": date(2031, 1, 15),
        "term_ends_on": date(2034, 1, 15),
    }
    other = a_fund(tx, code="AF2", **days)
    open_chart(tx, SYSTEM, fund_id=other.id, now=NOW)
    taken = Out(tx, played.fund_id, language).books()
    for kind, content in taken.items():
        bring(tx, other.id, kind, content)
    before, after = (trial_balance(tx, fund_id=key, as_of=TODAY) for key in (played.fund_id, other.id))
    assert [vars(one) for one in after.rows] == [vars(one) for one in before.rows]
    again = Out(tx, other.id, language).books()
    for kind in (ListKind.PARTNERS, ListKind.COMMITMENTS, ListKind.EXPENSES):
        assert told(again[kind]) == told(taken[kind])
    assert told(again[ListKind.CALLS], "CALL-002") == told(taken[ListKind.CALLS], "CALL-002")
    assert told(again[ListKind.RECEIPTS]) == told(taken[ListKind.RECEIPTS])
    assert moved(again[ListKind.ENTRIES]) == moved(taken[ListKind.ENTRIES])


def told(content: bytes, without: str = "") -> list[tuple[object, ...]]:
    """The rows of the last sheet that are brought in, but for instants and for what was withdrawn."""
    page = load_workbook(BytesIO(content)).worksheets[-1]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    instants = [place for place, one in enumerate(rows[1]) if isinstance(one, datetime) and one.hour]
    return [
        tuple(cell for place, cell in enumerate(row) if place not in instants)
        for row in rows
        if not without or row[0] != without
    ]


def moved(content: bytes) -> set[tuple[object, ...]]:
    """The entries, but for their numbers, the numbers of their acts, and instants."""
    page = load_workbook(BytesIO(content)).worksheets[-1]
    places = [place for place in range(13) if place not in (0, 9)]
    return {tuple(row[place] for place in places) for row in page.iter_rows(min_row=3, values_only=True)}


def test_what_is_there_already_is_told_row_by_row_and_changes_nothing(tx: Tx, played: CapitalFund) -> None:
    before = head(tx, fund_id=played.fund_id)
    for kind, content in Out(tx, played.fund_id).books().items():
        given = Given(f"{kind}.xlsx", content)
        seen = look(tx, SYSTEM, given=given, named=None, fund_id=played.fund_id, now=NOW)
        assert seen.is_good, (kind, seen.general, [row.faults for one in seen.lists for row in one.rows])
        done = bring(tx, played.fund_id, kind, content)
        rows = sum(one.rows for one in done)
        assert rows == sum(len(one.known) for one in done) > 0
        assert seen.known == rows or kind is ListKind.CALLS
    assert head(tx, fund_id=played.fund_id) == before
    (known,) = bring(
        tx, played.fund_id, ListKind.RECEIPTS, Out(tx, played.fund_id).books()[ListKind.RECEIPTS]
    )
    assert str(known.known[0]).endswith("row 3: B0 is known already; the row changes nothing")


@pytest.mark.parametrize(
    ("kind", "heading", "typed", "says"),
    [
        (ListKind.COMMITMENTS, "认缴金额", 1, "LP01 is recorded already with 60,000,000.00"),
        (ListKind.RECEIPTS, "到账金额", 1, "is recorded already with"),
        (ListKind.CALLS, "金额", 1, "CALL-001 is recorded already with LP01 6,000,000.00"),
        (ListKind.ENTRIES, "金额", 1, "AJE-4 is recorded already with 5.00"),
        (ListKind.PARTNERS, "承担管理费", "否", "LP01 is recorded already with True"),
    ],
)
def test_what_is_recorded_is_not_changed_by_a_list(
    tx: Tx, played: CapitalFund, kind: ListKind, heading: str, typed: object, says: str
) -> None:
    book = load_workbook(BytesIO(Out(tx, played.fund_id).books()[kind]))
    page = book.worksheets[-1]
    row = 4 if kind is ListKind.RECEIPTS else 3
    page.cell(row, 1 + [cell.value for cell in page[2]].index(heading), typed)
    changed = BytesIO()
    book.save(changed)
    with pytest.raises(SheetRefused) as refused:
        bring(tx, played.fund_id, kind, changed.getvalue())
    (problem,) = refused.value.problems
    assert f"row {row}, " in problem.where
    assert says in str(problem)
