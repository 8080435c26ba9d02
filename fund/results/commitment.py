"""The commitment reconciliation: what could be called, what was, what came back to be called again, what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.capital.passed import NOTHING_PASSED, PassedPromise, passed_promises
from fund.capital.queries import commitments, recallable, unfunded
from fund.indemnities.queries import restored
from fund.ledger.chart import Account
from fund.results.reading import Scope, entries, see
from fund.results.rules import Period, Periods, Row, since
from fund.results.statements import eve
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
    scope = Scope.of(fund_id, sheets)
    last = quarter.ends_on
    days = {last, *(eve(first) for period in Period if (first := since(period, quarter)))}
    stood = {day: _standing(tx, scope, day, known_at) for day in days}
    columns = {period: _column(tx, scope, since(period, quarter), last, stood, known_at) for period in Period}
    codes = (OPENING_UNFUNDED, *MOVES, CLOSING_UNFUNDED)
    rows = tuple(Row(code, Periods(*(columns[period][code] for period in Period))) for code in codes)
    return CommitmentAccount(fund_id, partner_id, quarter, stood[last].committed, rows)


@dataclass(frozen=True)
class _Standing:
    """What stands on a day; `restored` is what distributions given back have put back among what can be called."""

    committed: int
    unfunded: int
    recallable: int
    restored: int
    passed: PassedPromise


def _standing(tx: Tx, scope: Scope, on: date, known_at: datetime | None) -> _Standing:
    asked: dict[str, Any] = {"fund_id": scope.fund_id, "as_of": on, "known_at": known_at}
    passed = passed_promises(tx, **asked)
    return _Standing(
        _sum(scope, commitments(tx, **asked)),
        _sum(scope, unfunded(tx, **asked)),
        _sum(scope, recallable(tx, **asked)),
        _sum(scope, restored(tx, **asked)),
        sum((passed[key] for key in passed.keys() & scope.partner_ids), start=NOTHING_PASSED),
    )


def _column(
    tx: Tx,
    scope: Scope,
    first: date | None,
    last: date,
    stood: Mapping[date, _Standing],
    known_at: datetime | None,
) -> dict[str, int]:
    """One column. What neither calls nor distributions explain was released, as when the period ends."""
    now, before = stood[last], stood[eve(first)] if first else None
    called, returned = _contributed(tx, scope, first, last, known_at)
    # What was restored stands beside unused money that went back.
    returned += now.restored
    again, moved = now.recallable, now.passed
    if before is None:
        opening, committed, bought = now.committed, 0, 0
    else:
        opening = before.unfunded
        moved -= before.passed
        bought = moved.commitment
        committed = now.committed - before.committed - bought
        again -= before.recallable
        returned -= before.restored
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
        "released": now.unfunded - explained,
        CLOSING_UNFUNDED: now.unfunded,
    }


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
