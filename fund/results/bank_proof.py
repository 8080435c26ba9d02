"""Proving what the bank's lines were found to be: no line and no payment twice, receipts as the lines say."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from fund.bank.queries import counted_twice, lines_until
from fund.bank.rules import MatchKind
from fund.ledger.cash_items import cash_items
from kernel.audit.rules import Break
from kernel.db import Tx


def prove_bank(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """Of each line and of each payment in the books at most the whole is matched, and a line's receipts are its own.

    No line counts twice: what was withdrawn and taken in again counts once.
    """
    for line_id in counted_twice(tx, fund_id=fund_id):
        yield Break(f"bank_line {line_id}", "the same line stands in a second statement")
    items = {item.key: item.amount for item in cash_items(tx, fund_id=fund_id)}
    used: Counter[str] = Counter()
    for line in lines_until(tx, fund_id=fund_id, as_of=date.max):
        if abs(line.matched) > abs(line.amount) or line.matched * line.amount < 0:
            yield Break(f"bank_line {line.id}", f"{line.matched} of {line.amount} is matched")
        for match in line.matches:
            if not match.stands or match.item is None:
                continue
            used[match.item] += match.amount
            if match.kind is not MatchKind.BOOKED and items[match.item] != match.amount:
                where = f"bank_match {match.id} {match.item}"
                yield Break(where, f"it says {match.amount}, in the books {items[match.item]}")
    for key, amount in used.items():
        if abs(amount) > abs(items[key]) or amount * items[key] < 0:
            yield Break(key, f"{amount} of {items[key]} is matched with lines of the bank")
