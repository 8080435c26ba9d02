"""Expenses as a workbook: every one that was booked, in the columns of the list brought in."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from app.lists.tables import Reader
from fund.fees.accrual_rules import SettlementWay
from fund.fees.accrued import AccrualSheet, accruals
from fund.fees.categories import category_facts
from fund.fees.expense_layouts import EXPENSES
from fund.fees.queries import ExpenseSheet, every_expense
from fund.fees.recovery_rules import BROKEN_DEAL_ROW
from fund.fees.settlement_imports import SETTLEMENTS
from kernel.sheets.writing import Head, Look, Sheet, Value

LOOKS: Mapping[str, Look] = {
    "incurred_on": Look.DAY,
    "paid_on": Look.DAY,
    "amount": Look.MONEY,
    "share": Look.SHARE,
    "undone_on": Look.DAY,
}

SETTLED: Mapping[str, Look] = {"settled_on": Look.DAY, "amount": Look.MONEY}
# As the sheet is read again.
WAYS = {SettlementWay.PAID: ("支付", "paid"), SettlementWay.RELEASED: ("冲回", "released")}


def _n(says: str) -> str:
    return says


def expense_book(reader: Reader) -> bytes:
    """All expenses, the oldest booking first, those that were taken back with their day. Brought in again it books
    nothing twice; beside each stands what is open of it, what others owe of it and when it was recorded. A second sheet
    has what was paid in parts or released of what is owed.
    """
    owed = {one.expense.reference: one for one in accruals(reader.tx, fund_id=reader.fund_id)}
    heads = [
        *reader.columns_of(EXPENSES, LOOKS),
        Head(reader.say(_n("Still owed")), Look.MONEY),
        Head(reader.say(_n("Owed back to the fund")), Look.MONEY),
        Head(reader.say(_n("Recorded at")), Look.INSTANT),
    ]
    rows = [
        _row(reader, one, owed.get(one.reference)) for one in every_expense(reader.tx, fund_id=reader.fund_id)
    ]
    sheets = [Sheet(reader.say(_n("Expenses")), tuple(heads), rows, reader.caption())]
    parts = [row for one in owed.values() for row in _parts(reader, one)]
    if parts:
        name, looks = reader.say(_n("Payments of expenses owed")), SETTLED
        sheets.append(Sheet(name, reader.columns_of(SETTLEMENTS, looks), parts, reader.caption()))
    return reader.book(*sheets)


def _parts(reader: Reader, sheet: AccrualSheet) -> Iterator[tuple[Value, ...]]:
    """What stands as paid or released of an expense; one whole payment stands beside the expense itself."""
    if sheet.paid_on is None:
        for one in sheet.settled:
            if one.undone_on is None:
                way = reader.name(*WAYS[SettlementWay(one.way)])
                yield sheet.expense.reference, one.settled_on, way, one.amount, one.reason


def _row(reader: Reader, one: ExpenseSheet, owed: AccrualSheet | None) -> tuple[Value, ...]:
    facts = category_facts(one.ilpa_row)
    is_shared = one.recoverable and one.ilpa_row == BROKEN_DEAL_ROW
    return (
        *(one.reference, one.incurred_on, owed.paid_on if owed else one.incurred_on),
        f"{one.ilpa_row} {reader.name(facts.name_zh, facts.name_en)}",
        *(one.amount, one.payee, one.memo, one.concerning),
        Fraction(one.recoverable, one.amount) if is_shared else None,
        *(
            one.others,
            one.undone_on,
            (owed.open or None) if owed else None,
            one.recoverable or None,
            one.recorded_at,
        ),
    )
