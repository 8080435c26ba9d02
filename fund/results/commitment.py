"""The commitment reconciliation: what could be called, what was, what came back to be called again, what is left."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fund.capital.passed import NOTHING_PASSED, PassedPromise, passed_promises
from fund.capital.queries import commitments, recallable, unfunded
from fund.indemnities.queries import restored
from fund.ledger.chart import Account
from fund.results.reading import Scope, entries, see
from fund.results.rules import Period, Periods, Row, since
from kernel.db import Tx
from kernel.periods import Quarter

OPENING_UNFUNDED, CLOSING_UNFUNDED = "opening_unfunded", "closing_unfunded"
MOVES = ("committed", "contributions", "recallable", "returned", "transferred", "released")


@dataclass(frozen=True)
class CommitmentAccount:
    """A partner's commitment, or the whole fund's, rolled forward to the end of a quarter.

    opening_unfunded + committed + contributions (negative) + recallable + returned + transferred + released
    (negative) = closing_unfunded in every column. Since inception opens with the whole commitment [ILPA, row 109]:
    what an interest that was bought had paid in before is then `transferred`.
    """

    fund_id: int
    partner_id: int | None
    quarter: Quarter
    commitment: int
    rows: tuple[Row, ...]

    def row(self, code: str) -> Periods:
        """One row by its code."""
        return next(row.amounts for row in self.rows if row.code == code)

    @property
    def unfunded(self) -> int:
        """What may still be called."""
        return self.row(CLOSING_UNFUNDED).qtd


def commitment_account(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int | None = None,
    quarter: Quarter,
    known_at: datetime | None = None,
) -> CommitmentAccount:
    """The commitment reconciliation at the end of `quarter`; contributions are read from the books."""
    sheets = see(tx, fund_id=fund_id, partner_id=partner_id)
    scope = Scope(fund_id, frozenset(sheet.id for sheet in sheets))
    columns = {
        period: _column(tx, scope, since(period, quarter), quarter.ends_on, known_at) for period in Period
    }
    codes = (OPENING_UNFUNDED, *MOVES, CLOSING_UNFUNDED)
    rows = tuple(Row(code, Periods(*(columns[period][code] for period in Period))) for code in codes)
    return CommitmentAccount(
        fund_id, partner_id, quarter, _committed(tx, scope, quarter.ends_on, known_at), rows
    )


def _column(
    tx: Tx, scope: Scope, first: date | None, last: date, known_at: datetime | None
) -> dict[str, int]:
    """One column. What neither calls nor distributions explain was released, as when the period ends."""
    before = first - timedelta(days=1) if first else None
    whole = _committed(tx, scope, last, known_at)
    closing = _unfunded(tx, scope, last, known_at)
    called, returned = _contributed(tx, scope, first, last, known_at)
    returned += _restored(tx, scope, last, known_at)
    again, moved = _recallable(tx, scope, last, known_at), _passed(tx, scope, last, known_at)
    if before is None:
        opening, committed, bought = whole, 0, 0
    else:
        opening = _unfunded(tx, scope, before, known_at)
        moved -= _passed(tx, scope, before, known_at)
        bought = moved.commitment
        committed = whole - _committed(tx, scope, before, known_at) - bought
        again -= _recallable(tx, scope, before, known_at)
        returned -= _restored(tx, scope, before, known_at)
    again -= moved.recallable
    transferred = bought - moved.contributed + moved.recallable
    explained = opening + committed - called + again + returned + transferred
    return {
        OPENING_UNFUNDED: opening,
        "committed": committed,
        "contributions": -called,
        "recallable": again,
        "returned": returned,
        "transferred": transferred,
        "released": closing - explained,
        CLOSING_UNFUNDED: closing,
    }


def _committed(tx: Tx, scope: Scope, on: date, known_at: datetime | None) -> int:
    return _sum(scope, commitments(tx, fund_id=scope.fund_id, as_of=on, known_at=known_at))


def _unfunded(tx: Tx, scope: Scope, on: date, known_at: datetime | None) -> int:
    return _sum(scope, unfunded(tx, fund_id=scope.fund_id, as_of=on, known_at=known_at))


def _recallable(tx: Tx, scope: Scope, on: date, known_at: datetime | None) -> int:
    return _sum(scope, recallable(tx, fund_id=scope.fund_id, as_of=on, known_at=known_at))


def _restored(tx: Tx, scope: Scope, on: date, known_at: datetime | None) -> int:
    """What distributions given back have restored; it stands beside unused money that went back."""
    return _sum(scope, restored(tx, fund_id=scope.fund_id, as_of=on, known_at=known_at))


def _passed(tx: Tx, scope: Scope, on: date, known_at: datetime | None) -> PassedPromise:
    found = passed_promises(tx, fund_id=scope.fund_id, as_of=on, known_at=known_at)
    return sum((found[key] for key in found.keys() & scope.partner_ids), start=NOTHING_PASSED)


def _sum(scope: Scope, amounts: dict[int, int]) -> int:
    return sum(amount for partner_id, amount in amounts.items() if partner_id in scope.partner_ids)


def _contributed(
    tx: Tx, scope: Scope, first: date | None, last: date, known_at: datetime | None
) -> tuple[int, int]:
    """What was called (a reversed call not at all), and what of it was given back."""
    accounts = [Account.CONTRIBUTIONS]
    called = returned = 0
    for entry, amount in entries(
        tx, scope=scope, accounts=accounts, since=first, as_of=last, known_at=known_at
    ):
        if amount > 0 or entry.reverses is not None:
            called += amount
        else:
            returned -= amount
    return called, returned
