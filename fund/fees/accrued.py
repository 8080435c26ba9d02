"""Which expenses are owed, what of each was paid or released, and what is left, on any day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.fees.accrual_rules import NotOwed, Outstanding, Settled, SettlementWay
from fund.fees.models import Expense, ExpenseSettlement
from fund.fees.queries import ExpenseSheet, expense_sheet
from fund.fees.rules import ExpenseUnknown
from fund.ledger.undone import undone_acts
from kernel.db import Tx


@dataclass(frozen=True)
class SettlementSheet(Settled):
    """A payment or release as others see it, with why something was released."""

    reason: str = ""
    recorded_by: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class AccrualSheet(Outstanding):
    """An expense owed from the day it was incurred."""

    settled: tuple[SettlementSheet, ...]
    expense: ExpenseSheet

    @property
    def whole(self) -> int:
        """Its amount."""
        return self.expense.amount

    @property
    def began_on(self) -> date:
        """The day on which it was incurred."""
        return self.expense.incurred_on

    @property
    def gone_on(self) -> date | None:
        """The day on which it was taken back."""
        return self.expense.undone_on

    @property
    def paid(self) -> int:
        """What is paid of it."""
        return self.settled_by(SettlementWay.PAID)

    @property
    def released(self) -> int:
        """What is not owed after all."""
        return self.settled_by(SettlementWay.RELEASED)

    @property
    def paid_on(self) -> date | None:
        """The day of the payment where one payment that stands paid the whole."""
        standing = [one for one in self.settled if one.undone_on is None]
        is_whole = len(standing) == 1 and standing[0].way is SettlementWay.PAID
        return standing[0].settled_on if is_whole and standing[0].amount == self.expense.amount else None


def accruals(
    tx: Tx, *, fund_id: int, as_of: date = date.max, known_at: datetime | None = None
) -> list[AccrualSheet]:
    """Every expense booked as owed, the oldest day first, as it stands on a day and was known at an instant."""
    wanted = select(Expense).where(Expense.fund_id == fund_id, col(Expense.is_accrued))
    if known_at is not None:
        wanted = wanted.where(col(Expense.recorded_at) <= known_at)
    gone = undone_acts(tx, kind="expense", fund_id=fund_id, known_at=known_at)
    rows = tx.exec(wanted.order_by(col(Expense.incurred_on), col(Expense.id))).all()
    undone = undone_acts(tx, kind="payable", fund_id=fund_id, known_at=known_at)
    parts = select(ExpenseSettlement).where(col(ExpenseSettlement.expense_id).in_([row.key for row in rows]))
    if known_at is not None:
        parts = parts.where(col(ExpenseSettlement.recorded_at) <= known_at)
    found: dict[int, list[ExpenseSettlement]] = {}
    for part in tx.exec(parts.order_by(col(ExpenseSettlement.number))):
        found.setdefault(part.expense_id, []).append(part)
    return [
        AccrualSheet(
            tuple(_sheet(row, part, undone) for part in found.get(row.key, [])),
            as_of,
            expense_sheet(row, gone.get(f"expense:{row.reference}")),
        )
        for row in rows
    ]


def owed(tx: Tx, *, fund_id: int, as_of: date) -> list[AccrualSheet]:
    """The expenses of which something is still owed on a day, the oldest first."""
    return [one for one in accruals(tx, fund_id=fund_id, as_of=as_of) if one.open]


def claims(tx: Tx, *, fund_id: int) -> int:
    """What is owed of all expenses, whatever its day: a claim on the cash there is."""
    return sum(one.open for one in accruals(tx, fund_id=fund_id))


def accrual(tx: Tx, *, fund_id: int, reference: str, as_of: date = date.max) -> tuple[Expense, AccrualSheet]:
    """The owed expense of that reference, as a row and as others see it. Refused: unknown, or paid at once."""
    wanted = select(Expense).where(Expense.fund_id == fund_id, Expense.reference == reference)
    row = tx.exec(wanted).first()
    if row is None:
        raise ExpenseUnknown(reference=reference)
    if not row.is_accrued:
        raise NotOwed(reference=reference)
    gone = undone_acts(tx, kind="expense", fund_id=fund_id)
    sheet = expense_sheet(row, gone.get(f"expense:{reference}"))
    return row, AccrualSheet(settlements(tx, row=row), as_of, sheet)


def settlements(tx: Tx, *, row: Expense) -> tuple[SettlementSheet, ...]:
    """What was paid or released of one expense, in the order in which it was written down."""
    if not row.is_accrued:
        return ()
    gone = undone_acts(tx, kind="payable", fund_id=row.fund_id)
    wanted = select(ExpenseSettlement).where(ExpenseSettlement.expense_id == row.key)
    return tuple(_sheet(row, one, gone) for one in tx.exec(wanted.order_by(col(ExpenseSettlement.number))))


def _sheet(row: Expense, one: ExpenseSettlement, gone: dict[str, date]) -> SettlementSheet:
    return SettlementSheet(
        number=one.number,
        way=one.way,
        amount=one.amount,
        settled_on=one.settled_on,
        recoverable=one.recoverable,
        undone_on=gone.get(f"payable:{row.reference}.{one.number}"),
        reason=one.reason,
        recorded_by=one.recorded_by,
        recorded_at=one.recorded_at,
    )
