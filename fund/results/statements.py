"""The financial statements as of any effective day and as known at any instant, and the entries behind each line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from fund.ledger.cash import cash_moves
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account, Kind, is_account
from fund.ledger.queries import Balance, EntrySheet, balances, flows
from fund.results.reading import see
from fund.results.rules import ROWS
from fund.results.statement_rules import (
    CASH_LINES,
    COLUMNS,
    EXPENSES,
    FINANCING,
    GAINS,
    HELD,
    INCOME,
    OPERATING,
    PAID_AHEAD,
    CapitalRow,
    HeldRow,
    Line,
    LineUnknown,
    Standing,
    Statements,
    capital_row,
    cash_line,
    check_period,
    lines,
    standing_line,
    standings,
)
from kernel.db import Tx

Signed = tuple[EntrySheet, int]
_Key = TypeVar("_Key")


@dataclass(frozen=True)
class LineEntries:
    """A line of the statements and the entries it is the sum of, each with what it adds."""

    line: str
    since: date | None
    as_of: date
    amount: int
    entries: tuple[Signed, ...]


def statements(
    tx: Tx, *, fund_id: int, since: date, as_of: date, known_at: datetime | None = None
) -> Statements:
    """All five statements of the period. Refused: a reader of a part of the books, a period turned round."""
    sheets = see(tx, fund_id=fund_id, partner_id=None)
    check_period(since, as_of)

    def stood(on: date) -> list[Balance]:
        return balances(tx, fund_id=fund_id, as_of=on, known_at=known_at, by=("account", "partner"))

    before, after = stood(eve(since)), stood(as_of)
    moved = balances(
        tx, fund_id=fund_id, since=since, as_of=as_of, known_at=known_at, by=("account", "partner")
    )
    opening, closing, moves = (
        _standing(before),
        _standing(after),
        _by_key((str(row.account), row.amount) for row in moved),
    )
    flowed = _cash_lines(tx, fund_id, since, as_of, known_at)
    return Statements(
        since=since,
        as_of=as_of,
        assets=standings(Kind.ASSET, opening, closing),
        liabilities=standings(Kind.LIABILITY, opening, closing),
        equity=Standing("capital", *(_sum(found, CAPITAL_ACCOUNTS) for found in (opening, closing))),
        income=lines(INCOME, moves),
        expenses=lines(EXPENSES, moves),
        gains=lines(GAINS, moves),
        capital=_capital([sheet.id for sheet in sheets], before, moved, after),
        operating=tuple(Line(code, flowed[code]) for code in OPERATING if flowed.get(code)),
        financing=tuple(Line(code, flowed[code]) for code in FINANCING if flowed.get(code)),
        cash=Standing(Account.CASH.value, -opening.get(Account.CASH, 0), -closing.get(Account.CASH, 0)),
        held=_held(tx, fund_id, as_of, known_at),
    )


def line_entries(
    tx: Tx,
    *,
    fund_id: int,
    line: str,
    since: date,
    as_of: date,
    known_at: datetime | None = None,
    partner_id: int | None = None,
    holding_id: int | None = None,
) -> LineEntries:
    """From which entries? `line` is an account, a line of cash flows, a column of the partners' capital, or with
    a holding "cost" or "value". What stands on a day is explained from the first entry on.
    """
    see(tx, fund_id=fund_id, partner_id=None)
    check_period(since, as_of)
    accounts, first, last, sign = _wanted(line, since, as_of)
    found = flows(
        tx,
        fund_id=fund_id,
        accounts=accounts,
        since=first,
        as_of=last,
        known_at=known_at,
        partner_id=partner_id,
        holding_id=holding_id,
    )
    owners: Iterable[int | None] = (partner_id,)
    if line in {Account.CONTRIBUTIONS_RECEIVABLE, PAID_AHEAD}:
        standing = balances(
            tx,
            fund_id=fund_id,
            accounts=accounts,
            as_of=last,
            known_at=known_at,
            partner_id=partner_id,
            by=("partner",),
        )
        owners = _on_line(line, standing)
    signed = [
        (entry, sign * sum(_adds(entry, accounts, owner) for owner in owners))
        for entry in found
        if _is_on(line, entry)
    ]
    kept = tuple((entry, amount) for entry, amount in signed if amount)
    return LineEntries(line, first, last, sum(amount for _, amount in kept), kept)


def _on_line(line: str, standing: Iterable[Balance]) -> set[int | None]:
    """The partners whose balance stands on a line, and not on the other side of the same account."""
    stood = _by_key((row.partner_id, row.amount) for row in standing)
    account = Account.CONTRIBUTIONS_RECEIVABLE.value
    return {key for key, amount in stood.items() if amount and standing_line(account, amount) == line}


def eve(day: date) -> date:
    """The day before; before the first of all days there is none."""
    return day - timedelta(days=1) if day > date.min else day


def _wanted(line: str, since: date, as_of: date) -> tuple[tuple[str, ...], date | None, date, int]:
    """The accounts behind a line, its first and last day, and the sign that turns credit-positive into its own."""
    if line in CASH_LINES:
        return (Account.CASH.value,), since, as_of, -1
    if line in {"cost", "value"}:
        return tuple(a.value for a in HELD[: 1 if line == "cost" else 2]), None, as_of, -1
    if line in {"opening", "closing"}:
        return _codes(CAPITAL_ACCOUNTS), None, eve(since) if line == "opening" else as_of, 1
    if line in COLUMNS:
        rows = ("carry_accrued", "carry_earned") if line == "carry" else (line,)
        return tuple(code for row in rows for code in _codes(ROWS[row])), since, as_of, 1
    if line == PAID_AHEAD:
        return (Account.CONTRIBUTIONS_RECEIVABLE.value,), None, as_of, 1
    if is_account(line):
        stands = line < Account.CONTRIBUTIONS
        return (line,), None if stands else since, as_of, -1 if line < Account.ACCOUNTS_PAYABLE else 1
    raise LineUnknown(line=line, known=", ".join((*COLUMNS, *CASH_LINES, PAID_AHEAD, "cost", "value")))


def _codes(accounts: Iterable[Account]) -> tuple[str, ...]:
    return tuple(account.value for account in accounts)


def _adds(entry: EntrySheet, accounts: tuple[str, ...], partner_id: int | None) -> int:
    """What an entry adds to the accounts, credit-positive."""
    credited = entry.credit in accounts and partner_id in (None, entry.credit_partner_id)
    debited = entry.debit in accounts and partner_id in (None, entry.debit_partner_id)
    return entry.amount * (credited - debited)


def _is_on(line: str, entry: EntrySheet) -> bool:
    """Whether an entry on cash stands on this line of cash flows; on other lines every entry does."""
    if line not in CASH_LINES:
        return True
    into = entry.debit == Account.CASH
    against, is_payment = entry.credit if into else entry.debit, into == (entry.reverses is not None)
    return cash_line(against, is_payment=is_payment, of_holding=entry.holding_id is not None) == line


def _by_key(pairs: Iterable[tuple[_Key, int]]) -> dict[_Key, int]:
    """The sum of the amounts under each key."""
    found: dict[_Key, int] = {}
    for key, amount in pairs:
        found[key] = found.get(key, 0) + amount
    return found


def _standing(rows: Iterable[Balance]) -> dict[str, int]:
    """What stands on each line of assets and liabilities, and on the other accounts."""
    return _by_key((standing_line(str(row.account), row.amount), row.amount) for row in rows)


def _sum(by_account: dict[str, int], accounts: Iterable[Account]) -> int:
    return sum(by_account.get(account, 0) for account in accounts)


def _capital(
    ids: Iterable[int], before: list[Balance], moved: list[Balance], after: list[Balance]
) -> dict[int, CapitalRow]:
    """Every partner's row; whom nothing concerns has none."""
    opening, moves, closing = (_of_partners(rows) for rows in (before, moved, after))
    rows = {
        key: capital_row(
            sum(opening.get(key, {}).values()), moves.get(key, {}), sum(closing.get(key, {}).values())
        )
        for key in ids
    }
    return {key: row for key, row in rows.items() if row != CapitalRow()}


def _of_partners(rows: Iterable[Balance]) -> dict[int | None, dict[str, int]]:
    """What stands on, or moved, the accounts of capital, by partner."""
    found: dict[int | None, dict[str, int]] = {}
    for row in rows:
        if row.account in CAPITAL_ACCOUNTS:
            found.setdefault(row.partner_id, {})[str(row.account)] = row.amount
    return found


def _cash_lines(tx: Tx, fund_id: int, since: date, as_of: date, known_at: datetime | None) -> dict[str, int]:
    moves = cash_moves(tx, fund_id=fund_id, since=since, as_of=as_of, known_at=known_at)
    return _by_key(
        (cash_line(one.against, is_payment=one.is_payment, of_holding=one.of_holding), one.amount)
        for one in moves
    )


def _held(tx: Tx, fund_id: int, as_of: date, known_at: datetime | None) -> tuple[HeldRow, ...]:
    """What is held, by holding: cost and fair value as the books have them."""
    rows = balances(
        tx, fund_id=fund_id, as_of=as_of, accounts=HELD, known_at=known_at, by=("account", "holding")
    )
    value = _by_key((row.holding_id or 0, -row.amount) for row in rows)
    cost = _by_key(
        (row.holding_id or 0, -row.amount) for row in rows if row.account == Account.INVESTMENTS_AT_COST
    )
    return tuple(HeldRow(key, cost.get(key, 0), worth) for key, worth in sorted(value.items()))
