"""Reading income earned from a sheet, and beside it what came in or never comes of it: all rows or none.

Each is booked as if it had been typed. A row that says what is on record is left alone, so that the workbook that was
taken out comes in again and books nothing twice; so is one that was taken back where the list comes from.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.capital.acts import lock_capital
from fund.holdings.queries import holding_by_code, holding_labels
from fund.income.actions import earn, receive_earned, release_earned
from fund.income.queries import earned
from fund.income.rules import EarnedGone, EarnedKind, EarnedStands, IncomeWay
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.sheets.cells import tidy
from kernel.sheets.days import Day
from kernel.sheets.importing import PASSED_OVER, Imported, Known, book, known_as_said, together
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, read_file, read_if_there
from kernel.sheets.words import Choice, Text


@dataclass(frozen=True)
class EarnedRow:
    """Income that was earned, in fen; `holding` is the code of the one that pays it."""

    reference: str
    kind: EarnedKind
    earned_on: date
    amount: int
    payer: str
    holding: str
    memo: str
    undone_on: date | None


@dataclass(frozen=True)
class CameInRow:
    """A receipt or release of income that was earned, in fen."""

    reference: str
    settled_on: date
    way: IncomeWay
    amount: int
    reason: str


EARNED = Layout(
    "income earned",
    EarnedRow,
    (
        Column("reference", Text(64), ("收入编号", "Income reference")),
        Column(
            "kind",
            Choice(
                EarnedKind,
                {"股利": EarnedKind.DIVIDEND, "利息": EarnedKind.INTEREST, "其他": EarnedKind.OTHER},
            ),
            ("收入种类", "Kind of income"),
        ),
        Column("earned_on", Day(), ("收入确认日", "Earned on")),
        Column("amount", Amount(), ("确认金额", "Amount earned")),
        Column("payer", Text(160), ("付息或分红方", "Payer of the income"), False, ""),
        Column("holding", Text(40), ("付款持仓编号", "Holding that pays"), False, ""),
        Column("memo", Text(400), ("收入说明", "Memo of the income"), False, ""),
        Column("undone_on", Day(), ("收入撤销日", "Income taken back on"), False, None),
    ),
    unique=("reference",),
)

CAME_IN = Layout(
    "receipts of income earned",
    CameInRow,
    (
        Column("reference", Text(64), ("所属收入编号", "Reference of the income")),
        Column("settled_on", Day(), ("收到或冲回日", "Received or released on")),
        Column(
            "way",
            Choice(IncomeWay, {"收到": IncomeWay.RECEIVED, "冲回": IncomeWay.RELEASED}),
            ("收款方式", "Received or released"),
        ),
        Column("amount", Amount(), ("收到或冲回金额", "Amount received or released")),
        Column("reason", Text(400), ("收入冲回原因", "Why it never comes"), False, ""),
    ),
)


def import_earned(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Book the income of a sheet that is new, then what the sheet beside it says came in. Refused: see SheetRefused,
    each fault with its row.
    """
    lock_capital(tx, fund_id=fund_id)  # The first row holds the books: what later rows need is taken before.
    facts: dict[str, Any] = {"fund_id": fund_id, "filename": filename, "content": content, "now": now}
    return together(
        tx, lambda: _earned(tx, actor, **facts), lambda: _came_in(tx, actor, **facts), dry_run=dry_run
    )


def _earned(tx: Tx, actor: Actor, *, fund_id: int, filename: str, content: bytes, now: datetime) -> Imported:
    reading = read_file(filename, content, EARNED)
    recorded = {tidy(one.reference): one for one in earned(tx, fund_id=fund_id)}
    codes = holding_labels(tx, fund_id=fund_id)

    def act(row: EarnedRow) -> Known | None:
        one = recorded.get(row.reference)
        if one is None:
            if row.undone_on is not None:
                return Known(row.reference, PASSED_OVER)
            _book(tx, actor, row, fund_id, now)
            return None
        holding = codes[one.holding_id][0] if one.holding_id else ""
        said = {
            "kind": (row.kind.value, one.kind.value),
            "earned_on": (row.earned_on, one.earned_on),
            "amount": (row.amount, one.amount),
            "payer": (row.payer, tidy(one.payer)),
            "holding": (row.holding.upper(), holding),
            "memo": (row.memo, tidy(one.memo)),
        }
        known = known_as_said(EARNED, name=one.reference, pairs=said)
        if one.undone_on is not None and row.undone_on is None:
            raise EarnedGone(reference=one.reference, on=one.undone_on)
        if one.undone_on is None and row.undone_on is not None:
            raise EarnedStands(reference=one.reference)
        return known

    return book(tx, reading, act, what="earned_income")


def _book(tx: Tx, actor: Actor, row: EarnedRow, fund_id: int, now: datetime) -> None:
    key = None
    if row.holding:
        today = day_in_beijing(now)
        key = holding_by_code(tx, fund_id=fund_id, code=row.holding, as_of=today, actor=actor).id
    earn(
        tx,
        actor,
        fund_id=fund_id,
        reference=row.reference,
        kind=row.kind,
        amount=row.amount,
        earned_on=row.earned_on,
        payer=row.payer,
        memo=row.memo,
        holding_id=key,
        now=now,
    )


def _came_in(tx: Tx, actor: Actor, *, fund_id: int, filename: str, content: bytes, now: datetime) -> Imported:
    reading = read_if_there(filename, content, CAME_IN)
    known = Counter(
        (tidy(one.reference), part.settled_on, part.way, part.amount)
        for one in earned(tx, fund_id=fund_id)
        for part in one.settled
        if part.undone_on is None
    )

    def act(row: CameInRow) -> Known | None:
        said = (row.reference, row.settled_on, row.way, row.amount)
        if known[said]:
            known[said] -= 1
            return Known(row.reference)
        facts: dict[str, Any] = {"fund_id": fund_id, "reference": row.reference, "amount": row.amount}
        if row.way is IncomeWay.RECEIVED:
            receive_earned(tx, actor, received_on=row.settled_on, now=now, **facts)
        else:
            release_earned(tx, actor, released_on=row.settled_on, reason=row.reason, now=now, **facts)
        return None

    return book(tx, reading, act, what="earned_receipts")
