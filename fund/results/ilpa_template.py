"""The ILPA Reporting Template of one partner: nine columns, for it, the whole fund and the general partner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.fees.queries import expenses_under
from fund.fees.received import Received, over, received
from fund.results.ilpa import tables
from fund.results.ilpa_form import OTHERS, expenses, needs_note, whole
from fund.results.ilpa_rules import Column, column
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
class Template:
    """Each its columns by period."""

    yours: Columns
    fund: Columns
    general: Columns
    notes: tuple[Note, ...]


def template(
    tx: Tx, *, fund_id: int, partner_id: int, general_id: int | None, quarter: Quarter, known_at: datetime
) -> Template:
    """The template at a quarter's end from the books as known at an instant; zeros of whoever has nothing in them."""
    found = tables(tx, fund_id=fund_id, quarter=quarter, known_at=known_at)
    fees = received(tx, fund_id=fund_id, known_at=known_at)

    def columns(key: int | None) -> Columns:
        own = found.get(key, {})
        return {
            period.value: whole(
                own.get(period.value, column({})),
                over(fees, key, since=since(period, quarter), as_of=quarter.ends_on),
            )
            for period in Period
        }

    general = columns(general_id) if general_id is not None else {one.value: _nothing() for one in Period}
    fund = columns(None)
    notes = _notes(_booked(tx, fund_id, known_at, fees), fund, quarter)
    return Template(columns(partner_id), fund, general, tuple(notes))


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
        for one in expenses_under(tx, fund_id=fund_id, row=row, known_at=known_at):
            says = one.memo or one.payee
            found.append(_Booked(one.incurred_on, row, says, -one.amount))
            if one.undone_on:
                found.append(_Booked(one.undone_on, row, says, one.amount))
    for fee in fees:
        found.append(_Booked(fee.on, fee.row, fee.reason, fee.amount))
        found.append(_Booked(fee.on, fee.offset_row, fee.reason, fee.set_off))
    return found


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
