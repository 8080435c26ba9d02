"""Reading commitments and bank receipts from sheets; one row, one error message, all rows or none.

What is recorded already and said again is left alone, row by row; calls are read by `call_imports.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.inflows import call_by_code, fund_receipts
from fund.capital.receipts import receive, reverse_receipt
from fund.capital.sheets import ReceiptSheet
from fund.parties.queries import by_name
from fund.partners.queries import PartnerSheet, partner_of_party, partners
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.rules import Actor
from kernel.money import format_amount
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, Known, book, known_as_said
from kernel.sheets.numbers import Amount, Whole
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Code, Text


class PayerUnknown(NotFound):
    code = "payer_unknown"
    says = "No partner of this fund is called “{payer}”."


@dataclass(frozen=True)
class CommitmentRow:
    """What one partner commits, in fen; at a later close also the day on which it pays its share of earlier calls.

    `close` is the number of the close where the list comes from, `undone_on` the day on which that was taken back.
    """

    partner: str
    amount: int
    committed_on: date
    due_on: date | None
    close: int | None = None
    undone_on: date | None = None


@dataclass(frozen=True)
class ReceiptRow:
    """One line of a bank statement, in fen; the payer is a partner's code or name.

    `reference` is the entry's where the list comes from, which tells a set-off that no bank knows of; `reversed_on`
    the day on which it was reversed there, for what `reason`.
    """

    received_on: date
    payer: str
    amount: int
    call: str
    bank_reference: str
    reference: str = ""
    reversed_on: date | None = None
    reason: str = ""


COMMITMENTS = Layout(
    "commitments",
    CommitmentRow,
    (
        Column("partner", Code(), ("编号", "合伙人编号", "Partner code", "Code")),
        Column("amount", Amount(), ("认缴金额", "认缴出资额", "Commitment")),
        Column("committed_on", Day(), ("认缴日期", "Committed on")),
        Column("due_on", Day(), ("均衡款截止日", "均衡款缴款截止日", "Equalisation due on"), False),
        Column("close", Whole(1, 999), ("交割次序", "Number of the close"), False),
        Column("undone_on", Day(), ("撤销日期", "Taken back on"), False),
    ),
    unique=("partner",),
)

RECEIPTS = Layout(
    "bank receipts",
    ReceiptRow,
    (
        Column("received_on", Day(), ("到账日期", "交易日期", "Received on")),
        Column("payer", Text(), ("对方户名", "付款人", "Payer", "Partner")),
        Column("amount", Amount(), ("到账金额", "贷方金额", "Amount received")),
        Column("call", Code(), ("缴款编号", "Call")),
        Column("bank_reference", Text(), ("银行流水号", "Bank reference"), False, ""),
        Column("reference", Text(), ("凭证编号", "Entry"), False, ""),
        Column("reversed_on", Day(), ("冲回日期", "Reversed on"), False),
        Column("reason", Text(400), ("冲回原因", "Reason"), False, ""),
    ),
    unique=("bank_reference", "reference", "reversed_on"),
)


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
    """Book every receipt of a bank statement on its call; what is booked already and said again is left alone.

    One that was reversed where the list comes from is booked and reversed, so that those after it are called the same.
    """
    reading = read_file(filename, content, RECEIPTS)
    booked = fund_receipts(tx, fund_id=fund_id)

    def act(row: ReceiptRow) -> Known | None:
        known = _known_receipt(tx, row, booked, fund_id=fund_id)
        if known is None:
            add_receipt(tx, actor, row=row, fund_id=fund_id, now=now)
        return known

    return (book(tx, reading, act, what="bank receipts", dry_run=dry_run),)


def _known_receipt(tx: Tx, row: ReceiptRow, booked: Sequence[ReceiptSheet], *, fund_id: int) -> Known | None:
    """That a receipt is booked under the bank's reference, or (a set-off) under its entry's, and says the same."""
    name, is_gone = row.bank_reference or row.reference, row.reversed_on is not None
    alike = [one for one in booked if name and name == (one.bank_reference or one.reference)]
    standing = [one for one in alike if (one.reversed_on is not None) is is_gone]
    if not standing:
        return None
    one = standing[0]
    codes = {partner.id: partner.code for partner in partners(tx, fund_id=fund_id)}
    pairs: dict[str, tuple[object, object]] = {
        "received_on": (row.received_on, one.received_on),
        "payer": (payer(tx, name=row.payer, fund_id=fund_id).code, codes[one.partner_id]),
        "amount": (format_amount(row.amount), format_amount(one.amount)),
        "call": (row.call, one.call),
    }
    return known_as_said(RECEIPTS, name=name, pairs=pairs)


def add_receipt(tx: Tx, actor: Actor, *, row: ReceiptRow, fund_id: int, now: datetime) -> None:
    """Book one receipt, and reverse it where that was done."""
    booked = receive(
        tx,
        actor,
        call_id=call_by_code(tx, fund_id=fund_id, code=row.call).call.id,
        partner_id=payer(tx, name=row.payer, fund_id=fund_id).id,
        amount=row.amount,
        received_on=row.received_on,
        bank_reference=row.bank_reference,
        now=now,
    )
    if row.reversed_on is not None:
        reverse_receipt(
            tx, actor, receipt_id=booked.id, reason=row.reason, reversed_on=row.reversed_on, now=now
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
