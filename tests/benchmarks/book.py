"""A large book for every program alike: the same entries, as postings, as text of two languages and as a table."""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fund.ledger.rules import Account, Posting
from kernel.periods import Quarter

FIRST, QUARTERS, HOLDINGS = Quarter(2024, 1), 40, 40
# What happens to a partner, how often: account debited, account credited, whether each names the partner, whether
# a holding is named. Cash comes in before it goes out.
_KINDS = (
    (6, Account.CONTRIBUTIONS_RECEIVABLE, Account.CONTRIBUTIONS, True, True, False),
    (6, Account.CASH, Account.CONTRIBUTIONS_RECEIVABLE, False, True, False),
    (3, Account.MANAGEMENT_FEE, Account.MANAGEMENT_FEE_PAYABLE, True, False, False),
    (3, Account.AUDIT, Account.ACCOUNTS_PAYABLE, True, False, False),
    (6, Account.UNREALISED_APPRECIATION, Account.UNREALISED_GAIN, True, True, True),
    (1, Account.DISTRIBUTIONS, Account.DISTRIBUTIONS_PAYABLE, True, True, False),
)


@dataclass(frozen=True)
class Quarterly:
    """A quarter of the book."""

    quarter: Quarter
    postings: list[Posting]


def quarters(first: Quarter = FIRST, count: int = QUARTERS) -> list[Quarter]:
    """The quarters of the book, in order."""
    found = [first]
    while len(found) < count:
        found.append(found[-1].next)
    return found


def a_book(entries: int, partners: list[int], *, seed: int = 1) -> Iterator[Quarterly]:
    """So many entries, spread evenly over the quarters, in order of their day within each."""
    draw = random.Random(seed)
    number = 0
    for at, quarter in enumerate(quarters()):
        size = entries * (at + 1) // QUARTERS - number
        days = sorted(draw.randrange((quarter.ends_on - quarter.starts_on).days + 1) for _ in range(size))
        rows = []
        for day in days:
            number += 1
            rows.append(_posting(draw, number, quarter.starts_on + timedelta(days=day), partners))
        yield Quarterly(quarter, rows)


def _posting(draw: random.Random, number: int, on: date, partners: list[int]) -> Posting:
    [kind] = draw.choices(_KINDS, weights=[kind[0] for kind in _KINDS])
    _, debit, credit, debit_named, credit_named, holding = kind
    partner = draw.choice(partners)
    return Posting(
        reference=f"E{number}",
        effective_on=on,
        debit=debit,
        credit=credit,
        amount=draw.randrange(1, 10**8),
        act=f"act:{number // 1000}",
        memo="",
        debit_partner_id=partner if debit_named else None,
        credit_partner_id=partner if credit_named else None,
        holding_id=draw.randrange(1, HOLDINGS + 1) if holding else None,
    )


def _names(posting: Posting, kinds: dict[str, str]) -> tuple[str, str]:
    """Debit and credit as accounts of a tree: kind, code, partner, holding."""
    found = []
    for code, partner in (
        (posting.debit, posting.debit_partner_id),
        (posting.credit, posting.credit_partner_id),
    ):
        name = f"{kinds[code[0]]}:A{code}"
        name += f":P{partner}" if partner is not None else ""
        found.append(name + (f":H{posting.holding_id}" if posting.holding_id is not None else ""))
    return found[0], found[1]


def _money(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d} CNY"


def write_journal(path: Path, book: Iterable[Posting]) -> None:
    """As a journal that ledger and hledger read."""
    kinds = {"1": "assets", "2": "liabilities", "3": "equity", "4": "income", "5": "expenses"}
    with path.open("w") as file:
        for posting in book:
            debit, credit = _names(posting, kinds)
            file.write(
                f"{posting.effective_on} {posting.reference}\n    {debit}  {_money(posting.amount)}\n    {credit}\n\n"
            )


def write_beancount(path: Path, book: list[Posting]) -> None:
    """As beancount reads it, every account opened on the first day."""
    kinds = {"1": "Assets", "2": "Liabilities", "3": "Equity", "4": "Income", "5": "Expenses"}
    named = [_names(posting, kinds) for posting in book]
    with path.open("w") as file:
        for account in sorted({name for pair in named for name in pair}):
            file.write(f"{FIRST.starts_on} open {account}\n")
        for posting, (debit, credit) in zip(book, named, strict=True):
            money = _money(posting.amount)
            file.write(
                f'{posting.effective_on} * "{posting.reference}"\n  {debit}  {money}\n  {credit}  -{money}\n\n'
            )


def write_table(path: Path, book: Iterable[Posting]) -> None:
    """As a table of comma-separated values."""
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(
            ["reference", "day", "debit", "credit", "amount", "debit_partner", "credit_partner", "holding"]
        )
        for p in book:
            table.writerow(
                [
                    p.reference,
                    p.effective_on,
                    p.debit.value,
                    p.credit.value,
                    p.amount,
                    p.debit_partner_id or "",
                    p.credit_partner_id or "",
                    p.holding_id or "",
                ]
            )
