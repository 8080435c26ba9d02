"""The ILPA rows of a quarter for every partner and the fund, read from the books, and the assertions over them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.passed import NOTHING_PASSED, PassedPromise, passed_promises
from fund.capital.queries import commitments, recallable, unfunded
from fund.charter.queries import first_quarter
from fund.fees.relief_rules import OFFSET_ROWS, RollForward
from fund.fees.unapplied import offsets
from fund.givebacks.queries import come_back
from fund.indemnities.queries import restored
from fund.ledger.balances import By
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import Balance, balances, locked_through
from fund.partners.queries import general_partner
from fund.results.ilpa_rules import READ, Assertion, Column, Tables, column
from fund.results.ilpa_rules import assertions as asserted
from fund.results.ilpa_rules import problems as told
from fund.results.reading import see
from fund.results.rules import Period, since
from fund.results.statements import eve
from kernel.audit.rules import Break
from kernel.db import Tx
from kernel.errors import Problem
from kernel.periods import Quarter

Amounts = Mapping[str, int]
# By partner; None is the whole fund, read by itself and never added up from the partners.
Read = Mapping[int | None, Amounts]


@dataclass(frozen=True)
class Asked:
    """Which books are read, and as known when."""

    fund_id: int
    known_at: datetime | None


def assertions(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime | None = None
) -> tuple[Assertion, ...]:
    """What must hold before a report of the quarter is published, computed from the books as known at an instant."""
    now, before = (
        tables(tx, fund_id=fund_id, quarter=of, known_at=known_at) for of in (quarter, quarter.previous)
    )
    return asserted(now, before)


def breaks(tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime | None = None) -> list[Problem]:
    """Every place where an assertion does not hold, named by row, partner and column."""
    codes = {sheet.id: sheet.code for sheet in see(tx, fund_id=fund_id, partner_id=None)}
    return told(assertions(tx, fund_id=fund_id, quarter=quarter, known_at=known_at), codes)


def prove_assertions(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """The assertions over every closed quarter, the last of which is still locked."""
    through = locked_through(tx, fund_id=fund_id)
    quarter = first_quarter(tx, fund_id=fund_id)
    codes = {sheet.id: sheet.code for sheet in see(tx, fund_id=fund_id, partner_id=None)}
    before = tables(tx, fund_id=fund_id, quarter=quarter.previous)
    while through is not None and quarter.ends_on <= through:
        now = tables(tx, fund_id=fund_id, quarter=quarter)
        for found in told(asserted(now, before), codes):
            yield Break(f"{found.where} {quarter}", found.says.format_map(found.facts))
        quarter, before = quarter.next, now


def tables(tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime | None = None) -> Tables:
    """The template's columns of every partner, and of the fund under None."""
    keys = [None, *(sheet.id for sheet in see(tx, fund_id=fund_id, partner_id=None))]
    asked, last = Asked(fund_id, known_at), quarter.ends_on
    closing, promised = _read(tx, asked, last), _promised(tx, asked, last)
    returned = _returned(tx, asked, last)
    recognised = offsets(tx, fund_id=fund_id, known_at=known_at)
    found: dict[int | None, dict[str, Column]] = {key: {} for key in keys}
    for period in Period:
        first = since(period, quarter)
        moved = closing if first is None else _read(tx, asked, last, first)
        opening = {} if first is None else _read(tx, asked, eve(first))
        before = None if first is None else _promised(tx, asked, eve(first))
        earlier = {} if first is None else _returned(tx, asked, eve(first))
        for key in keys:
            rows = _value_rows(opening.get(key, {}), moved.get(key, {}))
            rows |= _unfunded_rows(promised, before, key, moved.get(key, {}).get(Account.CONTRIBUTIONS, 0))
            rows |= _carry_rows(
                closing.get(key, {}), opening.get(key, {}), returned.get(key, 0), earlier.get(key, 0)
            )
            rows |= _offset_rows(recognised.over(key, since=first, as_of=last))
            found[key][period.value] = column(rows)
    return found


def _read(tx: Tx, asked: Asked, on: date, first: date | None = None) -> Read:
    """What stands on, or from `first` on moved, the accounts of capital, by partner and for the fund."""
    found: dict[int | None, dict[str, int]] = defaultdict(dict)

    def rows(by: Sequence[By]) -> list[Balance]:
        return balances(
            tx,
            fund_id=asked.fund_id,
            accounts=CAPITAL_ACCOUNTS,
            as_of=on,
            since=first,
            known_at=asked.known_at,
            by=by,
        )

    for one in rows(("account", "partner")):
        found[one.partner_id][str(one.account)] = one.amount
    for one in rows(("account",)):
        found[None][str(one.account)] = one.amount
    return found


def _value_rows(opening: Amounts, moved: Amounts) -> dict[int, int]:
    rows = {row: sum(moved.get(account, 0) for account in accounts) for row, accounts in READ.items()}
    return rows | {12: sum(opening.values()), 101: -moved.get(Account.CARRY_EARNED, 0)}


def _returned(tx: Tx, asked: Asked, on: date) -> dict[int | None, int]:
    """Carry that the general partner had paid back by a day: to each partner, its own as negative, nil for the fund."""
    found = come_back(tx, fund_id=asked.fund_id, as_of=on, known_at=asked.known_at)
    if not found:
        return {}
    general: int | None = general_partner(tx, fund_id=asked.fund_id).id
    return {general: -sum(found.values())} | dict(found.items())


def _carry_rows(closing: Amounts, opening: Amounts, returned: int, before: int) -> dict[int, int]:
    """Rows 96, 99 and 102. What is outstanding is what has accrued, what is earned and kept in escrow, and what is
    owed back until the general partner has paid it; all else that is earned is paid at once.
    """
    escrowed, owed = Account.CARRY_ESCROWED, opening.get(Account.CARRY_RETURNED, 0) - before
    stood = opening.get(Account.CARRY_ACCRUED, 0) + opening.get(escrowed, 0) + owed
    return {96: stood, 99: closing.get(escrowed, 0), 102: before - returned}


def _offset_rows(rolled: RollForward) -> dict[int, int]:
    """Rows 64 to 74 and 78: what was recognised, and what was not applied before; row 24 says what was applied."""
    kinds = {OFFSET_ROWS[kind]: amount for kind, amount in rolled.recognised.items()}
    return kinds | {78: rolled.opening}


@dataclass(frozen=True)
class Promised:
    """By partner on a day: commitment, unfunded, what may be called again, what distributions given back have restored,
    and what has passed by transfers.
    """

    committed: Mapping[int, int]
    unfunded: Mapping[int, int]
    recallable: Mapping[int, int]
    restored: Mapping[int, int]
    passed: Mapping[int, PassedPromise]

    def of(self, key: int | None) -> tuple[int, int, int, int, PassedPromise]:
        """The same of one partner, or of all."""
        amounts = (self.committed, self.unfunded, self.recallable, self.restored)
        if key is None:
            committed, left, again, back = (sum(by.values()) for by in amounts)
            return committed, left, again, back, sum(self.passed.values(), start=NOTHING_PASSED)
        committed, left, again, back = (by.get(key, 0) for by in amounts)
        return committed, left, again, back, self.passed.get(key, NOTHING_PASSED)


def _promised(tx: Tx, asked: Asked, on: date) -> Promised:
    fund_id, known_at = asked.fund_id, asked.known_at
    return Promised(
        commitments(tx, fund_id=fund_id, as_of=on, known_at=known_at),
        unfunded(tx, fund_id=fund_id, as_of=on, known_at=known_at),
        recallable(tx, fund_id=fund_id, as_of=on, known_at=known_at),
        restored(tx, fund_id=fund_id, as_of=on, known_at=known_at),
        passed_promises(tx, fund_id=fund_id, as_of=on, known_at=known_at),
    )


def _unfunded_rows(now: Promised, before: Promised | None, key: int | None, called: int) -> dict[int, int]:
    """Rows 109 to 113; what neither calls nor distributions explain was released, as when the period ends.

    What passed with an interest is an adjustment (113): the calls on it before were the seller's. So is what can be
    called again since distributions were given back.
    """
    committed, left, again, back, passed = now.of(key)
    opening, added = committed, back
    if before is not None:
        was, opening, recalled, restored_before, earlier = before.of(key)
        added += committed - was - restored_before
        again, passed = again - recalled, passed - earlier
    added += passed.recallable - passed.contributed
    again -= passed.recallable
    released = left - (opening + added - called + again)
    return {108: committed, 109: opening, 110: -called, 111: again, 112: released, 113: added}
