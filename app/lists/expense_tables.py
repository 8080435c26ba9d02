"""Expenses as a workbook: every one that was booked, in the columns of the list brought in."""

from collections.abc import Mapping
from fractions import Fraction

from app.lists.tables import Reader
from fund.fees.categories import category_facts
from fund.fees.expense_imports import EXPENSES
from fund.fees.queries import ExpenseSheet, every_expense
from fund.fees.recovery_rules import BROKEN_DEAL_ROW
from kernel.sheets.writing import Head, Look, Sheet, Value

LOOKS: Mapping[str, Look] = {
    "incurred_on": Look.DAY,
    "amount": Look.MONEY,
    "share": Look.SHARE,
    "undone_on": Look.DAY,
}


def _n(says: str) -> str:
    return says


def expense_book(reader: Reader) -> bytes:
    """All expenses, the oldest booking first, those that were taken back with their day. Brought in again it books
    nothing twice; beside each stands what others owe of it and when it was recorded.
    """
    heads = [
        *reader.columns_of(EXPENSES, LOOKS),
        Head(reader.say(_n("Owed back to the fund")), Look.MONEY),
        Head(reader.say(_n("Recorded at")), Look.INSTANT),
    ]
    rows = [_row(reader, one) for one in every_expense(reader.tx, fund_id=reader.fund_id)]
    return reader.book(Sheet(reader.say(_n("Expenses")), tuple(heads), rows, reader.caption()))


def _row(reader: Reader, one: ExpenseSheet) -> tuple[Value, ...]:
    facts = category_facts(one.ilpa_row)
    is_shared = one.recoverable and one.ilpa_row == BROKEN_DEAL_ROW
    return (
        *(one.reference, one.incurred_on),
        f"{one.ilpa_row} {reader.name(facts.name_zh, facts.name_en)}",
        *(one.amount, one.payee, one.memo, one.concerning),
        Fraction(one.recoverable, one.amount) if is_shared else None,
        *(one.others, one.undone_on, one.recoverable or None, one.recorded_at),
    )
