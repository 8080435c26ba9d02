"""What was paid or released of owed expenses, from a sheet beside the expenses: each row one payment or release.

One that stands in the books already is left alone, so that the workbook that was taken out books nothing twice.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.fees.accrual_rules import SettlementWay
from fund.fees.accruals import pay_expense, release_expense
from fund.fees.accrued import accruals
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.sheets.cells import tidy
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, read_if_there
from kernel.sheets.words import Choice, Text


@dataclass(frozen=True)
class SettlementRow:
    """One payment or release of an expense that is owed, in fen."""

    reference: str
    settled_on: date
    way: SettlementWay
    amount: int
    reason: str


SETTLEMENTS = Layout(
    "payments of expenses owed",
    SettlementRow,
    (
        Column("reference", Text(64), ("费用编号", "Expense reference")),
        Column("settled_on", Day(), ("结清日期", "Settled on")),
        Column(
            "way",
            Choice(SettlementWay, {"支付": SettlementWay.PAID, "冲回": SettlementWay.RELEASED}),
            ("结清方式", "Way of settlement"),
        ),
        Column("amount", Amount(), ("结清金额", "Settled amount")),
        Column("reason", Text(), ("冲回原因", "Reason of the release"), False, ""),
    ),
)


def import_settlements(
    tx: Tx, actor: Actor, *, fund_id: int, filename: str, content: bytes, now: datetime
) -> Imported:
    """Pay and release what the sheet says and the books do not; without such a sheet nothing. Refused: as typed."""
    reading = read_if_there(filename, content, SETTLEMENTS)
    known = Counter(
        (tidy(one.expense.reference), part.settled_on, part.way, part.amount)
        for one in accruals(tx, fund_id=fund_id)
        for part in one.settled
        if part.undone_on is None
    )

    def act(row: SettlementRow) -> None:
        said = (row.reference, row.settled_on, row.way, row.amount)
        if known[said]:
            known[said] -= 1
        else:
            settle(tx, actor, row=row, fund_id=fund_id, now=now)

    return book(tx, reading, act, what="settlements")


def settle(tx: Tx, actor: Actor, *, row: SettlementRow, fund_id: int, now: datetime) -> None:
    """Book one payment or release."""
    facts: dict[str, Any] = {"fund_id": fund_id, "reference": row.reference, "amount": row.amount}
    if row.way is SettlementWay.PAID:
        pay_expense(tx, actor, paid_on=row.settled_on, now=now, **facts)
    else:
        release_expense(tx, actor, released_on=row.settled_on, reason=row.reason, now=now, **facts)
