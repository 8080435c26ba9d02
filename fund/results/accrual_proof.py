"""Proving what the fund owes for expenses and what is to come of income: accounts 2000 and 1300, act by act and item by
item, against the rows that say what was incurred or earned, and what was paid, received or released of it.

What a closing leaves payable stands on account 2000 as well and names its holding; an expense owed names none.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from fund.fees.accrued import AccrualSheet, accruals
from fund.income.queries import earned
from fund.ledger.chart import Account
from fund.ledger.hand_rules import JOURNAL
from fund.ledger.queries import flows
from fund.ledger.undo_rules import kind_of
from kernel.audit.rules import Break
from kernel.db import Tx

OWED, TO_COME = Account.ACCOUNTS_PAYABLE, Account.INCOME_RECEIVABLE
OWN = ("expense:", "payable:")


def prove_accruals(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """What each act says is owed, paid or released stands on the account; no expense was settled beyond its amount."""
    booked: Counter[str] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[OWED]):
        if entry.act.startswith(OWN):
            booked[entry.act] += entry.amount if entry.credit == OWED else -entry.amount
    said: Counter[str] = Counter()
    for sheet in accruals(tx, fund_id=fund_id):
        said.update(_said(sheet))
        yield from _sums(sheet, booked)
    for act in sorted({*said, *booked}):
        if said[act] != booked[act]:
            yield Break(act, f"account {OWED}: it says {said[act]}, in the books {booked[act]}")


def prove_earned(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """What each act says is earned, received or released stands on account 1300; beside it only journals by hand do."""
    booked: Counter[str] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[TO_COME]):
        if kind_of(entry.act) != JOURNAL:
            booked[entry.act] += entry.amount if entry.debit == TO_COME else -entry.amount
    said: Counter[str] = Counter()
    for sheet in earned(tx, fund_id=fund_id):
        own = {part.act: 0 if part.undone_on else -part.amount for part in sheet.settled}
        own[f"earned:{sheet.reference}"] = 0 if sheet.undone_on else sheet.amount
        said.update(own)
        in_books = sum(booked[act] for act in own)
        if in_books != sheet.open:
            yield Break(
                f"income {sheet.reference}", f"{sheet.open} of it is to come, in the books {in_books}"
            )
        if sheet.least < 0:
            yield Break(
                f"income {sheet.reference}", f"{-sheet.least} more was received or released than was earned"
            )
    for act in sorted({*said, *booked}):
        if said[act] != booked[act]:
            yield Break(act, f"account {TO_COME}: it says {said[act]}, in the books {booked[act]}")


def _said(sheet: AccrualSheet) -> dict[str, int]:
    one = sheet.expense
    parts = {
        f"payable:{one.reference}.{part.number}": 0 if part.undone_on else -part.amount
        for part in sheet.settled
    }
    return {f"expense:{one.reference}": 0 if one.undone_on else one.amount} | parts


def _sums(sheet: AccrualSheet, booked: Counter[str]) -> Iterator[Break]:
    """What is left of an expense is the sum of its acts in the books, and on no day below nil."""
    one = sheet.expense
    in_books = sum(booked[act] for act in _said(sheet))
    if in_books != sheet.open:
        yield Break(f"expense {one.reference}", f"{sheet.open} of it is owed, in the books {in_books}")
    if sheet.least < 0:
        yield Break(f"expense {one.reference}", f"{-sheet.least} more was paid or released than is owed")
