"""The ILPA Reporting Template of one partner: nine columns, for it, the whole fund and the general partner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.fees.accrual_rules import SettlementWay
from fund.fees.accrued import accruals
from fund.fees.queries import every_expense
from fund.fees.received import Received, over, received
from fund.results.ilpa import tables
from fund.results.ilpa_form import OTHERS, expenses, needs_note, whole
from fund.results.ilpa_rules import Column, Tables, column
from fund.results.rules import Period, since
from kernel.db import Tx
from kernel.periods import Quarter

Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Cause:
    """Something that a row of "Other" holds: what it was for, and its amount, costs below zero."""

    says: str
    amount: int


@dataclass(frozen=True)
class Note:
    """A row of "Other" above its share of the fund's `expenses` in a period, and what it holds."""

    row: int
    period: str
    amount: int
    expenses: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Books:
    """What the template of a quarter is written from, read once for all partners as known at an instant."""

    fund_id: int
    quarter: Quarter
    known_at: datetime
    tables: Tables
    fees: tuple[Received, ...]

    def columns(self, key: int | None) -> Columns:
        """A partner's columns by period, or the whole fund's under None; zeros of whoever has nothing in the books."""
        own, last = self.tables.get(key, {}), self.quarter.ends_on
        return {
            period.value: whole(
                own.get(period.value, column({})),
                over(self.fees, key, since=since(period, self.quarter), as_of=last),
            )
            for period in Period
        }


def read(tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime) -> Books:
    """The books at a quarter's end as known at an instant."""
    found = tables(tx, fund_id=fund_id, quarter=quarter, known_at=known_at)
    return Books(fund_id, quarter, known_at, found, received(tx, fund_id=fund_id, known_at=known_at))


def general_columns(books: Books, general_id: int | None) -> Columns:
    """The general partner's columns; zeros where the fund has none yet."""
    if general_id is not None:
        return books.columns(general_id)
    return {one.value: _nothing() for one in Period}


def notes(tx: Tx, *, books: Books) -> tuple[Note, ...]:
    """The notes that rows of "Other" need, the same for every partner."""
    booked = _booked(tx, books.fund_id, books.known_at, books.fees)
    return tuple(_notes(booked, books.columns(None), books.quarter))


def _nothing() -> Column:
    return whole(column({}), {})


@dataclass(frozen=True)
class _Booked:
    """What the records name under a row of "Other", on its day."""

    on: date
    row: int
    says: str
    amount: int


def _booked(tx: Tx, fund_id: int, known_at: datetime, fees: Sequence[Received]) -> list[_Booked]:
    found = []
    for row in OTHERS:
        for one in every_expense(tx, fund_id=fund_id, row=row, known_at=known_at):
            says = one.memo or one.payee
            found.append(_Booked(one.incurred_on, row, says, -one.amount))
            if one.undone_on:
                found.append(_Booked(one.undone_on, row, says, one.amount))
    found += _released(tx, fund_id, known_at)
    for fee in fees:
        found.append(_Booked(fee.on, fee.row, fee.reason, fee.amount))
        found.append(_Booked(fee.on, fee.offset_row, fee.reason, fee.set_off))
    return found


def _released(tx: Tx, fund_id: int, known_at: datetime) -> Iterator[_Booked]:
    """What was booked as owed under such a row and is not owed after all."""
    for sheet in accruals(tx, fund_id=fund_id, known_at=known_at):
        one = sheet.expense
        for part in sheet.settled:
            if one.ilpa_row in OTHERS and part.way is SettlementWay.RELEASED:
                says = one.memo or one.payee
                yield _Booked(part.settled_on, one.ilpa_row, says, part.amount)
                if part.undone_on:
                    yield _Booked(part.undone_on, one.ilpa_row, says, -part.amount)


def _notes(booked: Sequence[_Booked], fund: Columns, quarter: Quarter) -> Iterator[Note]:
    for row in OTHERS:
        for period in Period:
            found = fund[period.value]
            if not needs_note(found, row):
                continue
            first = since(period, quarter) or date.min
            sums: dict[str, int] = {}
            for one in booked:
                if one.row == row and first <= one.on <= quarter.ends_on:
                    sums[one.says] = sums.get(one.says, 0) + one.amount
            causes = tuple(Cause(says, amount) for says, amount in sums.items() if amount)
            yield Note(row, period.value, found[row], expenses(found), causes)
