"""Statements of a bank for tests."""

from collections.abc import Sequence
from datetime import date

from fund.bank.imports import import_statement
from fund.bank.queries import lines
from fund.bank.sheets import LineSheet
from kernel.db import Tx
from tests.builders.capital import ACCOUNTANT, noon

HEAD = "交易日期,收入,支出,余额,对方户名,对方账号,摘要,交易流水号"
# Day, amount in fen (out is negative), counterparty, memo, reference.
Moved = tuple[date, int, str, str, str]
ACCOUNT_NO = "6222020200001234567"


def written(moved: Sequence[Moved], *, opening: int = 0, turned: bool = False, head: str = HEAD) -> bytes:
    """The CSV of a statement with balances that follow; `turned` prints the newest first."""
    rows, balance = [], opening
    for on, amount, name, memo, reference in moved:
        balance += amount
        cells = [on.isoformat(), _yuan(max(amount, 0)), _yuan(max(-amount, 0)), _yuan(balance), name]
        rows.append(",".join([*cells, ACCOUNT_NO, memo, reference]))
    return "\n".join([head, *(rows[::-1] if turned else rows)]).encode()


def taken(
    tx: Tx, fund_id: int, *moved: Moved, opening: int = 0, filename: str = "bank.csv", on: date | None = None
) -> list[LineSheet]:
    """A statement imported by the accountant; its lines, the oldest first."""
    at = noon(on or max(one[0] for one in moved))
    content = written(moved, opening=opening)
    sheet = import_statement(tx, ACCOUNTANT, fund_id=fund_id, filename=filename, content=content, now=at)
    found = [one for one in lines(tx, fund_id=fund_id, limit=500).items if one.statement_id == sheet.id]
    return found[::-1]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{-fen // 100}.{-fen % 100:02d}"
