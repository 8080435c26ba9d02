"""Reading commitments, calls and bank receipts from sheets; one row, one error message, all rows or none.

A call is written as one row per item; the rows of one call carry its code and stand together as one draft.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from fund.capital.calls import draft_call, load_call
from fund.capital.inflows import call_by_code
from fund.capital.positions import standings
from fund.capital.receipts import receive
from fund.capital.rules import Item, ItemKind
from fund.capital.sheets import CallSheet
from fund.parties.queries import by_name
from fund.partners.queries import PartnerSheet, partner_of_party, partners
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.errors import Conflict, NotFound
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, Reading, read_file
from kernel.sheets.words import Choice, Code, Text

_ITEMS = {"投资款": ItemKind.INVESTMENT, "管理费": ItemKind.FEE, "合伙费用": ItemKind.EXPENSE}


class PayerUnknown(NotFound):
    code = "payer_unknown"
    says = "No partner of this fund is called “{payer}”."


class CallNumberDiffers(Conflict):
    code = "call_number_differs"
    says = "The next call of this fund is {next}, not {code}."


class CallRowsDiffer(Conflict):
    code = "call_rows_differ"
    says = "The rows of {code} do not agree on its notice and due date."


@dataclass(frozen=True)
class CommitmentRow:
    """What one partner commits, in fen; at a later close also the day on which it pays its share of earlier calls."""

    partner: str
    amount: int
    committed_on: date
    due_on: date | None


@dataclass(frozen=True)
class CallItemRow:
    """One item of one call, in fen."""

    code: str
    notice_on: date | None
    due_on: date
    kind: ItemKind
    amount: int
    purpose: str


@dataclass(frozen=True)
class CallRow:
    """One call with all its items."""

    code: str
    items: tuple[CallItemRow, ...]

    @property
    def notice_on(self) -> date | None:
        """The day on which notice is meant to be given."""
        return self.items[0].notice_on


@dataclass(frozen=True)
class ReceiptRow:
    """One line of a bank statement, in fen; the payer is a partner's code or name."""

    received_on: date
    payer: str
    amount: int
    call: str
    bank_reference: str


COMMITMENTS = Layout(
    "commitments",
    CommitmentRow,
    (
        Column("partner", Code(), ("编号", "合伙人编号", "Partner code", "Code")),
        Column("amount", Amount(), ("认缴金额", "认缴出资额", "Commitment")),
        Column("committed_on", Day(), ("认缴日期", "Committed on")),
        Column("due_on", Day(), ("均衡款截止日", "均衡款缴款截止日", "Equalisation due on"), False),
    ),
    unique=("partner",),
)

CALLS = Layout(
    "calls",
    CallItemRow,
    (
        Column("code", Code(), ("缴款编号", "Call code", "Call")),
        Column("notice_on", Day(), ("通知日", "Notice on"), False),
        Column("due_on", Day(), ("缴款截止日", "Due on")),
        Column("kind", Choice(ItemKind, _ITEMS), ("款项类别", "Item")),
        Column("amount", Amount(), ("金额", "缴款金额", "Amount")),
        Column("purpose", Text(), ("用途", "Purpose")),
    ),
    unique=("code", "kind", "purpose"),
)

RECEIPTS = Layout(
    "bank receipts",
    ReceiptRow,
    (
        Column("received_on", Day(), ("到账日期", "交易日期", "Received on")),
        Column("payer", Text(), ("对方户名", "付款人", "Payer", "Partner")),
        Column("amount", Amount(), ("到账金额", "贷方金额", "Amount received")),
        Column("call", Code(), ("缴款编号", "Call")),
        Column("bank_reference", Text(), ("银行流水号", "Bank reference")),
    ),
    unique=("bank_reference",),
)


def import_calls(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Draft every call of a sheet; nothing is booked until somebody else approves and it is issued.

    A call whose notice was given before the day of `now` is history: it is loaded as it was issued.
    """
    reading = together(read_file(filename, content, CALLS))

    def act(row: CallRow) -> None:
        add_call(tx, actor, row=row, fund_id=fund_id, now=now)

    return (book(tx, reading, act, what="calls", dry_run=dry_run),)


def import_receipts(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Book every receipt of a bank statement on its call."""
    reading = read_file(filename, content, RECEIPTS)

    def act(row: ReceiptRow) -> None:
        add_receipt(tx, actor, row=row, fund_id=fund_id, now=now)

    return (book(tx, reading, act, what="bank receipts", dry_run=dry_run),)


def together(reading: Reading[CallItemRow]) -> Reading[CallRow]:
    """The rows of each call as one line, which stands where its first row stands."""
    return reading.gathered(lambda row: row.code, lambda rows: CallRow(rows[0].code, rows))


def add_call(tx: Tx, actor: Actor, *, row: CallRow, fund_id: int, now: datetime) -> int:
    """Draft one call, or load it as history, and return its id; a fee is shared by commitment among its bearers.

    Refused: another code than the fund's next, rows that disagree, and all that `draft_call` refuses.
    """
    first = row.items[0]
    if any((item.due_on, item.notice_on) != (first.due_on, first.notice_on) for item in row.items):
        raise CallRowsDiffer(code=row.code)
    purpose = " · ".join(dict.fromkeys(item.purpose for item in row.items))
    items = _items(tx, row.items, fund_id=fund_id)
    act: Callable[..., CallSheet] = draft_call
    if first.notice_on is not None and first.notice_on < day_in_beijing(now):
        act = partial(load_call, notice_on=first.notice_on)
    drafted = act(tx, actor, fund_id=fund_id, items=items, due_on=first.due_on, purpose=purpose, now=now).call
    if drafted.code != row.code:
        raise CallNumberDiffers(next=drafted.code, code=row.code)
    return drafted.id


def _items(tx: Tx, rows: Sequence[CallItemRow], *, fund_id: int) -> list[Item]:
    found = []
    for row in rows:
        amounts = _fee(tx, row, fund_id=fund_id) if row.kind is ItemKind.FEE else {}
        found.append(Item(row.kind, row.amount, row.purpose, amounts=amounts))
    return found


def _fee(tx: Tx, row: CallItemRow, *, fund_id: int) -> dict[int, int]:
    bearing = {partner.id for partner in partners(tx, fund_id=fund_id) if partner.bears_fee}
    paying = [one for one in standings(tx, fund_id=fund_id, on=row.due_on) if one.partner_id in bearing]
    parts = allocate(row.amount, [one.commitment for one in paying])
    return {one.partner_id: part for one, part in zip(paying, parts, strict=True)}


def add_receipt(tx: Tx, actor: Actor, *, row: ReceiptRow, fund_id: int, now: datetime) -> None:
    """Book one receipt."""
    receive(
        tx,
        actor,
        call_id=call_by_code(tx, fund_id=fund_id, code=row.call).call.id,
        partner_id=payer(tx, name=row.payer, fund_id=fund_id).id,
        amount=row.amount,
        received_on=row.received_on,
        bank_reference=row.bank_reference,
        now=now,
    )


def payer(tx: Tx, *, name: str, fund_id: int) -> PartnerSheet:
    """The partner of that code or name."""
    named = [partner_of_party(tx, fund_id=fund_id, party_id=found.id) for found in by_name(tx, name=name)]
    known = [partner for partner in named if partner is not None]
    if known:
        return known[0]
    for partner in partners(tx, fund_id=fund_id):
        if partner.code == name.upper():
            return partner
    raise PayerUnknown(payer=name)
