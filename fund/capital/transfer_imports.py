"""Reading transfers of interests from sheets: each row a draft, which somebody else approves; all rows or none."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.imports import payer
from fund.capital.transfers import draft_transfer
from fund.interests.rules import Words
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Text


@dataclass(frozen=True)
class TransferRow:
    """One transfer, in fen; seller and buyer are partners' codes or names."""

    seller: str
    buyer: str
    effective_on: date
    commitment: int
    price: int
    reason: str
    consent: str
    consented_on: date
    related_note: str


TRANSFERS = Layout(
    "transfers of interests",
    TransferRow,
    (
        Column("seller", Text(), ("转让方", "Seller", "Transferor")),
        Column("buyer", Text(), ("受让方", "Buyer", "Transferee")),
        Column("effective_on", Day(), ("转让生效日", "转让日", "Transfer date")),
        Column("commitment", Amount(), ("转让认缴额", "Commitment transferred")),
        Column("price", Amount(), ("转让价款", "Transfer price")),
        Column("reason", Text(), ("转让事由", "Reason for the transfer")),
        Column("consent", Text(), ("普通合伙人同意文件", "Consent of the general partner")),
        Column("consented_on", Day(), ("同意日期", "Consented on")),
        Column("related_note", Text(), ("关联关系说明", "Related-party note"), False),
    ),
    unique=("seller", "buyer", "effective_on"),
)


def import_transfers(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Draft every transfer of a sheet; nothing is booked until somebody else approves."""

    def act(row: TransferRow) -> None:
        draft_transfer(
            tx,
            actor,
            fund_id=fund_id,
            seller_id=payer(tx, name=row.seller, fund_id=fund_id).id,
            buyer_id=payer(tx, name=row.buyer, fund_id=fund_id).id,
            commitment=row.commitment,
            price=row.price,
            effective_on=row.effective_on,
            words=Words(row.reason, row.consent, row.consented_on, row.related_note or ""),
            now=now,
        )

    return (book(tx, read_file(filename, content, TRANSFERS), act, what="transfers", dry_run=dry_run),)
