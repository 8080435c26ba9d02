"""What is owed back to the fund of costs that it paid: read from rows and books, and how such a cost is booked."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import col, select

from fund.capital.participation import shares_of_day
from fund.capital.positions import commitments
from fund.charter.queries import terms
from fund.fees.accrued import settlements
from fund.fees.models import Expense, ExpenseRecovery
from fund.fees.queries import ExpenseSheet, expense_sheet
from fund.fees.recovery_rules import Cap, ExpenseRecovered, RecoveryWay, cap_of, split
from fund.fees.rules import ExpenseUnknown
from fund.ledger.chart import Account, expense_account
from fund.ledger.queries import flows, total
from fund.ledger.rules import Posting
from fund.ledger.undone import undone_acts
from fund.partners.queries import partners
from kernel.allocation import allocate
from kernel.db import Tx


@dataclass(frozen=True)
class RecoverySheet:
    """One settlement; it counts no more from the day on which it was `undone_on`."""

    number: int
    way: RecoveryWay
    amount: int
    settled_on: date
    recorded_by: str
    undone_on: date | None


@dataclass(frozen=True)
class RecoverableSheet:
    """An expense of which something is owed back, and what became of that; `released` of it is not owed after all."""

    expense: ExpenseSheet
    settled: tuple[RecoverySheet, ...]
    released: int = 0

    @property
    def owed(self) -> int:
        """What is owed back in all; nothing of an expense that was taken back."""
        return 0 if self.expense.undone_on else self.expense.recoverable - self.released

    @property
    def paid(self) -> int:
        """What the settlements that stand come to."""
        return sum(one.amount for one in self.settled if one.undone_on is None)

    @property
    def left(self) -> int:
        """What is still owed back."""
        return max(0, self.owed - self.paid)


@dataclass(frozen=True)
class OwedSheet:
    """What others owe of all costs of one row of the template: charged to them, and settled."""

    row: int
    charged: int
    settled: int


def organisation_cap(
    tx: Tx, *, fund_id: int, as_of: date, through: date = date.max, known_at: datetime | None = None
) -> Cap:
    """The cap under the terms and commitments of a day, and the organisation costs that the books hold `through` one.

    All that is booked counts against the next cost, whatever its day.
    """
    promised = terms(tx, fund_id=fund_id, as_of=as_of)
    committed = sum(commitments(tx, fund_id=fund_id, as_of=as_of, known_at=known_at).values())
    accounts = [Account.ORGANISATION]
    used = -total(tx, fund_id=fund_id, as_of=through, accounts=accounts, known_at=known_at)
    return Cap(cap_of(promised.organisation_cap, promised.organisation_share, committed=committed), used)


def parted(tx: Tx, *, fund_id: int, row: int, amount: int, share: Fraction, on: date) -> int:
    """What others owe back of a cost."""
    left = organisation_cap(tx, fund_id=fund_id, as_of=on).left
    return split(row, amount, left=left, share=share).others


def expense_postings(tx: Tx, *, row: Expense) -> list[Posting]:
    """The fund's part, shared among the partners by commitment, and what is owed back; against cash, or owed."""
    credit = Account.ACCOUNTS_PAYABLE if row.is_accrued else Account.CASH
    own = shared(tx, row=row, amount=row.amount - row.recoverable, on=row.incurred_on, credit=credit)
    owed = Posting(
        reference=f"{row.reference}/recoverable",
        effective_on=row.incurred_on,
        debit=Account.EXPENSES_RECOVERABLE,
        credit=credit,
        amount=row.recoverable,
        memo=row.memo or row.payee,
        act=f"expense:{row.reference}",
    )
    return [*own, owed] if row.recoverable else own


def shared(
    tx: Tx, *, row: Expense, amount: int, on: date, credit: Account, name: str = "", act: str = ""
) -> list[Posting]:
    """An amount of an expense by partner, by commitment on the day; `name` and `act` for a later act of it."""
    sharing = partners(tx, fund_id=row.fund_id, as_of=on)
    promised = shares_of_day(tx, fund_id=row.fund_id, on=on, holding_id=None)
    parts = allocate(amount, [promised.get(partner.id, 0) for partner in sharing]) if amount else []
    return [
        Posting(
            reference=f"{name or row.reference}/{partner.code}",
            effective_on=on,
            debit=expense_account(row.ilpa_row),
            credit=credit,
            amount=part,
            memo=row.memo or row.payee,
            act=act or f"expense:{row.reference}",
            debit_partner_id=partner.id,
        )
        for partner, part in zip(sharing, parts, strict=False)
        if part
    ]


def owed_by_row(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> list[OwedSheet]:
    """What others were charged and have settled by a day, as then known, read from the books."""
    rows = {one.expense.reference: one.expense.ilpa_row for one in recoverables(tx, fund_id=fund_id)}
    owed = Account.EXPENSES_RECOVERABLE
    charged: Counter[int] = Counter()
    settled: Counter[int] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=as_of, accounts=[owed], known_at=known_at):
        kind, _, key = entry.act.partition(":")
        amount = entry.amount if entry.debit == owed else -entry.amount
        if kind == "expense" and key in rows:
            charged[rows[key]] += amount
        elif kind == "payable":
            charged[rows[key.rpartition(".")[0]]] += amount
        elif key.rpartition(".")[0] in rows:
            settled[rows[key.rpartition(".")[0]]] -= amount
    return [OwedSheet(row, charged[row], settled[row]) for row in sorted(charged)]


def recoverables(tx: Tx, *, fund_id: int) -> list[RecoverableSheet]:
    """Every expense of which something is or was owed back, the newest first."""
    wanted = select(Expense).where(Expense.fund_id == fund_id, Expense.recoverable > 0)
    gone = undone_acts(tx, kind="expense", fund_id=fund_id)
    return [
        RecoverableSheet(
            expense_sheet(row, gone.get(f"expense:{row.reference}")),
            _settled(tx, row),
            released_back(tx, row=row),
        )
        for row in tx.exec(wanted.order_by(col(Expense.id).desc()))
    ]


def recoverable(tx: Tx, *, fund_id: int, reference: str) -> tuple[Expense, RecoverableSheet]:
    """The expense of that reference, as a row and as others see it."""
    wanted = select(Expense).where(Expense.fund_id == fund_id, Expense.reference == reference)
    row = tx.exec(wanted).first()
    if row is None:
        raise ExpenseUnknown(reference=reference)
    gone = undone_acts(tx, kind="expense", fund_id=fund_id)
    sheet = expense_sheet(row, gone.get(f"expense:{reference}"))
    return row, RecoverableSheet(sheet, _settled(tx, row), released_back(tx, row=row))


def released_back(tx: Tx, *, row: Expense) -> int:
    """How much of what others owe back of an expense was released with it and stands."""
    return sum(one.recoverable for one in settlements(tx, row=row) if one.undone_on is None)


def check_unsettled(tx: Tx, *, expense: Expense) -> None:
    """Refuse to take an expense back of which something was settled."""
    if any(one.undone_on is None for one in _settled(tx, expense)):
        raise ExpenseRecovered(reference=expense.reference)


def _settled(tx: Tx, row: Expense) -> tuple[RecoverySheet, ...]:
    gone = undone_acts(tx, kind="recovery", fund_id=row.fund_id)
    wanted = select(ExpenseRecovery).where(ExpenseRecovery.expense_id == row.key)
    return tuple(
        RecoverySheet(
            one.number,
            one.way,
            one.amount,
            one.settled_on,
            one.recorded_by,
            gone.get(f"recovery:{row.reference}.{one.number}"),
        )
        for one in tx.exec(wanted.order_by(col(ExpenseRecovery.number)))
    )
