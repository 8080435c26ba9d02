"""From the rows of a statement to its lines: signed amounts, balances that follow, what tells one line from another."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.bank.layouts import StatementRow
from fund.bank.rules import LONGEST_REFERENCE
from kernel.errors import Problem
from kernel.money import format_amount


def _n(says: str) -> str:
    return says


NO_DAY = _n("there is no day; expected one, as in 2026-09-30")
NO_AMOUNT = _n("there is neither money in nor money out; expected one of them")
BOTH_WAYS = _n("there is money in and money out; expected one of them")
NO_WAY = _n("“{found}” does not say which way the money went; expected 收 or 支, 贷 or 借 (credit or debit)")
OTHER_CURRENCY = _n("the currency is {found}; the fund's is {currency}")
NO_BALANCE = _n("the balance {found} does not follow from the row before; expected {expected}")
TWICE = _n("this is the line of row {row} once more")
REFERENCE_LONG = _n("the reference has {length} characters; expected at most {limit}")

_CURRENCIES = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "RMB": "CNY",
    "156": "CNY",
    "01": "CNY",
    "美元": "USD",
    "港币": "HKD",
    "港元": "HKD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
}
_IN = {"贷", "贷方", "收", "收入", "转入", "C", "CR", "CREDIT", "IN"}
_OUT = {"借", "借方", "支", "支出", "转出", "D", "DR", "DEBIT", "OUT"}


@dataclass(frozen=True)
class ReadLine:
    """A line as understood; `where` names its row, `account_no` is a secret."""

    where: str
    booked_on: date
    amount: int
    balance: int | None
    name: str
    account_no: str
    memo: str
    reference: str


@dataclass(frozen=True)
class Numbered:
    """A line with what tells it from every other line of the account."""

    line: ReadLine
    fingerprint: str


def lines_of(
    rows: Sequence[tuple[str, StatementRow]],
    *,
    headings: Mapping[str, str],
    currency: str,
    is_whole: bool = True,
) -> tuple[list[ReadLine], list[Problem]]:
    """The lines in the order in which the money moved, or all that is wrong with them, each with row and heading.

    Whether each balance follows from the one before is judged only where the file `is_whole`: every row was read.
    """
    lines, problems = [], []
    for where, row in rows:
        faults = list(_faults(row, currency))
        problems += [
            Problem(f"{where}, {headings.get(name, name)}", says, facts) for name, says, facts in faults
        ]
        if not faults:
            lines.append(_line(where, row))
    ordered = _in_time(lines)
    if is_whole and not problems:
        problems += _balances(ordered, headings)
    return ordered, [*problems, *_twice(ordered)]


def fingerprints(lines: Sequence[ReadLine], *, account: str) -> list[Numbered]:
    """Each line with its fingerprint: by the bank's reference where it has one, else by all that it says.

    Lines of the same content on one day are told apart by their order.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for line in lines:
        said = ("ref", line.reference) if line.reference else ("text", line.name, line.memo)
        content = (account, line.booked_on.isoformat(), str(line.amount), *said)
        seen[content] += 1
        text = "\x1f".join((*content, str(seen[content])))
        found.append(Numbered(line, hashlib.sha256(text.encode()).hexdigest()))
    return found


def _faults(row: StatementRow, currency: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    if (row.booked_on or row.traded_on or row.traded_at) is None:
        yield "traded_on", NO_DAY, {}
    received, paid = row.received or 0, row.paid or 0
    if received and paid:
        yield "received", BOTH_WAYS, {}
    elif not (received or paid or row.amount):
        yield "received" if row.amount is None else "amount", NO_AMOUNT, {}
    if row.direction and not received and not paid and _sign(row.direction) is None:
        yield "direction", NO_WAY, {"found": row.direction}
    found = _plain(row.currency)
    if found and _CURRENCIES.get(found, found) != currency:
        yield "currency", OTHER_CURRENCY, {"found": row.currency, "currency": currency}
    if len(row.reference) > LONGEST_REFERENCE:
        yield "reference", REFERENCE_LONG, {"length": len(row.reference), "limit": LONGEST_REFERENCE}


def _line(where: str, row: StatementRow) -> ReadLine:
    day = row.booked_on or row.traded_on or row.traded_at
    assert day is not None
    moved = (row.received or 0) - (row.paid or 0)
    if not moved:
        # A negative amount says by itself which way the money went.
        amount, sign = row.amount or 0, _sign(row.direction) if row.direction else 1
        moved = amount if amount < 0 else amount * (sign or 1)
    memo = " · ".join(dict.fromkeys(part for part in (row.summary, row.remark, row.purpose) if part))
    account_no = re.sub(r"[^0-9A-Za-z*]", "", unicodedata.normalize("NFKC", row.account_no))
    reference = row.reference.strip("=\"' ")
    return ReadLine(where, day, moved, row.balance, row.name, account_no, memo, reference)


def _sign(direction: str) -> int | None:
    plain = _plain(direction)
    return 1 if plain in _IN else -1 if plain in _OUT else None


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def _in_time(lines: list[ReadLine]) -> list[ReadLine]:
    """The lines from the oldest on: many banks print the newest first."""
    turned = lines[::-1]
    if not lines or any(True for _ in _breaks(lines)):
        is_turned = bool(lines) and not any(True for _ in _breaks(turned))
        return turned if is_turned or (lines and lines[0].booked_on > lines[-1].booked_on) else lines
    return turned if lines[0].booked_on > lines[-1].booked_on else lines


def _breaks(lines: Sequence[ReadLine]) -> Iterator[tuple[ReadLine, int]]:
    """The lines whose balance does not follow from the one before, each with what would have followed."""
    running: int | None = None
    for line in lines:
        running = None if running is None else running + line.amount
        if line.balance is not None:
            if running is not None and running != line.balance:
                yield line, running
            running = line.balance


def _balances(lines: Sequence[ReadLine], headings: Mapping[str, str]) -> Iterator[Problem]:
    for line, expected in _breaks(lines):
        facts = {"found": format_amount(line.balance or 0), "expected": format_amount(expected)}
        yield Problem(f"{line.where}, {headings.get('balance', '')}", NO_BALANCE, facts)


def _twice(lines: Sequence[ReadLine]) -> Iterator[Problem]:
    """Lines that stand in the file twice: the same reference, day, amount and balance."""
    first: dict[tuple[object, ...], str] = {}
    for line in lines:
        key = (line.reference, line.booked_on, line.amount, line.balance)
        if line.reference and key in first:
            yield Problem(line.where, TWICE, {"row": first[key].rpartition("row ")[2]})
        first.setdefault(key, line.where)
