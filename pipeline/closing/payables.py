"""What a closing leaves payable, in the books."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.ledger.actions import post
from fund.ledger.rules import Account, Posting
from kernel.db import Tx
from kernel.identity.rules import Actor
from pipeline.closing.models import DealClosing
from pipeline.deals.sheets import DealSheet


def reference_of(tx: Tx, *, about: DealSheet, row: DealClosing) -> str:
    """How the closing's own entries begin; a tranche closed again after an undo counts on."""
    undone = select(DealClosing.id).where(
        DealClosing.deal_id == row.deal_id,
        DealClosing.tranche == row.tranche,
        col(DealClosing.undone_on).is_not(None),
    )
    before = len([key for key in tx.exec(undone).all() if row.id is None or (key or 0) < row.id])
    return f"CLOSING-{about.code}/{row.tranche}" + (f".{before + 1}" if before else "")


def book_payable(
    tx: Tx, actor: Actor, *, row: DealClosing, about: DealSheet, on: date, settles: bool, now: datetime
) -> None:
    """Book what is not paid yet as payable, or pay it: the purchase itself is booked against cash in full.

    It stands before the purchase, which is refused while the bank is short.
    """
    debit, credit = Account.CASH, Account.ACCOUNTS_PAYABLE
    if settles:
        debit, credit = credit, debit
    step = "settled" if settles else "payable"
    posting = Posting(
        reference=f"{reference_of(tx, about=about, row=row)}/{step}",
        effective_on=on,
        debit=debit,
        credit=credit,
        amount=row.payable,
        memo=f"{about.code} {about.name}",
        act=f"deal:{about.id}",
        holding_id=row.holding_id,
    )
    post(tx, actor, fund_id=row.fund_id, postings=[posting], now=now)
