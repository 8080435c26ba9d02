"""Which fees and expenses there are, with the working of each."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.fees.models import Expense, ExpenseSettlement, FeeCharge, FeeLine, FeePayment
from fund.fees.rules import FeeUnknown
from fund.ledger.chart import Account
from fund.ledger.queries import total
from fund.ledger.undone import undone_acts
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import Page, keyset
from kernel.periods import Quarter


@dataclass(frozen=True)
class FeeLineSheet:
    """One partner's fee of one quarter at one rate: rate / 4 * (base * days) / days of the quarter. Minor units."""

    quarter: str
    effective_on: date
    partner_id: int
    rate: Fraction
    quarter_days: int
    commitment: int
    commitment_days: int
    invested: int
    invested_days: int
    amount: int


@dataclass(frozen=True)
class ChargeSheet:
    """The fee of one quarter with every line that the reader may see."""

    id: int
    quarter: str
    turn: int
    effective_on: date
    recorded_by: str
    recorded_at: datetime
    lines: tuple[FeeLineSheet, ...]

    @property
    def amount(self) -> int:
        """The sum of the lines."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class ExpenseSheet:
    """An expense; it counts no more from the day on which it was `undone_on`. `recoverable` of it is owed back.

    One that `is_accrued` was not paid on the day it was incurred: `accrued.py` says what became of it.
    """

    id: int
    reference: str
    incurred_on: date
    ilpa_row: int
    payee: str
    memo: str
    amount: int
    recorded_at: datetime
    undone_on: date | None = None
    recoverable: int = 0
    others: str = ""
    concerning: str = ""
    is_accrued: bool = False


@dataclass(frozen=True)
class PaymentSheet:
    """Money paid to the manager out of the fee; it counts no more from the day on which it was `undone_on`."""

    id: int
    reference: str
    paid_on: date
    amount: int
    recorded_by: str
    recorded_at: datetime
    undone_on: date | None = None


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The fee lines that `actor` may see; the database's row-level security says the same."""
    return sa.true() if actor.reach == "all" else col(FeeLine.partner_id).in_(actor.partner_ids)


def is_charged(tx: Tx, *, fund_id: int, quarter: Quarter) -> bool:
    """Whether the quarter's fee has been charged."""
    turn, undone_on = last_turn(tx, fund_id=fund_id, quarter=quarter)
    return bool(turn) and undone_on is None


def last_turn(tx: Tx, *, fund_id: int, quarter: Quarter) -> tuple[int, date | None]:
    """How often a quarter's fee was charged, and the day on which the last charge was taken back."""
    wanted = select(FeeCharge.id).where(FeeCharge.fund_id == fund_id, FeeCharge.quarter == str(quarter))
    found = tx.exec(wanted.order_by(col(FeeCharge.turn))).all()
    gone = undone_acts(tx, kind="fee", fund_id=fund_id)
    return len(found), gone.get(f"fee:{found[-1]}") if found else None


def charge_of(tx: Tx, *, fund_id: int, quarter: Quarter, actor: Actor | None = None) -> ChargeSheet:
    """The fee of one quarter."""
    found = [sheet for sheet in charges(tx, fund_id=fund_id, actor=actor) if sheet.quarter == str(quarter)]
    if not found:
        raise FeeUnknown(quarter=quarter)
    return found[0]


def charges(
    tx: Tx, *, fund_id: int, actor: Actor | None = None, partner_id: int | None = None
) -> list[ChargeSheet]:
    """Every quarter's fee that stands, oldest first; with `partner_id` only that partner's lines."""
    statement = select(FeeCharge, FeeLine).join(FeeLine, col(FeeLine.charge_id) == FeeCharge.id)
    statement = statement.where(FeeCharge.fund_id == fund_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    if partner_id is not None:
        statement = statement.where(FeeLine.partner_id == partner_id)
    order = (FeeCharge.quarter, col(FeeLine.partner_id), col(FeeLine.position), col(FeeLine.id))
    rows = tx.exec(statement.order_by(*order)).all()
    gone: set[str] = set()
    for kind in ("fee", "close", "transfer"):
        gone.update(undone_acts(tx, kind=kind, fund_id=fund_id))
    by_charge: dict[int, tuple[FeeCharge, list[FeeLineSheet]]] = {}
    for charge, line in rows:
        acts = {f"fee:{charge.id}", f"close:{line.close_id}", f"transfer:{line.transfer_id}"}
        if acts & gone:
            continue
        by_charge.setdefault(charge.key, (charge, []))[1].append(_line(charge, line))
    return [
        ChargeSheet(
            key,
            charge.quarter,
            charge.turn,
            charge.effective_on,
            charge.recorded_by,
            charge.recorded_at,
            tuple(lines),
        )
        for key, (charge, lines) in by_charge.items()
    ]


def payable(tx: Tx, *, fund_id: int, as_of: date) -> int:
    """How much of the fee charged is not paid yet."""
    return total(tx, fund_id=fund_id, accounts=[Account.MANAGEMENT_FEE_PAYABLE], as_of=as_of)


def expenses(tx: Tx, *, fund_id: int, after: str | None = None, limit: int = 50) -> Page[ExpenseSheet]:
    """The fund's expenses, newest first."""
    statement = select(Expense).where(Expense.fund_id == fund_id)
    gone = undone_acts(tx, kind="expense", fund_id=fund_id)

    def sheet(row: Expense) -> ExpenseSheet:
        return expense_sheet(row, gone.get(f"expense:{row.reference}"))

    return keyset(tx, statement, Expense.id, after=after, limit=limit, sheet=sheet, newest_first=True)


def every_expense(
    tx: Tx, *, fund_id: int, row: int | None = None, known_at: datetime | None = None
) -> list[ExpenseSheet]:
    """All expenses of the fund, or those under one `row` of the ILPA reporting template, in the order in which they
    were booked, as known at an instant.
    """
    statement = select(Expense).where(Expense.fund_id == fund_id)
    if row is not None:
        statement = statement.where(Expense.ilpa_row == row)
    if known_at is not None:
        statement = statement.where(Expense.recorded_at <= known_at)
    gone = undone_acts(tx, kind="expense", fund_id=fund_id, known_at=known_at)
    rows = tx.exec(statement.order_by(col(Expense.id)))
    return [expense_sheet(one, gone.get(f"expense:{one.reference}")) for one in rows]


def payees(tx: Tx, *, fund_id: int) -> dict[str, str]:
    """Who was paid for each expense, by the act in the books that paid it ("expense:EXP-012", "payable:EXP-013.1")."""
    of_fund = col(Expense.fund_id) == fund_id
    found = tx.execute(sa.select(col(Expense.reference), col(Expense.payee)).where(of_fund))
    later = tx.execute(
        sa.select(col(Expense.reference), col(ExpenseSettlement.number), col(Expense.payee))
        .join(ExpenseSettlement, col(ExpenseSettlement.expense_id) == col(Expense.id))
        .where(of_fund)
    )
    return {
        **{f"expense:{reference}": payee for reference, payee in found},
        **{f"payable:{reference}.{number}": payee for reference, number, payee in later},
    }


def payments(tx: Tx, *, fund_id: int) -> list[PaymentSheet]:
    """What was paid of the fee, newest first."""
    statement = select(FeePayment).where(FeePayment.fund_id == fund_id)
    gone = undone_acts(tx, kind="feepay", fund_id=fund_id)
    return [
        PaymentSheet(
            row.key,
            row.reference,
            row.paid_on,
            row.amount,
            row.recorded_by,
            row.recorded_at,
            gone.get(f"feepay:{row.reference}"),
        )
        for row in tx.exec(statement.order_by(col(FeePayment.id).desc()))
    ]


def _line(charge: FeeCharge, line: FeeLine) -> FeeLineSheet:
    return FeeLineSheet(
        quarter=charge.quarter,
        effective_on=charge.effective_on,
        partner_id=line.partner_id,
        rate=line.rate,
        quarter_days=line.quarter_days,
        commitment=line.commitment,
        commitment_days=line.commitment_days,
        invested=line.invested,
        invested_days=line.invested_days,
        amount=line.amount,
    )


def expense_sheet(row: Expense, undone_on: date | None) -> ExpenseSheet:
    """An expense as others see it."""
    return ExpenseSheet(
        row.key,
        row.reference,
        row.incurred_on,
        row.ilpa_row,
        row.payee,
        row.memo,
        row.amount,
        row.recorded_at,
        undone_on,
        row.recoverable,
        row.others,
        row.concerning,
        row.is_accrued,
    )
